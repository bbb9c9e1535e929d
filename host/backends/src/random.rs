//! Random numbers, replaceable in tests.

use std::sync::{Mutex, PoisonError};

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

/// A source of random numbers.
pub trait Random: Send + Sync {
    /// Returns 64 unguessable random bits.
    fn next_u64(&self) -> u64;
}

/// The process's cryptographic generator, seeded by the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct System;

impl Random for System {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the system's randomness")]
    fn next_u64(&self) -> u64 {
        rand::random()
    }
}

/// A generator that returns the same numbers for the same seed.
#[derive(Debug)]
pub struct Scripted(Mutex<StdRng>);

impl Scripted {
    /// Returns a generator with this seed.
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(StdRng::seed_from_u64(seed)))
    }
}

impl Random for Scripted {
    fn next_u64(&self) -> u64 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).next_u64()
    }
}

/// Returns an unguessable key: 256 bits of `random`.
pub fn key(random: &dyn Random) -> [u8; 32] {
    let mut key = [0; 32];
    key.chunks_mut(8).for_each(|chunk| chunk.copy_from_slice(&random.next_u64().to_le_bytes()));
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_determines_the_numbers() {
        let draw = |seed| {
            let random = Scripted::new(seed);
            [random.next_u64(), random.next_u64(), random.next_u64()]
        };
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
    }

    #[test]
    fn the_system_does_not_repeat_itself() {
        assert_ne!(System.next_u64(), System.next_u64());
    }
}
