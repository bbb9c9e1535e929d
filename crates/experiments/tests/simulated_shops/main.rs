//! Simulated shops: what reports promise, counted over many shops from seeds.

mod adjustment;
mod estimates;
mod shop;
mod variant;

use experiments::{Arm, Forecast, Verdict};
use model::Persona;
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use rand_distr::{Distribution as _, Normal};

use shop::{Shop, all_hold};

/// Counts seeds for which something is true.
fn count(seeds: std::ops::Range<u64>, is: impl Fn(u64) -> bool) -> usize {
    seeds.filter(|seed| is(*seed)).count()
}

#[test]
fn without_an_effect_hardly_any_shop_ever_shows_one() {
    let paused = std::cell::Cell::new(0);
    let wrong = count(0..1_000, |seed| {
        let (mut shop, mut loses) = (Shop::with_orders(seed, 0.0).testing(0.0), false);
        let mut shows = false;
        (0..90).for_each(|_| {
            shop.next_day();
            let report = shop.look();
            loses |= !report.losing().is_empty();
            let of_variant = report.variants.iter().flat_map(|test| &test.rows);
            let mut rows = report.rows.iter().chain(of_variant);
            shows |= rows.any(|row| !matches!(row.verdict, Verdict::Open(_)));
        });
        paused.set(paused.get() + usize::from(loses));
        shows
    });
    let paused = paused.get();
    println!("{paused} of 1,000 shops without an effect pause a persona within 90 days");
    assert!(paused <= 50, "{paused}");
    println!("{wrong} of 1,000 shops without an effect show one within 90 days");
    assert!(wrong <= 50, "{wrong}");
}

/// Pages that cost a third of all cart adds must not go on for months.
#[test]
fn a_persona_that_loses_much_is_paused() {
    let paused = count(2_000..2_100, |seed| {
        let mut shop = Shop::new(seed, -0.35);
        shop.ever(45, |report| report.losing().contains(&Persona::Explorer))
    });
    println!("{paused} of 100 shops pause a persona that loses a third of its cart adds within 45 days");
    assert!(paused >= 80, "{paused}");
}

#[test]
fn a_fifth_more_is_found_within_45_days() {
    let found = count(1_000..2_000, |seed| Shop::new(seed, 0.2).found(45).0.is_some());
    println!("{found} of 1,000 shops show a fifth more within 45 days");
    assert!(found >= 800, "{found}");
}

#[test]
fn all_intervals_together_hold_on_all_days() {
    for (uplift, first) in [(0.2, 3_000), (-0.1, 9_000)] {
        let hold = count(first..first + 1_000, |seed| {
            let mut shop = Shop::with_orders(seed, uplift);
            (0..90).all(|_| {
                shop.next_day();
                all_hold(&shop, &shop.look())
            })
        });
        println!("all intervals of {hold} of 1,000 shops with {uplift:+} hold on each of 90 days");
        assert!(hold >= 950, "{hold}");
    }
}

/// What shops of one kind were told on a day, and whether it came true.
#[derive(Default)]
struct Told {
    days: Vec<u32>,
    kept: usize,
    over_a_year: usize,
    shops: usize,
}

fn told(day: u32, seeds: std::ops::Range<u64>, uplift: impl Fn(u64) -> f64) -> Told {
    let mut told = Told::default();
    for seed in seeds {
        let (found, forecasts) = Shop::new(seed, uplift(seed)).found(day + 366);
        let Some(forecast) = forecasts.get(day as usize - 1) else { continue };
        told.shops += 1;
        match forecast {
            Forecast::Days(more) => {
                told.kept += usize::from(found.is_some_and(|found| found <= day + more));
                told.days.push(*more);
            }
            Forecast::OverAYear => told.over_a_year += 1,
            Forecast::PerhapsAYear | Forecast::Unknown => {}
        }
    }
    told.days.sort_unstable();
    told
}

#[test]
fn forecasts_hold_four_times_in_five_and_are_of_use() {
    for day in [10, 14, 21, 28] {
        let told = told(day, 5_000..5_300, |_| 0.2);
        let (given, median) = (told.days.len(), told.days[told.days.len() / 2]);
        let (kept, over_a_year, shops) = (told.kept, told.over_a_year, told.shops);
        println!(
            "day {day}: {kept} of {given} forecasts of days hold, their median is {median}; {over_a_year} of {shops} \
             shops are told a year"
        );
        assert!(kept * 100 >= given * 80 && given * 2 >= shops && median <= 90);
        assert!(over_a_year * 100 <= shops * 10);
    }
}

/// As many gains as losses, most of them small.
#[test]
fn forecasts_hold_whatever_the_true_difference_is() {
    let uplifts = Normal::<f64>::new(0.0, 0.15).unwrap();
    let uplift = |seed: u64| uplifts.sample(&mut StdRng::seed_from_u64(seed)).abs();
    let told = told(21, 8_000..8_600, uplift);
    println!("{} of {} forecasts hold in shops of all kinds", told.kept, told.days.len());
    assert!(told.days.len() >= 100 && told.kept * 100 >= told.days.len() * 80);
}

#[test]
fn three_percent_more_takes_well_over_a_year_and_the_report_says_so() {
    let (mut noted, mut year, mut days, mut looks) = (0, 0, 0, 0);
    for seed in 6_000..6_300 {
        let mut shop = Shop::new(seed, 0.03);
        for day in 1..=180 {
            shop.next_day();
            if day >= 14 {
                let report = shop.look();
                let words = report.rows[0].words();
                looks += 1;
                noted +=
                    usize::from(report.notes().iter().any(|note| note.contains("well over a year for 3 %")));
                year += usize::from(words.contains("over a year"));
                days += usize::from(words.contains("more day"));
            }
        }
    }
    println!(
        "of {looks} looks, {noted} note that 3 % take well over a year; of verdicts, {year} say a year, {days} days"
    );
    assert!(noted == looks && year * 100 >= looks * 85 && days * 100 <= looks * 10);
}

/// Bots that no user agent gives away see the block in one group only, because they run no scripts of personal pages.
#[test]
fn groups_of_the_wrong_size_are_noticed_and_right_ones_hardly_ever_called_wrong() {
    let wrong = count(7_000..7_300, |seed| {
        let mut shop = Shop::new(seed, 0.0);
        shop.ever(90, |report| report.is_mismatched)
    });
    let noticed = count(7_300..7_400, |seed| {
        let mut shop = Shop::new(seed, 0.0);
        (0..14).for_each(|_| {
            shop.next_day();
            shop.add(Persona::Explorer, Arm::Holdout, 75, 0.0);
        });
        shop.look().is_mismatched
    });
    println!("{wrong} of 300 right, {noticed} of 100 wrong shops are called wrong");
    assert!(wrong <= 2 && noticed >= 95, "{wrong} {noticed}");
}

/// Everybody looks at what is new, bots come, and four in five shoppers do not consent. What was true on average so far is in
/// all intervals, nobody is called wrong, and no report promises a day for what takes a year.
#[test]
fn with_novelty_bots_and_little_consent_the_report_stays_honest() {
    let (mut held, mut promised, mut looks) = (0, 0, 0);
    for seed in 17_000..17_200 {
        let mut shop = Shop::new_to_everybody(seed, 0.2);
        let mut holds = true;
        for _ in 0..90 {
            shop.next_day();
            let report = shop.look();
            holds &= !report.is_mismatched && all_hold(&shop, &report);
            looks += 1;
            promised += usize::from(matches!(report.rows[0].verdict, Verdict::Open(Forecast::Days(_))));
        }
        held += usize::from(holds);
    }
    println!(
        "with novelty, bots and 20 % consent, all intervals of {held} of 200 shops hold; {promised} of {looks} looks promise days"
    );
    assert!(held >= 190 && promised * 20 <= looks, "{held} {promised}");
}
