//! Components that fail on every call, for every role: made from the role's own world, so that
//! they fit wherever a good one would.

use std::path::PathBuf;

use host::component::Role;
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::{ManglingAndAbi, Resolve};

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
    let mut resolve = Resolve::default();
    let wit = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../wit"));
    resolve.push_dir(wit.join("capabilities")).expect("the capabilities parse");
    let (storefront, _) = resolve.push_dir(wit.join("storefront")).expect("the storefront parses");
    let name = if role == Role::Catalog { "catalog-demo" } else { role.name() };
    let world = resolve.select_world(&[storefront], Some(name)).expect("the role has a world");

    let dummy = wit_component::dummy_module(&resolve, world, ManglingAndAbi::Standard32);
    let text = wasmprinter::print_bytes(dummy).expect("the dummy prints");
    let text = text.replace("unreachable", &format!("(block {}) unreachable", flaw.body()));
    let mut module = wat::parse_str(text).expect("the flawed module parses");
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8)
        .expect("its world is embedded");
    let component = ComponentEncoder::default().module(&module).and_then(|mut encoder| encoder.encode());

    let path =
        PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{role}-{flaw:?}.wasm").to_lowercase());
    std::fs::write(&path, component.expect("it encodes")).expect("the folder is there");
    path
}
