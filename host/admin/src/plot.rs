//! The comparison over time as a plot: SVG that needs no script. The table beside it has the same figures.

use std::fmt::Write as _;

use crate::worth::{Day, Done, Worth};

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 200.0;
const MARGIN: f64 = 24.0;
/// Before each group has so many shoppers, its share of cart adds says little.
const SHOPPERS_MIN: u64 = 100;

/// Returns the plot of cart adds of all days so far; `None` before there are two days with enough shoppers.
pub(crate) fn svg(worth: &Worth) -> Option<String> {
    let points = points(&worth.days);
    let (first, last) = (points.first()?, points.last()?);
    if points.len() < 2 {
        return None;
    }
    let top = points.iter().flat_map(|point| point.percent).fold(0.1, f64::max) * 1.15;
    let x = |day: u32| {
        MARGIN + (WIDTH - 2.0 * MARGIN) * f64::from(day - first.day) / f64::from(last.day - first.day)
    };
    let y = |percent: f64| HEIGHT - MARGIN - (HEIGHT - 2.0 * MARGIN) * percent / top;
    let [held_out, personal] = last.percent.map(|percent| format!("{percent:.2} %"));
    let mut svg = format!(
        "<svg class=\"plot\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"Cart adds of all shoppers so far: \
         {held_out} held out, {personal} with personal pages\">"
    );
    for (group, class, label) in [(0, "held-out", "Held out"), (1, "personal", "Personal pages")] {
        let line: Vec<_> = points
            .iter()
            .map(|point| format!("{:.1},{:.1}", x(point.day), y(point.percent[group])))
            .collect();
        // A text never fails to be written to.
        let _ = write!(svg, "<polyline class=\"{class}\" points=\"{}\"/>", line.join(" "));
        let at = 14.0 + 16.0 * f64::from(u8::from(group > 0));
        let _ = write!(
            svg,
            "<text class=\"{class}\" x=\"{MARGIN}\" y=\"{at}\">{label}: {:.2} %</text>",
            last.percent[group]
        );
    }
    let below = HEIGHT - 6.0;
    let _ = write!(svg, "<text x=\"{MARGIN}\" y=\"{below}\">{}</text>", first.date);
    let _ = write!(
        svg,
        "<text x=\"{}\" y=\"{below}\" text-anchor=\"end\">{}</text></svg>",
        WIDTH - MARGIN,
        last.date
    );
    Some(svg)
}

/// The cart adds of 100 shoppers until a day, of those who are held out and of the others.
struct Point {
    day: u32,
    date: String,
    percent: [f64; 2],
}

/// Returns the points, by day. `days` begins with the last one.
fn points(days: &[Day]) -> Vec<Point> {
    let mut sums = [(0_u64, 0_u64); 2];
    let mut points = Vec::new();
    for day in days.iter().rev() {
        let groups = day.all();
        for (sum, Done { shoppers, carted, .. }) in sums.iter_mut().zip([groups.holdout, groups.personal]) {
            *sum = (sum.0 + shoppers, sum.1 + carted);
        }
        if sums.iter().all(|(shoppers, _)| *shoppers >= SHOPPERS_MIN) {
            let percent = sums.map(|(shoppers, carted)| 100.0 * ratio(carted, shoppers));
            points.push(Point { day: day.day, date: day.date(), percent });
        }
    }
    points
}

#[expect(clippy::cast_precision_loss, reason = "no shop counts 2^53 of anything")]
fn ratio(part: u64, whole: u64) -> f64 {
    part as f64 / whole as f64
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use experiments::{Aggregates, Arm, Cell, Group, Report, Sales, Totals};
    use model::Persona;
    use model::shop::Share;

    use super::*;

    fn plot(days: std::ops::Range<u32>) -> Option<String> {
        let mut sums = Aggregates::default();
        for day in days {
            for (arm, shoppers, carted) in [(Arm::Holdout, 200, 6), (Arm::Personal, 1_800, 72)] {
                let group = Group { day, share: Share::TENTH, arm, persona: Persona::Explorer };
                sums.add(group, Cell { shoppers, carted, ..Cell::default() }).unwrap();
            }
        }
        let report = Report::of(&Totals::of(&sums, Share::TENTH, 200));
        svg(&Worth::of(&report, &sums, &Sales::default(), &BTreeMap::new()))
    }

    #[test]
    fn a_plot_has_a_line_for_each_group_and_says_the_same_in_words() {
        let svg = plot(100..110).unwrap();
        assert_eq!(svg.matches("<polyline").count(), 2, "{svg}");
        assert!(svg.contains("3.00 % held out, 4.00 % with personal pages"), "{svg}");
        assert!(svg.contains("1970-04-11") && svg.contains("1970-04-20"), "{svg}");
        let points: Vec<_> =
            svg.split("points=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
        assert!(points.iter().all(|line| line.split(' ').count() == 10), "{points:?}");
    }

    #[test]
    fn a_single_day_is_no_plot() {
        assert_eq!((plot(100..101), plot(100..100)), (None, None));
    }
}
