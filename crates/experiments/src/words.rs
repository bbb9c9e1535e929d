//! Reports in plain words, for merchants.

use model::Persona;
use model::shop::Share;

use crate::forecast::Forecast;
use crate::interval::Interval;
use crate::measure::Measure;
use crate::report::Report;
use crate::row::{Row, Verdict};
use crate::variant::VariantTest;

impl Report {
    /// Returns what is to be known before the rows are read, in sentences.
    pub fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if self.share == Share::NOBODY {
            notes.push("No shoppers are held out, so there is nothing to compare with.".to_owned());
        }
        if self.is_mismatched {
            notes.push(format!(
                "The groups do not have the sizes that a holdout of {} % gives them: {} are held out, {} are not. \
                 Something counts them wrongly, such as bots or a block that fails in one group, so these numbers \
                 prove nothing.",
                self.share, self.sizes.holdout, self.sizes.personal
            ));
        }
        if self.others > 0 {
            notes.push(format!(
                "{} shoppers were counted while the holdout was another; they are left out.",
                self.others
            ));
        }
        if self.ahead > 0 {
            notes.push(format!(
                "{} shoppers were counted on days that have not come yet, because the clock of a server was wrong; they are left \
                 out.",
                self.ahead
            ));
        }
        if let (days @ 1.., names) = &self.left_out {
            let days = if *days == 1 { "1 day is".to_owned() } else { format!("{days} days are") };
            let names = names.join(", ");
            notes.push(format!("{days} left out, on which Rollouts changed the shop: {names}."));
        }
        if self.is_of_pixel {
            notes.push(
                "Orders are those that shoppers' browsers report, because Shopify does not report any. Refunds are not \
                 known, and nobody vouches for these numbers."
                    .to_owned(),
            );
        }
        if let Some((limit, currency)) = self.limit {
            notes.push(format!(
                "What a shopper ordered counts with at most {} {currency}, several times what is usual in this shop, so \
                 that a few large orders decide nothing.",
                money(limit)
            ));
        }
        notes.extend(self.patience().filter(|_| !self.is_mismatched));
        notes
    }

    /// Returns how long differences take to show in this shop.
    fn patience(&self) -> Option<String> {
        let [(large, in_large), (middle, in_middle), (small, in_small)] = *self.to_show.as_slice() else {
            return None;
        };
        Some(format!(
            "With this holdout and as many shoppers as now, it takes {} until {large} % more or fewer cart adds show, \
             {} for {middle} %, and {} for {small} %, from the first day on.",
            span(in_large),
            span(in_middle),
            span(in_small),
        ))
    }
}

impl VariantTest {
    /// Returns what is to be known before the rows are read, in sentences.
    pub fn notes(&self) -> Vec<String> {
        let sizes = self.sizes;
        let mismatched = self.is_mismatched.then(|| {
            format!(
                "Half of the shoppers should get the variant, but {} got it and {} did not. Something counts them wrongly, such \
                 as bots or a page that fails with the variant, so these numbers prove nothing.",
                sizes.personal, sizes.holdout
            )
        });
        mismatched.into_iter().collect()
    }
}

/// Returns an amount of hundredths.
fn money(hundredths: u64) -> String {
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

/// Returns a number of days in words.
fn span(days: Option<u32>) -> String {
    match days {
        None => "well over a year".to_owned(),
        Some(1) => "a day".to_owned(),
        Some(days @ ..21) => format!("{days} days"),
        Some(days @ 21..92) => format!("about {} weeks", days.div_ceil(7)),
        Some(days) => format!("about {} months", days.div_ceil(30)),
    }
}

impl Row {
    /// Returns the verdict in a word, for programs.
    pub const fn verdict_name(&self) -> &'static str {
        match self.verdict {
            Verdict::Higher => "higher",
            Verdict::Lower => "lower",
            Verdict::Open(_) => "open",
            Verdict::Void => "void",
        }
    }

    /// Returns who is compared.
    pub fn who(&self) -> &'static str {
        self.persona.map_or("All shoppers", Persona::label)
    }

    /// Returns the verdict on personal pages in words.
    pub fn words(&self) -> String {
        self.verdict_on("personal pages")
    }

    /// Returns the verdict on a variant in words.
    pub fn words_on_variant(&self) -> String {
        self.verdict_on("the variant")
    }

    fn verdict_on(&self, what: &str) -> String {
        match self.verdict {
            Verdict::Higher => {
                format!("More with {what}: {}.", self.range(|interval| (interval.low, interval.high)))
            }
            Verdict::Lower => {
                format!("Fewer with {what}: {}.", self.range(|interval| (-interval.high, -interval.low)))
            }
            Verdict::Open(Forecast::Unknown) => "Not enough data yet.".to_owned(),
            Verdict::Open(Forecast::OverAYear) => {
                "Not enough data yet. At this rate it takes well over a year.".to_owned()
            }
            Verdict::Open(Forecast::PerhapsAYear) => {
                "Not enough data yet. At this rate it may take over a year.".to_owned()
            }
            Verdict::Open(Forecast::Days(days)) => {
                let unit = if days == 1 { "day" } else { "days" };
                format!("Not enough data yet. At this rate about {days} more {unit}.")
            }
            Verdict::Void => "The groups are counted wrongly.".to_owned(),
        }
    }

    /// Returns the mean of the holdout, for a table.
    pub fn held_out(&self) -> String {
        self.value(self.holdout.mean)
    }

    /// Returns the mean of the others, for a table.
    pub fn personalised(&self) -> String {
        self.value(self.personal.mean)
    }

    /// Returns the interval, for a table.
    pub fn interval_words(&self) -> String {
        let Some(Interval { low, high, .. }) = self.interval else { return "–".to_owned() };
        format!("{} to {}{}", self.signed(low), self.signed(high), self.unit())
    }

    /// Returns the best estimate, for a table.
    pub fn estimate_words(&self) -> String {
        self.estimate.map_or_else(|| "–".to_owned(), |estimate| self.signed(estimate) + &self.unit())
    }

    fn signed(&self, value: f64) -> String {
        if value < 0.0 { format!("−{}", self.amount(-value)) } else { format!("+{}", self.amount(value)) }
    }

    fn range(&self, ends: impl Fn(&Interval) -> (f64, f64)) -> String {
        let (low, high) = self.interval.as_ref().map(ends).unwrap_or_default();
        format!("between {} and {}{}", self.amount(low), self.amount(high), self.unit())
    }

    fn value(&self, mean: f64) -> String {
        match self.measure {
            Measure::CartAdds | Measure::Orders => format!("{:.2} %", 100.0 * mean),
            Measure::Views => format!("{mean:.2}"),
            Measure::Revenue => format!("{:.2}{}", mean / 100.0, self.unit()),
        }
    }

    fn amount(&self, value: f64) -> String {
        match self.measure {
            Measure::CartAdds | Measure::Orders => format!("{:.2}", 100.0 * value),
            Measure::Views => format!("{value:.2}"),
            Measure::Revenue => format!("{:.2}", value / 100.0),
        }
    }

    fn unit(&self) -> String {
        match self.measure {
            Measure::CartAdds | Measure::Orders => " percentage points".to_owned(),
            Measure::Views => " views".to_owned(),
            Measure::Revenue => self.currency.map(|currency| format!(" {currency}")).unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use model::Currency;

    use super::*;
    use crate::interval::Summary;

    fn row(verdict: Verdict) -> Row {
        let summary = Summary { shoppers: 1_000, mean: 0.031_4, variance: 0.03 };
        let interval = Interval { difference: 0.004, low: 0.001, high: 0.007_5, information: 1.0 };
        let (persona, measure, currency) = (None, Measure::CartAdds, None);
        Row {
            persona,
            measure,
            currency,
            holdout: summary,
            personal: summary,
            interval: Some(interval),
            estimate: Some(interval.difference),
            verdict,
        }
    }

    #[test]
    fn a_verdict_is_a_plain_sentence() {
        for (verdict, words) in [
            (Verdict::Higher, "More with personal pages: between 0.10 and 0.75 percentage points."),
            (Verdict::Open(Forecast::Unknown), "Not enough data yet."),
            (
                Verdict::Open(Forecast::PerhapsAYear),
                "Not enough data yet. At this rate it may take over a year.",
            ),
            (Verdict::Open(Forecast::Days(18)), "Not enough data yet. At this rate about 18 more days."),
            (Verdict::Open(Forecast::Days(1)), "Not enough data yet. At this rate about 1 more day."),
            (
                Verdict::Open(Forecast::OverAYear),
                "Not enough data yet. At this rate it takes well over a year.",
            ),
        ] {
            assert_eq!(row(verdict).words(), words);
        }
        let lower = Interval { difference: -0.004, low: -0.007_5, high: -0.001, information: 1.0 };
        let lower = Row { interval: Some(lower), ..row(Verdict::Lower) };
        assert_eq!(lower.words(), "Fewer with personal pages: between 0.10 and 0.75 percentage points.");
        assert_eq!(lower.interval_words(), "−0.75 to −0.10 percentage points");
    }

    #[test]
    fn notes_say_how_long_differences_take() {
        let sizes = crate::Sizes { holdout: 5, personal: 45 };
        let to_show = vec![(20, Some(33)), (10, Some(130)), (3, None)];
        let report = Report {
            share: Share::TENTH,
            days: 9,
            sizes,
            is_mismatched: false,
            others: 0,
            ahead: 0,
            left_out: (0, Vec::new()),
            is_of_pixel: false,
            limit: None,
            to_show,
            personal: 45,
            rows: Vec::new(),
            variants: Vec::new(),
        };
        assert_eq!(
            report.notes(),
            [
                "With this holdout and as many shoppers as now, it takes about 5 weeks until 20 % more or fewer cart adds show, \
              about 5 months for 10 %, and well over a year for 3 %, from the first day on."
            ]
        );
        let limit = Currency::named("USD").map(|currency| (28_672, currency));
        let cut = Report { limit, ..report.clone() }.notes();
        assert!(cut[0].starts_with("What a shopper ordered counts with at most 286.72 USD"), "{cut:?}");
        let left_out = (3, vec!["Sale".to_owned(), "Redesign".to_owned()]);
        let rollouts = Report { left_out, ..report.clone() }.notes();
        assert_eq!(rollouts[0], "3 days are left out, on which Rollouts changed the shop: Sale, Redesign.");
        let of_pixel = Report { is_of_pixel: true, ..report.clone() }.notes();
        assert!(of_pixel[0].starts_with("Orders are those that shoppers' browsers report"), "{of_pixel:?}");
        let report = Report { share: Share::NOBODY, is_mismatched: true, others: 7, ..report };
        let notes = report.notes();
        assert!(notes[0].starts_with("No shoppers are held out"), "{notes:?}");
        assert!(
            notes[1].contains("5 are held out, 45 are not") && notes[2].starts_with("7 shoppers"),
            "{notes:?}"
        );
    }

    #[test]
    fn a_table_has_the_same_in_figures() {
        let row = row(Verdict::Higher);
        assert_eq!((row.held_out().as_str(), row.who()), ("3.14 %", "All shoppers"));
        assert_eq!(row.interval_words(), "+0.10 to +0.75 percentage points");
        assert_eq!(row.estimate_words(), "+0.40 percentage points");
        let (holdout, interval) = (
            Summary { mean: 151.4, ..row.holdout },
            row.interval.map(|interval| Interval { low: -2.0, high: 31.0, ..interval }),
        );
        let revenue = Row {
            measure: Measure::Revenue,
            currency: Currency::named("USD"),
            holdout,
            interval,
            ..row.clone()
        };
        assert_eq!(
            (revenue.held_out().as_str(), revenue.interval_words().as_str()),
            ("1.51 USD", "−0.02 to +0.31 USD")
        );
        let none = Row { interval: None, estimate: None, persona: Some(Persona::Dealhunter), ..row };
        assert_eq!((none.interval_words().as_str(), none.who()), ("–", "Deal hunters"));
        assert_eq!(none.estimate_words(), "–");
    }
}
