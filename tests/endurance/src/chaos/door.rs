//! Where the server is reached, and whether it is up. Whoever sends a request knows afterwards whether the process may
//! have ended meanwhile.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The door.
#[derive(Debug, Default)]
pub struct Door(Mutex<Open>);

#[derive(Debug, Default, Clone)]
struct Open {
    /// `None` while no process serves.
    address: Option<String>,
    /// How often it was opened or closed.
    changes: u64,
}

impl Door {
    fn open_now(&self) -> MutexGuard<'_, Open> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens it at the address of a server.
    pub fn open(&self, address: &str) {
        let mut open = self.open_now();
        open.address = Some(address.to_owned());
        open.changes += 1;
    }

    /// Closes it, before the process ends.
    pub fn close(&self) {
        let mut open = self.open_now();
        open.address = None;
        open.changes += 1;
    }

    /// Waits until it is open, and returns the address and the number of changes.
    pub async fn enter(&self) -> (String, u64) {
        loop {
            let now = self.open_now().clone();
            if let Some(address) = now.address {
                return (address, now.changes);
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Returns whether the same process has served since.
    pub fn is_same(&self, changes: u64) -> bool {
        self.open_now().changes == changes
    }
}
