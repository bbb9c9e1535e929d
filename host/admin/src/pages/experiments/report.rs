//! The report of effects in the merchant's language. The command line has it in English (`crates/experiments`).

use experiments::{Forecast, Interval, Measure, Report, Row, VariantTest, Verdict};
use model::shop::Share;

use crate::pages::persona;
use crate::wording::Words;

/// The report as displayed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Told {
    /// Of how many days it is.
    pub days: u32,
    /// The notes above the rows, in sentences.
    pub notes: Vec<String>,
    pub rows: Vec<Line>,
    /// The tests of variants, the last one first.
    pub variants: Vec<ToldOfVariant>,
}

/// The comparison of a variant as displayed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ToldOfVariant {
    /// The number of the test.
    pub test: u32,
    /// Of how many days it is.
    pub days: u32,
    /// The notes above the rows, in sentences.
    pub notes: Vec<String>,
    pub rows: Vec<Line>,
}

/// What a row is about.
#[derive(Debug, Clone, Copy)]
enum About {
    PersonalPages,
    Variant,
}

/// A comparison as displayed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    pub who: &'static str,
    pub measure: &'static str,
    /// The mean of a group, and of how many shoppers it is: of those who are held out, and of the others.
    pub groups: [(String, String); 2],
    /// The best estimate of the difference.
    pub estimate: String,
    pub difference: String,
    pub verdict: String,
}

impl Told {
    /// Returns the report in a language.
    pub fn of(report: &Report, words: &Words) -> Self {
        let rows = report.rows.iter().map(|row| Line::of(row, About::PersonalPages, words)).collect();
        let variants = report.variants.iter().map(|test| ToldOfVariant::of(test, words)).collect();
        Self { days: report.days, notes: notes(report, words), rows, variants }
    }
}

impl ToldOfVariant {
    fn of(of: &VariantTest, words: &Words) -> Self {
        let VariantTest { test, days, sizes, is_mismatched, rows } = of;
        let [without, with] = [sizes.holdout, sizes.personal].map(|size| words.number(size));
        let notes = is_mismatched.then(|| words.note_variant_mismatched(&with, &without));
        let rows = rows.iter().map(|row| Line::of(row, About::Variant, words)).collect();
        Self { test: *test, days: *days, notes: notes.into_iter().collect(), rows }
    }
}

impl Line {
    fn of(row: &Row, about: About, words: &Words) -> Self {
        let group = |summary: &experiments::Summary| {
            (mean(row, summary.mean, words), words.of_shoppers(&words.number(summary.shoppers)))
        };
        Self {
            who: row.persona.map_or(words.all_shoppers(), |of| persona::label(of, words)),
            measure: match row.measure {
                Measure::CartAdds => words.cart_adds(),
                Measure::Views => words.product_views(),
                Measure::Orders => words.orders(),
                Measure::Revenue => words.revenue(),
            },
            groups: [group(&row.holdout), group(&row.personal)],
            estimate: estimate(row, words),
            difference: difference(row, words),
            verdict: verdict(row, about, words),
        }
    }
}

fn notes(report: &Report, words: &Words) -> Vec<String> {
    let mut notes = Vec::new();
    if report.share == Share::NOBODY {
        notes.push(words.note_nobody().to_owned());
    }
    if report.is_mismatched {
        let share = words.percent(&report.share.to_string());
        let [holdout, personal] =
            [report.sizes.holdout, report.sizes.personal].map(|size| words.number(size));
        notes.push(words.note_mismatched(&share, &holdout, &personal));
    }
    if report.others > 0 {
        notes.push(words.note_others(report.others));
    }
    if report.ahead > 0 {
        notes.push(words.note_ahead(report.ahead));
    }
    if let (days @ 1.., names) = &report.left_out {
        notes.push(words.note_rollouts(u64::try_from(*days).unwrap_or(u64::MAX), &names.join(", ")));
    }
    if report.is_of_pixel {
        notes.push(words.note_of_pixel().to_owned());
    }
    if let Some((limit, currency)) = report.limit {
        let amount = words.fixed(hundredths(limit), 2);
        notes.push(words.note_limit(&words.in_currency(&amount, Some(currency))));
    }
    notes.extend(patience(report, words).filter(|_| !report.is_mismatched));
    notes
}

/// Returns how long differences take to show in this shop.
fn patience(report: &Report, words: &Words) -> Option<String> {
    let [(large, in_large), (middle, in_middle), (small, in_small)] = *report.to_show.as_slice() else {
        return None;
    };
    let [large, middle, small] = [large, middle, small].map(|percent| words.share(f64::from(percent), 0));
    let [in_large, in_middle, in_small] = [in_large, in_middle, in_small].map(|days| span(days, words));
    Some(words.note_patience(&in_large, &large, &in_middle, &middle, &in_small, &small))
}

fn span(days: Option<u32>, words: &Words) -> String {
    match days {
        None => words.span_over_a_year().to_owned(),
        Some(days @ ..21) => words.span_days(days.into()),
        Some(days @ 21..92) => words.span_weeks(days.div_ceil(7).into()),
        Some(days) => words.span_months(days.div_ceil(30).into()),
    }
}

fn mean(row: &Row, mean: f64, words: &Words) -> String {
    match row.measure {
        Measure::CartAdds | Measure::Orders => words.share(100.0 * mean, 2),
        Measure::Views => words.fixed(mean, 2),
        Measure::Revenue => words.money(mean, row.currency),
    }
}

fn difference(row: &Row, words: &Words) -> String {
    let Some(Interval { low, high, .. }) = row.interval else { return "–".to_owned() };
    let [low, high] = [low, high].map(|end| words.signed(scaled(row, end), 2));
    in_units(row, &words.interval(&low, &high), words)
}

fn estimate(row: &Row, words: &Words) -> String {
    let Some(estimate) = row.estimate else { return "–".to_owned() };
    in_units(row, &words.signed(scaled(row, estimate), 2), words)
}

fn verdict(row: &Row, about: About, words: &Words) -> String {
    match row.verdict {
        Verdict::Higher => {
            let [low, high] = ends(row, |interval| [interval.low, interval.high], words);
            match about {
                About::PersonalPages => words.more_with(&low, &high),
                About::Variant => words.more_with_variant(&low, &high),
            }
        }
        Verdict::Lower => {
            let [low, high] = ends(row, |interval| [-interval.high, -interval.low], words);
            match about {
                About::PersonalPages => words.fewer_with(&low, &high),
                About::Variant => words.fewer_with_variant(&low, &high),
            }
        }
        Verdict::Open(Forecast::Unknown) => words.not_enough().to_owned(),
        Verdict::Open(Forecast::OverAYear) => words.not_enough_over_a_year().to_owned(),
        Verdict::Open(Forecast::PerhapsAYear) => words.not_enough_perhaps_a_year().to_owned(),
        Verdict::Open(Forecast::Days(days)) => words.not_enough_days(days.into()),
        Verdict::Void => words.counted_wrongly().to_owned(),
    }
}

/// Returns both ends of a range; the second has the units.
fn ends(row: &Row, of: impl Fn(&Interval) -> [f64; 2], words: &Words) -> [String; 2] {
    let [low, high] = row.interval.as_ref().map(of).unwrap_or_default();
    let [low, high] = [low, high].map(|end| words.fixed(scaled(row, end), 2));
    [low, in_units(row, &high, words)]
}

fn scaled(row: &Row, value: f64) -> f64 {
    match row.measure {
        Measure::CartAdds | Measure::Orders => 100.0 * value,
        Measure::Views => value,
        Measure::Revenue => value / 100.0,
    }
}

fn in_units(row: &Row, numbers: &str, words: &Words) -> String {
    match row.measure {
        Measure::CartAdds | Measure::Orders => words.percentage_points(numbers),
        Measure::Views => words.views(numbers),
        Measure::Revenue => words.in_currency(numbers, row.currency),
    }
}

#[expect(clippy::cast_precision_loss, reason = "no shop's orders are worth 2^53 hundredths")]
fn hundredths(amount: u64) -> f64 {
    amount as f64 / 100.0
}

#[cfg(test)]
mod tests {
    use experiments::{Aggregates, Arm, Cell, Earlier, Group, Sales, Totals};
    use model::shop::VariantArm;
    use model::{Currency, PageKind, Persona};

    use super::*;

    /// Returns a report in which so many of a million held out and nine million others put something into the cart.
    fn report(share: Share, held_out: u64, personal: u64) -> Report {
        let mut sums = Aggregates::default();
        for (arm, shoppers, carted) in
            [(Arm::Holdout, 1_000_000, held_out), (Arm::Personal, 9_000_000, personal)]
        {
            let group = Group {
                day: 100,
                share: Share::TENTH,
                arm,
                persona: Persona::Explorer,
                page: Some(PageKind::Home),
                earlier: Earlier::New,
                variant: None,
            };
            sums.add(group, Cell { shoppers, carted, ..Cell::default() }).unwrap();
        }
        Report::of(&Totals::of(&sums, share, 120).with_sales(&Sales::default()))
    }

    /// Numbers in sentences of several groups differ, because the command line groups no digits and has a space before a
    /// percent sign.
    #[test]
    fn in_english_it_says_what_the_command_line_says() {
        let plain = |text: String| text.replace(" %", "%").replace(',', "");
        for report in [
            report(Share::TENTH, 30_000, 290_000),
            report(Share::TENTH, 30_000, 250_000),
            report(Share::TENTH, 30, 280),
            report(Share::TENTH, 3, 2),
            report(Share::NOBODY, 30_000, 290_000),
            Report { is_mismatched: true, others: 1_200, ..report(Share::TENTH, 30_000, 290_000) },
            Report { ahead: 1_200, ..report(Share::TENTH, 3, 2) },
            Report { is_of_pixel: true, ..report(Share::TENTH, 3, 2) },
            Report { left_out: (1, vec!["Sale".to_owned()]), ..report(Share::TENTH, 3, 2) },
            Report {
                left_out: (2, vec!["Sale".to_owned(), "<Redesign>".to_owned()]),
                ..report(Share::TENTH, 3, 2)
            },
            Report { limit: Currency::named("USD").map(|usd| (28_672, usd)), ..report(Share::TENTH, 3, 2) },
        ] {
            let told = Told::of(&report, Words::of("en"));
            let notes: Vec<_> = told.notes.into_iter().map(plain).collect();
            assert_eq!(notes, report.notes().into_iter().map(plain).collect::<Vec<_>>());
            for (line, row) in told.rows.iter().zip(&report.rows) {
                assert_eq!((line.who, line.measure), (row.who(), row.measure.name()));
                assert_eq!((&line.verdict, &line.difference), (&row.words(), &row.interval_words()));
                assert_eq!(line.estimate, row.estimate_words());
                assert_eq!(plain(line.groups[0].0.clone()), plain(row.held_out()));
            }
        }
    }

    /// Returns the report on a variant that so many of a million shoppers with it put something into the cart after.
    fn of_variant(shoppers: u64, carted: u64) -> VariantTest {
        let mut sums = Aggregates::default();
        for (has_variant, shoppers, carted) in [(false, 1_000_000, 30_000), (true, shoppers, carted)] {
            let group = Group {
                day: 100,
                share: Share::TENTH,
                arm: Arm::Personal,
                persona: Persona::Explorer,
                page: Some(PageKind::Home),
                earlier: Earlier::New,
                variant: Some(VariantArm { test: 7, has_variant }),
            };
            sums.add(group, Cell { shoppers, carted, ..Cell::default() }).unwrap();
        }
        Report::of(&Totals::of(&sums, Share::TENTH, 120)).variants.remove(0)
    }

    #[test]
    fn in_english_it_says_of_a_variant_what_the_command_line_says() {
        let plain = |text: String| text.replace(',', "");
        for (shoppers, carted) in
            [(1_000_000, 33_000), (1_000_000, 27_000), (1_000_000, 30_010), (900_000, 27_000)]
        {
            let tested = of_variant(shoppers, carted);
            let told = ToldOfVariant::of(&tested, Words::of("en"));
            let notes: Vec<_> = told.notes.into_iter().map(plain).collect();
            assert_eq!(notes, tested.notes().into_iter().map(plain).collect::<Vec<_>>());
            assert_eq!(notes.len(), usize::from(tested.is_mismatched));
            for (line, row) in told.rows.iter().zip(&tested.rows) {
                assert_eq!(
                    (&line.verdict, &line.difference),
                    (&row.words_on_variant(), &row.interval_words())
                );
            }
        }
    }

    #[test]
    fn in_german_numbers_are_german() {
        let told = Told::of(&report(Share::TENTH, 30_000, 290_000), Words::of("de"));
        let line = &told.rows[0];
        assert_eq!(line.groups[0], ("3,00\u{a0}%".to_owned(), "von 1.000.000".to_owned()));
        assert!(
            line.difference.starts_with("+0,1") && line.difference.ends_with("Prozentpunkte"),
            "{line:?}"
        );
    }
}
