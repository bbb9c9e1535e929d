//! The effects of personal pages: which shoppers are held out, what both groups did, and which conclusions hold.
//!
//! A small share of a shop's shoppers, the holdout, always gets the unpersonalised page ([`assign`]). Each shopper who
//! saw the block is counted once, with what they did in the 24 hours that follow ([`Unit`]), in sums for each day
//! ([`Aggregates`], and [`Sales`] for what they ordered). A [`Report`] compares both groups by intervals that may be
//! looked at every day ([`Interval`]).
//!
//! Pure: no I/O, no clock, no randomness. It knows neither pages nor requests. `docs/experiments.md` has the formulas
//! and their sources.
//!
//! ```
//! use experiments::{Arm, assign};
//! use model::shop::Share;
//! use model::{ShopId, ShopperId};
//!
//! let shop = ShopId::parse("magic-wands").unwrap();
//! let arm = |number: u32, share| assign(share, &shop, &ShopperId::parse(&format!("shopper-{number}")).unwrap());
//! let held_out = (0..1_000).filter(|number| arm(*number, Share::TENTH) == Arm::Holdout).count();
//! assert!((70..130).contains(&held_out));
//! assert_eq!(arm(1, Share::NOBODY), Arm::Personal);
//! ```

mod aggregates;
mod assignment;
mod cell;
mod counts;
mod earlier;
mod forecast;
mod interval;
mod measure;
mod mismatch;
mod orders;
mod report;
mod rollouts;
mod row;
mod sales;
mod shrinkage;
mod sides;
mod strata;
mod totals;
mod unit;
mod variant;
mod words;

pub use aggregates::{Aggregates, Full, Group};
pub use assignment::{Arm, Assignment, assign};
pub use cell::Cell;
pub use earlier::Earlier;
pub use forecast::Forecast;
pub use interval::{Interval, Summary};
pub use measure::Measure;
pub use mismatch::Sizes;
pub use orders::{Loss, Placed, Shift, Source};
pub use report::Report;
pub use rollouts::{Rollout, Rollouts};
pub use row::{Row, Verdict};
pub use sales::Sales;
pub use totals::{Totals, is_complete};
pub use unit::{Event, Exposure, Unit, WINDOW_MS};
pub use variant::VariantTest;

/// Milliseconds of a day.
pub const DAY_MS: u64 = 24 * 60 * 60 * 1_000;

/// Returns the day of a time, counted from 1970-01-01 in UTC.
pub fn day(at_ms: u64) -> u32 {
    u32::try_from(at_ms / DAY_MS).unwrap_or(u32::MAX)
}
