//! How backends report what other processes change.

/// Hears of changes. A backend calls it from wherever it reads its reports, so it must not wait.
pub trait Watcher: Send + Sync {
    /// From now on changes are reported. Whatever was read before may have changed.
    fn connected(&self);
    /// Changes are no longer reported.
    fn lost(&self);
    /// The key was written or deleted, by this process or another one.
    fn changed(&self, store: &str, key: &str);
}

/// What a backend reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reports {
    /// Nothing.
    Nothing,
    /// Changes while it is connected, except those of a process that died just then.
    Most,
    /// Every change while it is connected.
    All,
}
