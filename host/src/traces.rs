//! Traces: which are recorded. `runtime::trace` says what a span holds, and `otlp` sends them.

mod sampling;

use std::sync::Arc;

use http::{HeaderMap, Method, Request};
use opentelemetry::Context;
use opentelemetry::propagation::{Extractor, TextMapPropagator as _};
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{SdkTracerProvider, SpanLimits, SpanProcessor};
use routes::Route;
use runtime::trace::{Recorder, Span, Systems};

use crate::config::{Telemetry, Traceparent};
use sampling::OfTheRequest;

/// The most attributes of a span; no span has as many.
const ATTRIBUTES_MAX: u32 = 32;

/// The traces of this process.
pub struct Traces {
    recorder: Arc<Recorder>,
    follows: Traceparent,
}

impl Traces {
    /// Records spans for `queue`.
    pub(crate) fn record(
        telemetry: &Telemetry,
        resource: Resource,
        systems: Systems,
        queue: impl SpanProcessor + 'static,
    ) -> Self {
        let provider = SdkTracerProvider::builder()
            // Everything that the SDK would otherwise read from the environment.
            .with_resource(resource)
            .with_sampler(OfTheRequest(sampling::sampler(telemetry)))
            .with_span_limits(SpanLimits { max_attributes_per_span: ATTRIBUTES_MAX, ..SpanLimits::default() })
            .with_span_processor(queue)
            .build();
        let recorder = Arc::new(Recorder::new(provider.tracer("wandstore"), systems));
        Self { recorder, follows: telemetry.traceparent }
    }

    /// Returns what records the spans.
    pub fn recorder(&self) -> &Arc<Recorder> {
        &self.recorder
    }

    /// Returns what begins the spans of requests.
    pub fn requests(&self) -> RequestSpans {
        RequestSpans { recorder: self.recorder.clone(), follows: self.follows }
    }
}

/// Begins the spans of requests.
#[derive(Clone)]
pub struct RequestSpans {
    recorder: Arc<Recorder>,
    follows: Traceparent,
}

impl RequestSpans {
    /// Begins the span of a request, unless it is not to be recorded. The span knows the route and not the target, which
    /// may name a shopper.
    pub fn begin<B>(&self, request: &Request<B>, comes_from_proxy: bool) -> Option<Span> {
        let follows = match self.follows {
            Traceparent::Proxies => comes_from_proxy,
            Traceparent::Anyone => true,
            Traceparent::Nobody => false,
        };
        let parent = if follows { parent(request.headers()) } else { Context::new() };
        let route = Route::at(request.uri().path()).and_then(|route| route.rule().paths.first().copied());
        self.recorder.request(method(request.method()), route, &parent)
    }
}

/// Returns the span that a request's `traceparent` names, if any (<https://www.w3.org/TR/trace-context/>).
fn parent(headers: &HeaderMap) -> Context {
    TraceContextPropagator::new().extract_with_context(&Context::new(), &Fields(headers))
}

struct Fields<'a>(&'a HeaderMap);

impl Extractor for Fields<'_> {
    fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.to_str().ok()
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(http::HeaderName::as_str).collect()
    }
}

/// Returns the method for an attribute: clients may invent others.
fn method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "_OTHER",
    }
}
