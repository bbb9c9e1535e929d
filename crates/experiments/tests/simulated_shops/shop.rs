//! A simulated shop, drawn from a seed.

use std::ops::Range;

use experiments::{
    Aggregates, Arm, Cell, Earlier, Forecast, Group, Measure, Report, Sales, Shift, Source, Totals, Verdict,
};
use model::shop::{Share, VariantArm};
use model::{Currency, Persona};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use rand_distr::{Binomial, Distribution as _, LogNormal};
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

/// What is known of shoppers before they see the block: of so many, how many more of them put something into the cart, and
/// how many view a product. On average, as many as of any shoppers put something into the cart.
const EARLIER: [(Earlier, f64, f64, f64); 3] = [
    (Earlier::New, 0.65, 0.6, 0.25),
    (Earlier::Browsed, 0.28, 1.1, 0.6),
    (Earlier::Carted, 0.07, 302.0 / 70.0, 0.993),
];
/// Shoppers of whom nothing is known, who are as any.
const UNKNOWN: [(Earlier, f64, f64, f64); 1] = [(Earlier::Unknown, 1.0, 1.0, 0.4)];

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
pub struct Shop {
    random: StdRng,
    /// How much more shoppers of each persona put into the cart with personal pages.
    uplifts: [f64; MIX.len()],
    /// The number of days that were drawn.
    pub days: u32,
    counted: Aggregates,
    /// The orders, if any are drawn.
    sales: Option<Sales>,
    /// What is still to be paid back, by day.
    to_pay_back: Vec<(u32, Group, u64)>,
    /// Whether sessions say what shoppers did before.
    knows_earlier: bool,
    /// The number of days after which the effect is half of what it was before.
    halves_after: Option<f64>,
    /// The share of shoppers who consent, and are counted.
    consent: f64,
    /// How much more shoppers put into the cart with a variant of personal pages than without, if one is tested, and on which
    /// days.
    variant: Option<(f64, Range<u32>)>,
    /// How much more any shopper puts into the cart on the days of the test.
    season: f64,
}

impl Shop {
    pub fn new(seed: u64, uplift: f64) -> Self {
        Self::of_personas(seed, [uplift; MIX.len()])
    }

    /// Returns a shop whose personas differ in what personal pages change.
    pub fn of_personas(seed: u64, uplifts: [f64; MIX.len()]) -> Self {
        let (random, counted) = (StdRng::seed_from_u64(seed), Aggregates::default());
        Self {
            random,
            uplifts,
            days: 0,
            counted,
            sales: None,
            to_pay_back: Vec::new(),
            knows_earlier: false,
            halves_after: None,
            consent: 1.0,
            variant: None,
            season: 0.0,
        }
    }

    pub fn with_orders(seed: u64, uplift: f64) -> Self {
        Self { sales: Some(Sales::default()), ..Self::new(seed, uplift) }
    }

    /// Returns the shop with a test of a variant.
    pub fn testing(self, more: f64) -> Self {
        Self { variant: Some((more, 0..u32::MAX)), ..self }
    }

    /// Returns the shop with a test of a variant that changes nothing on some days, on which any shopper puts more into the
    /// cart.
    pub fn testing_in_season(self, days: Range<u32>, more: f64) -> Self {
        Self { variant: Some((0.0, days)), season: more, ..self }
    }

    /// Returns how much more shoppers put into the cart with the variant that is tested today.
    fn tested_today(&self) -> Option<f64> {
        self.variant.as_ref().filter(|(_, days)| days.contains(&self.days)).map(|(more, _)| *more)
    }

    /// Returns the shop with sessions that say what shoppers did before.
    pub fn knowing_earlier(self) -> Self {
        Self { knows_earlier: true, ..self }
    }

    /// Returns a shop in which personal pages are new at first, a fifth of shoppers consent, and one in fifty of those is a bot
    /// that looks at everything and buys nothing.
    pub fn new_to_everybody(seed: u64, uplift: f64) -> Self {
        Self { halves_after: Some(7.0), consent: 0.2, ..Self::new(seed, uplift) }
    }

    /// Returns which share of the first day's effect is left on a day.
    fn left_on(&self, day: u32) -> f64 {
        self.halves_after.map_or(1.0, |days| (-f64::from(day) / days).exp2())
    }

    /// Returns the report of the same shop without what is known of shoppers before.
    pub fn look_without_earlier(&self) -> Report {
        let mut counted = Aggregates::default();
        for (group, cell) in self.counted.groups() {
            let mut one = Aggregates::default();
            one.add(Group { earlier: Earlier::Unknown, ..*group }, *cell).unwrap();
            counted.merge(one);
        }
        Report::of(&Totals::of(&counted, Share::TENTH, self.days))
    }

    fn draw(&mut self, count: u64, probability: f64) -> u64 {
        Binomial::new(count, probability).unwrap().sample(&mut self.random)
    }

    /// Draws a day. Weekends differ from other days, and personas from each other.
    pub fn next_day(&mut self) {
        let weekend = if self.days % 7 < 2 { 1.14 } else { 0.944 };
        let left = self.left_on(self.days);
        let season = 1.0 + self.tested_today().map_or(0.0, |_| self.season);
        for ((persona, part), uplift) in MIX.into_iter().zip(self.uplifts.map(|uplift| uplift * left)) {
            let shoppers = self.draw(SHOPPERS_A_DAY, part * self.consent);
            let held_out = self.draw(shoppers, Share::TENTH.fraction());
            let rate = RATE * weekend * season * if persona == Persona::Loyalist { 1.8 } else { 0.8 };
            self.add(persona, Arm::Holdout, held_out, rate);
            self.add_personal(persona, shoppers - held_out, rate * (1.0 + uplift));
        }
        if self.halves_after.is_some() {
            self.visit_by_bots();
        }
        self.pay_back();
        self.days += 1;
    }

    /// Draws bots, which are in either arm like anybody.
    fn visit_by_bots(&mut self) {
        let bots = self.draw(SHOPPERS_A_DAY, self.consent / 50.0);
        let held_out = self.draw(bots, Share::TENTH.fraction());
        for (arm, shoppers) in [(Arm::Holdout, held_out), (Arm::Personal, bots - held_out)] {
            let cell =
                Cell { shoppers, views: 20 * shoppers, views_squared: 400 * shoppers, ..Cell::default() };
            let group = self.group(Persona::Explorer, arm);
            let mut drawn = Aggregates::default();
            drawn.add(group, cell).unwrap();
            self.counted.merge(drawn);
        }
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

    /// Draws what shoppers with personal pages do, of both sides of a test if there is one.
    fn add_personal(&mut self, persona: Persona, shoppers: u64, rate: f64) {
        let Some(more) = self.tested_today() else { return self.add(persona, Arm::Personal, shoppers, rate) };
        let with = self.draw(shoppers, 0.5);
        for (has_variant, shoppers, rate) in
            [(false, shoppers - with, rate), (true, with, rate * (1.0 + more))]
        {
            let variant = Some(VariantArm { test: 1, has_variant });
            let group = Group { variant, ..self.group(persona, Arm::Personal) };
            self.add_to(group, shoppers, rate);
        }
    }

    /// Returns today's group of shoppers of whom nothing was known.
    pub fn group(&self, persona: Persona, arm: Arm) -> Group {
        let (day, share, earlier) = (self.days, Share::TENTH, Earlier::Unknown);
        let variant = self.tested_today().map(|_| VariantArm { test: 1, has_variant: false });
        Group { day, share, arm, persona, page: None, earlier, variant }
    }

    /// Draws what shoppers do.
    pub fn add(&mut self, persona: Persona, arm: Arm, shoppers: u64, rate: f64) {
        self.add_to(self.group(persona, arm), shoppers, rate);
    }

    /// Draws what shoppers of a group do, of each kind of whom the same was known earlier.
    pub fn add_to(&mut self, group: Group, shoppers: u64, rate: f64) {
        let kinds = if self.knows_earlier { EARLIER.as_slice() } else { &UNKNOWN };
        let (mut left, mut part_left) = (shoppers, 1.0);
        for (earlier, part, times, views) in kinds {
            let is_last = part_left - part < 1e-9;
            let some = if is_last { left } else { self.draw(left, part / part_left) };
            self.add_kind(Group { earlier: *earlier, ..group }, some, rate * times, *views);
            (left, part_left) = (left - some, part_left - part);
        }
    }

    fn add_kind(&mut self, group: Group, shoppers: u64, rate: f64, views: f64) {
        let carted = self.draw(shoppers, rate);
        let once = self.draw(shoppers, views);
        let thrice = self.draw(shoppers - once, views / 2.0);
        let (views, views_squared) = (once + 3 * thrice, once + 9 * thrice);
        let cell = Cell { shoppers, carted, views, views_squared, ..Cell::default() };
        let mut drawn = Aggregates::default();
        drawn.add(group, cell).unwrap();
        self.counted.merge(drawn);
        self.order(group, carted);
    }

    /// Returns the report on the morning after so many days. The last day is not complete then.
    pub fn look(&self) -> Report {
        let totals = Totals::of(&self.counted, Share::TENTH, self.days);
        Report::of(&self.sales.iter().fold(totals, Totals::with_sales))
    }

    /// Returns whether the report is like this on any morning of so many days.
    pub fn ever(&mut self, days: u32, is: impl Fn(&Report) -> bool) -> bool {
        (0..days).any(|_| {
            self.next_day();
            is(&self.look())
        })
    }

    /// Returns the day on which all shoppers' cart adds are first said to differ, and the forecast on each day before.
    pub fn found(&mut self, days_max: u32) -> (Option<u32>, Vec<Forecast>) {
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
    Shift { source: Source::Webhook, currency: Currency::named("USD").unwrap(), before, after }
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

/// Returns whether each interval of the test in a shop without an effect of personal pages holds.
pub fn variant_holds(shop: &Shop, report: &Report) -> bool {
    let more = shop.variant.as_ref().map_or(0.0, |(more, _)| *more);
    let truth = |measure| {
        let of_day = |day| if day % 7 < 2 { 1.14 } else { 0.944 };
        let weekends = (0..report.days).map(of_day).sum::<f64>() / f64::from(report.days.max(1));
        let factor = |persona: Persona| if persona == Persona::Loyalist { 1.8 } else { 0.8 };
        let all: f64 = MIX.iter().map(|(persona, part)| part * factor(*persona)).sum();
        per_cart(measure, report) * RATE * weekends * all * more
    };
    report.variants.iter().flat_map(|test| &test.rows).all(|row| {
        row.interval.is_none_or(|interval| (interval.low..=interval.high).contains(&truth(row.measure)))
    })
}

/// Returns how much of a measure one shopper with a cart add has on average, once everything is paid back.
fn per_cart(measure: Measure, report: &Report) -> f64 {
    match measure {
        Measure::CartAdds => 1.0,
        Measure::Views => 0.0,
        Measure::Orders => ORDERS * (1.0 - PAID_BACK),
        Measure::Revenue => {
            let limit = report.limit.map_or(f64::MAX, |(limit, _)| f64::from(u32::try_from(limit).unwrap()));
            ORDERS * (1.0 - PAID_BACK) * mean_worth(limit)
        }
    }
}

/// Returns whether each interval of a shop's report holds.
pub fn all_hold(shop: &Shop, report: &Report) -> bool {
    report.rows.iter().enumerate().all(|(index, row)| {
        let truth = truth(shop, report, index);
        row.interval.is_none_or(|interval| (interval.low..=interval.high).contains(&truth))
    })
}

/// The true difference of a row. Orders count as they do once everything is paid back.
pub fn truth(shop: &Shop, report: &Report, row: usize) -> f64 {
    let row = &report.rows[row];
    let per_cart = per_cart(row.measure, report);
    let factor = |persona: Persona| if persona == Persona::Loyalist { 1.8 } else { 0.8 };
    let of = MIX
        .iter()
        .zip(shop.uplifts)
        .filter(|((persona, _), _)| row.persona.is_none_or(|only| only == *persona));
    let (more, parts) = of.fold((0.0, 0.0), |(more, parts), ((persona, part), uplift)| {
        (more + part * factor(*persona) * uplift, parts + part)
    });
    // Weekends differ, and an effect may fade: the mean over the days that are compared.
    let of_day = |day| if day % 7 < 2 { 1.14 } else { 0.944 } * shop.left_on(day);
    let weekends = (0..report.days).map(of_day).sum::<f64>();
    // Of so many who are counted, one is no bot.
    let bots = shop.halves_after.map_or(1.0, |_| match row.persona {
        None => 1.02,
        Some(Persona::Explorer) => 1.0 + 0.02 / 0.45,
        Some(_) => 1.0,
    });
    per_cart * RATE * more / parts / bots * weekends / f64::from(report.days.max(1))
}
