//! Components compiled when a release is built, so that its first start need not compile them.
//!
//! The code is for a baseline CPU, [`CPU`]. wasmtime refuses it on a lesser CPU; such a machine compiles at its first
//! start, as it does for components that come from files.

use wasmtime::Engine;
use wasmtime::component::Component;

use crate::component::{Binary, Digest};

/// The CPU that code is compiled for: one that servers have had for over ten years.
#[cfg(target_arch = "x86_64")]
pub const CPU: &str = "x86-64-v2";
/// The CPU that code is compiled for: every one of its kind.
#[cfg(target_arch = "aarch64")]
pub const CPU: &str = "ARMv8";

/// Cranelift's names of the features that x86-64-v2 adds to the first x86-64 (x86-64 psABI, section 3.1.1).
#[cfg(target_arch = "x86_64")]
pub(super) const CPU_FLAGS: &[&str] =
    &["has_sse3", "has_cmpxchg16b", "has_ssse3", "has_sse41", "has_sse42", "has_popcnt"];
#[cfg(target_arch = "aarch64")]
pub(super) const CPU_FLAGS: &[&str] = &[];

/// Compiles a component for any machine with a [`CPU`]. The result starts with the component's digest, which says whose
/// code it is.
pub fn compile(binary: &Binary) -> anyhow::Result<Vec<u8>> {
    let code = super::for_baseline()?.precompile_component(&binary.bytes)?;
    Ok([binary.digest.bytes().as_slice(), &code].concat())
}

/// Loads the code in this executable for a component. Returns `None` if there is none, or if it is for another
/// component, another version of wasmtime or a better CPU.
pub(super) fn load(engine: &Engine, binary: &Binary) -> Option<Component> {
    let code = code_of(binary.ahead, &binary.digest)?;
    let refused = |error: &wasmtime::Error| {
        tracing::info!(
            origin = binary.origin,
            error = format_args!("{error:#}"),
            "the code that was compiled ahead of time does not run on this machine"
        );
    };
    deserialize(engine, code).inspect_err(refused).ok()
}

fn code_of<'a>(ahead: &'a [u8], digest: &Digest) -> Option<&'a [u8]> {
    ahead.strip_prefix(digest.bytes()).filter(|code| !code.is_empty())
}

#[expect(unsafe_code, reason = "wasmtime cannot verify machine code; this executable holds it as its own")]
fn deserialize(engine: &Engine, code: &[u8]) -> wasmtime::Result<Component> {
    // SAFETY: the build of this executable embedded what `compile` returned for this component, so the code is as
    // trusted as the executable itself. wasmtime checks version, configuration and CPU.
    unsafe { Component::deserialize(engine, code) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::component::Source;
    use crate::engine;

    fn component(constant: u32) -> Binary {
        let text = format!(
            r#"(component
                (core module $m (func (export "f") (result i32) i32.const {constant}))
                (core instance $i (instantiate $m))
                (func (export "one") (result u32) (canon lift (core func $i "f"))))"#
        );
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("component.wasm");
        std::fs::write(&path, wat::parse_str(text).expect("it is one")).expect("it is written");
        Source::File { path, sha256: None }.read(crate::component::Role::Routing).expect("it is read")
    }

    #[test]
    fn code_that_was_compiled_ahead_runs_in_the_engine_of_this_machine() {
        let engine = engine::new(1, 1 << 20).expect("an engine");
        let mut binary = component(7);
        assert!(load(&engine, &binary).is_none(), "there is none yet");
        binary.ahead = compile(&binary).expect("it compiles").leak();
        let component = load(&engine, &binary).expect("it loads");
        assert_eq!(component.component_type().exports(&engine).count(), 1);
    }

    #[test]
    fn code_of_another_component_and_damaged_code_are_not_run() {
        let engine = engine::new(1, 1 << 20).expect("an engine");
        let mut binary = component(7);
        let of_another = compile(&component(8)).expect("it compiles");
        let code = compile(&binary).expect("it compiles");
        for unusable in [of_another, code[..40].to_vec(), binary.digest.bytes().to_vec()] {
            binary.ahead = unusable.leak();
            assert!(load(&engine, &binary).is_none());
        }
    }
}
