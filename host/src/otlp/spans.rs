//! Spans: those that the SDK recorded go into the queue.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use opentelemetry::Context;
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use opentelemetry_proto::transform::common::tonic::ResourceAttributesWithSchema;
use opentelemetry_proto::transform::trace::tonic::group_spans_by_resource_and_scope;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{Span, SpanData, SpanProcessor};
use prost::Message as _;

use super::queue::{Queue, Signal};

/// Spans of requests and jobs, of about a KiB each. The sizes are the defaults of OpenTelemetry's batch processor.
pub(super) struct Spans;

impl Signal for Spans {
    type Item = SpanData;
    const NAME: &'static str = "traces";
    const SENT: &'static str = "wandstore_spans_sent_total";
    const LOST: &'static str = "wandstore_spans_lost_total";
    const WAITING_MAX: usize = 2_048;
    const BATCH_MAX: usize = 512;

    fn encode(batch: Vec<SpanData>, resource: &ResourceAttributesWithSchema) -> Bytes {
        let resource_spans = group_spans_by_resource_and_scope(batch, resource);
        ExportTraceServiceRequest { resource_spans }.encode_to_vec().into()
    }

    fn rejected(answer: &[u8]) -> Option<i64> {
        Some(ExportTraceServiceResponse::decode(answer).ok()?.partial_success?.rejected_spans)
    }
}

impl fmt::Debug for Queue<Spans> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Queue<Spans>")
    }
}

impl SpanProcessor for Queue<Spans> {
    fn on_start(&self, _span: &mut Span, _context: &Context) {}

    fn on_end(&self, span: SpanData) {
        self.offer(span);
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _timeout: Duration) -> OTelSdkResult {
        Ok(())
    }
}
