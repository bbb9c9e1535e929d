//! What the estimates of personas promise.

use experiments::Report;
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use rand_distr::{Distribution as _, Normal};

use crate::shop::{Shop, all_hold, truth};

/// The days after which estimates are judged.
const DAYS: u32 = 30;

/// Returns the squared errors of the personas' differences in the data, and of their estimates.
fn errors(shop: &Shop, report: &Report) -> (f64, f64) {
    let rows = report.rows.iter().enumerate().filter(|(_, row)| row.persona.is_some());
    rows.fold((0.0, 0.0), |(in_data, shrunk), (index, row)| {
        let (Some(interval), Some(estimate)) = (row.interval, row.estimate) else { return (in_data, shrunk) };
        assert!((interval.low..=interval.high).contains(&estimate), "{row:?}");
        let truth = truth(shop, report, index);
        (in_data + (interval.difference - truth).powi(2), shrunk + (estimate - truth).powi(2))
    })
}

/// Returns the error of estimates as a share of that of the data, over shops with these differences of personas.
fn remaining(seeds: std::ops::Range<u64>, uplifts: impl Fn(u64) -> [f64; 4]) -> f64 {
    let (in_data, shrunk) = seeds.fold((0.0, 0.0), |(in_data, shrunk), seed| {
        let mut shop = Shop::of_personas(seed, uplifts(seed));
        (0..DAYS).for_each(|_| shop.next_day());
        let (more_in_data, more_shrunk) = errors(&shop, &shop.look());
        (in_data + more_in_data, shrunk + more_shrunk)
    });
    shrunk / in_data
}

#[test]
fn estimates_of_personas_are_closer_to_the_truth_than_the_data() {
    let same = remaining(10_000..10_300, |_| [0.1; 4]);
    let uplifts = Normal::<f64>::new(0.05, 0.1).unwrap();
    let apart = remaining(11_000..11_300, |seed| {
        let mut random = StdRng::seed_from_u64(seed);
        [(); 4].map(|()| uplifts.sample(&mut random))
    });
    let far = remaining(12_000..12_300, |_| [-0.3, 0.0, 0.3, 0.6]);
    println!(
        "squared errors of estimates: {same:.2} of the data's if personas are alike, {apart:.2} if they differ as \
        usual, {far:.2} if they differ much"
    );
    assert!(same < 0.6 && apart < 0.8 && far < 1.2, "{same} {apart} {far}");
}

/// Shrinking moves no interval, so all of them still hold at once, also where personas differ.
#[test]
fn all_intervals_hold_where_personas_differ() {
    let hold = (13_000..13_200).filter(|seed| {
        let mut shop = Shop::of_personas(*seed, [-0.2, 0.1, 0.3, 0.0]);
        (0..90).all(|_| {
            shop.next_day();
            all_hold(&shop, &shop.look())
        })
    });
    let hold = hold.count();
    println!("all intervals of {hold} of 200 shops whose personas differ hold on each of 90 days");
    assert!(hold >= 190, "{hold}");
}
