//! Traces: the spans of requests and jobs, and of the calls that they cause.
//!
//! The cause of a call carries its trace. A request or job that is not recorded has none, so that its calls cost a
//! comparison each. Attributes follow OpenTelemetry's [semantic conventions] where these have one, and start with
//! `wandstore.` otherwise. None holds a shopper's id, a key of storage, a query or a text of a page.
//!
//! [semantic conventions]: https://opentelemetry.io/docs/specs/semconv/

mod enqueued;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use opentelemetry::trace::{
    Link, Span as _, SpanBuilder, SpanContext, SpanId, SpanKind, Status, TraceContextExt as _, TraceId,
    Tracer as _,
};
use opentelemetry::{Context, KeyValue, StringValue, Value};
use opentelemetry_sdk::trace::{SdkTracer, Span as SdkSpan};

use crate::patience::Backend;
use enqueued::Enqueued;

/// Longer texts are cut, because some come from others, such as the name of a model.
const TEXT_CHARS_MAX: usize = 128;

/// What the deployment's storage and model are, for attributes.
#[derive(Debug, Clone, Default)]
pub struct Systems {
    /// The kind of key-value storage.
    pub kv: String,
    /// The kind of blob storage.
    pub blob: String,
    /// The kind of job storage.
    pub jobs: String,
    /// The language model, if there is one.
    pub model: Option<Model>,
}

/// A language model.
#[derive(Debug, Clone)]
pub struct Model {
    /// Whose protocol it is asked by.
    pub provider: &'static str,
    /// Its name.
    pub name: String,
    /// The host that it is asked at.
    pub address: String,
}

/// Records spans.
pub struct Recorder {
    tracer: SdkTracer,
    systems: Systems,
    enqueued: Enqueued,
}

impl Recorder {
    /// Creates a recorder. The tracer decides which traces are recorded.
    pub fn new(tracer: SdkTracer, systems: Systems) -> Self {
        Self { tracer, systems, enqueued: Enqueued::default() }
    }

    /// Begins the span of a request, unless it is not to be recorded. `parent` is the span of whoever sent it.
    pub fn request(
        self: &Arc<Self>,
        method: &'static str,
        route: Option<&'static str>,
        parent: &Context,
    ) -> Option<Span> {
        let name = route.map_or(method.into(), |route| format!("{method} {route}").into());
        let mut attributes = vec![KeyValue::new("http.request.method", method)];
        attributes.extend(route.map(|route| KeyValue::new("http.route", route)));
        self.begin(builder(name, SpanKind::Server, attributes), parent)
    }

    /// Begins the span of a job, unless it is not to be recorded. If this process recorded the request that enqueued
    /// the job, the span links to it.
    pub fn job(self: &Arc<Self>, id: &str, task: &'static str) -> Option<Span> {
        let attributes =
            vec![KeyValue::new("wandstore.job.id", id.to_owned()), KeyValue::new("wandstore.job.task", task)];
        let mut builder = builder(format!("job {task}").into(), SpanKind::Consumer, attributes);
        builder.links = self.enqueued.take(id).map(|request| vec![Link::with_context(request)]);
        self.begin(builder, &Context::new())
    }

    fn begin(self: &Arc<Self>, builder: SpanBuilder, parent: &Context) -> Option<Span> {
        let span = self.tracer.build_with_context(builder, parent);
        let context = span.span_context().clone();
        let is_recorded = span.is_recording();
        let within = || Context::new().with_remote_span_context(context);
        is_recorded.then(|| Span::begun(span, Within { recorder: self.clone(), context: within() }))
    }
}

fn builder(name: Cow<'static, str>, kind: SpanKind, attributes: Vec<KeyValue>) -> SpanBuilder {
    SpanBuilder { name, span_kind: Some(kind), attributes: Some(attributes), ..SpanBuilder::default() }
}

/// A span, which ends when this is dropped. It is boxed, because most calls have none, and what holds it is moved.
pub struct Span(Box<Begun>);

struct Begun {
    span: SdkSpan,
    trace: Trace,
}

impl Span {
    fn begun(span: SdkSpan, within: Within) -> Self {
        Self(Box::new(Begun { span, trace: Trace(Arc::new(within)) }))
    }

    /// Returns the trace, as whatever this span causes continues it.
    pub fn trace(&self) -> Trace {
        self.0.trace.clone()
    }

    /// Sets an attribute. A long text is cut.
    pub fn set(&mut self, name: &'static str, value: impl Into<Value>) {
        self.0.span.set_attribute(KeyValue::new(name, bounded(value.into())));
    }

    /// Marks the span as failed, for a reason that is one of few.
    pub fn fail(&mut self, reason: &'static str) {
        self.set("error.type", reason);
        self.0.span.set_status(Status::error(reason));
    }
}

fn bounded(value: Value) -> Value {
    match value {
        Value::String(text) if text.as_str().chars().nth(TEXT_CHARS_MAX).is_some() => {
            let start: String = text.as_str().chars().take(TEXT_CHARS_MAX).collect();
            Value::String(StringValue::from(start))
        }
        other => other,
    }
}

/// A place in a trace that is recorded: spans that begin here are children of the span there.
#[derive(Clone)]
pub struct Trace(Arc<Within>);

struct Within {
    recorder: Arc<Recorder>,
    context: Context,
}

impl Trace {
    /// Returns the trace's id, as log lines name it.
    pub fn id(&self) -> TraceId {
        self.span_context().trace_id()
    }

    /// Returns the span's id, as log lines name it.
    pub fn span_id(&self) -> SpanId {
        self.span_context().span_id()
    }

    /// Begins the span of a call of a component. `function` is what is called, written as in the code of the call, such as
    /// `.cache.call_get`.
    pub fn component(&self, role: &'static str, function: &'static str) -> Span {
        let name = function.rsplit('.').next().unwrap_or_default().trim_start_matches("call_");
        let attributes =
            vec![KeyValue::new("wandstore.component", role), KeyValue::new("code.function.name", name)];
        self.child(format!("{role}.{name}"), SpanKind::Internal, attributes)
    }

    /// Begins the span of a call of storage. `place` is a store or bucket, whose name is one of few.
    pub fn storage(&self, backend: Backend, operation: &'static str, place: Option<&str>) -> Span {
        let Systems { kv, blob, jobs, .. } = &self.0.recorder.systems;
        let (capability, kind) = match backend {
            Backend::Kv => ("kv", kv),
            Backend::Blob => ("blob", blob),
            Backend::Jobs => ("jobs", jobs),
        };
        // <https://opentelemetry.io/docs/specs/semconv/database/>
        let mut attributes = vec![
            KeyValue::new("wandstore.capability", capability),
            KeyValue::new("db.system.name", if kind == "postgres" { "postgresql" } else { kind }.to_owned()),
            KeyValue::new("db.operation.name", operation),
        ];
        attributes.extend(place.map(|place| KeyValue::new("db.collection.name", place.to_owned())));
        self.child(format!("{capability}.{operation}"), SpanKind::Client, attributes)
    }

    /// Begins the span of a question to the language model.
    pub fn model(&self) -> Span {
        // <https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/>
        let mut attributes = vec![KeyValue::new("gen_ai.operation.name", "chat")];
        let Some(Model { provider, name, address }) = &self.0.recorder.systems.model else {
            return self.child("chat".into(), SpanKind::Client, attributes);
        };
        attributes.push(KeyValue::new("gen_ai.provider.name", *provider));
        attributes.push(KeyValue::new("gen_ai.request.model", name.clone()));
        attributes.push(KeyValue::new("server.address", address.clone()));
        self.child(format!("chat {name}"), SpanKind::Client, attributes)
    }

    /// Begins the span of a request to an upstream, which is one of few.
    pub fn upstream(&self, upstream: &str) -> Span {
        let attributes = vec![
            KeyValue::new("http.request.method", "POST"),
            KeyValue::new("wandstore.upstream", upstream.to_owned()),
        ];
        self.child(format!("POST {upstream}"), SpanKind::Client, attributes)
    }

    /// Remembers that a job was enqueued here, so that its trace links to this one.
    pub fn enqueued(&self, job: &str) {
        self.0.recorder.enqueued.remember(job, self.span_context());
    }

    fn child(&self, name: String, kind: SpanKind, attributes: Vec<KeyValue>) -> Span {
        let Within { recorder, context } = &*self.0;
        let span = recorder.tracer.build_with_context(builder(name.into(), kind, attributes), context);
        let within = Context::new().with_remote_span_context(span.span_context().clone());
        Span::begun(span, Within { recorder: recorder.clone(), context: within })
    }

    fn span_context(&self) -> SpanContext {
        self.0.context.span().span_context().clone()
    }
}

impl fmt::Debug for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Trace({})", self.id())
    }
}
