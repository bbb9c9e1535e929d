//! The time.

use capabilities::clock as backend;
use wasmtime::Result;

use super::view;
use crate::bindings::wandstore::capabilities::clock;

struct View<'a>(&'a dyn backend::Clock);

view!(clock, View, |context| View(&*context.capabilities.clock));

impl clock::Host for View<'_> {
    fn now_ms(&mut self) -> Result<u64> {
        Ok(self.0.now_ms())
    }
}
