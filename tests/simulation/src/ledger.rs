//! The invariants, whatever happens: every job, every piece of a shopper's data and every token that was charged, as
//! seen from outside the product. The simulated world reports what was really carried out, also if the answer got lost.

mod approvals;
mod data;
mod jobs;
mod plannings;
mod spending;

pub(crate) use approvals::Approvals;
pub(crate) use data::Data;
pub(crate) use jobs::Jobs;
pub(crate) use plannings::Plannings;
pub(crate) use spending::Spending;

/// The violated rule, in words.
pub(crate) type Verdict = Result<(), String>;

/// The clocks of two hosts differ by less than this, in milliseconds.
pub(crate) const SKEW_MS: u64 = 250;

/// Everything that must be true.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    pub(crate) jobs: Jobs,
    pub(crate) data: Data,
    pub(crate) plannings: Plannings,
    pub(crate) approvals: Approvals,
    pub(crate) spending: Spending,
}

/// Fails with a text if a condition does not hold.
macro_rules! ensure {
    ($condition:expr, $($text:tt)+) => {
        if !$condition {
            return Err(format!($($text)+));
        }
    };
}
pub(crate) use ensure;
