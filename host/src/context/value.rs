//! Bytes that stay with the host.

use bytes::Bytes;

/// Bytes that a component holds by handle.
#[derive(Debug, Clone)]
pub struct Value {
    bytes: Bytes,
    /// How many bytes stay in memory for it: a slice keeps the whole that it was cut from.
    kept_bytes: usize,
}

impl Value {
    /// What each handle takes, beside its bytes.
    pub(super) const HANDLE_BYTES: usize = 64;

    /// The bytes.
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// The bytes.
    pub fn into_bytes(self) -> Bytes {
        self.bytes
    }

    /// Those from `start` to `end`. Nothing is copied.
    #[must_use]
    pub fn slice(&self, start: usize, end: usize) -> Self {
        Self { bytes: self.bytes.slice(start..end), kept_bytes: self.kept_bytes }
    }

    /// How much memory it counts for.
    pub(super) fn held_bytes(&self) -> usize {
        self.kept_bytes.saturating_add(Self::HANDLE_BYTES)
    }
}

impl From<Bytes> for Value {
    fn from(bytes: Bytes) -> Self {
        Self { kept_bytes: bytes.len(), bytes }
    }
}
