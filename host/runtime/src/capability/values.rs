//! Values: bytes that stay with the host.

use bytes::Bytes;
use wasmtime::Result;
use wasmtime::component::Resource;

use super::view;
use crate::bindings::wandstore::capabilities::values;
use crate::context::{Handles, Value};

struct View<'a>(&'a mut Handles);

view!(values, View, |context| View(&mut context.handles));

impl values::Host for View<'_> {}

impl values::HostValue for View<'_> {
    fn new(&mut self, bytes: Vec<u8>) -> Result<Resource<Value>> {
        self.0.lend(Bytes::from(bytes))
    }

    fn size(&mut self, value: Resource<Value>) -> Result<u64> {
        Ok(self.0.value(&value)?.bytes().len() as u64)
    }

    fn read(&mut self, value: Resource<Value>, offset: u64, limit: u32) -> Result<Vec<u8>> {
        let bytes = self.0.value(&value)?.bytes();
        let start = usize::try_from(offset).unwrap_or(usize::MAX).min(bytes.len());
        let end = start.saturating_add(limit as usize).min(bytes.len());
        Ok(bytes[start..end].to_vec())
    }

    fn framed(&mut self, value: Resource<Value>, head: Vec<u8>, tail: Vec<u8>) -> Result<Resource<Value>> {
        let bytes = self.0.value(&value)?.bytes().clone();
        // The result is not allocated before it is known to fit.
        let size = head.len() + bytes.len() + tail.len();
        self.0.memory.hold(size)?;
        self.0.memory.release(size);
        self.0.lend(Bytes::from([head.as_slice(), &bytes, tail.as_slice()].concat()))
    }

    /// Shares the bytes in memory and copies nothing.
    fn slice(&mut self, value: Resource<Value>, offset: u64, size: u64) -> Result<Resource<Value>> {
        let whole = self.0.value(&value)?;
        let length = whole.bytes().len();
        let start = usize::try_from(offset).unwrap_or(usize::MAX).min(length);
        let size = usize::try_from(size).unwrap_or(usize::MAX).min(length - start);
        let part = whole.slice(start, start + size);
        self.0.lend(part)
    }

    fn drop(&mut self, value: Resource<Value>) -> Result<()> {
        self.0.take(value).map(drop)
    }
}
