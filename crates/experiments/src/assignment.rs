//! What a shopper gets: a function of shop, settings and shopper.

use model::assignment::place;
use model::shop::{Share, ShopSettings, VariantArm};
use model::{ShopId, ShopperId};
use serde::{Deserialize, Serialize};

/// The version of the function, and its salt. Another version assigns anew: results before and after it must not be
/// added up, so [`crate::Aggregates`] needs a new form with it.
const SALT: &str = "wandstore/holdout/1";

/// What a shopper gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Arm {
    /// Always the unpersonalised page.
    Holdout,
    /// Pages made for them.
    Personal,
}

/// What a shopper gets, of all that a shop compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Assignment {
    /// The arm.
    pub arm: Arm,
    /// Their part in the test of a variant; `None` if none runs. Whoever is held out does not get it.
    pub variant: Option<VariantArm>,
}

impl Assignment {
    /// Returns what a shopper gets under a shop's settings.
    pub fn of(settings: &ShopSettings, shop: &ShopId, shopper: &ShopperId) -> Self {
        let arm = assign(settings.holdout, shop, shopper);
        let of_arm =
            |side: VariantArm| VariantArm { has_variant: side.has_variant && arm == Arm::Personal, ..side };
        Self { arm, variant: settings.variant_arm(shop, shopper).map(of_arm) }
    }

    /// Returns whether this is what the shopper got when they were counted. A test that began or ended since then has moved
    /// nobody.
    pub(crate) fn agrees(self, then: Self) -> bool {
        let has_moved = matches!((self.variant, then.variant), (Some(now), Some(then))
            if now.test == then.test && now.has_variant != then.has_variant);
        self.arm == then.arm && !has_moved
    }
}

/// Returns the arm of a shopper. While the share grows, shoppers only join the holdout, and while it shrinks, they only
/// leave it.
pub fn assign(share: Share, shop: &ShopId, shopper: &ShopperId) -> Arm {
    let is_held_out = place(SALT, shop, shopper) < u64::from(share.basis_points());
    if is_held_out { Arm::Holdout } else { Arm::Personal }
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
        let places = [0, 1, 2].map(|number| place(SALT, &shop("a.myshopify.com"), &visitor(number)));
        assert_eq!(places, [593, 1307, 1570]);
    }

    #[test]
    fn shops_hold_out_different_shoppers() {
        let held = |shop: &ShopId, number| assign(Share::TENTH, shop, &visitor(number)) == Arm::Holdout;
        let (here, there) = (shop("a.myshopify.com"), shop("b.myshopify.com"));
        let both = (0..10_000).filter(|number| held(&here, *number) && held(&there, *number)).count();
        assert!((60..140).contains(&both), "a tenth of a tenth, not {both}");
    }

    #[test]
    fn who_is_held_out_never_gets_a_variant_and_half_of_the_others_do() {
        let variant = "layout: compact".parse().ok();
        let settings = ShopSettings { variant, ..ShopSettings::demo() };
        let of = |number| Assignment::of(&settings, &shop("magic-wands"), &visitor(number));
        let all: Vec<_> = (0..10_000).map(of).collect();
        let count = |has_variant| {
            let has = |one: &&Assignment| one.variant.is_some_and(|arm| arm.has_variant == has_variant);
            all.iter().filter(has).filter(|one| one.arm == Arm::Personal).count()
        };
        assert!((4_300..4_700).contains(&count(true)) && (4_300..4_700).contains(&count(false)));
        let held_out = all.iter().filter(|one| one.arm == Arm::Holdout);
        assert!(
            held_out.clone().count() > 900 && held_out.clone().all(|one| !one.variant.unwrap().has_variant)
        );
        let none = Assignment::of(&ShopSettings::demo(), &shop("magic-wands"), &visitor(1));
        assert_eq!(none.variant, None);
    }

    #[test]
    fn only_another_arm_or_the_other_side_of_one_test_has_moved_a_shopper() {
        let side = |test, has_variant| Assignment {
            arm: Arm::Personal,
            variant: Some(VariantArm { test, has_variant }),
        };
        let none = Assignment { arm: Arm::Personal, variant: None };
        assert!(side(1, true).agrees(side(1, true)) && !side(1, true).agrees(side(1, false)));
        assert!(
            side(1, true).agrees(side(2, false)) && side(1, true).agrees(none) && none.agrees(side(1, true))
        );
        assert!(!none.agrees(Assignment { arm: Arm::Holdout, ..none }));
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
