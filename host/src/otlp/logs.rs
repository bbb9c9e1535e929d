//! Log records: the events that standard error gets, with the same fields and nothing more.

use std::collections::BTreeMap;
use std::fmt;

use bytes::Bytes;
use capabilities::clock::{Clock as _, System};
use opentelemetry::{SpanId, TraceId};
use opentelemetry_proto::tonic::collector::logs::v1::{ExportLogsServiceRequest, ExportLogsServiceResponse};
use opentelemetry_proto::tonic::common::v1::{AnyValue, InstrumentationScope, KeyValue, any_value::Value};
use opentelemetry_proto::tonic::logs::v1::{LogRecord, ResourceLogs, ScopeLogs, SeverityNumber};
use opentelemetry_proto::transform::common::tonic::ResourceAttributesWithSchema;
use prost::Message as _;
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;

use super::queue::{Queue, Signal, Waiting, queue};
use super::{attribute, nanos, resource};

/// The events of these targets, which are crates and their modules, are not sent: to send them would cause more of them.
const NOT_SENT: [&str; 6] = ["host::otlp", "hyper", "hyper_util", "h2", "reqwest", "rustls"];
/// Longer texts are cut. The texts of a component are shorter.
const TEXT_BYTES_MAX: usize = 20 << 10;

/// Log records. The sizes keep what waits and a request below some MiB even if all lines are as long as a component may
/// make them.
pub(super) struct Logs;

impl Signal for Logs {
    /// A record and its target.
    type Item = (String, LogRecord);
    const NAME: &'static str = "logs";
    const SENT: &'static str = "wandstore_log_records_sent_total";
    const LOST: &'static str = "wandstore_log_records_lost_total";
    const WAITING_MAX: usize = 1_024;
    const BATCH_MAX: usize = 128;

    fn encode(batch: Vec<Self::Item>, of: &ResourceAttributesWithSchema) -> Bytes {
        let mut scopes: BTreeMap<String, Vec<LogRecord>> = BTreeMap::new();
        for (target, record) in batch {
            scopes.entry(target).or_default().push(record);
        }
        let scope_logs = scopes.into_iter().map(|(name, log_records)| ScopeLogs {
            scope: Some(InstrumentationScope { name, ..InstrumentationScope::default() }),
            log_records,
            ..ScopeLogs::default()
        });
        let of_resource = ResourceLogs {
            resource: Some(resource(of)),
            scope_logs: scope_logs.collect(),
            ..ResourceLogs::default()
        };
        ExportLogsServiceRequest { resource_logs: vec![of_resource] }.encode_to_vec().into()
    }

    fn rejected(answer: &[u8]) -> Option<i64> {
        Some(ExportLogsServiceResponse::decode(answer).ok()?.partial_success?.rejected_log_records)
    }
}

/// The log records that wait for the collector.
pub struct Records(pub(super) Waiting<Logs>);

/// Puts events into the queue of the log records.
pub struct Layered(Queue<Logs>);

/// Returns what takes the events of the log, and what waits from then on.
pub fn records() -> (Layered, Records) {
    let (queue, waiting) = queue();
    (Layered(queue), Records(waiting))
}

impl<S: Subscriber> Layer<S> for Layered {
    fn on_event(&self, event: &Event<'_>, _context: Context<'_, S>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let target = fields.target.take().unwrap_or_else(|| event.metadata().target().to_owned());
        if is_sent(&target) {
            self.0.offer((target, fields.record(*event.metadata().level(), nanos(System.now_ms()))));
        }
    }
}

fn is_sent(target: &str) -> bool {
    let name =
        |of: &str| target.strip_prefix(of).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"));
    !NOT_SENT.into_iter().any(name)
}

/// The fields of an event.
#[derive(Default)]
struct Fields {
    message: String,
    attributes: Vec<KeyValue>,
    trace_id: Vec<u8>,
    span_id: Vec<u8>,
    /// The target of an event that came by the crate `log`.
    target: Option<String>,
}

impl Fields {
    fn record(self, level: Level, time_unix_nano: u64) -> LogRecord {
        let severity = match level {
            Level::ERROR => SeverityNumber::Error,
            Level::WARN => SeverityNumber::Warn,
            Level::INFO => SeverityNumber::Info,
            Level::DEBUG => SeverityNumber::Debug,
            Level::TRACE => SeverityNumber::Trace,
        };
        LogRecord {
            time_unix_nano,
            observed_time_unix_nano: time_unix_nano,
            severity_number: severity.into(),
            severity_text: level.to_string(),
            body: Some(AnyValue { value: Some(Value::StringValue(self.message)) }),
            attributes: self.attributes,
            trace_id: self.trace_id,
            span_id: self.span_id,
            ..LogRecord::default()
        }
    }

    fn set(&mut self, field: &Field, value: Value) {
        self.attributes.push(attribute(field.name(), value));
    }

    fn set_text(&mut self, field: &Field, mut text: String) {
        text.truncate(text.floor_char_boundary(TEXT_BYTES_MAX));
        match field.name() {
            "message" => self.message = text,
            "trace_id" => {
                let id = TraceId::from_hex(&text).ok();
                self.trace_id = id.map(|id| id.to_bytes().to_vec()).unwrap_or_default();
            }
            "span_id" => {
                let id = SpanId::from_hex(&text).ok();
                self.span_id = id.map(|id| id.to_bytes().to_vec()).unwrap_or_default();
            }
            "log.target" => self.target = Some(text),
            name if name.starts_with("log.") => {}
            _ => self.set(field, Value::StringValue(text)),
        }
    }

    /// Sets a number. One that is too large for OTLP is a text.
    fn set_number<N: TryInto<i64> + fmt::Display + Copy>(&mut self, field: &Field, number: N) {
        match number.try_into() {
            Ok(number) => self.set(field, Value::IntValue(number)),
            Err(_) => self.set_text(field, number.to_string()),
        }
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.set_text(field, format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.set_text(field, value.to_owned());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.set(field, Value::BoolValue(value));
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.set(field, Value::DoubleValue(value));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.set(field, Value::IntValue(value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.set_number(field, value);
    }

    fn record_i128(&mut self, field: &Field, value: i128) {
        self.set_number(field, value);
    }

    fn record_u128(&mut self, field: &Field, value: u128) {
        self.set_number(field, value);
    }
}

#[cfg(test)]
mod tests {
    use tracing_subscriber::layer::SubscriberExt as _;

    use super::*;

    /// Returns the records of the events that `log` logs.
    fn logged(log: impl FnOnce()) -> Vec<(String, LogRecord)> {
        let (layer, Records(mut waiting)) = records();
        tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), log);
        std::iter::from_fn(|| waiting.0.try_recv().ok()).collect()
    }

    #[test]
    fn a_record_has_the_level_the_text_the_fields_and_the_place_in_a_trace() {
        let trace_id = "0af7651916cd43dd8448eb211c80319c";
        let records = logged(|| {
            tracing::warn!(
                target: "component",
                trace_id,
                span_id = %"b7ad6b7169203331",
                attempt = 3_u32,
                ms = u128::MAX,
                share = 0.5,
                is_late = true,
                "a job {}", "ended"
            );
        });
        let [(target, record)] = &records[..] else { panic!("it is one: {records:?}") };
        assert_eq!((target.as_str(), record.severity_text.as_str()), ("component", "WARN"));
        assert_eq!(record.severity_number(), SeverityNumber::Warn);
        let text = |text: &str| Value::StringValue(text.to_owned());
        assert_eq!(record.body, Some(AnyValue { value: Some(text("a job ended")) }));
        let expected = [
            attribute("attempt", Value::IntValue(3)),
            attribute("ms", text(&u128::MAX.to_string())),
            attribute("share", Value::DoubleValue(0.5)),
            attribute("is_late", Value::BoolValue(true)),
        ];
        assert_eq!(record.attributes, expected);
        assert_eq!(record.trace_id, 0x0af7_6519_16cd_43dd_8448_eb21_1c80_319c_u128.to_be_bytes());
        assert_eq!(record.span_id, 0xb7ad_6b71_6920_3331_u64.to_be_bytes());
    }

    #[test]
    fn what_sending_itself_logs_is_not_sent() {
        let records = logged(|| {
            tracing::warn!(target: "host::otlp::queue", "cannot send logs to telemetry.endpoint");
            tracing::debug!(target: "hyper_util::client::legacy::pool", "reuse idle connection");
            tracing::debug!(target: "h2::codec", "send");
            tracing::info!(target: "h2o", "not a part of h2");
        });
        let targets: Vec<_> = records.iter().map(|(target, _)| target.as_str()).collect();
        assert_eq!(targets, ["h2o"]);
    }

    #[test]
    fn a_long_text_is_cut_and_what_does_not_fit_into_the_queue_is_lost() {
        let long = "ü".repeat(TEXT_BYTES_MAX);
        let event = || tracing::info!(target: "component", long = long.as_str(), "said");
        let records = logged(|| (0..2 * Logs::WAITING_MAX).for_each(|_| event()));
        assert_eq!(records.len(), Logs::WAITING_MAX);
        let attribute = &records[0].1.attributes[0];
        let Some(AnyValue { value: Some(Value::StringValue(text)) }) = &attribute.value else {
            panic!("it is a text")
        };
        assert_eq!(text.len(), TEXT_BYTES_MAX);
    }
}
