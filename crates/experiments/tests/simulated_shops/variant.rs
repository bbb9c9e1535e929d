//! Tests of variants in simulated shops.

use model::Persona;

use experiments::{Arm, Verdict};

use crate::count;
use crate::shop::{Shop, all_hold, variant_holds};

#[test]
fn a_variant_with_a_fifth_more_is_found_within_45_days() {
    let found = count(21_000..22_000, |seed| {
        let mut shop = Shop::new(seed, 0.0).testing(0.2);
        shop.ever(45, |report| report.variants[0].rows[0].verdict == Verdict::Higher)
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

/// A test runs while a sale doubles what any shopper puts into the cart, and half of the personal pages are left out meanwhile.
#[test]
fn a_season_in_which_a_variant_is_tested_is_no_effect_of_personal_pages() {
    let shows = count(25_000..25_100, |seed| {
        let mut shop = Shop::new(seed, 0.0).testing_in_season(30..60, 1.0);
        shop.ever(90, |report| report.rows.iter().any(|row| !matches!(row.verdict, Verdict::Open(_))))
    });
    println!("{shows} of 100 shops show an effect that is a season in which a variant is tested");
    assert!(shows <= 5, "{shows}");
}

/// Pages with the variant fail for some shoppers, who never see the block.
#[test]
fn sides_of_the_wrong_size_are_noticed_and_right_ones_hardly_ever_called_wrong() {
    let is_wrong = |shop: &Shop| shop.look().variants[0].is_mismatched;
    let wrong = count(24_000..24_100, |seed| {
        let mut shop = Shop::new(seed, 0.0).testing(0.0);
        shop.ever(90, |report| report.variants[0].is_mismatched)
    });
    let noticed = count(24_100..24_200, |seed| {
        let mut shop = Shop::new(seed, 0.0).testing(0.0);
        (0..14).for_each(|_| {
            shop.next_day();
            shop.add_to(shop.group(Persona::Explorer, Arm::Personal), 200, 0.0);
        });
        is_wrong(&shop)
    });
    println!("{wrong} of 100 right, {noticed} of 100 wrong tests are called wrong");
    assert!(wrong <= 1 && noticed >= 95, "{wrong} {noticed}");
}
