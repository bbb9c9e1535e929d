//! The trial of a version that took the place of another: its first calls are watched, and the other one takes its
//! place again if they fail more.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;

use super::record::{Failure, Record};

/// How many calls a trial lasts …
pub const TRIAL_CALLS: u64 = 200;
/// … or for how long, whichever ends first.
pub const TRIAL: Duration = Duration::from_secs(30);
/// This many failures may happen to any version.
const FAILURES_TOLERATED: u64 = 2;

/// How a trial ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    /// The new version stays.
    Kept {
        /// How many of its calls ended.
        calls: u64,
        /// How many of them failed.
        failures: u64,
    },
    /// The version before it is called again.
    RolledBack {
        /// How many of its calls ended.
        calls: u64,
        /// How many of them failed.
        failures: u64,
        /// How the last of them failed.
        failure: Failure,
    },
}

impl Verdict {
    /// Returns why the version before is called again, if it is.
    pub fn failure(self) -> Option<String> {
        match self {
            Self::Kept { .. } => None,
            Self::RolledBack { calls, failures, failure } => {
                Some(format!("{failures} of the first {calls} calls failed ({failure})"))
            }
        }
    }
}

/// A trial that is under way or over. `V` is a version.
pub struct Trial<V>(Mutex<Option<Pending<V>>>);

/// A trial that is under way.
struct Pending<V> {
    before: Arc<V>,
    /// How the calls of the version before ended.
    record: Arc<Record>,
    /// Whoever waits for the verdict.
    verdict: oneshot::Sender<Verdict>,
}

impl<V> Trial<V> {
    /// Begins a trial of the version that follows on `before`.
    pub fn begin(before: Arc<V>, record: Arc<Record>) -> (Self, oneshot::Receiver<Verdict>) {
        let (verdict, receiver) = oneshot::channel();
        (Self(Mutex::new(Some(Pending { before, record, verdict }))), receiver)
    }

    /// Returns whether the trial is under way.
    pub fn is_pending(&self) -> bool {
        self.lock().is_some()
    }

    /// Ends the trial if a failure shows that the version before failed less. Whoever gets that version puts it back
    /// in its place.
    pub fn fail(&self, new: &Record, failure: Failure) -> Option<Arc<V>> {
        let [calls, failures] = new.counts();
        let is_worse =
            |pending: &mut Pending<V>| failures > FAILURES_TOLERATED && new.is_worse_than(&pending.record);
        let Pending { before, verdict, .. } = self.lock().take_if(is_worse)?;
        // Nobody may wait for it.
        let _ = verdict.send(Verdict::RolledBack { calls, failures, failure });
        Some(before)
    }

    /// Ends the trial if it is under way: the version stays. Returns whether it was.
    pub fn pass(&self, new: &Record) -> bool {
        let [calls, failures] = new.counts();
        let pending = self.lock().take();
        pending.map(|pending| pending.verdict.send(Verdict::Kept { calls, failures })).is_some()
    }

    fn lock(&self) -> MutexGuard<'_, Option<Pending<V>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A version under trial. If this is dropped, only [`TRIAL_CALLS`] calls end the trial.
pub struct Watched {
    verdict: oneshot::Receiver<Verdict>,
    pass: Box<dyn Fn() + Send + Sync>,
}

impl Watched {
    pub(super) fn new(verdict: oneshot::Receiver<Verdict>, pass: impl Fn() + Send + Sync + 'static) -> Self {
        Self { verdict, pass: Box::new(pass) }
    }

    /// Waits until the trial is over, for `within` at most.
    pub async fn verdict(mut self, within: Duration) -> Verdict {
        if let Ok(Ok(verdict)) = tokio::time::timeout(within, &mut self.verdict).await {
            return verdict;
        }
        (self.pass)();
        self.verdict.await.unwrap_or(Verdict::Kept { calls: 0, failures: 0 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A trial after a version with this number of calls, and this number of failures.
    fn trial(calls: u64, failures: u64) -> (Trial<()>, oneshot::Receiver<Verdict>) {
        let record = Arc::<Record>::default();
        for call in 0..calls {
            record.count(call < failures);
        }
        Trial::begin(Arc::new(()), record)
    }

    #[test]
    fn the_third_failure_ends_a_trial_unless_the_version_before_failed_as_much() {
        let (trial, mut verdict) = trial(1_000, 1);
        let new = Record::default();
        for _ in 0..2 {
            new.count(true);
            assert!(trial.fail(&new, Failure::Trap).is_none() && trial.is_pending());
        }
        new.count(true);
        assert!(trial.fail(&new, Failure::Trap).is_some() && !trial.is_pending());
        let rolled_back = Verdict::RolledBack { calls: 3, failures: 3, failure: Failure::Trap };
        assert_eq!(verdict.try_recv(), Ok(rolled_back));
        assert!(trial.fail(&new, Failure::Trap).is_none() && !trial.pass(&new), "it is over");
    }

    #[test]
    fn a_version_that_fails_no_more_than_the_one_before_stays() {
        let (trial, mut verdict) = trial(10, 10);
        let new = Record::default();
        for _ in 0..5 {
            new.count(true);
            assert!(trial.fail(&new, Failure::Wall).is_none());
        }
        assert!(trial.pass(&new));
        assert_eq!(verdict.try_recv(), Ok(Verdict::Kept { calls: 5, failures: 5 }));
    }

    #[tokio::test]
    async fn a_version_that_nobody_calls_stays_when_the_time_is_over() {
        let (trial, verdict) = trial(10, 0);
        let watched = Watched::new(verdict, move || assert!(trial.pass(&Record::default())));
        assert_eq!(watched.verdict(Duration::from_millis(10)).await, Verdict::Kept { calls: 0, failures: 0 });
    }
}
