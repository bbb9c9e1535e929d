//! Components that fail on every call, for every role. Each is made from the role's own world, so
//! it loads wherever a working component would.

use std::path::PathBuf;

use runtime::component::Role;
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::{ManglingAndAbi, Resolve, SourceMap, UnresolvedPackageGroup};

/// How a component fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    /// It traps at once.
    Traps,
    /// It never ends.
    Loops,
    /// It allocates memory until it is refused, and then traps.
    Hoards,
    /// It passes more and more values to the host, and keeps every handle.
    Keeps,
    /// It logs without end.
    Talks,
}

impl Flaw {
    /// The flaws that every role is tested with.
    pub const ALL: [Self; 3] = [Self::Traps, Self::Loops, Self::Hoards];

    /// Returns whether the flaw needs imported functions.
    fn calls_the_host(self) -> bool {
        matches!(self, Self::Keeps | Self::Talks)
    }

    /// Returns the body of every function, for a module with this text.
    fn body(self, module: &str) -> String {
        match self {
            Self::Traps => "unreachable".to_owned(),
            Self::Loops => "(loop (br 0))".to_owned(),
            Self::Hoards => {
                "(loop (br_if 1 (i32.eq (memory.grow (i32.const 16)) (i32.const -1))) (br 0))".to_owned()
            }
            Self::Keeps => {
                let new = import(module, "values@0.1\" \"[constructor]value");
                format!(
                    "(drop (memory.grow (i32.const 1)))
                     (loop (drop (call {new} (i32.const 0) (i32.const 65536))) (br 0))"
                )
            }
            Self::Talks => {
                let event = import(module, "log@0.1\" \"event");
                let message = "(i32.const 0) (i32.const 1024)";
                format!(
                    "(drop (memory.grow (i32.const 1)))
                     (loop (call {event} (i32.const 2) {message} (i32.const 0) (i32.const 0)) (br 0))"
                )
            }
        }
    }
}

/// Returns the index of an imported function.
fn import(module: &str, name: &str) -> u32 {
    let line = module.lines().find(|line| line.contains(name)).expect("the world imports it");
    let index = line.split("(func (;").nth(1).and_then(|rest| rest.split(';').next());
    index.and_then(|index| index.parse().ok()).expect("functions are numbered")
}

/// Gives the module a working allocator. A flawed one would fail, because the canonical ABI refuses calls to the host
/// during allocation. It always returns the same address, because nothing reads the memory there.
fn with_realloc(module: &str) -> String {
    let export = module.lines().find(|line| line.contains("cm32p2_realloc")).expect("strings are taken");
    let index =
        export.split("(func ").nth(1).and_then(|rest| rest.split(')').next()).expect("it is a function");
    let start = module.find(&format!("(func (;{index};)")).expect("it is defined");
    let allocate = "(drop (memory.grow (i32.const 1))) (i32.const 1024)";
    format!("{}{}", &module[..start], module[start..].replacen("unreachable", allocate, 1))
}

/// Writes a component with a flaw, and returns its path.
pub fn component(role: Role, flaw: Flaw) -> PathBuf {
    let module = |text: String| {
        let body = format!("(block {}) unreachable", flaw.body(&text));
        if flaw.calls_the_host() { with_realloc(&text) } else { text }.replace("unreachable", &body)
    };
    encode(&format!("{role}-{flaw:?}.wasm").to_lowercase(), role, str::to_owned, module)
}

/// Writes a component for the role's world with `old` replaced by `new`, and returns its path.
pub fn component_of_other_wit(role: Role, old: &str, new: &str) -> PathBuf {
    let changed: String = old.chars().filter(char::is_ascii_alphanumeric).collect();
    encode(&format!("{role}-other-{changed}.wasm"), role, |wit| wit.replace(old, new), |module| module)
}

/// Writes a component whose instances start with `pages` of 64 KiB, and returns its path.
pub fn component_of_memory(role: Role, pages: u32) -> PathBuf {
    let module = |text: String| text.replace("(memory (;0;) 0)", &format!("(memory (;0;) {pages})"));
    encode(&format!("{role}-of-memory.wasm"), role, str::to_owned, module)
}

/// Writes a catalog that, on each request for products, closes the shop, writes a page and a session, empties the
/// queue's journal, and stores data of its own. Returns its path.
pub fn hostile_catalog() -> PathBuf {
    encode("hostile-catalog.wasm", Role::Catalog, str::to_owned, |_dummy| HOSTILE_CATALOG.to_owned())
}

/// The hostile catalog's module. Its functions follow the canonical ABI
/// (<https://github.com/WebAssembly/component-model/blob/main/design/mvp/CanonicalABI.md>): a string is an address
/// and a length, and a result that does not fit into one value is written to the address in the last parameter. Every
/// request is answered with `err(unavailable(1))`, at address 2048.
const HOSTILE_CATALOG: &str = r#"
(module
  (import "wandstore:capabilities/values@0.1.0" "[constructor]value" (func $value (param i32 i32) (result i32)))
  (import "wandstore:capabilities/kv@0.1.0" "set" (func $set (param i32 i32 i32 i32 i32 i32 i32 i32)))
  (import "wandstore:capabilities/kv@0.1.0" "delete" (func $delete (param i32 i32 i32 i32 i32)))
  (memory (export "memory") 64)
  (data (i32.const 0) "UI_CACHESHOPPER_SESSIONSGENERATION_QUEUE")
  (data (i32.const 100) "catalog:magic-wands")
  (data (i32.const 200) "ui:magic-wands:abc123")
  (data (i32.const 300) "session:magic-wands:abc123")
  (data (i32.const 400) "error:000000000000001:kept")
  (data (i32.const 500) "shopify:magic-wands:mine")
  (data (i32.const 600) "00000000000000000001 closed")
  (global $free (mut i32) (i32.const 4096))
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    (local $at i32)
    (local.set $at (global.get $free))
    (global.set $free (i32.and (i32.add (local.get $at) (i32.add (local.get 3) (i32.const 7))) (i32.const -8)))
    (local.get $at))
  (func $write (param $store i32) (param $store_len i32) (param $key i32) (param $key_len i32)
    (call $set (local.get $store) (local.get $store_len) (local.get $key) (local.get $key_len)
      (call $value (i32.const 600) (i32.const 27)) (i32.const 0) (i32.const 0) (i32.const 1024)))
  (func $unavailable (result i32)
    (i32.store8 (i32.const 2048) (i32.const 1))
    (i32.store8 (i32.const 2056) (i32.const 1))
    (i64.store (i32.const 2064) (i64.const 1))
    (i32.const 2048))
  (func (export "wandstore:storefront/catalog@0.1.0#products") (param i32 i32 i32 i32 i32 i32 i32) (result i32)
    (call $write (i32.const 0) (i32.const 8) (i32.const 100) (i32.const 19))
    (call $write (i32.const 0) (i32.const 8) (i32.const 200) (i32.const 21))
    (call $write (i32.const 8) (i32.const 16) (i32.const 300) (i32.const 26))
    (call $delete (i32.const 24) (i32.const 16) (i32.const 400) (i32.const 26) (i32.const 1024))
    (call $write (i32.const 0) (i32.const 8) (i32.const 500) (i32.const 24))
    (call $unavailable))
  (func (export "wandstore:storefront/catalog@0.1.0#collections") (param i32 i32 i32 i32 i32 i32 i32) (result i32)
    (call $unavailable))
  (func (export "wandstore:storefront/catalog@0.1.0#members") (param i32 i32 i32 i32 i32) (result i32)
    (call $unavailable))
  (func (export "wandstore:storefront/catalog@0.1.0#by-name") (param i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32)
    (call $unavailable))
  (func (export "wandstore:storefront/catalog@0.1.0#search") (param i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32)
    (call $unavailable)))
"#;

/// How a request to the counting catalog ends, apart from its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// The component drops its handle.
    Clean,
    /// The component keeps its handle.
    Leaks,
    /// The component traps.
    Traps,
}

/// Writes a catalog that, on each request for products, stores the digit of how many requests its instance had so
/// far. Returns its path.
pub fn counting_catalog(ending: Ending) -> PathBuf {
    let end = match ending {
        Ending::Clean => "(call $drop (local.get $count))",
        Ending::Leaks => "",
        Ending::Traps => "unreachable",
    };
    let file = format!("counting-catalog-{ending:?}.wasm").to_lowercase();
    encode(&file, Role::Catalog, str::to_owned, |_dummy| COUNTING_CATALOG.replace("(end)", end))
}

/// The counting catalog's module, as [`HOSTILE_CATALOG`].
const COUNTING_CATALOG: &str = r#"
(module
  (import "wandstore:capabilities/values@0.1.0" "[constructor]value" (func $value (param i32 i32) (result i32)))
  (import "wandstore:capabilities/values@0.1.0" "[resource-drop]value" (func $drop (param i32)))
  (import "wandstore:capabilities/kv@0.1.0" "set" (func $set (param i32 i32 i32 i32 i32 i32 i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "UI_CACHE")
  (data (i32.const 100) "shopify:magic-wands:mine")
  (global $calls (mut i32) (i32.const 0))
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    (i32.const 4096))
  (func $unavailable (result i32)
    (i32.store8 (i32.const 2048) (i32.const 1))
    (i32.store8 (i32.const 2056) (i32.const 1))
    (i64.store (i32.const 2064) (i64.const 1))
    (i32.const 2048))
  (func (export "wandstore:storefront/catalog@0.1.0#products") (param i32 i32 i32 i32 i32 i32 i32) (result i32)
    (local $count i32)
    (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
    (i32.store8 (i32.const 200) (i32.add (i32.const 48) (global.get $calls)))
    (local.set $count (call $value (i32.const 200) (i32.const 1)))
    (call $set (i32.const 0) (i32.const 8) (i32.const 100) (i32.const 24)
      (local.get $count) (i32.const 0) (i32.const 0) (i32.const 1024))
    (end)
    (call $unavailable))
  (func (export "wandstore:storefront/catalog@0.1.0#collections") (param i32 i32 i32 i32 i32 i32 i32) (result i32)
    (call $unavailable))
  (func (export "wandstore:storefront/catalog@0.1.0#members") (param i32 i32 i32 i32 i32) (result i32)
    (call $unavailable))
  (func (export "wandstore:storefront/catalog@0.1.0#by-name") (param i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32)
    (call $unavailable))
  (func (export "wandstore:storefront/catalog@0.1.0#search") (param i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32)
    (call $unavailable)))
"#;

/// Writes a component that does nothing, with changes to its WIT and to the text of its module.
fn encode(
    file: &str,
    role: Role,
    wit: impl Fn(&str) -> String,
    module: impl Fn(String) -> String,
) -> PathBuf {
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

/// Returns a package of `wit/` with changed files.
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
