//! The table, the plot and the verdict of a soak.

use std::fmt::Write as _;
use std::time::Duration;

use super::load::{KINDS, Noticed};
use crate::chart::{Line, Panel, chart};
use crate::figures::{ms, quantile, slope};
use crate::sample::Sample;

/// The most that resident memory may rise after the warm-up, by the straight line through all samples: this share, or
/// these MiB if that is more.
const RSS_RISE_MAX: f64 = 0.05;
const RSS_RISE_MIB: f64 = 8.0;
/// The most that a sample may be above the mean.
const RSS_PEAK_MAX: f64 = 1.2;
/// The most that the number of descriptors may rise.
const DESCRIPTORS_RISE_MAX: f64 = 10.0;
/// The largest write-ahead log, in MiB.
const WAL_MAX: f64 = 64.0;
/// The rows of the table.
const ROWS: usize = 10;

/// A sample, and what was noticed since the one before.
pub struct Point {
    /// The sample.
    pub sample: Sample,
    /// The observations.
    pub noticed: Noticed,
}

/// What happened in a run.
pub struct Report {
    warm_up: f64,
    points: Vec<Point>,
}

impl Report {
    /// Creates the report of a run whose first minutes do not count.
    pub fn new(warm_up: f64) -> Self {
        Self { warm_up, points: Vec::new() }
    }

    /// Adds a point.
    pub fn add(&mut self, point: Point) {
        self.points.push(point);
    }

    /// Returns whether a minute has passed since the last time, at a sample every five seconds.
    pub fn is_full_minute(&self) -> bool {
        self.points.len().is_multiple_of(12)
    }

    /// Returns the table by tenths of the time.
    pub fn table(&self) -> String {
        let mut table =
            String::from("| minutes | RSS | descriptors | threads | databases | largest WAL | pages |");
        for kind in KINDS {
            let _ = write!(table, " {kind}, p50 / p99 |");
        }
        let columns = "---:|".repeat(KINDS.len() + 7);
        let _ = writeln!(table, " requests |\n|---|{columns}");
        for points in self.points.chunks(self.points.len().div_ceil(ROWS).max(1)) {
            row(&mut table, points);
        }
        table
    }

    /// Returns the plot.
    pub fn plot(&self) -> String {
        let minutes: Vec<_> = self.points.iter().map(|point| point.sample.minute).collect();
        let line = |name, of: fn(&Sample) -> f64| Line { name, values: self.values(of) };
        let latency = |name: &'static str, kind: &'static str| Line {
            name,
            values: self.points.iter().map(|point| ms(p99(std::slice::from_ref(point), kind))).collect(),
        };
        let panels = [
            Panel { title: "memory, MiB", lines: vec![line("resident", |sample| sample.rss)] },
            Panel {
                title: "descriptors and threads",
                lines: vec![
                    line("descriptors", |sample| sample.descriptors),
                    line("threads", |sample| sample.threads),
                ],
            },
            Panel {
                title: "disk, MiB",
                lines: vec![
                    line("pages and plans", |sample| sample.blobs),
                    line("databases", |sample| sample.databases),
                ],
            },
            Panel { title: "largest write-ahead log, MiB", lines: vec![line("WAL", |sample| sample.wal)] },
            Panel {
                title: "p99 of five seconds, ms",
                lines: vec![latency("page again", "page again"), latency("first page", "first page")],
            },
        ];
        let minutes_in_all = minutes.last().copied().unwrap_or_default();
        chart(&format!("A soak of {minutes_in_all:.0} minutes"), &minutes, &panels)
    }

    fn values(&self, of: fn(&Sample) -> f64) -> Vec<f64> {
        self.points.iter().map(|point| of(&point.sample)).collect()
    }

    /// Returns the rules that do not hold.
    pub fn failed(&self) -> Vec<String> {
        let measured: Vec<_> =
            self.points.iter().map(|point| &point.sample).filter(|it| it.minute >= self.warm_up).collect();
        let over_time =
            |of: fn(&Sample) -> f64| -> Vec<_> { measured.iter().map(|it| (it.minute, of(it))).collect() };
        let (rss, descriptors) = (over_time(|it| it.rss), over_time(|it| it.descriptors));
        let mut failed = Vec::new();
        let rises = |points: &[(f64, f64)]| {
            let minutes = points.last().map_or(0.0, |(minute, _)| minute - points[0].0);
            slope(points) * minutes
        };
        let mean =
            rss.iter().map(|(_, rss)| rss).sum::<f64>() / rss.iter().map(|_| 1.0).sum::<f64>().max(1.0);
        if rises(&rss) > (mean * RSS_RISE_MAX).max(RSS_RISE_MIB) {
            failed.push(format!("memory rises by {:.1} MiB, from a mean of {mean:.1} MiB", rises(&rss)));
        }
        let peak = rss.iter().map(|(_, rss)| *rss).fold(0.0, f64::max);
        if peak > mean * RSS_PEAK_MAX {
            failed.push(format!("memory has a peak of {peak:.1} MiB, over a mean of {mean:.1} MiB"));
        }
        if rises(&descriptors) > DESCRIPTORS_RISE_MAX {
            failed.push(format!("descriptors rise by {:.0}", rises(&descriptors)));
        }
        let wal = self.values(|it| it.wal).into_iter().fold(0.0, f64::max);
        if wal > WAL_MAX {
            failed.push(format!("a write-ahead log has {wal:.0} MiB"));
        }
        let wrong: Vec<_> = self.points.iter().flat_map(|point| &point.noticed.wrong).collect();
        if let Some(first) = wrong.first() {
            failed.push(format!("{} wrong answers, such as: {first}", wrong.len()));
        }
        failed
    }
}

fn row(table: &mut String, points: &[Point]) {
    let (Some(first), Some(last)) = (points.first(), points.last()) else { return };
    let most = |of: fn(&Sample) -> f64| points.iter().map(|point| of(&point.sample)).fold(0.0, f64::max);
    let _ = write!(
        table,
        "| {:.0} to {:.0} | {:.0} MiB | {:.0} | {:.0} | {:.0} MiB | {:.1} MiB | {:.0} MiB |",
        first.sample.minute,
        last.sample.minute,
        most(|it| it.rss),
        most(|it| it.descriptors),
        most(|it| it.threads),
        most(|it| it.databases),
        most(|it| it.wal),
        most(|it| it.blobs)
    );
    let mut requests = 0;
    for kind in KINDS {
        let mut took = took(points, kind);
        requests += took.len();
        let (p50, p99) = (quantile(&mut took, 0.5), quantile(&mut took, 0.99));
        let _ = write!(table, " {:.1} / {:.1} ms |", ms(p50), ms(p99));
    }
    let _ = writeln!(table, " {requests} |");
}

fn took(points: &[Point], kind: &str) -> Vec<Duration> {
    points.iter().filter_map(|point| point.noticed.took.get(kind)).flatten().copied().collect()
}

fn p99(points: &[Point], kind: &str) -> Duration {
    quantile(&mut took(points, kind), 0.99)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A run of an hour in which memory and descriptors rise by so much each minute.
    fn run(rss: f64, descriptors: f64) -> Report {
        let mut report = Report::new(20.0);
        for minute in 0..60 {
            let minute = f64::from(minute);
            let (rss, descriptors) = (100.0 + rss * minute, 50.0 + descriptors * minute);
            let sample = Sample { minute, rss, descriptors, ..Sample::default() };
            report.add(Point { sample, noticed: Noticed::default() });
        }
        report
    }

    #[test]
    fn a_flat_series_passes_and_a_rising_one_fails() {
        assert_eq!(run(0.0, 0.0).failed(), Vec::<String>::new());
        assert_eq!(run(0.1, 0.1).failed(), Vec::<String>::new());
        assert_eq!(run(0.5, 0.0).failed().len(), 1);
        assert_eq!(run(0.0, 0.5).failed().len(), 1);
    }

    #[test]
    fn a_wrong_answer_a_peak_and_a_large_log_fail() {
        let mut report = run(0.0, 0.0);
        report.points[40].sample.rss = 300.0;
        report.points[40].sample.wal = 65.0;
        report.points[3].noticed.wrong.push("a page with status 500".to_owned());
        assert_eq!(report.failed().len(), 3);
    }

    #[test]
    fn a_table_has_a_row_for_each_tenth() {
        assert_eq!(run(0.0, 0.0).table().lines().count(), 2 + ROWS);
    }
}
