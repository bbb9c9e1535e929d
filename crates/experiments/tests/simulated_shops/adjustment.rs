//! What knowing shoppers before they see the block changes: narrower intervals that hold as before.

use experiments::{Measure, Report};

use crate::shop::{Shop, all_hold};

/// Returns the width of an interval of all shoppers.
fn width(report: &Report, measure: Measure) -> f64 {
    let row = report.rows.iter().find(|row| row.persona.is_none() && row.measure == measure).unwrap();
    row.interval.map(|interval| interval.high - interval.low).unwrap()
}

#[test]
fn what_was_known_before_makes_intervals_narrower() {
    let (mut carts, mut views) = (0.0, 0.0);
    for seed in 14_000..14_050 {
        let mut shop = Shop::new(seed, 0.1).knowing_earlier();
        (0..45).for_each(|_| shop.next_day());
        let (with, without) = (shop.look(), shop.look_without_earlier());
        let ratio = |measure| width(&with, measure) / width(&without, measure);
        assert!(ratio(Measure::CartAdds) < 1.0 && ratio(Measure::Views) < 1.0, "{seed}");
        carts += ratio(Measure::CartAdds) / 50.0;
        views += ratio(Measure::Views) / 50.0;
    }
    println!("intervals are {carts:.3} times as wide for cart adds, {views:.3} for views");
    assert!(carts < 0.99 && views < 0.98, "{carts} {views}");
}

#[test]
fn adjusted_intervals_hold_together_on_all_days() {
    for (uplift, first) in [(0.0, 15_000), (0.2, 16_000)] {
        let hold = (first..first + 200).filter(|seed| {
            let mut shop = Shop::with_orders(*seed, uplift).knowing_earlier();
            (0..90).all(|_| {
                shop.next_day();
                all_hold(&shop, &shop.look())
            })
        });
        let hold = hold.count();
        println!("all adjusted intervals of {hold} of 200 shops with {uplift:+} hold on each of 90 days");
        assert!(hold >= 190, "{hold}");
    }
}
