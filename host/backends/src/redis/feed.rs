//! The changes of keys that the server reports, and the subscribers who receive them.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ::redis::{PushInfo, PushKind, Value};

use crate::watch::Watcher;

/// The names of all keys whose changes are reported start with this and a colon.
pub const REPORTED: &str = "kv";

/// Returns the store and the key that a reported key names after the prefix of reported keys.
pub type Parse = fn(&[u8]) -> Option<(&str, &str)>;

/// The reports of a server.
pub struct Feed {
    prefix: String,
    listening: Mutex<Listening>,
}

#[derive(Default)]
struct Listening {
    is_connected: bool,
    watcher: Option<(Arc<dyn Watcher>, Parse)>,
}

impl Feed {
    /// Reports changes of keys that start with `prefix`.
    pub fn new(prefix: String) -> Self {
        Self { prefix, listening: Mutex::default() }
    }

    /// Returns the prefix of the keys that are reported.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Reports to `watcher` from now on, and to nobody else.
    pub fn watch(&self, watcher: Arc<dyn Watcher>, parse: Parse) {
        let mut listening = self.listening();
        if listening.is_connected {
            watcher.connected();
        }
        listening.watcher = Some((watcher, parse));
    }

    /// The server reports every change from now on.
    pub fn connected(&self) {
        let mut listening = self.listening();
        listening.is_connected = true;
        listening.tell(|watcher, _| watcher.connected());
    }

    /// Nothing is reported from now on.
    pub fn lost(&self) {
        let mut listening = self.listening();
        if std::mem::take(&mut listening.is_connected) {
            listening.tell(|watcher, _| watcher.lost());
        }
    }

    /// Takes a message of the server that answers no command. That a connection ended is not taken from here: the message
    /// may come after the next connection has begun.
    pub fn take(&self, message: &PushInfo) {
        match (&message.kind, message.data.as_slice()) {
            (PushKind::Invalidate, [Value::Array(keys)]) => {
                let listening = self.listening();
                for key in keys {
                    let Value::BulkString(key) = key else { continue };
                    let Some(name) = key.strip_prefix(self.prefix.as_bytes()) else { continue };
                    listening.tell(|watcher, parse| {
                        if let Some((store, key)) = parse(name) {
                            watcher.changed(store, key);
                        }
                    });
                }
            }
            // All keys were deleted at once.
            (PushKind::Invalidate, _) => {
                let listening = self.listening();
                if listening.is_connected {
                    listening.tell(|watcher, _| watcher.connected());
                }
            }
            _ => {}
        }
    }

    fn listening(&self) -> MutexGuard<'_, Listening> {
        self.listening.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Listening {
    fn tell(&self, what: impl FnOnce(&dyn Watcher, Parse)) {
        if let Some((watcher, parse)) = &self.watcher {
            what(&**watcher, *parse);
        }
    }
}
