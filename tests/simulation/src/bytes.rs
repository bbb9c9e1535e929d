//! Bytes that stay with the host, as components hold them.

use std::rc::Rc;

/// Bytes that components join and cut, but cannot read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bytes(pub(crate) Rc<[u8]>);

impl Bytes {
    /// Returns the first bytes, as many as a component asks for.
    pub(crate) fn head(&self, peek: u32) -> Vec<u8> {
        self.0.iter().take(peek as usize).copied().collect()
    }
}

impl caching::Value for Bytes {
    fn new(bytes: &[u8]) -> Self {
        Self(bytes.into())
    }

    fn behind(&self, head: &[u8]) -> Self {
        Self([head, &self.0].concat().into())
    }

    fn without_first(&self, count: usize) -> Self {
        Self(self.0[count..].into())
    }
}

impl routing::Content for Bytes {
    fn part(&self, offset: u64, size: u64) -> Self {
        let (start, size) = (usize::try_from(offset).unwrap_or(0), usize::try_from(size).unwrap_or(0));
        Self(self.0[start..start + size].into())
    }

    fn framed(&self, head: &[u8], tail: &[u8]) -> Self {
        Self([head, &self.0, tail].concat().into())
    }
}
