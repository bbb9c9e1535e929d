//! The last 30 days: a plot of the pages that were shown, and the same as a table.

use std::collections::BTreeMap;

use super::DAYS;
use crate::plot::{Line, Plot};
use crate::usage::Counts;
use crate::wording::Words;
use crate::wording::numbers::float;

/// The last days as displayed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Month {
    /// A plot, as HTML; `None` if nothing was shown.
    pub plot: Option<String>,
    /// The last day first: date, pages shown, those made for the shopper, pages made, cost.
    pub days: Vec<[String; 5]>,
}

impl Month {
    /// Returns the 30 days that end with `today`, of the counts by day.
    pub fn of(counts: &BTreeMap<u32, Counts>, today: u32, words: &Words) -> Self {
        let of = |day: u32| (day, counts.get(&day).copied().unwrap_or_default());
        let days: Vec<_> = (today.saturating_sub(DAYS - 1)..=today).map(of).collect();
        let cells = |(day, counts): &(u32, Counts)| {
            let [shown, own, made] =
                [counts.shown(), counts.own(), counts.generations].map(|count| words.number(count));
            [words.day(*day), shown, own, made, words.cost_of(counts.cost_microdollars)]
        };
        Self { plot: plot(&days, words), days: days.iter().rev().map(cells).collect() }
    }
}

fn plot(days: &[(u32, Counts)], words: &Words) -> Option<String> {
    let sum = |of: fn(&Counts) -> u64| days.iter().map(|(_, counts)| of(counts)).sum::<u64>();
    let [all, own] = [sum(Counts::shown), sum(Counts::own)].map(|count| words.number(count));
    if sum(Counts::shown) == 0 {
        return None;
    }
    let points =
        |of: fn(&Counts) -> u64| days.iter().map(|(day, counts)| (*day, float(of(counts)))).collect();
    let line =
        |class, name, value: &str, points| Line { class, label: words.line_label(name, value), points };
    let lines = vec![
        line("base", words.shown_all(), &all, points(Counts::shown)),
        line("own", words.shown_own(), &own, points(Counts::own)),
    ];
    let [from, to] = [days.first()?, days.last()?].map(|(day, _)| words.day(*day));
    let summary = words.shown_summary(&from, &to, &all, &own);
    Plot::of(summary, lines, |highest| words.fixed(highest, 0), words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_has_thirty_days_and_days_without_pages_have_none() {
        let counts =
            Counts { hits: 3, misses: 1, generations: 1, cost_microdollars: 4_500, ..Counts::default() };
        let month = Month::of(&[(20_717, counts)].into(), 20_719, Words::of("en"));
        assert_eq!((month.days.len(), month.days[0][1].as_str()), (30, "0"));
        assert_eq!(month.days[2], ["Sep 21, 2026", "4", "3", "1", "$0.0045"]);
        let plot = month.plot.unwrap();
        let summary =
            "Pages shown a day, from Aug 25, 2026 to Sep 23, 2026: 4 in all, 3 of them made for the shopper.";
        assert!(plot.contains(summary) && plot.matches("<polyline").count() == 2, "{plot}");
    }

    #[test]
    fn a_month_without_pages_has_no_plot() {
        assert_eq!(Month::of(&BTreeMap::new(), 20_719, Words::of("en")).plot, None);
    }
}
