//! Learns what other processes did with jobs, and announces it here as if this process had done it: to the pages that
//! wait for a job, and to the members that wait for one. Looks only while there are other processes.
//!
//! Each process asks for itself, however many wait. No message between processes can get lost, because there is none.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use capabilities::jobs::{Error, Jobs, Status};
use runtime::changes::{Changes, Topic};
use runtime::deployment::Deployment;

use crate::takeover::Here;

/// How often a process looks. A page that waits is late by this much at most.
const LOOK: Duration = Duration::from_millis(300);
/// How many jobs one question is about.
const KEYS_AT_ONCE: usize = 500;

/// The newest job of each key, as it was seen last.
type Known = HashMap<String, Option<Status>>;

/// Looks and announces, for ever.
pub async fn watch(deployment: Arc<Deployment>, here: Here) {
    let mut known = Known::new();
    loop {
        tokio::time::sleep(LOOK).await;
        if !here.has_others() {
            known.clear();
            continue;
        }
        let (jobs, clock) = (&*deployment.capabilities.jobs, &deployment.capabilities.clock);
        // A failure shows in the health check, and the next look catches up.
        if let Ok(true) = jobs.is_due(clock.now_ms()).await {
            deployment.changes.announce(Topic::Pool);
        }
        if let Ok(newest) = newest(jobs, deployment.changes.noted()).await {
            known = announce(&deployment.changes, &known, newest);
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
    use capabilities::jobs::State;
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
    fn a_job_that_ended_before_the_first_look_is_announced() {
        let nothing = Known::new();
        assert!(is_announced(&nothing, of(State::Done)) && is_announced(&nothing, None));
        assert!(!is_announced(&nothing, of(State::Running)));
    }
}
