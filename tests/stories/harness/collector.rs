//! A collector of OpenTelemetry on a loopback socket: it takes OTLP over HTTP and decodes it.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::io::Read as _;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::routing::post;
use flate2::read::GzDecoder;
use http::{HeaderMap, header};
use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::logs::v1::LogRecord;
use opentelemetry_proto::tonic::metrics::v1::Metric;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;
use tokio::net::TcpListener;

use super::eventually;

/// What arrived.
#[derive(Debug, Default)]
struct Received {
    spans: Vec<Span>,
    records: Vec<LogRecord>,
    /// The last reading of each metric.
    metrics: BTreeMap<String, Metric>,
    /// Each request in full, as text.
    texts: Vec<String>,
    headers: Vec<HeaderMap>,
}

/// The collector.
#[derive(Clone)]
pub struct Collector {
    pub url: String,
    received: Arc<Mutex<Received>>,
}

impl Collector {
    pub async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("there is a free port");
        let url = format!("http://{}", listener.local_addr().expect("it is bound"));
        let received: Arc<Mutex<Received>> = Arc::default();
        let router = Router::new()
            .route("/v1/traces", post(take_spans))
            .route("/v1/logs", post(take_records))
            .route("/v1/metrics", post(take_metrics))
            .with_state(received.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, received }
    }

    /// Returns the spans that arrived so far.
    pub fn spans(&self) -> Vec<Span> {
        self.received.lock().expect("no test panics while it holds this").spans.clone()
    }

    /// Returns the log records that arrived so far.
    pub fn records(&self) -> Vec<LogRecord> {
        self.received.lock().expect("no test panics while it holds this").records.clone()
    }

    /// Returns the last reading of each metric.
    pub fn metrics(&self) -> BTreeMap<String, Metric> {
        self.received.lock().expect("no test panics while it holds this").metrics.clone()
    }

    /// Returns all that arrived so far, as text.
    pub fn text(&self) -> String {
        self.received.lock().expect("no test panics while it holds this").texts.concat()
    }

    /// Returns how many requests arrived so far.
    pub fn requests(&self) -> usize {
        self.received.lock().expect("no test panics while it holds this").texts.len()
    }

    /// Returns the header fields of the first request.
    pub fn headers(&self) -> HeaderMap {
        let received = self.received.lock().expect("no test panics while it holds this");
        received.headers.first().cloned().expect("something arrived")
    }

    /// Waits for a span with this name, and returns the trees of all spans of its trace, which ended before it did.
    pub async fn tree(&self, root: &str) -> Tree {
        let found = async || {
            let spans = self.spans();
            let root = spans.iter().find(|span| span.name == root)?.clone();
            let of_trace = spans.into_iter().filter(|span| span.trace_id == root.trace_id).collect();
            Some(Tree { root, spans: of_trace })
        };
        eventually(root, found).await
    }
}

type Shared = State<Arc<Mutex<Received>>>;

async fn take_spans(State(received): Shared, headers: HeaderMap, body: Bytes) {
    let request: ExportTraceServiceRequest = decode(&received, headers, &body);
    let scopes = request.resource_spans.into_iter().flat_map(|of_resource| of_resource.scope_spans);
    let mut received = received.lock().expect("no test panics while it holds this");
    received.spans.extend(scopes.flat_map(|of_scope| of_scope.spans));
}

async fn take_records(State(received): Shared, headers: HeaderMap, body: Bytes) {
    let request: ExportLogsServiceRequest = decode(&received, headers, &body);
    let scopes = request.resource_logs.into_iter().flat_map(|of_resource| of_resource.scope_logs);
    let mut received = received.lock().expect("no test panics while it holds this");
    received.records.extend(scopes.flat_map(|of_scope| of_scope.log_records));
}

async fn take_metrics(State(received): Shared, headers: HeaderMap, body: Bytes) {
    let request: ExportMetricsServiceRequest = decode(&received, headers, &body);
    let scopes = request.resource_metrics.into_iter().flat_map(|of_resource| of_resource.scope_metrics);
    let metrics = scopes.flat_map(|of_scope| of_scope.metrics);
    let mut received = received.lock().expect("no test panics while it holds this");
    received.metrics.extend(metrics.map(|metric| (metric.name.clone(), metric)));
}

/// Decodes a request, and keeps its text and its header fields.
fn decode<R: Message + Default + Debug>(received: &Mutex<Received>, headers: HeaderMap, body: &Bytes) -> R {
    assert_eq!(headers[header::CONTENT_TYPE], "application/x-protobuf");
    let mut bytes = body.to_vec();
    if headers.get(header::CONTENT_ENCODING).is_some_and(|encoding| encoding == "gzip") {
        bytes.clear();
        GzDecoder::new(&body[..]).read_to_end(&mut bytes).expect("it is gzip");
    }
    let request = R::decode(&bytes[..]).expect("it is protobuf");
    let mut received = received.lock().expect("no test panics while it holds this");
    received.texts.push(format!("{request:?}"));
    received.headers.push(headers);
    request
}

/// Returns attributes as texts, by name.
pub fn texts(attributes: &[KeyValue]) -> BTreeMap<&str, String> {
    let text = |value: &Value| match value {
        Value::StringValue(text) => text.clone(),
        other => format!("{other:?}"),
    };
    let pair = |attribute: &'_ KeyValue| Some(text(attribute.value.as_ref()?.value.as_ref()?));
    attributes.iter().filter_map(|attribute| Some((attribute.key.as_str(), pair(attribute)?))).collect()
}

/// The spans of a trace.
#[derive(Debug)]
pub struct Tree {
    pub root: Span,
    pub spans: Vec<Span>,
}

impl Tree {
    /// Returns the names of the spans, each indented under its parent. Each name stands once under a parent.
    pub fn names(&self) -> String {
        let mut names = String::new();
        self.write(&self.root, 0, &mut names);
        names
    }

    fn write(&self, span: &Span, depth: usize, names: &mut String) {
        names.extend(["  ".repeat(depth).as_str(), &span.name, "\n"]);
        let mut children: Vec<_> =
            self.spans.iter().filter(|child| child.parent_span_id == span.span_id).collect();
        children.sort_by_key(|child| child.start_time_unix_nano);
        let mut seen = Vec::new();
        for child in children {
            if !seen.contains(&&child.name) {
                seen.push(&child.name);
                self.write(child, depth + 1, names);
            }
        }
    }

    /// Returns the attributes of the first span with this name.
    pub fn attributes(&self, name: &str) -> BTreeMap<&str, String> {
        let span = self.spans.iter().find(|span| span.name == name);
        let span = span.unwrap_or_else(|| panic!("no span {name}: {}", self.names()));
        texts(&span.attributes)
    }
}
