//! Which shoppers are held out: a pure function of shop and shopper, so that it is the same on every host and after
//! every restart, and nothing has to be stored.

use std::hash::Hasher as _;

use fnv::FnvHasher;
use model::shop::Share;
use model::{ShopId, ShopperId};
use serde::{Deserialize, Serialize};

/// The version of the function, and its salt. Another version assigns anew: results before and after it must not be
/// added up, so [`crate::Aggregates`] needs a new form with it.
const SALT: &[u8] = b"wandstore/holdout/1";
const BASIS_POINTS: u64 = 10_000;

/// What a shopper gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Arm {
    /// Always the unpersonalised page.
    Holdout,
    /// Pages made for them.
    Personal,
}

/// Returns the arm of a shopper. While the share grows, shoppers only join the holdout, and while it shrinks, they only
/// leave it.
pub fn assign(share: Share, shop: &ShopId, shopper: &ShopperId) -> Arm {
    if place(shop, shopper) < u64::from(share.basis_points()) { Arm::Holdout } else { Arm::Personal }
}

/// Returns the place of a shopper among the 10,000 of their shop, each as likely as any other.
fn place(shop: &ShopId, shopper: &ShopperId) -> u64 {
    let mut hasher = FnvHasher::default();
    // No id contains a zero, so no two pairs have the same bytes.
    for part in [SALT, shop.as_str().as_bytes(), shopper.as_str().as_bytes()] {
        hasher.write(part);
        hasher.write_u8(0);
    }
    mix(hasher.finish()) % BASIS_POINTS
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
    use proptest::prelude::*;

    fn shop(id: &str) -> ShopId {
        ShopId::parse(id).unwrap()
    }

    fn visitor(number: u32) -> ShopperId {
        ShopperId::visitor(&format!("a-drawn-visitor-{number:08}")).unwrap()
    }

    /// Other code must never compute another arm: a shopper would change sides with a release.
    #[test]
    fn the_function_is_the_one_that_it_was() {
        let places = [0, 1, 2].map(|number| place(&shop("a.myshopify.com"), &visitor(number)));
        assert_eq!(places, [593, 1307, 1570]);
    }

    /// Chi-squared of 100 classes: 148 is exceeded once in a thousand times, 58 is undercut as rarely.
    #[test]
    fn all_places_are_equally_likely_even_for_similar_ids() {
        for shop in ["a.myshopify.com", "b.myshopify.com", "magic-wands"].map(shop) {
            let mut counts = [0_i64; 100];
            (0..100_000).for_each(|number| {
                counts[usize::try_from(place(&shop, &visitor(number)) / 100).unwrap()] += 1;
            });
            let squares: i64 = counts.iter().map(|count| (count - 1_000).pow(2)).sum();
            assert!((58_000..148_000).contains(&squares), "{squares}");
        }
    }

    #[test]
    fn shops_hold_out_different_shoppers() {
        let held = |shop: &ShopId, number| assign(Share::TENTH, shop, &visitor(number)) == Arm::Holdout;
        let (here, there) = (shop("a.myshopify.com"), shop("b.myshopify.com"));
        let both = (0..10_000).filter(|number| held(&here, *number) && held(&there, *number)).count();
        assert!((60..140).contains(&both), "a tenth of a tenth, not {both}");
    }

    proptest! {
        #[test]
        fn a_changed_share_moves_no_more_shoppers_than_it_must(
            number in any::<u32>(), one in 0_u16..=5_000, other in 0_u16..=5_000,
        ) {
            let (low, high) = (one.min(other), one.max(other));
            let arm = |share| {
                assign(Share::of_basis_points(share).unwrap(), &shop("magic-wands"), &visitor(number))
            };
            prop_assert!(arm(low) == Arm::Personal || arm(high) == Arm::Holdout);
            prop_assert_eq!(arm(0), Arm::Personal);
        }
    }
}
