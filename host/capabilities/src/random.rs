//! Randomness, as a part that can be replaced.

use std::sync::{Mutex, PoisonError};

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

/// Draws random numbers.
pub trait Random: Send + Sync {
    /// 64 random bits, not to be guessed.
    fn next_u64(&self) -> u64;
}

/// The process's cryptographic generator, seeded by the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct System;

impl Random for System {
    fn next_u64(&self) -> u64 {
        rand::random()
    }
}

/// The same numbers for the same seed.
#[derive(Debug)]
pub struct Scripted(Mutex<StdRng>);

impl Scripted {
    /// The numbers of `seed`.
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(StdRng::seed_from_u64(seed)))
    }
}

impl Random for Scripted {
    fn next_u64(&self) -> u64 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).next_u64()
    }
}

/// A key that nobody guesses: 256 bits of `random`.
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
