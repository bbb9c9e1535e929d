//! Learns what other processes did with jobs, and announces it here as if this process had done it: to the pages that
//! wait for a job, and to the members that wait for one. Only while there are other processes.
//!
//! Job storage reports it if it can. Each process looks for itself as well, however many wait, because a report gets lost
//! when the connection breaks or its sender dies: often while nothing is reported, and rarely otherwise.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use capabilities::jobs::{COMPLETED, Error, Jobs, QUEUED, Status, Watcher};
use runtime::changes::{Changes, Topic};
use runtime::deployment::Deployment;

use crate::takeover::Here;

/// How often a process looks for the jobs of pages that wait, and has its workers look for a job that is due, if nothing is
/// reported. Such a page is late by this much at most.
const LOOK: Duration = Duration::from_millis(300);
/// How often it looks for the jobs of pages that wait while changes are reported.
const LOOK_REPORTED: Duration = Duration::from_secs(2);
/// How many jobs one question is about.
const KEYS_AT_ONCE: usize = 500;

/// The newest job of each key, as it was seen last.
type Known = HashMap<String, Option<Status>>;

/// Listens, looks and announces, for ever.
pub async fn watch(deployment: Arc<Deployment>, here: Here) {
    let (mut known, mut looked) = (Known::new(), None::<Instant>);
    let mut heard = None::<Arc<Heard>>;
    let jobs = &*deployment.capabilities.jobs;
    loop {
        tokio::time::sleep(LOOK).await;
        if !here.has_others() {
            known.clear();
            continue;
        }
        let heard = heard.get_or_insert_with(|| Heard::begin(jobs, &deployment.changes));
        let is_early = looked.is_some_and(|looked| looked.elapsed() < LOOK_REPORTED);
        if !heard.is_enough() {
            // The workers look (`worker/spare.rs`), as they do by themselves now and then.
            deployment.changes.announce(Topic::Pool);
        } else if is_early {
            continue;
        }
        // A failure shows in the health check, and the next look catches up.
        if let Ok(newest) = newest(jobs, deployment.changes.noted()).await {
            known = announce(&deployment.changes, &known, newest);
            looked = Some(Instant::now());
        }
    }
}

/// What job storage reports, announced here.
struct Heard {
    changes: Arc<Changes>,
    is_reported: AtomicBool,
    /// Whether something may have changed that is not reported.
    has_gap: AtomicBool,
}

impl Heard {
    fn begin(jobs: &dyn Jobs, changes: &Arc<Changes>) -> Arc<Self> {
        let (is_reported, has_gap) = (AtomicBool::new(false), AtomicBool::new(true));
        let heard = Arc::new(Self { changes: changes.clone(), is_reported, has_gap });
        jobs.watch(heard.clone());
        heard
    }

    /// Returns whether everything since the last look was reported. The caller looks if not.
    fn is_enough(&self) -> bool {
        self.is_reported.load(Ordering::SeqCst) && !self.has_gap.swap(false, Ordering::SeqCst)
    }
}

impl Watcher for Heard {
    fn connected(&self) {
        self.has_gap.store(true, Ordering::SeqCst);
        self.is_reported.store(true, Ordering::SeqCst);
        self.changes.announce(Topic::Pool);
    }

    fn lost(&self) {
        self.is_reported.store(false, Ordering::SeqCst);
    }

    /// Announces the queue alone, not the pool: where the job was enqueued, members that are free take it if its own member
    /// is not.
    fn changed(&self, what: &str, name: &str) {
        match what {
            QUEUED => self.changes.announce(Topic::Queue(name)),
            COMPLETED => self.changes.announce(Topic::Key(name)),
            // Of a later version of this program.
            _ => {}
        }
    }
}

/// Returns the newest job of each of these keys.
async fn newest(jobs: &dyn Jobs, keys: Vec<String>) -> Result<Known, Error> {
    let mut newest = Known::new();
    for keys in keys.chunks(KEYS_AT_ONCE) {
        newest.extend(keys.iter().cloned().zip(jobs.newest(keys).await?));
    }
    Ok(newest)
}

/// Announces the keys whose newest job has changed, and returns what is known from now on. A key that is new here counts
/// as changed if its job is over: whoever began to wait for it saw a live one.
fn announce(changes: &Changes, known: &Known, newest: Known) -> Known {
    for (key, job) in &newest {
        let has_changed = match known.get(key) {
            Some(before) => before != job,
            None => job.as_ref().is_none_or(|job| !job.state.is_live()),
        };
        if has_changed {
            changes.announce(Topic::Key(key));
        }
    }
    newest
}

#[cfg(test)]
mod tests {
    use capabilities::jobs::{Memory, State};
    use capabilities::random;
    use futures_util::FutureExt as _;

    use super::*;

    #[expect(clippy::unnecessary_wraps, reason = "as the newest job of a key, which may have none")]
    fn of(state: State) -> Option<Status> {
        Some(Status { id: "0".into(), state, attempt: 1, since_ms: 0 })
    }

    fn known(job: Option<Status>) -> Known {
        [("k".to_owned(), job)].into()
    }

    fn is_announced(before: &Known, now: Option<Status>) -> bool {
        let changes = Changes::new();
        let next = changes.next(Topic::Key("k"));
        announce(&changes, before, known(now));
        next.now_or_never().is_some()
    }

    #[test]
    fn a_job_that_changed_is_announced_once() {
        let running = known(of(State::Running));
        assert!(is_announced(&running, of(State::Done)) && is_announced(&running, of(State::Queued)));
        assert!(is_announced(&running, None), "it was deleted");
        assert!(!is_announced(&running, of(State::Running)));
        assert!(!is_announced(&known(of(State::Done)), of(State::Done)));
    }

    #[test]
    fn reports_are_announced_and_a_gap_in_them_is_looked_into_once() {
        let changes = Arc::new(Changes::new());
        let heard = Heard::begin(&Memory::new(Arc::new(random::Scripted::new(0))), &changes);
        assert!(!heard.is_enough(), "nothing is reported yet");
        heard.connected();
        assert!(!heard.is_enough(), "what happened before is not known");
        assert!(heard.is_enough());
        let (queue, key) = (changes.next(Topic::Queue("pool-3")), changes.next(Topic::Key("k")));
        heard.changed(QUEUED, "pool-3");
        heard.changed(COMPLETED, "k");
        assert!(queue.now_or_never().is_some() && key.now_or_never().is_some());
        heard.lost();
        assert!(!heard.is_enough());
    }

    #[test]
    fn a_job_that_ended_before_the_first_look_is_announced() {
        let nothing = Known::new();
        assert!(is_announced(&nothing, of(State::Done)) && is_announced(&nothing, None));
        assert!(!is_announced(&nothing, of(State::Running)));
    }
}
