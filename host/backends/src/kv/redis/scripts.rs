//! The scripts that change an entry and its places in the indexes in one step.

use std::sync::LazyLock;

use ::redis::Script;

/// The scripts. The server keeps them by their hashes.
pub struct Scripts {
    pub write: Script,
    pub delete: Script,
    pub delete_many: Script,
    pub list: Script,
    pub purge: Script,
}

pub static SCRIPTS: LazyLock<Scripts> = LazyLock::new(|| {
    let with_entry = |script| Script::new(&[include_str!("entry.lua"), script].concat());
    Scripts {
        write: with_entry(include_str!("write.lua")),
        delete: with_entry(include_str!("delete.lua")),
        delete_many: Script::new(include_str!("delete_many.lua")),
        list: with_entry(include_str!("list.lua")),
        purge: Script::new(include_str!("purge.lua")),
    }
});
