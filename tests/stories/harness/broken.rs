//! Components that fail on every call, for every role: made from the role's own world, so that
//! they fit wherever a good one would.

use std::path::PathBuf;

use host::component::Role;
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::{ManglingAndAbi, Resolve, SourceMap, UnresolvedPackageGroup};

/// How a component fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    /// It traps at once.
    Traps,
    /// It never ends.
    Loops,
    /// It wants more and more memory, and traps when it gets none.
    Hoards,
}

impl Flaw {
    pub const ALL: [Self; 3] = [Self::Traps, Self::Loops, Self::Hoards];

    /// What is done where a function would do its work.
    fn body(self) -> &'static str {
        match self {
            Self::Traps => "unreachable",
            Self::Loops => "(loop (br 0))",
            Self::Hoards => "(loop (br_if 1 (i32.eq (memory.grow (i32.const 16)) (i32.const -1))) (br 0))",
        }
    }
}

/// Writes such a component; its path.
pub fn component(role: Role, flaw: Flaw) -> PathBuf {
    let body = format!("(block {}) unreachable", flaw.body());
    let module = |text: String| text.replace("unreachable", &body);
    write(&format!("{role}-{flaw:?}.wasm").to_lowercase(), role, str::to_owned, module)
}

/// Writes a component for a world that says `new` where the role's own says `old`; its path.
pub fn component_of_other_wit(role: Role, old: &str, new: &str) -> PathBuf {
    let changed: String = old.chars().filter(char::is_ascii_alphanumeric).collect();
    write(&format!("{role}-other-{changed}.wasm"), role, |wit| wit.replace(old, new), |module| module)
}

/// Writes a component whose instances begin with `pages` of 64 KiB; its path.
pub fn component_of_memory(role: Role, pages: u32) -> PathBuf {
    let module = |text: String| text.replace("(memory (;0;) 0)", &format!("(memory (;0;) {pages})"));
    write(&format!("{role}-of-memory.wasm"), role, str::to_owned, module)
}

/// Writes a component that does nothing, but for what is changed in its WIT and in the text of its module.
fn write(file: &str, role: Role, wit: impl Fn(&str) -> String, module: impl Fn(String) -> String) -> PathBuf {
    let mut resolve = Resolve::default();
    resolve.push_group(package("capabilities", &wit)).expect("the capabilities fit together");
    let storefront = resolve.push_group(package("storefront", &wit)).expect("so does the storefront");
    let name = if role == Role::Catalog { "catalog-online" } else { role.name() };
    let world = resolve.select_world(&[storefront], Some(name)).expect("the role has a world");

    let dummy = wit_component::dummy_module(&resolve, world, ManglingAndAbi::Standard32);
    let text = wasmprinter::print_bytes(dummy).expect("the dummy prints");
    let mut module = wat::parse_str(module(text)).expect("the flawed module parses");
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8)
        .expect("its world is embedded");
    let component = ComponentEncoder::default().module(&module).and_then(|mut encoder| encoder.encode());

    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(file);
    std::fs::write(&path, component.expect("it encodes")).expect("the folder is there");
    path
}

/// A package of `wit/`, its files changed.
fn package(name: &str, change: impl Fn(&str) -> String) -> UnresolvedPackageGroup {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../wit")).join(name);
    let mut files = SourceMap::new();
    for entry in std::fs::read_dir(&folder).expect("the package is there") {
        let path = entry.expect("it is listed").path();
        let text = std::fs::read_to_string(&path).expect("it is text");
        files.push(&path, change(&text));
    }
    files.parse().unwrap_or_else(|(_, error)| panic!("what was changed is no WIT: {error}"))
}
