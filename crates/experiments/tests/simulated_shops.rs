//! Simulated shops: what reports promise, counted over many shops from seeds.

use experiments::{Aggregates, Arm, Cell, Forecast, Group, Measure, Report, Sales, Shift, Totals, Verdict};
use model::shop::Share;
use model::{Currency, Persona};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use rand_distr::{Binomial, Distribution as _, LogNormal, Normal};
use statrs::distribution::{ContinuousCDF as _, Normal as Gaussian};

/// How shoppers split into personas.
const MIX: [(Persona, f64); 4] = [
    (Persona::Minimalist, 0.25),
    (Persona::Explorer, 0.45),
    (Persona::Dealhunter, 0.1),
    (Persona::Loyalist, 0.2),
];
const SHOPPERS_A_DAY: u64 = 5_000;
/// Of 100 shoppers of the holdout, so many put something into the cart.
const RATE: f64 = 0.03;

/// Of shoppers who put something into the cart, so many order.
const ORDERS: f64 = 0.6;
/// The logarithm of what orders are worth, in hundredths: its mean, which is that of 60 dollars, and its deviation.
const LN_WORTH: (f64, f64) = (8.7, 0.8);
/// One order of so many is a reseller's, and as large as thirty others.
const RESELLERS: f64 = 1.0 / 200.0;
const LARGE: f64 = 30.0;
/// Of orders, so many are paid back, within ten days.
const PAID_BACK: f64 = 0.08;

/// A shop of which one day after the other is drawn.
struct Shop {
    random: StdRng,
    uplift: f64,
    /// The number of days that were drawn.
    days: u32,
    counted: Aggregates,
    /// The orders, if any are drawn.
    sales: Option<Sales>,
    /// What is still to be paid back, by day.
    to_pay_back: Vec<(u32, Group, u64)>,
}

impl Shop {
    fn new(seed: u64, uplift: f64) -> Self {
        let (random, counted) = (StdRng::seed_from_u64(seed), Aggregates::default());
        Self { random, uplift, days: 0, counted, sales: None, to_pay_back: Vec::new() }
    }

    fn with_orders(seed: u64, uplift: f64) -> Self {
        Self { sales: Some(Sales::default()), ..Self::new(seed, uplift) }
    }

    fn draw(&mut self, count: u64, probability: f64) -> u64 {
        Binomial::new(count, probability).unwrap().sample(&mut self.random)
    }

    /// Draws a day. Weekends differ from other days, and personas from each other.
    fn next_day(&mut self) {
        let weekend = if self.days % 7 < 2 { 1.14 } else { 0.944 };
        for (persona, part) in MIX {
            let shoppers = self.draw(SHOPPERS_A_DAY, part);
            let held_out = self.draw(shoppers, Share::TENTH.fraction());
            let rate = RATE * weekend * if persona == Persona::Loyalist { 1.8 } else { 0.8 };
            self.add(persona, Arm::Holdout, held_out, rate);
            self.add(persona, Arm::Personal, shoppers - held_out, rate * (1.0 + self.uplift));
        }
        self.pay_back();
        self.days += 1;
    }

    /// Draws the orders of a group, and when they are paid back.
    fn order(&mut self, group: Group, carted: u64) {
        if self.sales.is_none() {
            return;
        }
        let worths = LogNormal::new(LN_WORTH.0, LN_WORTH.1).unwrap();
        let mut drawn = Sales::default();
        for _ in 0..self.draw(carted, ORDERS) {
            let large = if self.random.random_bool(RESELLERS) { LARGE } else { 1.0 };
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is an amount")]
            let worth = (worths.sample(&mut self.random) * large) as u64;
            drawn.add(group, shift(0, worth)).unwrap();
            if self.random.random_bool(PAID_BACK) {
                let day = self.days + self.random.random_range(0..10);
                self.to_pay_back.push((day, group, worth));
            }
        }
        self.sales.as_mut().unwrap().merge(drawn);
    }

    fn pay_back(&mut self) {
        let today = self.days;
        let due: Vec<_> = self.to_pay_back.extract_if(.., |(day, ..)| *day <= today).collect();
        for (_, group, worth) in due {
            let mut paid = Sales::default();
            paid.add(group, shift(worth, 0)).unwrap();
            self.sales.as_mut().unwrap().merge(paid);
        }
    }

    fn add(&mut self, persona: Persona, arm: Arm, shoppers: u64, rate: f64) {
        let carted = self.draw(shoppers, rate);
        let once = self.draw(shoppers, 0.4);
        let thrice = self.draw(shoppers - once, 0.2);
        let (views, views_squared) = (once + 3 * thrice, once + 9 * thrice);
        let cell = Cell { shoppers, carted, views, views_squared, ..Cell::default() };
        let group = Group { day: self.days, share: Share::TENTH, arm, persona };
        let mut drawn = Aggregates::default();
        drawn.add(group, cell).unwrap();
        self.counted.merge(drawn);
        self.order(group, carted);
    }

    /// Returns the report on the morning after so many days. The last day is not complete then.
    fn look(&self) -> Report {
        let totals = Totals::of(&self.counted, Share::TENTH, self.days);
        Report::of(&self.sales.iter().fold(totals, Totals::with_sales))
    }

    /// Returns whether the report is like this on any morning of so many days.
    fn ever(&mut self, days: u32, is: impl Fn(&Report) -> bool) -> bool {
        (0..days).any(|_| {
            self.next_day();
            is(&self.look())
        })
    }

    /// Returns the day on which all shoppers' cart adds are first said to differ, and the forecast on each day before.
    fn found(&mut self, days_max: u32) -> (Option<u32>, Vec<Forecast>) {
        let mut forecasts = Vec::new();
        while self.days < days_max {
            self.next_day();
            match self.look().rows[0].verdict {
                Verdict::Open(forecast) => forecasts.push(forecast),
                Verdict::Higher => return (Some(self.days), forecasts),
                Verdict::Lower | Verdict::Void => return (None, forecasts),
            }
        }
        (None, forecasts)
    }
}

fn shift(before: u64, after: u64) -> Shift {
    Shift { currency: Currency::named("USD").unwrap(), before, after }
}

/// The mean worth of an order that is cut at a limit.
fn mean_worth(limit: f64) -> f64 {
    let cut = |(mean, deviation): (f64, f64)| {
        let normal = Gaussian::standard();
        let below = normal.cdf((limit.ln() - mean) / deviation - deviation);
        let above = 1.0 - normal.cdf((limit.ln() - mean) / deviation);
        (mean + deviation * deviation / 2.0).exp() * below + limit * above
    };
    let large = (LN_WORTH.0 + LARGE.ln(), LN_WORTH.1);
    (1.0 - RESELLERS) * cut(LN_WORTH) + RESELLERS * cut(large)
}

/// The true difference of a row. Orders count as they do once everything is paid back.
fn truth(shop: &Shop, report: &Report, row: usize) -> f64 {
    let row = &report.rows[row];
    let per_cart = match row.measure {
        Measure::CartAdds => 1.0,
        Measure::Views => return 0.0,
        Measure::Orders => ORDERS * (1.0 - PAID_BACK),
        Measure::Revenue => {
            let limit = report.limit.map_or(f64::MAX, |(limit, _)| f64::from(u32::try_from(limit).unwrap()));
            ORDERS * (1.0 - PAID_BACK) * mean_worth(limit)
        }
    };
    let factor = |persona: Persona| if persona == Persona::Loyalist { 1.8 } else { 0.8 };
    let all = MIX.iter().map(|(persona, part)| part * factor(*persona)).sum();
    // Weekends differ: the mean over the days that are compared.
    let weekends = (0..report.days).map(|day| if day % 7 < 2 { 1.14 } else { 0.944 }).sum::<f64>();
    per_cart * RATE * row.persona.map_or(all, factor) * weekends / f64::from(report.days.max(1)) * shop.uplift
}

/// Counts seeds for which something is true.
fn count(seeds: std::ops::Range<u64>, is: impl Fn(u64) -> bool) -> usize {
    seeds.filter(|seed| is(*seed)).count()
}

#[test]
fn without_an_effect_hardly_any_shop_ever_shows_one() {
    let paused = std::cell::Cell::new(0);
    let wrong = count(0..1_000, |seed| {
        let (mut shop, mut loses) = (Shop::with_orders(seed, 0.0), false);
        let mut shows = false;
        (0..90).for_each(|_| {
            shop.next_day();
            let report = shop.look();
            loses |= !report.losing().is_empty();
            shows |= report.rows.iter().any(|row| !matches!(row.verdict, Verdict::Open(_)));
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
                let report = shop.look();
                let mut rows = report.rows.iter().enumerate();
                rows.all(|(index, row)| {
                    let truth = truth(&shop, &report, index);
                    row.interval.is_none_or(|interval| (interval.low..=interval.high).contains(&truth))
                })
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
