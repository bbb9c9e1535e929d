//! The queue of spans before the collector. It is bounded, and nobody waits for it: spans that do not fit are lost and
//! counted. What the collector does is seen by one task.

use std::time::{Duration, Instant};

use metrics::{Counter, counter};
use opentelemetry::Context;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{Span, SpanData, SpanProcessor};
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::collector::{Collector, Delivery};

/// The most spans that wait, of about a KiB each. It and the next are the defaults of OpenTelemetry's batch processor.
const SPANS_MAX: usize = 2_048;
/// The most spans of one request to the collector.
const BATCH_MAX: usize = 512;
/// How long spans wait for others to be sent with them.
const GATHERING: Duration = Duration::from_secs(1);
/// The pauses before a batch is sent again that the collector could not take, for as long as it says that it may.
const PAUSES: [Duration; 3] = [Duration::from_secs(1), Duration::from_secs(2), Duration::from_secs(4)];
/// How often the log says that spans are lost.
const COMPLAINT: Duration = Duration::from_mins(10);
/// How long the end of the process waits for the last spans.
const LAST: Duration = Duration::from_millis(500);

/// Sends spans to the collector, until it is stopped.
pub(super) struct Export {
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Export {
    /// Starts sending on `runtime` what the returned processor is given.
    pub(super) fn start(collector: Collector, runtime: &Handle) -> (Self, Queue) {
        let (sender, spans) = mpsc::channel(SPANS_MAX);
        let stop = CancellationToken::new();
        let sending = Sending { collector, complained: None, lost: 0 };
        let task = runtime.spawn(sending.run(spans, stop.clone()));
        (Self { stop, task }, Queue { sender, lost: lost("queue") })
    }

    /// Sends what waits, for as long as `LAST`.
    pub(super) async fn stop(mut self) {
        self.stop.cancel();
        if tokio::time::timeout(LAST, &mut self.task).await.is_err() {
            self.task.abort();
        }
    }
}

/// Takes ended spans.
#[derive(Debug)]
pub(super) struct Queue {
    sender: mpsc::Sender<SpanData>,
    lost: Counter,
}

impl SpanProcessor for Queue {
    fn on_start(&self, _span: &mut Span, _context: &Context) {}

    fn on_end(&self, span: SpanData) {
        if self.sender.try_send(span).is_err() {
            self.lost.increment(1);
        }
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _timeout: Duration) -> OTelSdkResult {
        Ok(())
    }
}

struct Sending {
    collector: Collector,
    /// When the log said that spans are lost, until one batch was taken again.
    complained: Option<Instant>,
    /// How many were lost since then.
    lost: usize,
}

impl Sending {
    async fn run(mut self, mut spans: mpsc::Receiver<SpanData>, stop: CancellationToken) {
        let mut batch = self.run_until(&stop, &mut spans).await;
        spans.close();
        while let Ok(span) = spans.try_recv() {
            batch.push(span);
        }
        while !batch.is_empty() {
            let rest = batch.split_off(batch.len().min(BATCH_MAX));
            let (count, last) = (batch.len(), std::mem::replace(&mut batch, rest));
            let delivery = self.collector.send(last).await;
            self.count(count, delivery);
        }
    }

    /// Sends batches until it is stopped. Returns what was gathered by then.
    async fn run_until(
        &mut self,
        stop: &CancellationToken,
        spans: &mut mpsc::Receiver<SpanData>,
    ) -> Vec<SpanData> {
        loop {
            let mut batch = Vec::new();
            if stop.run_until_cancelled(gather(spans, &mut batch)).await.is_none() {
                return batch;
            }
            let count = batch.len();
            if stop.run_until_cancelled(self.deliver(batch)).await.is_none() {
                // It was under way, and the collector may have it.
                lost("collector").increment(count as u64);
                return Vec::new();
            }
        }
    }

    /// Sends a batch, again if the collector may take it later.
    async fn deliver(&mut self, batch: Vec<SpanData>) {
        let count = batch.len();
        let mut delivery = self.collector.send(batch).await;
        for pause in PAUSES {
            let Delivery::Later(again, asked) = delivery else { break };
            tokio::time::sleep(asked.unwrap_or(pause)).await;
            delivery = self.collector.send_again(again).await;
        }
        self.count(count, delivery);
    }

    fn count(&mut self, count: usize, delivery: Delivery) {
        let (rejected, reason) = match delivery {
            Delivery::Taken { rejected: 0 } => (0, String::new()),
            Delivery::Taken { rejected } => (rejected.min(count), "it rejected spans".to_owned()),
            Delivery::Later(..) => (count, "it could not take them".to_owned()),
            Delivery::Failed(reason) => (count, reason),
        };
        counter!("wandstore_spans_sent_total").increment((count - rejected) as u64);
        if rejected == 0 {
            if self.complained.take().is_some() {
                tracing::info!(lost = self.lost, "telemetry.endpoint accepts traces again");
            }
            return;
        }
        lost("collector").increment(rejected as u64);
        self.lost += rejected;
        if self.complained.is_none_or(|at| at.elapsed() >= COMPLAINT) {
            tracing::warn!(reason, lost = self.lost, "cannot send traces to telemetry.endpoint");
            self.complained = Some(Instant::now());
            self.lost = 0;
        }
    }
}

/// Waits for a span, and for more to send with it.
async fn gather(spans: &mut mpsc::Receiver<SpanData>, batch: &mut Vec<SpanData>) {
    spans.recv_many(batch, BATCH_MAX).await;
    let more = async {
        while batch.len() < BATCH_MAX && spans.recv_many(batch, BATCH_MAX - batch.len()).await > 0 {}
    };
    let _ = tokio::time::timeout(GATHERING, more).await;
}

fn lost(reason: &'static str) -> Counter {
    counter!("wandstore_spans_lost_total", "reason" => reason)
}

/// Lets the metrics start at 0.
pub(crate) fn register_metrics() {
    counter!("wandstore_spans_sent_total").increment(0);
    for reason in ["queue", "collector"] {
        lost(reason).increment(0);
    }
}
