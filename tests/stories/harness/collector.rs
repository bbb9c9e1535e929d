//! A collector of OpenTelemetry on a loopback socket: it takes OTLP over HTTP and decodes it.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::routing::post;
use flate2::read::GzDecoder;
use http::{HeaderMap, header};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message as _;
use tokio::net::TcpListener;

use super::eventually;

/// What arrived.
#[derive(Debug, Default)]
struct Received {
    spans: Vec<Span>,
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
        let router = Router::new().route("/v1/traces", post(take)).with_state(received.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, received }
    }

    /// Returns the spans that arrived so far.
    pub fn spans(&self) -> Vec<Span> {
        self.received.lock().expect("no test panics while it holds this").spans.clone()
    }

    /// Returns all that arrived so far, as text.
    pub fn text(&self) -> String {
        self.received.lock().expect("no test panics while it holds this").texts.concat()
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

async fn take(State(received): State<Arc<Mutex<Received>>>, headers: HeaderMap, body: Bytes) {
    assert_eq!(headers[header::CONTENT_TYPE], "application/x-protobuf");
    let mut bytes = body.to_vec();
    if headers.get(header::CONTENT_ENCODING).is_some_and(|encoding| encoding == "gzip") {
        bytes.clear();
        GzDecoder::new(&body[..]).read_to_end(&mut bytes).expect("it is gzip");
    }
    let request = ExportTraceServiceRequest::decode(&bytes[..]).expect("it is protobuf");
    let mut received = received.lock().expect("no test panics while it holds this");
    received.texts.push(format!("{request:?}"));
    received.headers.push(headers);
    let scopes = request.resource_spans.into_iter().flat_map(|of_resource| of_resource.scope_spans);
    received.spans.extend(scopes.flat_map(|of_scope| of_scope.spans));
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
        let text = |value: &Value| match value {
            Value::StringValue(text) => text.clone(),
            other => format!("{other:?}"),
        };
        let attributes = span.attributes.iter();
        attributes
            .filter_map(|attribute| {
                Some((attribute.key.as_str(), text(attribute.value.as_ref()?.value.as_ref()?)))
            })
            .collect()
    }
}
