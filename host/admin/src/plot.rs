//! Lines over days as a plot: SVG that needs no script. Words and a table beside it say the same.

use askama::Template;

use crate::wording::Words;

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 160.0;
/// Above the highest point.
const ROOM: f64 = 1.1;

/// A line.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Line {
    /// The class of its colour: `base` or `own`.
    pub class: &'static str,
    pub label: String,
    /// Values by day, in order of days.
    pub points: Vec<(u32, f64)>,
}

/// A plot.
#[derive(Template)]
#[template(path = "plot.html")]
pub(crate) struct Plot {
    summary: String,
    /// The highest value.
    top: String,
    /// The first and the last day.
    ends: [String; 2],
    lines: Vec<Drawn>,
}

/// A line as it is drawn.
struct Drawn {
    class: &'static str,
    label: String,
    points: String,
}

impl Plot {
    /// Returns a plot as HTML; `None` if the lines have fewer than two days. `summary` is read aloud in its place, and
    /// `written` writes a value.
    pub fn of(
        summary: String,
        lines: Vec<Line>,
        written: impl Fn(f64) -> String,
        words: &Words,
    ) -> Option<String> {
        let days = || lines.iter().flat_map(|line| line.points.iter().map(|(day, _)| *day));
        let (first, last) = (days().min()?, days().max()?);
        if first == last {
            return None;
        }
        let values = lines.iter().flat_map(|line| line.points.iter().map(|(_, value)| *value));
        let highest = values.fold(0.0, f64::max);
        let (top, ends) = (written(highest), [first, last].map(|day| words.day(day)));
        let scale = (highest * ROOM).max(f64::MIN_POSITIVE);
        let point = |(day, value): &(u32, f64)| {
            let x = WIDTH * f64::from(day - first) / f64::from(last - first);
            format!("{x:.1},{:.1}", HEIGHT - HEIGHT * value / scale)
        };
        let drawn = |line: Line| {
            let points: Vec<_> = line.points.iter().map(point).collect();
            Drawn { class: line.class, label: line.label, points: points.join(" ") }
        };
        let lines = lines.into_iter().map(drawn).collect();
        Self { summary, top, ends, lines }.render().ok()
    }
}
