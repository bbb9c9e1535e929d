//! `wandstore compile-ahead`, which `cargo xtask build` runs between two builds of the host.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use runtime::component::Builtin;
use runtime::engine::ahead;

use super::output::print;

/// Compile the components in this binary ahead, into files that the next release build embeds.
#[derive(Args)]
pub struct CompileAhead {
    /// The folder. Created if missing.
    folder: PathBuf,
}

impl CompileAhead {
    pub fn run(self) -> anyhow::Result<()> {
        let folder = &self.folder;
        std::fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
        for (package, binary) in Builtin::all() {
            let path = folder.join(format!("{package}.cwasm"));
            let code = ahead::compile(&binary).with_context(|| package.to_owned())?;
            let bytes = code.len();
            write_changed(&path, &code).with_context(|| format!("cannot write {}", path.display()))?;
            print(format_args!("{package:<16}  {bytes:>9} bytes for {}", ahead::CPU))?;
        }
        Ok(())
    }
}

/// Writes a file unless it has these bytes already: cargo builds again what includes a file that was written.
fn write_changed(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    if std::fs::read(path).is_ok_and(|there| there == bytes) {
        return Ok(());
    }
    std::fs::write(path, bytes)
}
