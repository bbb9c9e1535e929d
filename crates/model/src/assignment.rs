//! Which shoppers an experiment assigns to what: a pure function, so that it is the same on every host and after every
//! restart, and nothing has to be stored.

use std::hash::Hasher as _;

use fnv::FnvHasher;

use crate::{ShopId, ShopperId};

/// How many places the shoppers of a shop have.
pub const PLACES: u64 = 10_000;

/// Returns the place of a shopper among the 10,000 of their shop in an experiment, each as likely as any other. The salt
/// names the experiment: the places of two experiments are independent of each other. It contains no zero.
pub fn place(salt: &str, shop: &ShopId, shopper: &ShopperId) -> u64 {
    let mut hasher = FnvHasher::default();
    // No part contains a zero, so no two lists of parts have the same bytes.
    for part in [salt, shop.as_str(), shopper.as_str()] {
        hasher.write(part.as_bytes());
        hasher.write_u8(0);
    }
    mix(hasher.finish()) % PLACES
}

/// The finalizer of `MurmurHash3` (<https://github.com/aappleby/smhasher>, `fmix64`): FNV alone spreads ids that
/// differ in their last letter too evenly.
fn mix(mut hash: u64) -> u64 {
    hash ^= hash >> 33;
    hash = hash.wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash ^= hash >> 33;
    hash = hash.wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    hash ^ (hash >> 33)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shop(id: &str) -> ShopId {
        ShopId::parse(id).unwrap()
    }

    fn visitor(number: u32) -> ShopperId {
        ShopperId::visitor(&format!("a-drawn-visitor-{number:08}")).unwrap()
    }

    /// Chi-squared of 100 classes: 148 is exceeded once in a thousand times, 58 is undercut as rarely.
    #[test]
    fn all_places_are_equally_likely_even_for_similar_ids() {
        for shop in ["a.myshopify.com", "b.myshopify.com", "magic-wands"].map(shop) {
            let mut counts = [0_i64; 100];
            (0..100_000).for_each(|number| {
                counts[usize::try_from(place("salt", &shop, &visitor(number)) / 100).unwrap()] += 1;
            });
            let squares: i64 = counts.iter().map(|count| (count - 1_000).pow(2)).sum();
            assert!((58_000..148_000).contains(&squares), "{squares}");
        }
    }

    #[test]
    fn experiments_are_independent_of_each_other() {
        let shop = shop("magic-wands");
        let lower_half = |salt, number| place(salt, &shop, &visitor(number)) < PLACES / 2;
        let both = (0..10_000).filter(|number| lower_half("one", *number) && lower_half("two", *number));
        let both = both.count();
        assert!((2_300..2_700).contains(&both), "a half of a half, not {both}");
    }
}
