//! Randomness.

use capabilities::random as backend;
use wasmtime::Result;

use super::view;
use crate::bindings::wandstore::capabilities::random;

struct View<'a>(&'a dyn backend::Random);

view!(random, View, |context| View(&*context.capabilities.random));

impl random::Host for View<'_> {
    fn get_u64(&mut self) -> Result<u64> {
        Ok(self.0.next_u64())
    }
}
