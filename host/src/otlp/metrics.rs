//! Metrics: what `/metrics` shows, by the same names, every so often. There is one set of counters; its text is read again
//! here.

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use capabilities::clock::{Clock as _, System};
use opentelemetry_proto::tonic::collector::metrics::v1::{
    ExportMetricsServiceRequest, ExportMetricsServiceResponse,
};
use opentelemetry_proto::tonic::common::v1::{InstrumentationScope, KeyValue, any_value};
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::number_data_point::Value;
use opentelemetry_proto::tonic::metrics::v1::{
    AggregationTemporality, Gauge, Histogram, HistogramDataPoint, Metric, NumberDataPoint, ResourceMetrics,
    ScopeMetrics, Sum,
};
use opentelemetry_proto::transform::common::tonic::ResourceAttributesWithSchema;
use prost::Message as _;
use runtime::deployment::Deployment;

use super::queue::{Queue, Signal};
use super::{attribute, nanos, resource};
use crate::telemetry::Telemetry;

/// Readings of all metrics. They are cumulative, so that the next one has what a lost one had.
pub(super) struct Metrics;

impl Signal for Metrics {
    /// A reading.
    type Item = Vec<Metric>;
    const NAME: &'static str = "metrics";
    const SENT: &'static str = "wandstore_metric_points_sent_total";
    const LOST: &'static str = "wandstore_metric_points_lost_total";
    const WAITING_MAX: usize = 2;
    const BATCH_MAX: usize = 1;

    fn weight(reading: &Vec<Metric>) -> u64 {
        reading.iter().map(points).sum()
    }

    fn encode(batch: Vec<Vec<Metric>>, of: &ResourceAttributesWithSchema) -> Bytes {
        let scope = InstrumentationScope { name: "wandstore".into(), ..InstrumentationScope::default() };
        let scope_metrics = ScopeMetrics {
            scope: Some(scope),
            metrics: batch.into_iter().flatten().collect(),
            ..ScopeMetrics::default()
        };
        let of_resource = ResourceMetrics {
            resource: Some(resource(of)),
            scope_metrics: vec![scope_metrics],
            ..ResourceMetrics::default()
        };
        ExportMetricsServiceRequest { resource_metrics: vec![of_resource] }.encode_to_vec().into()
    }

    fn rejected(answer: &[u8]) -> Option<i64> {
        Some(ExportMetricsServiceResponse::decode(answer).ok()?.partial_success?.rejected_data_points)
    }
}

fn points(metric: &Metric) -> u64 {
    let count = match &metric.data {
        Some(Data::Sum(sum)) => sum.data_points.len(),
        Some(Data::Gauge(gauge)) => gauge.data_points.len(),
        Some(Data::Histogram(histogram)) => histogram.data_points.len(),
        _ => 0,
    };
    count as u64
}

/// Reads the metrics for the collector.
#[derive(Clone)]
pub struct Readings {
    queue: Queue<Metrics>,
    every: Duration,
    /// When this process began to count.
    began_ms: u64,
}

impl Readings {
    pub(super) fn new(queue: Queue<Metrics>, every: Duration) -> Self {
        Self { queue, every, began_ms: System.now_ms() }
    }

    /// Reads the metrics until this is dropped.
    pub async fn run(self, telemetry: Telemetry, deployment: impl AsRef<Deployment>) {
        loop {
            tokio::time::sleep(self.every).await;
            self.take(&telemetry.render(deployment.as_ref()).await);
        }
    }

    /// Takes a reading of the text of `/metrics`.
    pub fn take(&self, text: &str) {
        self.queue.offer(parse(text, nanos(self.began_ms), nanos(System.now_ms())));
    }
}

/// Parses Prometheus' text format, as far as our metrics use it: counters, gauges and histograms, each with its type before
/// its samples.
fn parse(text: &str, began: u64, now: u64) -> Vec<Metric> {
    let mut families: Vec<Family> = Vec::new();
    for line in text.lines() {
        if let Some(of_type) = line.strip_prefix("# TYPE ") {
            families.extend(of_type.split_once(' ').map(|(name, kind)| Family::new(name, kind)));
        } else if let (Some(family), Some(sample)) = (families.last_mut(), Sample::parse(line)) {
            family.samples.push(sample);
        }
    }
    families.into_iter().filter_map(|family| family.metric(began, now)).collect()
}

/// The samples of a metric.
struct Family<'a> {
    name: &'a str,
    kind: &'a str,
    samples: Vec<Sample<'a>>,
}

/// A line of the text.
struct Sample<'a> {
    name: &'a str,
    labels: Vec<(&'a str, String)>,
    value: &'a str,
}

impl<'a> Sample<'a> {
    fn parse(line: &'a str) -> Option<Self> {
        let (before, value) = line.rsplit_once(' ')?;
        let (name, labels) = before.split_once('{').unwrap_or((before, "}"));
        (!name.starts_with('#')).then_some(Self { name, labels: labels_of(labels)?, value })
    }

    fn number(&self) -> Option<f64> {
        self.value.parse().ok()
    }

    fn attributes(&self) -> Vec<KeyValue> {
        let text = |value: &String| any_value::Value::StringValue(value.clone());
        self.labels.iter().map(|(name, value)| attribute(name, text(value))).collect()
    }
}

/// Parses `name="value",…}`.
fn labels_of(mut text: &str) -> Option<Vec<(&str, String)>> {
    let mut labels = Vec::new();
    while let Some((name, rest)) = text.split_once("=\"") {
        let (mut value, mut rest) = (String::new(), rest.chars());
        loop {
            match rest.next()? {
                '"' => break,
                '\\' => match rest.next()? {
                    'n' => value.push('\n'),
                    escaped => value.push(escaped),
                },
                plain => value.push(plain),
            }
        }
        labels.push((name.trim_start_matches(','), value));
        text = rest.as_str();
    }
    Some(labels)
}

impl<'a> Family<'a> {
    fn new(name: &'a str, kind: &'a str) -> Self {
        Self { name, kind, samples: Vec::new() }
    }

    fn metric(self, began: u64, now: u64) -> Option<Metric> {
        let aggregation_temporality = AggregationTemporality::Cumulative.into();
        let data = match self.kind {
            "counter" => {
                let data_points = self.numbers(began, now);
                Data::Sum(Sum { data_points, aggregation_temporality, is_monotonic: true })
            }
            "gauge" => Data::Gauge(Gauge { data_points: self.numbers(0, now) }),
            "histogram" => Data::Histogram(Histogram {
                data_points: self.histograms(began, now),
                aggregation_temporality,
            }),
            _ => return None,
        };
        Some(Metric { name: self.name.to_owned(), data: Some(data), ..Metric::default() })
    }

    fn numbers(&self, start_time_unix_nano: u64, time_unix_nano: u64) -> Vec<NumberDataPoint> {
        let point = |sample: &Sample<'_>| {
            let whole = sample.value.parse().map(Value::AsInt).ok();
            Some(NumberDataPoint {
                attributes: sample.attributes(),
                start_time_unix_nano,
                time_unix_nano,
                value: Some(whole.or_else(|| sample.number().map(Value::AsDouble))?),
                ..NumberDataPoint::default()
            })
        };
        self.samples.iter().filter_map(point).collect()
    }

    /// Joins the lines of each histogram. Its buckets are in ascending order, and each counts the lower ones too.
    fn histograms(&self, start_time_unix_nano: u64, time_unix_nano: u64) -> Vec<HistogramDataPoint> {
        let mut points: BTreeMap<Vec<(&str, &str)>, HistogramDataPoint> = BTreeMap::new();
        for sample in &self.samples {
            let Some(number) = sample.number() else { continue };
            let labels = sample.labels.iter().filter(|(name, _)| *name != "le");
            let labels = labels.map(|(name, value)| (*name, value.as_str())).collect();
            let point = points.entry(labels).or_default();
            match sample.name.strip_prefix(self.name) {
                Some("_sum") => point.sum = Some(number),
                Some("_count") => point.count = sample.value.parse().unwrap_or_default(),
                Some("_bucket") => {
                    let bound = sample.labels.iter().find(|(name, _)| *name == "le");
                    let bound = bound.and_then(|(_, bound)| bound.parse::<f64>().ok());
                    point.explicit_bounds.extend(bound.filter(|bound| bound.is_finite()));
                    let lower: u64 = point.bucket_counts.iter().sum();
                    let up_to: u64 = sample.value.parse().unwrap_or_default();
                    point.bucket_counts.push(up_to.saturating_sub(lower));
                }
                _ => {}
            }
        }
        let finished = |(labels, point): (Vec<(&str, &str)>, HistogramDataPoint)| {
            let text = |value: &str| any_value::Value::StringValue(value.to_owned());
            let attributes = labels.iter().map(|(name, value)| attribute(name, text(value))).collect();
            HistogramDataPoint { attributes, start_time_unix_nano, time_unix_nano, ..point }
        };
        points.into_iter().map(finished).collect()
    }
}

#[cfg(test)]
mod tests {
    use metrics_exporter_prometheus::PrometheusBuilder;

    use super::*;

    const BEGAN: u64 = 1;
    const NOW: u64 = 2;

    /// Returns what a collector gets of the metrics that `count` counts, by name.
    fn read(count: impl FnOnce()) -> BTreeMap<String, Data> {
        let recorder =
            PrometheusBuilder::new().set_buckets(&[0.5, 2.0]).expect("they ascend").build_recorder();
        metrics::with_local_recorder(&recorder, count);
        let handle = recorder.handle();
        handle.run_upkeep();
        let metrics = parse(&handle.render(), BEGAN, NOW);
        metrics.into_iter().map(|metric| (metric.name, metric.data.expect("it has data"))).collect()
    }

    fn text(name: &str, value: &str) -> KeyValue {
        attribute(name, any_value::Value::StringValue(value.to_owned()))
    }

    #[test]
    fn counters_are_monotonic_sums_since_the_start() {
        const HARD: &str = "a \"quoted\", b=\"{c}\" \\ and\na line";
        let metrics = read(|| {
            metrics::counter!("requests_total", "cache" => "HIT", "route" => HARD).increment(7);
        });
        let Data::Sum(sum) = &metrics["requests_total"] else { panic!("{metrics:?}") };
        assert!(sum.is_monotonic && sum.aggregation_temporality() == AggregationTemporality::Cumulative);
        let [point] = &sum.data_points[..] else { panic!("{sum:?}") };
        assert_eq!(point.attributes, [text("cache", "HIT"), text("route", HARD)]);
        assert_eq!((point.start_time_unix_nano, point.time_unix_nano), (BEGAN, NOW));
        assert_eq!(point.value, Some(Value::AsInt(7)));
    }

    #[test]
    fn gauges_have_whole_and_other_values() {
        let metrics = read(|| {
            metrics::gauge!("depth").set(-3.0);
            metrics::gauge!("age_seconds").set(1.25);
        });
        for (name, expected) in [("depth", Value::AsInt(-3)), ("age_seconds", Value::AsDouble(1.25))] {
            let Data::Gauge(gauge) = &metrics[name] else { panic!("{metrics:?}") };
            assert_eq!(gauge.data_points[0].value, Some(expected));
        }
    }

    #[test]
    fn buckets_of_histograms_count_what_the_lower_ones_do_not() {
        let metrics = read(|| {
            for (route, seconds) in
                [("page", 0.1), ("page", 0.2), ("page", 1.0), ("page", 9.0), ("status", 1.0)]
            {
                metrics::histogram!("request_seconds", "route" => route).record(seconds);
            }
        });
        let Data::Histogram(histogram) = &metrics["request_seconds"] else { panic!("{metrics:?}") };
        let [page, status] = &histogram.data_points[..] else { panic!("{histogram:?}") };
        assert_eq!(page.attributes, [text("route", "page")]);
        assert_eq!(page.explicit_bounds, [0.5, 2.0]);
        assert_eq!(page.bucket_counts, [2, 1, 1]);
        assert_eq!((page.count, page.sum), (4, Some(10.3)));
        assert_eq!(page.start_time_unix_nano, BEGAN);
        assert_eq!(status.bucket_counts, [0, 1, 0]);
    }
}
