//! The memory of an instance: its own and what the host holds for it.

use wasmtime::ResourceLimiter;

/// The memory that an instance uses, its limit, and whether it ever asked for more.
#[derive(Debug)]
pub struct Memory {
    bytes_max: usize,
    own_bytes: usize,
    held_bytes: usize,
    exceeded: bool,
}

/// The memory of an entry of a table: a pointer, at least.
const TABLE_ENTRY_BYTES: usize = 16;

/// The instance asked for more memory than its limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the component exceeded its memory limit, which includes memory that the host holds for it")]
pub struct Exceeded;

impl Memory {
    /// Creates an empty account with the limit `bytes_max`.
    pub fn new(bytes_max: usize) -> Self {
        Self { bytes_max, own_bytes: 0, held_bytes: 0, exceeded: false }
    }

    /// Counts `bytes` that the host holds for the instance, until they are released.
    pub fn hold(&mut self, bytes: usize) -> Result<(), Exceeded> {
        if bytes > self.left() {
            self.exceeded = true;
            return Err(Exceeded);
        }
        self.held_bytes += bytes;
        Ok(())
    }

    /// Releases `bytes` that the host held.
    pub fn release(&mut self, bytes: usize) {
        self.held_bytes = self.held_bytes.saturating_sub(bytes);
    }

    /// Returns how many more bytes the instance may use.
    pub fn left(&self) -> usize {
        self.bytes_max.saturating_sub(self.own_bytes).saturating_sub(self.held_bytes)
    }

    /// Returns whether the instance asked for more than its limit.
    pub fn exceeded(&self) -> bool {
        self.exceeded
    }
}

impl ResourceLimiter for Memory {
    fn memory_growing(&mut self, now: usize, wanted: usize, _max: Option<usize>) -> wasmtime::Result<bool> {
        let more = wanted.saturating_sub(now);
        let fits = more <= self.left();
        self.exceeded |= !fits;
        if fits {
            self.own_bytes += more;
        }
        Ok(fits)
    }

    /// Counts the entries of a table. An instance may have many tables.
    fn table_growing(&mut self, now: usize, wanted: usize, max: Option<usize>) -> wasmtime::Result<bool> {
        self.memory_growing(now * TABLE_ENTRY_BYTES, wanted.saturating_mul(TABLE_ENTRY_BYTES), max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guest_and_host_memory_share_one_limit() {
        let mut memory = Memory::new(100);
        assert!(memory.memory_growing(0, 40, None).unwrap());
        assert_eq!(memory.hold(50), Ok(()));
        assert!(!memory.memory_growing(40, 51, None).unwrap());
        assert!(memory.exceeded());

        memory.release(50);
        assert_eq!(memory.left(), 60);
        assert!(memory.memory_growing(40, 100, None).unwrap());
        assert_eq!((memory.hold(1), memory.hold(0)), (Err(Exceeded), Ok(())));
    }

    #[test]
    fn tables_count_as_memory() {
        let mut memory = Memory::new(100 * TABLE_ENTRY_BYTES);
        assert!(memory.table_growing(0, 60, None).unwrap());
        assert!(memory.table_growing(0, 40, None).unwrap(), "another table");
        assert!(!memory.table_growing(40, 41, None).unwrap());
        assert!(memory.exceeded());
        assert!(!memory.table_growing(0, usize::MAX, None).unwrap());
    }

    #[test]
    fn memory_within_the_limit_is_granted() {
        let mut memory = Memory::new(100);
        memory.hold(100).unwrap();
        memory.release(100);
        memory.hold(100).unwrap();
        assert!(!memory.exceeded());
    }
}
