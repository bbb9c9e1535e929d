//! Figures as a drawing: horizontal bars, in a page's own colours.

use std::fmt::Write as _;

const WIDTH: f64 = 720.0;
const ROW: f64 = 30.0;
const TOP: f64 = 44.0;
/// Where bars begin; their names are before it.
const BARS: f64 = 210.0;
/// Room for the figure after the longest bar.
const FIGURE: f64 = 80.0;

/// A bar: its name, its length, and whether it is ours.
pub struct Bar {
    /// The name.
    pub name: &'static str,
    /// The length.
    pub length: f64,
    /// Whether it has the colour of our own.
    pub is_ours: bool,
}

/// Returns an SVG document with these bars.
pub fn bars(title: &str, bars: &[Bar]) -> String {
    let longest = bars.iter().map(|bar| bar.length).fold(1.0, f64::max);
    let rows = u32::try_from(bars.len()).unwrap_or(u32::MAX);
    let height = TOP + ROW * f64::from(rows) + 12.0;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" \
         font-family=\"system-ui, sans-serif\" font-size=\"13\">\n<title>{title}</title>\n\
         <rect width=\"{WIDTH}\" height=\"{height}\" fill=\"#fff\"/>\n\
         <text x=\"16\" y=\"26\" font-weight=\"600\" fill=\"#222\">{title}</text>\n"
    );
    for (row, bar) in (0_u32..).zip(bars) {
        let y = TOP + ROW * f64::from(row);
        let width = (WIDTH - BARS - FIGURE) * bar.length / longest;
        let colour = if bar.is_ours { "#5b3fd6" } else { "#b8b5c9" };
        let _ = writeln!(
            svg,
            "<text x=\"{}\" y=\"{}\" text-anchor=\"end\" fill=\"#222\">{}</text>\
             <rect x=\"{BARS}\" y=\"{}\" width=\"{width:.1}\" height=\"20\" rx=\"2\" fill=\"{colour}\"/>\
             <text x=\"{:.1}\" y=\"{}\" fill=\"#222\">{:.0}</text>",
            BARS - 8.0,
            y + 15.0,
            bar.name,
            y,
            BARS + width + 6.0,
            y + 15.0,
            bar.length
        );
    }
    svg + "</svg>\n"
}
