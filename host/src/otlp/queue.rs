//! The queue of a signal before the collector. It is bounded, and no sender waits: items that do not fit are dropped
//! and counted. Only one task waits for the collector. Each signal has its own queue and task, so that one which the
//! collector does not take stops no other.

use std::time::{Duration, Instant};

use bytes::Bytes;
use metrics::{Counter, counter};
use opentelemetry_proto::transform::common::tonic::ResourceAttributesWithSchema;
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::collector::{Collector, Delivery};

/// How long what is gathered waits for more to be sent with it.
const GATHERING: Duration = Duration::from_secs(1);
/// The pauses before a request is sent again that the collector could not take, for as long as it says that it may.
const PAUSES: [Duration; 3] = [Duration::from_secs(1), Duration::from_secs(2), Duration::from_secs(4)];
/// How often the log says that a signal is lost.
const COMPLAINT: Duration = Duration::from_mins(10);
/// How long the end of the process waits for the last requests.
const LAST: Duration = Duration::from_millis(500);

/// A kind of data that is sent to the collector.
pub(super) trait Signal: 'static {
    /// What waits in the queue.
    type Item: Send + 'static;
    /// Its name, which is the last part of its address.
    const NAME: &'static str;
    /// The metric of accepted items.
    const SENT: &'static str;
    /// The metric of lost items, by reason.
    const LOST: &'static str;
    /// The most items that wait.
    const WAITING_MAX: usize;
    /// The most items of one request.
    const BATCH_MAX: usize;

    /// Returns how much an item counts in metrics and in the collector's answers.
    fn weight(_item: &Self::Item) -> u64 {
        1
    }

    /// Encodes a request.
    fn encode(batch: Vec<Self::Item>, resource: &ResourceAttributesWithSchema) -> Bytes;

    /// Returns how much the collector rejected. An answer that is no protobuf says nothing.
    fn rejected(answer: &[u8]) -> Option<i64>;
}

/// Takes items without waiting.
pub(super) struct Queue<S: Signal>(mpsc::Sender<S::Item>);

impl<S: Signal> Clone for Queue<S> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

/// The items that wait in a queue.
pub(super) struct Waiting<S: Signal>(pub(super) mpsc::Receiver<S::Item>);

/// Creates a queue.
pub(super) fn queue<S: Signal>() -> (Queue<S>, Waiting<S>) {
    let (sender, waiting) = mpsc::channel(S::WAITING_MAX);
    (Queue(sender), Waiting(waiting))
}

impl<S: Signal> Queue<S> {
    /// Adds an item, or counts it as lost.
    pub(super) fn offer(&self, item: S::Item) {
        if let Err(error) = self.0.try_send(item) {
            let (mpsc::error::TrySendError::Full(item) | mpsc::error::TrySendError::Closed(item)) = error;
            lost::<S>("queue").increment(S::weight(&item));
        }
    }
}

/// Sends a signal to the collector, until it is stopped.
pub(super) struct Export {
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Export {
    /// Starts sending on `runtime`.
    pub(super) fn start<S: Signal>(
        waiting: Waiting<S>,
        collector: Collector,
        resource: ResourceAttributesWithSchema,
        runtime: &Handle,
    ) -> Self {
        let stop = CancellationToken::new();
        let sending = Sending::<S> { waiting: waiting.0, collector, resource, complained: None, lost: 0 };
        Self { task: runtime.spawn(sending.run(stop.clone())), stop }
    }

    /// Sends what waits, for as long as `LAST`.
    pub(super) async fn stop(mut self) {
        self.stop.cancel();
        if tokio::time::timeout(LAST, &mut self.task).await.is_err() {
            self.task.abort();
        }
    }
}

struct Sending<S: Signal> {
    waiting: mpsc::Receiver<S::Item>,
    collector: Collector,
    resource: ResourceAttributesWithSchema,
    /// When the log said that the signal is lost, until one request was taken again.
    complained: Option<Instant>,
    /// How much was lost since then.
    lost: u64,
}

impl<S: Signal> Sending<S> {
    async fn run(mut self, stop: CancellationToken) {
        let mut batch = self.run_until(&stop).await;
        self.waiting.close();
        while let Ok(item) = self.waiting.try_recv() {
            batch.push(item);
        }
        while !batch.is_empty() {
            let rest = batch.split_off(batch.len().min(S::BATCH_MAX));
            let last = std::mem::replace(&mut batch, rest);
            let weight = weight::<S>(&last);
            let delivery = self.collector.send(S::encode(last, &self.resource)).await;
            self.count(weight, delivery);
        }
    }

    /// Sends requests until it is stopped. Returns what was gathered by then.
    async fn run_until(&mut self, stop: &CancellationToken) -> Vec<S::Item> {
        loop {
            let mut batch = Vec::new();
            if stop.run_until_cancelled(gather::<S>(&mut self.waiting, &mut batch)).await.is_none() {
                return batch;
            }
            self.deliver(batch, stop).await;
        }
    }

    /// Sends a batch, again if the collector may take it later. Once it is stopped, it does not wait for that.
    async fn deliver(&mut self, batch: Vec<S::Item>, stop: &CancellationToken) {
        let weight = weight::<S>(&batch);
        let mut delivery = self.collector.send(S::encode(batch, &self.resource)).await;
        for pause in PAUSES {
            let Delivery::Later(again, asked) = delivery else { break };
            if stop.run_until_cancelled(tokio::time::sleep(asked.unwrap_or(pause))).await.is_none() {
                delivery = Delivery::Later(again, None);
                break;
            }
            delivery = self.collector.send(again).await;
        }
        self.count(weight, delivery);
    }

    fn count(&mut self, weight: u64, delivery: Delivery) {
        let (rejected, reason) = match delivery {
            Delivery::Taken(answer) => {
                let rejected = S::rejected(&answer).and_then(|rejected| u64::try_from(rejected).ok());
                (rejected.unwrap_or_default().min(weight), "it rejected some".to_owned())
            }
            Delivery::Later(..) => (weight, "it could not take them".to_owned()),
            Delivery::Failed(reason) => (weight, reason),
        };
        counter!(S::SENT).increment(weight - rejected);
        let signal = S::NAME;
        if rejected == 0 {
            if self.complained.take().is_some() {
                tracing::info!(signal, lost = self.lost, "telemetry.endpoint accepts {signal} again");
            }
            return;
        }
        lost::<S>("collector").increment(rejected);
        self.lost += rejected;
        if self.complained.is_none_or(|at| at.elapsed() >= COMPLAINT) {
            tracing::warn!(signal, reason, lost = self.lost, "cannot send {signal} to telemetry.endpoint");
            self.complained = Some(Instant::now());
            self.lost = 0;
        }
    }
}

/// Waits for an item, and for more to send with it.
async fn gather<S: Signal>(waiting: &mut mpsc::Receiver<S::Item>, batch: &mut Vec<S::Item>) {
    if waiting.recv_many(batch, S::BATCH_MAX).await == 0 {
        // Nobody can add an item any more; the task ends when it is stopped.
        return std::future::pending().await;
    }
    let more = async {
        while batch.len() < S::BATCH_MAX && waiting.recv_many(batch, S::BATCH_MAX - batch.len()).await > 0 {}
    };
    let _ = tokio::time::timeout(GATHERING, more).await;
}

fn weight<S: Signal>(batch: &[S::Item]) -> u64 {
    batch.iter().map(S::weight).sum()
}

/// Returns the counter of items that were lost for a reason. It is looked up each time, because log lines may be lost
/// before the metrics begin.
fn lost<S: Signal>(reason: &'static str) -> Counter {
    counter!(S::LOST, "reason" => reason)
}

/// Lets the metrics of a signal start at 0.
pub(super) fn register_metrics<S: Signal>() {
    counter!(S::SENT).increment(0);
    for reason in ["queue", "collector"] {
        lost::<S>(reason).increment(0);
    }
}
