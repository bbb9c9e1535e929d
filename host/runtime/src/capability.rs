//! The capabilities that the host supplies to components.
//!
//! Each has one module with the same parts: `add_to_linker`; the view of an instance's [`Context`] that its functions
//! work on, which is all that they can reach; conversions between WIT and the backend; and its metrics. What a backend
//! does is in the `capabilities` crate.

mod access;
mod blob;
mod clock;
mod fetch;
mod jobs;
mod kv;
mod limits;
mod llm;
pub mod log;
mod random;
mod reads;
mod settings;
mod signatures;
mod values;
mod waits;

use bytes::Bytes;
use wasmtime::Result;
use wasmtime::component::Linker;

use crate::context::Context;

/// Adds `wandstore:capabilities/{name}` to a linker.
pub(crate) fn add_to_linker(linker: &mut Linker<Context>, name: &str) -> Result<()> {
    match name {
        "values" => values::add_to_linker(linker),
        "kv" => kv::add_to_linker(linker),
        "blob" => blob::add_to_linker(linker),
        "fetch" => fetch::add_to_linker(linker),
        "llm" => llm::add_to_linker(linker),
        "jobs" => jobs::add_to_linker(linker),
        "limits" => limits::add_to_linker(linker),
        "signatures" => signatures::add_to_linker(linker),
        "clock" => clock::add_to_linker(linker),
        "random" => random::add_to_linker(linker),
        "settings" => settings::add_to_linker(linker),
        "log" => log::add_to_linker(linker),
        other => wasmtime::bail!("there is no capability `{other}`"),
    }
}

/// Declares the view of a capability: `Has` names it to the linker, and `add_to_linker` adds the interface.
macro_rules! view {
    ($interface:ident, $view:ident, |$context:ident| $new:expr) => {
        struct Has;

        impl wasmtime::component::HasData for Has {
            type Data<'a> = $view<'a>;
        }

        /// Adds the interface to a linker.
        pub(super) fn add_to_linker(
            linker: &mut wasmtime::component::Linker<crate::context::Context>,
        ) -> wasmtime::Result<()> {
            $interface::add_to_linker::<_, Has>(linker, |$context| $new)
        }
    };
}

use view;

/// Returns the first bytes of a value.
fn head(value: &Bytes, peek: u32) -> Vec<u8> {
    value[..value.len().min(peek as usize)].to_vec()
}
