use std::os::unix::fs::PermissionsExt as _;

use super::*;
use crate::component::Source;
use crate::engine;

/// A folder, an engine, and components to compile.
struct World {
    folder: tempfile::TempDir,
    compiled: Compiled,
    engine: Engine,
}

impl World {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let compiled = Compiled::open(folder.path().join("compiled")).expect("it is ours");
        Self { folder, compiled, engine: engine::new(1, 1 << 20).expect("an engine") }
    }

    /// Builds a component that exports a function of this name and has this many functions inside.
    fn component(&self, export: &str, functions: usize) -> Binary {
        let inner = "(func (param i32) (result i32) local.get 0 i32.const 7 i32.mul)".repeat(functions);
        let text = format!(
            r#"(component
                (core module $m {inner} (func (export "f")))
                (core instance $i (instantiate $m))
                (func (export "{export}") (canon lift (core func $i "f"))))"#
        );
        let path = self.folder.path().join(format!("{export}.wasm"));
        std::fs::write(&path, wat::parse_str(text).expect("it is one")).expect("it is written");
        Source::File { path, sha256: None }.read(Role::Routing).expect("it is read")
    }

    /// Loads the component and returns its exports.
    fn load(&self, binary: &Binary) -> Vec<String> {
        let component = self.compiled.load(&self.engine, Role::Routing, binary).expect("it loads");
        let exports = component.component_type();
        exports.exports(&self.engine).map(|(name, _)| name.to_owned()).collect()
    }

    fn path(&self, binary: &Binary) -> PathBuf {
        self.compiled.folder.join(Entry::of(&self.engine, binary).file_name())
    }

    fn files(&self) -> usize {
        std::fs::read_dir(&self.compiled.folder).expect("a folder").count()
    }

    /// Replaces the file of compiled code, and checks that the component loads and the file is valid again.
    #[track_caller]
    fn check(&self, binary: &Binary, file: &[u8], what: &str) {
        let path = self.path(binary);
        let right = std::fs::read(&path).expect("it was compiled");
        std::fs::write(&path, file).expect("it is ours");
        assert_eq!(self.load(binary), ["one"], "{what}");
        assert!(std::fs::read(&path).expect("it is there") == right, "{what}: the file was not replaced");
    }
}

#[test]
fn a_folder_that_others_may_write_to_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("compiled");
    assert!(Compiled::open(path.clone()).is_ok());
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o777)).expect("it is ours");
    let refusal = Compiled::open(path).expect_err("others may write to it").to_string();
    assert!(refusal.contains("chmod 700"), "{refusal}");
}

#[test]
fn several_that_compile_the_same_component_at_once_all_have_it() {
    let world = World::new();
    let binary = world.component("one", 2_000);
    std::thread::scope(|scope| {
        let all: Vec<_> = (0..8).map(|_| scope.spawn(|| world.load(&binary))).collect();
        for one in all {
            assert_eq!(one.join().expect("it does not panic"), ["one"]);
        }
    });
    assert_eq!(world.files(), 1, "parts of files are left");
}

#[test]
fn code_that_is_right_is_not_compiled_again() {
    let world = World::new();
    let binary = world.component("one", 1);
    world.load(&binary);
    let written = || std::fs::metadata(world.path(&binary)).expect("it is there").modified().expect("a time");
    let first = written();
    world.load(&binary);
    assert_eq!(written(), first);
}

#[test]
fn a_file_that_is_damaged_anywhere_is_replaced() {
    const PAGE: usize = 4_096;
    let world = World::new();
    let binary = world.component("one", 1);
    world.load(&binary);
    let right = std::fs::read(world.path(&binary)).expect("it was compiled");
    for page in (0..right.len()).step_by(PAGE) {
        let mut zeroed = right.clone();
        let end = right.len().min(page + PAGE);
        zeroed[page..end].fill(0);
        if zeroed != right {
            world.check(&binary, &zeroed, &format!("zeroed from {page}"));
        }
    }
    for part in 0..8 {
        let at = right.len() * part / 8;
        world.check(&binary, &right[..at], &format!("cut at {at}"));
        let mut flipped = right.clone();
        flipped[at] ^= 1;
        world.check(&binary, &flipped, &format!("another bit at {at}"));
    }
    let one_more = [right.as_slice(), &[0]].concat();
    world.check(&binary, &one_more, "a byte more");
    world.check(&binary, &right[..right.len() - 1], "a byte less");
}

#[test]
fn code_of_another_component_version_or_engine_is_replaced() {
    let world = World::new();
    let (one, two) = (world.component("one", 1), world.component("two", 1));
    world.load(&one);
    world.load(&two);
    let other = std::fs::read(world.path(&two)).expect("it was compiled");
    world.check(&one, &other, "another component's");
    let bare = world.engine.precompile_component(&one.bytes).expect("it compiles");
    world.check(&one, &bare, "of a version that wrote no checksum");
    let of_two = world.engine.precompile_component(&two.bytes).expect("it compiles");
    world.check(&one, &of_two, "another component's, with no checksum");
    let sealed_rubbish = Entry::of(&world.engine, &one).encode(b"not machine code at all");
    world.check(&one, &sealed_rubbish, "rubbish with the right checksum");
}

#[test]
fn an_unusable_file_costs_a_compilation_and_prevents_no_start() {
    let world = World::new();
    let binary = world.component("one", 1);
    std::fs::create_dir(world.path(&binary)).expect("nothing is in the way");
    assert_eq!(world.load(&binary), ["one"]);
}

#[test]
fn a_folder_that_takes_no_files_costs_a_compilation_and_no_start() {
    let world = World::new();
    let binary = world.component("one", 1);
    std::fs::remove_dir(&world.compiled.folder).expect("it is empty");
    assert_eq!(world.load(&binary), ["one"]);
}

#[test]
fn only_code_in_use_is_kept() {
    let world = World::new();
    let (one, two) = (world.component("one", 1), world.component("two", 1));
    world.load(&one);
    world.load(&two);
    for name in [".tmpAbCdEf", "0123-4567.cwasm", "notes.txt"] {
        std::fs::write(world.compiled.folder.join(name), "left behind").expect("it is ours");
    }
    world.compiled.remove_old(&world.engine, &[(Role::Routing, one.clone())]);
    assert!(world.path(&one).exists() && !world.path(&two).exists());
    assert_eq!(world.files(), 2, "what is not ours stays");
}
