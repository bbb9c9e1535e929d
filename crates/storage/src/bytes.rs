//! Bytes that stay in this component while others hold handles to them.

use std::ops::Range;
use std::rc::Rc;

/// A range of shared bytes. A slice of it copies nothing.
#[derive(Debug, Clone)]
pub struct Bytes {
    whole: Rc<Vec<u8>>,
    range: Range<usize>,
}

impl Bytes {
    /// Wraps all bytes of `whole`.
    pub fn of(whole: Vec<u8>) -> Self {
        let range = 0..whole.len();
        Self { whole: Rc::new(whole), range }
    }

    /// Returns the bytes.
    pub fn as_slice(&self) -> &[u8] {
        &self.whole[self.range.clone()]
    }

    /// Returns at most `size` bytes from `offset`; none at or past the end.
    #[must_use]
    pub fn slice(&self, offset: u64, size: u64) -> Self {
        let bounded = |at: u64| usize::try_from(at).unwrap_or(usize::MAX).min(self.range.len());
        let (start, end) = (bounded(offset), bounded(offset.saturating_add(size)));
        Self { whole: self.whole.clone(), range: self.range.start + start..self.range.start + end }
    }

    /// Returns `head`, these bytes and `tail` in one.
    #[must_use]
    pub fn framed(&self, head: Vec<u8>, tail: &[u8]) -> Self {
        let mut joined = head;
        joined.reserve_exact(self.range.len() + tail.len());
        joined.extend_from_slice(self.as_slice());
        joined.extend_from_slice(tail);
        Self::of(joined)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn abcdef() -> Bytes {
        Bytes::of(b"abcdef".to_vec())
    }

    #[test]
    fn a_slice_ends_where_the_bytes_do() {
        for (offset, size, expected) in
            [(0, 6, "abcdef"), (2, 3, "cde"), (4, 9, "ef"), (6, 1, ""), (9, 1, ""), (u64::MAX, u64::MAX, "")]
        {
            assert_eq!(abcdef().slice(offset, size).as_slice(), expected.as_bytes(), "{offset} {size}");
        }
    }

    #[test]
    fn a_slice_of_a_slice_counts_from_its_own_start() {
        let middle = abcdef().slice(1, 4);
        assert_eq!(middle.slice(1, 2).as_slice(), b"cd");
        assert_eq!(middle.slice(3, 9).as_slice(), b"e");
    }

    #[test]
    fn a_frame_surrounds_only_the_slice() {
        assert_eq!(abcdef().slice(2, 2).framed(b"<".to_vec(), b">").as_slice(), b"<cd>");
    }
}
