//! What any component imports and exports, whether it fits a role or not.

use wasmtime::component::Component;
use wasmtime::{Config, OptLevel};

use super::compiled::not_a_component;
use crate::component::{Binary, world};

/// The interfaces of a component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interfaces {
    /// What it imports.
    pub imports: Vec<String>,
    /// What it exports.
    pub exports: Vec<String>,
}

impl Interfaces {
    /// Reads the interfaces of a component. This compiles it, which takes seconds for a large one: wasmtime reads only
    /// what it compiles.
    pub fn of(binary: &Binary) -> anyhow::Result<Self> {
        let mut config = Config::new();
        config.cranelift_opt_level(OptLevel::None);
        let engine = super::create(&config)?;
        let component = Component::new(&engine, &binary.bytes);
        let component = component.map_err(|error| not_a_component(binary, &error))?;
        let (imports, exports) =
            (world::imports_of(&engine, &component), world::exports_of(&engine, &component));
        Ok(Self { imports, exports })
    }
}
