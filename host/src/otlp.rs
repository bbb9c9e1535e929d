//! What is sent to a collector of OpenTelemetry: traces, metrics and log records, each if the configuration says so. They
//! share the way to be sent, to be sent again, to be bounded and to be counted (`queue.rs`).

mod collector;
mod logs;
mod metrics;
mod queue;
mod spans;

use std::time::Duration;

use anyhow::Context as _;
use opentelemetry::KeyValue;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue as Attribute, any_value};
use opentelemetry_proto::tonic::resource::v1::Resource as EncodedResource;
use opentelemetry_proto::transform::common::tonic::ResourceAttributesWithSchema;
use opentelemetry_sdk::Resource;
use runtime::trace::Systems;
use tokio::runtime::Handle;

use crate::config::{Config, Telemetry};
use crate::traces::Traces;
use collector::Collector;
use queue::{Export, Signal, Waiting, queue};

pub use logs::{Layered, Records, records};
pub use metrics::Readings;

/// What this process sends.
#[derive(Default)]
pub struct Exports {
    /// The traces, if they are recorded.
    pub traces: Option<Traces>,
    /// What reads the metrics, if they are sent.
    pub readings: Option<Readings>,
    sending: Vec<Export>,
}

impl Exports {
    /// Starts sending on `runtime`, if there is a collector. `instance` is the name of this process among others; `records`
    /// are the log records, if the log has them.
    pub fn start(
        config: &Config,
        systems: Systems,
        instance: Option<String>,
        records: Option<Records>,
        runtime: &Handle,
    ) -> anyhow::Result<Self> {
        let telemetry = &config.file.telemetry;
        let Some(endpoint) = telemetry.address()? else { return Ok(Self::default()) };
        let client = Collector::client(config.otlp_headers()?).context("telemetry.endpoint")?;
        let resource = described(telemetry, instance)?;
        let mut exports = Self::default();
        let mut start =
            Start { endpoint, client, resource: &resource, runtime, sending: &mut exports.sending };
        if telemetry.traces {
            let (queue, waiting) = queue();
            start.signal::<spans::Spans>(waiting);
            exports.traces = Some(Traces::record(telemetry, resource.clone(), systems, queue));
        }
        if telemetry.metrics {
            let (queue, waiting) = queue();
            start.signal::<metrics::Metrics>(waiting);
            let every = Duration::from_millis(telemetry.metrics_interval_ms);
            exports.readings = Some(Readings::new(queue, every));
        }
        if let Some(Records(waiting)) = records {
            start.signal::<logs::Logs>(waiting);
        }
        Ok(exports)
    }

    /// Sends what waits, for a moment at most.
    pub async fn stop(self) {
        futures_util::future::join_all(self.sending.into_iter().map(Export::stop)).await;
    }
}

/// Starts the signals.
struct Start<'a> {
    endpoint: String,
    client: reqwest::Client,
    resource: &'a Resource,
    runtime: &'a Handle,
    sending: &'a mut Vec<Export>,
}

impl Start<'_> {
    fn signal<S: Signal>(&mut self, waiting: Waiting<S>) {
        let collector = Collector::at(format!("{}/v1/{}", self.endpoint, S::NAME), self.client.clone());
        self.sending.push(Export::start(waiting, collector, self.resource.into(), self.runtime));
    }
}

/// Describes this process to the collector.
fn described(telemetry: &Telemetry, instance: Option<String>) -> anyhow::Result<Resource> {
    let attributes = telemetry.attributes()?.into_iter().map(|(name, value)| KeyValue::new(name, value));
    // Processes whose metrics had the same attributes would overwrite each other's.
    let instance = instance.map(|instance| KeyValue::new("service.instance.id", instance));
    let resource = Resource::builder_empty()
        .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
        .with_attributes(instance)
        .with_attributes(attributes)
        .with_service_name(telemetry.service_name.clone());
    Ok(resource.build())
}

fn resource(described: &ResourceAttributesWithSchema) -> EncodedResource {
    EncodedResource { attributes: described.attributes.0.clone(), ..EncodedResource::default() }
}

fn attribute(name: &str, value: any_value::Value) -> Attribute {
    Attribute { key: name.to_owned(), value: Some(AnyValue { value: Some(value) }), ..Attribute::default() }
}

fn nanos(ms: u64) -> u64 {
    ms.saturating_mul(1_000_000)
}

/// Starts the metrics of sent items at 0.
pub(crate) fn register_metrics() {
    queue::register_metrics::<spans::Spans>();
    queue::register_metrics::<metrics::Metrics>();
    queue::register_metrics::<logs::Logs>();
}
