//! The values that a component holds by handle.

use wasmtime::component::{Resource, ResourceTable};

use super::Value;
use crate::memory::Memory;

/// The values of an instance, and the memory that they and the instance share.
#[derive(Debug)]
pub struct Handles {
    table: ResourceTable,
    /// The memory of the instance.
    pub memory: Memory,
}

impl Handles {
    /// Creates an empty table, of an instance with at most `memory_bytes_max`.
    pub fn new(memory_bytes_max: usize) -> Self {
        Self { table: ResourceTable::new(), memory: Memory::new(memory_bytes_max) }
    }

    /// Gives the component a handle to `value`, which counts against its memory until it is taken back.
    pub fn lend(&mut self, value: impl Into<Value>) -> wasmtime::Result<Resource<Value>> {
        let value = value.into();
        self.memory.hold(value.held_bytes())?;
        Ok(self.table.push(value)?)
    }

    /// Takes a value back from the component.
    pub fn take(&mut self, handle: Resource<Value>) -> wasmtime::Result<Value> {
        let value = self.table.delete(handle)?;
        self.memory.release(value.held_bytes());
        Ok(value)
    }

    /// Returns the value behind a handle that the component keeps.
    pub fn value(&self, handle: &Resource<Value>) -> wasmtime::Result<&Value> {
        Ok(self.table.get(handle)?)
    }

    /// Returns whether the component gave back every handle.
    pub fn is_empty(&self) -> bool {
        self.table.is_empty()
    }
}
