//! Metrics and the log at a collector of OpenTelemetry, which gets them only if the configuration says so.

use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::number_data_point::Value;

use crate::harness::collector::{Collector, texts};
use crate::harness::process::warm;
use crate::harness::{Process, eventually};
use crate::traces::hex;

/// A shopper's id that stands nowhere else.
const SHOPPER: &str = "shopper-4711";

/// The variables that have all signals sent to a collector.
pub fn all_signals(url: &str) -> [(&str, &str); 4] {
    [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", url),
        ("OTEL_METRICS_EXPORTER", "otlp"),
        ("OTEL_METRIC_EXPORT_INTERVAL", "200"),
        ("OTEL_LOGS_EXPORTER", "otlp"),
    ]
}

/// Returns the value of a counter with these labels in the last reading.
pub fn counter(collector: &Collector, name: &str, labels: &[(&str, &str)]) -> Option<i64> {
    let metrics = collector.metrics();
    let Some(Data::Sum(sum)) = &metrics.get(name)?.data else { panic!("{name} is a sum") };
    let expected = labels.iter().map(|(label, value)| (*label, (*value).to_owned())).collect();
    let point = sum.data_points.iter().find(|point| texts(&point.attributes) == expected)?;
    let Some(Value::AsInt(value)) = point.value else { panic!("{name} is a number: {point:?}") };
    Some(value)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_collector_gets_what_the_metrics_show() {
    let collector = Collector::open().await;
    let folder = tempfile::tempdir().expect("a folder");
    warm(folder.path());
    let environment = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url.as_str()),
        ("OTEL_TRACES_EXPORTER", "none"),
        ("OTEL_METRICS_EXPORTER", "otlp"),
        ("OTEL_METRIC_EXPORT_INTERVAL", "200"),
        ("OTEL_RESOURCE_ATTRIBUTES", "service.namespace=shops"),
    ];
    let process = Process::start(folder.path(), &environment);
    process.get(&format!("/s/magic-wands?shopper={SHOPPER}")).await.expect("it answers").is_fallback();
    process.made(SHOPPER).await.expect("the page is made");
    for _ in 0..3 {
        process.get(&format!("/s/magic-wands?shopper={SHOPPER}")).await.expect("it answers").is_hit();
    }
    let hits = [("cache", "HIT"), ("route", "page")];
    eventually("the hits arrive", async || {
        (counter(&collector, "wandstore_requests_total", &hits) == Some(3)).then_some(())
    })
    .await;

    let (shown, sent) = (process.get("/metrics").await.expect("it serves").body, collector.metrics());
    for line in shown.lines().filter_map(|line| line.strip_prefix("# TYPE ")) {
        let (name, kind) = line.split_once(' ').expect("a name and a kind");
        let data = sent.get(name).unwrap_or_else(|| panic!("{name} is missing")).data.as_ref();
        let as_expected = match data.expect("it has data") {
            Data::Sum(sum) => kind == "counter" && sum.is_monotonic,
            Data::Gauge(_) => kind == "gauge",
            Data::Histogram(_) => kind == "histogram",
            other => panic!("{other:?}"),
        };
        assert!(as_expected, "{line}: {data:?}");
    }
    let text = collector.text();
    for part in ["service.instance.id", "shops", "service.version"] {
        assert!(text.contains(part), "{part}");
    }
    assert!(collector.spans().is_empty() && collector.records().is_empty(), "these are off");

    // Requests since the last reading are in one that the end of the process takes.
    process.get(&format!("/s/magic-wands?shopper={SHOPPER}")).await.expect("it answers").is_hit();
    process.terminate();
    assert_eq!(counter(&collector, "wandstore_requests_total", &hits), Some(4));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_collector_gets_the_lines_of_the_log_with_their_place_in_a_trace() {
    let collector = Collector::open().await;
    let folder = tempfile::tempdir().expect("a folder");
    warm(folder.path());
    let [endpoint, .., logs] = all_signals(&collector.url);
    let process = Process::start(folder.path(), &[endpoint, logs]);
    process.get(&format!("/s/magic-wands?shopper={SHOPPER}")).await.expect("it answers").is_fallback();
    process.made(SHOPPER).await.expect("the page is made");
    let job = collector.tree("job page").await;
    let record = eventually("the end of the job arrives", async || {
        let mut of_job =
            collector.records().into_iter().filter(|record| record.trace_id == job.root.trace_id);
        of_job.find(|record| format!("{:?}", record.body).contains("\"a job ended\""))
    })
    .await;
    assert_eq!(record.severity_text, "INFO");
    assert_eq!(record.span_id, job.root.span_id);
    let attributes = texts(&record.attributes);
    assert_eq!((attributes["outcome"].as_str(), attributes["attempt"].as_str()), ("done", "IntValue(1)"));

    let log = process.log.clone();
    process.terminate();
    let log = std::fs::read_to_string(log).expect("there is a log");
    assert_eq!(collector.records().len(), log.lines().count(), "a record for each line: {log}");
    let line = log.lines().find(|line| line.contains("a job ended")).expect("it is on standard error too");
    assert!(line.contains(&format!("span_id=\"{}\"", hex(&job.root.span_id))), "{line}");
    assert!(collector.metrics().is_empty(), "these are off");
}

/// With all that a log can have, what is sent causes no lines that are sent.
#[tokio::test(flavor = "multi_thread")]
async fn sending_the_log_does_not_feed_itself() {
    let collector = Collector::open().await;
    let folder = tempfile::tempdir().expect("a folder");
    warm(folder.path());
    let [endpoint, .., logs] = all_signals(&collector.url);
    let process = Process::start(folder.path(), &[endpoint, logs, ("RUST_LOG", "trace")]);
    process.get("/s/magic-wands").await.expect("it answers");
    // What the first request could cause is in the later ones.
    eventually("the log arrives several times", async || (collector.requests() > 3).then_some(())).await;
    let own = ["/v1/logs", "telemetry.endpoint", "hyper", "reqwest"];
    let said = collector.records().iter().map(|record| format!("{record:?}")).collect::<Vec<_>>();
    assert!(said.iter().all(|said| own.iter().all(|own| !said.contains(own))), "{said:#?}");
    drop(process);
}
