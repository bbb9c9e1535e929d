//! Tests of variants in simulated shops.

use model::Persona;
use model::shop::VariantArm;

use experiments::{Arm, Verdict};

use crate::count;
use crate::shop::{Shop, all_hold, variant_holds};

#[test]
fn a_variant_with_a_fifth_more_is_found_within_45_days() {
    let found = count(21_000..22_000, |seed| {
        let mut shop = Shop::new(seed, 0.0).testing(0.2);
        shop.ever(45, |report| report.variant.as_ref().unwrap().rows[0].verdict == Verdict::Higher)
    });
    println!("{found} of 1,000 shops show a fifth more with a variant within 45 days");
    assert!(found >= 800, "{found}");
}

/// What a variant changes is in its own intervals, and in none of those of personal pages.
#[test]
fn with_a_variant_all_intervals_together_hold_on_all_days() {
    let hold = count(23_000..23_300, |seed| {
        let mut shop = Shop::with_orders(seed, 0.0).testing(0.2);
        (0..90).all(|_| {
            shop.next_day();
            let report = shop.look();
            variant_holds(&shop, &report) && all_hold(&shop, &report)
        })
    });
    println!("all intervals of {hold} of 300 shops that test a variant hold on each of 90 days");
    assert!(hold >= 285, "{hold}");
}

/// Pages with the variant fail for some shoppers, who never see the block.
#[test]
fn sides_of_the_wrong_size_are_noticed_and_right_ones_hardly_ever_called_wrong() {
    let is_wrong = |shop: &Shop| shop.look().variant.unwrap().is_mismatched;
    let wrong = count(24_000..24_100, |seed| {
        let mut shop = Shop::new(seed, 0.0).testing(0.0);
        shop.ever(90, |report| report.variant.as_ref().unwrap().is_mismatched)
    });
    let noticed = count(24_100..24_200, |seed| {
        let mut shop = Shop::new(seed, 0.0).testing(0.0);
        (0..14).for_each(|_| {
            shop.next_day();
            let variant = Some(VariantArm { test: 1, has_variant: false });
            let group = experiments::Group { variant, ..shop.group(Persona::Explorer, Arm::Personal) };
            shop.add_to(group, 200, 0.0);
        });
        is_wrong(&shop)
    });
    println!("{wrong} of 100 right, {noticed} of 100 wrong tests are called wrong");
    assert!(wrong <= 1 && noticed >= 95, "{wrong} {noticed}");
}
