//! Looks for jobs that their own members have not taken, and wakes the other members for them.
//!
//! One look for all members of a process: most jobs are taken by their own member, and a claim by each of the others, which
//! finds nothing, costs more than the job's own.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use runtime::changes::{Changes, Topic};

/// How long a job is left to its own member before another member that is free takes it.
const YIELD: Duration = Duration::from_millis(50);
/// How often to look for jobs without an announcement: those of a command, or of a host that died.
const LOOK: Duration = Duration::from_secs(2);

/// Looks after each announcement in the pool and now and then, for ever.
pub async fn watch(changes: Arc<Changes>, is_due: impl Fn() -> BoxFuture<'static, bool>) {
    let mut announced = Box::pin(changes.next(Topic::Pool));
    loop {
        tokio::select! {
            () = &mut announced => {
                // Before the look, which may not see what is announced from now on.
                announced.set(changes.next(Topic::Pool));
                tokio::time::sleep(YIELD).await;
            }
            () = tokio::time::sleep(LOOK) => {}
        }
        if is_due().await {
            changes.announce(Topic::Spare);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use futures_util::FutureExt as _;

    use super::*;

    /// Returns topics that are not woken together.
    fn topics() -> Arc<Changes> {
        loop {
            let changes = Arc::new(Changes::new());
            let is_shared = {
                let spare = changes.next(Topic::Spare);
                changes.announce(Topic::Pool);
                spare.now_or_never().is_some()
            };
            if !is_shared {
                return changes;
            }
        }
    }

    #[tokio::test]
    async fn all_members_wait_while_one_look_finds_no_job_that_is_left() {
        let changes = topics();
        let looks = Arc::new(AtomicU32::new(0));
        let looked = looks.clone();
        // The first job was taken by its own member, the second one was not.
        let is_due = move || std::future::ready(looked.fetch_add(1, Ordering::SeqCst) > 0).boxed();
        let watching = watch(changes.clone(), is_due);
        let mut spare = Box::pin(changes.next(Topic::Spare));
        let enqueued = async {
            tokio::task::yield_now().await;
            (0..20).for_each(|_| changes.announce(Topic::Pool));
            while looks.load(Ordering::SeqCst) == 0 {
                tokio::task::yield_now().await;
            }
            assert!(spare.as_mut().now_or_never().is_none());
            changes.announce(Topic::Pool);
            spare.await;
        };
        tokio::select! {
            () = watching => {}
            () = enqueued => {}
        }
        assert!(looks.load(Ordering::SeqCst) >= 2);
    }
}
