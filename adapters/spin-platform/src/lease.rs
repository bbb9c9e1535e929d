//! The lease of the job that this instance works on. The instance does one thing at a time, and nearly all of a job is
//! waiting for the network, so the lease is extended while it waits.

use std::cell::RefCell;

use crate::Component;
use crate::ambient::{clock, log};
use crate::bindings::exports::wandstore::capabilities::{jobs, settings};

/// A lease is extended this many times before it would expire.
const EXTENSIONS: u32 = 3;

struct Lease {
    id: String,
    token: u64,
    extended_ms: u64,
    is_lost: bool,
}

thread_local! {
    static LEASE: RefCell<Option<Lease>> = const { RefCell::new(None) };
}

/// Sets the lease, by id and token, or clears it.
pub(crate) fn hold(lease: Option<(String, u64)>) {
    let held = |(id, token)| Lease { id, token, extended_ms: clock::now_ms(), is_lost: false };
    LEASE.set(lease.map(held));
}

/// Returns how many milliseconds may be waited before [`keep`] is due.
pub(crate) fn due_in_ms() -> Option<u64> {
    LEASE.with_borrow(|lease| {
        let lease = lease.as_ref().filter(|lease| !lease.is_lost)?;
        Some((lease.extended_ms + extend_ms()).saturating_sub(clock::now_ms()))
    })
}

/// Extends the lease if that is due. Returns false if it was lost: then the outcome is dropped.
pub(crate) fn keep() -> bool {
    LEASE.with_borrow_mut(|lease| {
        let Some(lease) = lease else { return true };
        let now_ms = clock::now_ms();
        if !lease.is_lost && now_ms >= lease.extended_ms + extend_ms() {
            lease.extend(now_ms);
        }
        !lease.is_lost
    })
}

impl Lease {
    fn extend(&mut self, now_ms: u64) {
        // If storage does not answer, the next extension is tried as soon as if it had.
        self.extended_ms = now_ms;
        match <Component as jobs::Guest>::extend_lease(self.id.clone(), self.token, now_ms, lease_ms()) {
            Ok(is_held) => self.is_lost = !is_held,
            Err(_) => {
                log::event(log::Level::Warn, "cannot extend a lease", &[("job".into(), self.id.clone())]);
            }
        }
    }
}

fn lease_ms() -> u32 {
    <Component as settings::Guest>::pool().lease_ms
}

fn extend_ms() -> u64 {
    (lease_ms() / EXTENSIONS).into()
}
