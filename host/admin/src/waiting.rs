//! How many plans wait for a merchant.

use std::fmt;

/// How many plans wait. Its text form is for the merchant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Waiting(pub usize);

impl Waiting {
    /// Returns whether any waits.
    pub fn is_any(self) -> bool {
        self.0 > 0
    }
}

impl fmt::Display for Waiting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            0 => f.write_str("No page waits: see what was approved"),
            1 => f.write_str("1 page waits for you"),
            count => write!(f, "{count} pages wait for you"),
        }
    }
}
