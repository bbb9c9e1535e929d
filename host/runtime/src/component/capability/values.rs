//! Values: bytes that stay with the host.

use bytes::Bytes;
use wasmtime::Result;
use wasmtime::component::Resource;

use crate::bindings::wandstore::capabilities::values;
use crate::context::{Context, Value};

impl values::Host for Context {}

impl values::HostValue for Context {
    fn new(&mut self, bytes: Vec<u8>) -> Result<Resource<Value>> {
        self.lend(Bytes::from(bytes))
    }

    fn size(&mut self, value: Resource<Value>) -> Result<u64> {
        Ok(self.value(&value)?.bytes().len() as u64)
    }

    fn read(&mut self, value: Resource<Value>, offset: u64, limit: u32) -> Result<Vec<u8>> {
        let bytes = self.value(&value)?.bytes();
        let start = usize::try_from(offset).unwrap_or(usize::MAX).min(bytes.len());
        let end = start.saturating_add(limit as usize).min(bytes.len());
        Ok(bytes[start..end].to_vec())
    }

    fn framed(&mut self, value: Resource<Value>, head: Vec<u8>, tail: Vec<u8>) -> Result<Resource<Value>> {
        let bytes = self.value(&value)?.bytes().clone();
        // The result is not allocated before it is known to fit.
        let size = head.len() + bytes.len() + tail.len();
        self.memory.hold(size)?;
        self.memory.release(size);
        self.lend(Bytes::from([head.as_slice(), &bytes, tail.as_slice()].concat()))
    }

    /// Shares the bytes in memory and copies nothing.
    fn slice(&mut self, value: Resource<Value>, offset: u64, size: u64) -> Result<Resource<Value>> {
        let whole = self.value(&value)?;
        let length = whole.bytes().len();
        let start = usize::try_from(offset).unwrap_or(usize::MAX).min(length);
        let size = usize::try_from(size).unwrap_or(usize::MAX).min(length - start);
        let part = whole.slice(start, start + size);
        self.lend(part)
    }

    fn drop(&mut self, value: Resource<Value>) -> Result<()> {
        self.take(value).map(drop)
    }
}
