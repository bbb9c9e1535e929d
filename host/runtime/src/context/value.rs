//! Values: bytes that stay with the host.

use bytes::Bytes;

/// Bytes that a component holds by handle.
#[derive(Debug, Clone)]
pub struct Value {
    bytes: Bytes,
    /// How many bytes the value keeps in memory. A slice keeps the whole value that it was cut from.
    kept_bytes: usize,
}

impl Value {
    /// The memory of each handle, in addition to its bytes.
    pub(super) const HANDLE_BYTES: usize = 64;

    /// Returns the bytes.
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// Returns the bytes.
    pub fn into_bytes(self) -> Bytes {
        self.bytes
    }

    /// Returns the bytes from `start` to `end` without copying them.
    #[must_use]
    pub fn slice(&self, start: usize, end: usize) -> Self {
        Self { bytes: self.bytes.slice(start..end), kept_bytes: self.kept_bytes }
    }

    /// Returns how much memory the value counts for.
    pub(super) fn held_bytes(&self) -> usize {
        self.kept_bytes.saturating_add(Self::HANDLE_BYTES)
    }
}

impl From<Bytes> for Value {
    fn from(bytes: Bytes) -> Self {
        Self { kept_bytes: bytes.len(), bytes }
    }
}
