//! What the simulated shop pays for the app.

/// A subscription to one of the app's plans.
#[derive(Debug, Clone)]
pub(crate) struct Subscription {
    pub(crate) plan: String,
    pub(crate) status: String,
    pub(crate) trial_days: u32,
    pub(crate) created_s: u64,
}
