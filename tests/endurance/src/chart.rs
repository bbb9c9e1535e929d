//! Lines over time as an SVG document: panels below each other, each with a scale of its own.

use std::fmt::Write as _;

const WIDTH: f64 = 720.0;
const LEFT: f64 = 64.0;
const RIGHT: f64 = 150.0;
const TOP: f64 = 44.0;
const PANEL: f64 = 96.0;
const GAP: f64 = 34.0;
const COLOURS: [&str; 4] = ["#5b3fd6", "#d6733f", "#2f8f6b", "#8a8799"];
/// The most points of a line. Of values that fall together the largest is drawn, so that no peak is lost.
const POINTS_MAX: usize = 250;

/// A line: its name, and a value for each point in time.
pub struct Line {
    /// The name.
    pub name: &'static str,
    /// The values.
    pub values: Vec<f64>,
}

/// A panel of lines with one unit.
pub struct Panel {
    /// What it shows, with the unit.
    pub title: &'static str,
    /// The lines.
    pub lines: Vec<Line>,
}

/// Returns an SVG document with panels over the same points in time, in minutes.
pub fn chart(title: &str, minutes: &[f64], panels: &[Panel]) -> String {
    let count: f64 = panels.iter().map(|_| 1.0).sum();
    let height = TOP + count * (PANEL + GAP) + 24.0;
    let last = minutes.iter().copied().fold(1e-9, f64::max);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" \
         font-family=\"system-ui, sans-serif\" font-size=\"12\">\n<title>{title}</title>\n\
         <rect width=\"{WIDTH}\" height=\"{height}\" fill=\"#fff\"/>\n\
         <text x=\"16\" y=\"26\" font-size=\"14\" font-weight=\"600\" fill=\"#222\">{title}</text>\n"
    );
    let mut top = TOP;
    for panel in panels {
        draw(&mut svg, panel, minutes, last, top + 14.0);
        top += PANEL + GAP;
    }
    for share in [0.0, 0.25, 0.5, 0.75, 1.0] {
        let _ = writeln!(
            svg,
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\" fill=\"#555\">{:.0} min</text>",
            LEFT + share * (WIDTH - LEFT - RIGHT),
            top + 12.0,
            share * last
        );
    }
    svg + "</svg>\n"
}

fn draw(svg: &mut String, panel: &Panel, minutes: &[f64], last: f64, top: f64) {
    let values = panel.lines.iter().flat_map(|line| &line.values);
    let most = scale(values.copied().fold(0.0, f64::max));
    let (right, bottom) = (WIDTH - RIGHT, top + PANEL - 14.0);
    let _ = writeln!(
        svg,
        "<text x=\"{LEFT}\" y=\"{:.1}\" fill=\"#222\">{}</text>\
         <path d=\"M{LEFT} {top}V{bottom}H{right}\" fill=\"none\" stroke=\"#bbb\"/>\
         <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\" fill=\"#555\">{most}</text>\
         <text x=\"{:.1}\" y=\"{bottom}\" text-anchor=\"end\" fill=\"#555\">0</text>",
        top - 5.0,
        panel.title,
        LEFT - 6.0,
        top + 8.0,
        LEFT - 6.0,
    );
    let mut label = top + 10.0;
    for (line, colour) in panel.lines.iter().zip(COLOURS) {
        let mut path = String::new();
        let step = minutes.len().div_ceil(POINTS_MAX).max(1);
        for (minutes, values) in minutes.chunks(step).zip(line.values.chunks(step)) {
            let (minute, value) = (minutes[0], values.iter().copied().fold(0.0, f64::max));
            let (x, y) = (LEFT + minute / last * (right - LEFT), bottom - value / most * (bottom - top));
            let _ = write!(path, "{}{x:.1} {y:.1}", if path.is_empty() { 'M' } else { 'L' });
        }
        let _ = writeln!(
            svg,
            "<path d=\"{path}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.5\"/>\
             <text x=\"{:.1}\" y=\"{label:.1}\" fill=\"{colour}\">{}</text>",
            right + 8.0,
            line.name
        );
        label += 16.0;
    }
}

/// Returns the next of 1, 2 and 5 times a power of ten.
fn scale(value: f64) -> f64 {
    let mut power = 1.0;
    loop {
        for step in [1.0, 2.0, 5.0] {
            if value <= step * power {
                return step * power;
            }
        }
        power *= 10.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scale_is_a_round_number_that_holds_the_value() {
        let scales = [0.3, 1.0, 1.1, 37.0, 64.0, 900.0].map(|value| scale(value).to_string());
        assert_eq!(scales, ["1", "1", "2", "50", "100", "1000"]);
    }

    #[test]
    fn a_long_line_is_drawn_with_few_points_and_all_its_peaks() {
        let mut values = vec![0.0; 1_440];
        values[777] = 100.0;
        let minutes: Vec<_> = (0_u16..1_440).map(f64::from).collect();
        let svg =
            chart("A run", &minutes, &[Panel { title: "MiB", lines: vec![Line { name: "rss", values }] }]);
        assert!(svg.matches('L').count() < 260, "{svg}");
        let top: Vec<_> = svg.split(['M', 'L']).filter(|point| point.ends_with(" 58.0")).collect();
        assert_eq!(top.len(), 1, "{svg}");
    }

    #[test]
    fn each_line_is_drawn_within_the_document() {
        let line = Line { name: "rss", values: vec![0.0, 50.0, 100.0] };
        let svg = chart("A run", &[0.0, 1.0, 2.0], &[Panel { title: "MiB", lines: vec![line] }]);
        assert!(svg.contains("M64.0 ") && svg.contains("L570.0 "), "{svg}");
        assert_eq!(svg.matches("<svg").count(), svg.matches("</svg>").count());
    }
}
