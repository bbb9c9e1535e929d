//! Events of a host for listeners. Only merchants listen: they count pages and costs, and disconnect a shop
//! before its data is deleted.

use std::error::Error;

use model::{InvalidId, PageKind, ShopId};
use runtime::bindings::wandstore::storefront::http_types::CacheOutcome;
use runtime::bindings::wandstore::storefront::job_types::MaintenanceTask;
use tokio::sync::{mpsc, oneshot};

/// Something that happened.
#[derive(Debug)]
pub enum Event {
    /// A shopper got a page of this kind.
    PageServed(ShopId, PageKind, CacheOutcome),
    /// An attempt to make a page ended, successfully or not.
    AttemptEnded {
        /// The shop.
        shop: ShopId,
        /// The kind of page.
        page: PageKind,
        /// Calls of the model.
        calls: u64,
        /// Tokens that the model read.
        tokens_in: u64,
        /// Tokens that it wrote.
        tokens_out: u64,
    },
    /// A job for a page ended, and is not tried again.
    PageEnded {
        /// The shop.
        shop: ShopId,
        /// The kind of page.
        page: PageKind,
        /// Whether the page was made.
        is_made: bool,
    },
    /// A maintenance task is about to run. It runs once the listener has replied.
    MaintenanceBegins(MaintenanceTask, oneshot::Sender<Result<(), NotReady>>),
}

/// The listener did not do what must precede a maintenance task.
#[derive(Debug, thiserror::Error)]
pub enum NotReady {
    /// The task is for no shop, and can never succeed.
    #[error(transparent)]
    Invalid(#[from] InvalidId),
    /// It failed; a later attempt may succeed.
    #[error(transparent)]
    Failed(Box<dyn Error + Send + Sync>),
    /// It no longer listens.
    #[error("the host is stopping")]
    Stopping,
}

/// Reports events to the listener, if there is one.
///
/// The channel is not bounded, because counting must lose nothing, and a listener takes less time for an event than the
/// host takes to cause one.
#[derive(Debug, Clone, Default)]
pub struct Events(Option<mpsc::UnboundedSender<Event>>);

/// The events in the order in which they were reported.
pub type Listener = mpsc::UnboundedReceiver<Event>;

impl Events {
    /// Creates a channel. [`Events::default`] has no listener.
    pub fn channel() -> (Self, Listener) {
        let (sender, listener) = mpsc::unbounded_channel();
        (Self(Some(sender)), listener)
    }

    /// Reports the event that `event` returns, if any. Does not call it if nobody listens.
    pub fn report(&self, event: impl FnOnce() -> Option<Event>) {
        if let Some(sender) = &self.0
            && let Some(event) = event()
        {
            let _ = sender.send(event);
        }
    }

    /// Waits until the listener is ready for the maintenance task.
    pub async fn maintenance_begins(&self, task: &MaintenanceTask) -> Result<(), NotReady> {
        let Some(sender) = &self.0 else { return Ok(()) };
        let (reply, replied) = oneshot::channel();
        let sent = sender.send(Event::MaintenanceBegins(task.clone(), reply));
        sent.map_err(|_| NotReady::Stopping)?;
        replied.await.unwrap_or(Err(NotReady::Stopping))
    }
}

#[cfg(test)]
mod tests {
    use runtime::bindings::wandstore::storefront::job_types::MaintenanceKind;

    use super::*;

    fn task() -> MaintenanceTask {
        MaintenanceTask {
            shop: "tea-house".into(),
            cause: "webhook-1".into(),
            happened_ms: 1,
            kind: MaintenanceKind::Uninstalled,
        }
    }

    #[tokio::test]
    async fn without_a_listener_a_maintenance_task_begins_at_once() {
        assert!(Events::default().maintenance_begins(&task()).await.is_ok());
    }

    #[tokio::test]
    async fn a_maintenance_task_waits_for_the_listener() {
        let (events, mut listener) = Events::channel();
        let listens = async {
            let Some(Event::MaintenanceBegins(task, reply)) = listener.recv().await else {
                panic!("no task")
            };
            assert_eq!(task.shop, "tea-house");
            let _ = reply.send(Err(NotReady::Failed("the file is locked".into())));
        };
        let task = task();
        let (ready, ()) = tokio::join!(events.maintenance_begins(&task), listens);
        assert_eq!(ready.expect_err("it failed").to_string(), "the file is locked");
    }

    #[tokio::test]
    async fn a_listener_that_is_gone_makes_a_maintenance_task_wait_for_another_attempt() {
        let (events, listener) = Events::channel();
        drop(listener);
        assert!(matches!(events.maintenance_begins(&task()).await, Err(NotReady::Stopping)));
    }
}
