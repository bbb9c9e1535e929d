//! Notices of changed keys and jobs, from each host to the others.
//!
//! A commit that notifies takes a lock that all databases of the server share, so the statements that change keys do not
//! notify. A task of its own does, for all keys that changed meanwhile at once. A host that dies before takes its notices
//! with it.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::sleep;

use super::Database;
use crate::random::{Random as _, System};
use crate::watch::Watcher;

/// The pause between two notifications. Each costs the host a statement, and each of the others a message.
const PAUSE: Duration = Duration::from_millis(200);
/// The pause after one that failed.
const REST: Duration = Duration::from_millis(500);
/// Of more keys than these, no list is sent.
const KEYS_MAX: usize = 4_096;
/// PostgreSQL takes less than 8,000 bytes in one notification.
const BYTES_MAX: usize = 7_000;

/// What notices are about. Each subject has a channel of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// Keys of key-value storage.
    Keys,
    /// Jobs: the store of a notice is what happened to one.
    Jobs,
}

impl Subject {
    /// Returns the start of the channel's name.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Keys => "wandstore",
            Self::Jobs => "wandstore_jobs",
        }
    }

    /// Returns how long a connection may be silent until it is tried out. Silence about jobs
    /// proves nothing: workers look for jobs as well.
    pub(super) fn silence(self) -> Duration {
        match self {
            Self::Keys => Duration::from_millis(400),
            Self::Jobs => Duration::from_secs(2),
        }
    }
}

/// What one host tells the others.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// The host.
    pub from: u64,
    /// The keys that changed, by store. Without it, any may have changed.
    pub keys: Option<Vec<(String, String)>>,
}

/// A host's notices of a subject, and those that it hears from the others.
pub struct Notices {
    database: Arc<Database>,
    subject: Subject,
    from: u64,
    pending: Arc<Pending>,
    sender: JoinHandle<()>,
    /// The task that hears the other hosts, once a watcher wants to know.
    hearing: OnceLock<JoinHandle<()>>,
}

/// Keys that changed, and whose change the others were not told yet.
#[derive(Default)]
struct Pending {
    keys: Mutex<BTreeSet<(String, String)>>,
    added: Notify,
}

impl Notices {
    /// Begins to send notices through `database`.
    pub fn new(database: Arc<Database>, subject: Subject) -> Self {
        let (from, pending) = (System.next_u64(), Arc::<Pending>::default());
        let runtime = database.runtime.clone();
        let sender = runtime.spawn(send(database.clone(), subject, from, pending.clone()));
        Self { database, subject, from, pending, sender, hearing: OnceLock::new() }
    }

    /// Reports to `watcher` what other hosts tell, for as long as these notices exist.
    pub fn hear(&self, watcher: Arc<dyn Watcher>) {
        self.hearing.get_or_init(|| self.database.listen(self.subject, self.from, watcher));
    }

    /// Tells the others soon that a key changed.
    pub fn add(&self, store: &str, key: &str) {
        self.pending.keys().insert((store.to_owned(), key.to_owned()));
        self.pending.added.notify_one();
    }
}

impl Drop for Notices {
    fn drop(&mut self) {
        self.sender.abort();
        if let Some(hearing) = self.hearing.get() {
            hearing.abort();
        }
    }
}

impl Pending {
    fn keys(&self) -> MutexGuard<'_, BTreeSet<(String, String)>> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn send(database: Arc<Database>, subject: Subject, from: u64, pending: Arc<Pending>) {
    loop {
        pending.added.notified().await;
        let keys = std::mem::take(&mut *pending.keys());
        if keys.is_empty() {
            continue;
        }
        let notify = sqlx::query(::sql::postgres::NOTIFY).bind(subject.name()).bind(payloads(from, &keys));
        match database.all(notify).await {
            Ok(_) => sleep(PAUSE).await,
            Err(error) => {
                tracing::debug!(%error, "cannot tell other hosts of changes; trying again");
                pending.keys().extend(keys);
                pending.added.notify_one();
                sleep(REST).await;
            }
        }
    }
}

/// Returns as few notices of these keys as fit into notifications.
fn payloads(from: u64, keys: &BTreeSet<(String, String)>) -> Vec<String> {
    let text = |keys| serde_json::to_string(&Notice { from, keys }).unwrap_or_default();
    // A character takes six bytes at most, as \u0000.
    let size = |(store, key): &(String, String)| 6 * (store.len() + key.len()) + 8;
    if keys.len() > KEYS_MAX || keys.iter().any(|key| size(key) > BYTES_MAX) {
        return vec![text(None)];
    }
    let (mut payloads, mut list, mut bytes) = (Vec::new(), Vec::new(), 0);
    for key in keys {
        if bytes + size(key) > BYTES_MAX {
            payloads.push(text(Some(std::mem::take(&mut list))));
            bytes = 0;
        }
        bytes += size(key);
        list.push(key.clone());
    }
    payloads.push(text(Some(list)));
    payloads
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(count: usize, length: usize) -> BTreeSet<(String, String)> {
        (0..count).map(|number| ("S".to_owned(), format!("{number}{}", "\0".repeat(length)))).collect()
    }

    #[test]
    fn every_key_is_in_a_notice_that_fits() {
        let keys = keys(3_000, 50);
        let payloads = payloads(7, &keys);
        assert!(payloads.iter().all(|payload| payload.len() < 8_000 && !payload.contains('\0')));
        let notices = payloads.iter().map(|payload| serde_json::from_str::<Notice>(payload).unwrap());
        let told: BTreeSet<_> = notices.flat_map(|notice| notice.keys.unwrap()).collect();
        assert_eq!(told, keys);
    }

    #[test]
    fn too_many_or_too_long_keys_are_a_notice_of_all() {
        for keys in [keys(KEYS_MAX + 1, 1), keys(1, 2_000)] {
            let all = Notice { from: 7, keys: None };
            let payloads = payloads(7, &keys);
            assert_eq!(payloads.len(), 1);
            assert_eq!(serde_json::from_str::<Notice>(&payloads[0]).unwrap(), all);
        }
    }
}
