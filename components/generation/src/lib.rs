//! Makes pages: from what a shopper did to a page in the cache.
//!
//! The persona is read from signals ([`persona`]); the language model is asked for a plan
//! ([`prompt`], [`answer`]), or the local planner makes one ([`planner`]); a plan is checked
//! ([`mod@check`]) and bound to the catalog's products ([`bind`]); the page is rendered and stored
//! ([`mod@generate`]).
//!
//! Pure: no clock, no randomness, no network. What it needs of the world are the traits of
//! [`capabilities`]. It never shows a word of the model's that was not checked, and never takes a
//! price, a title or a link from anywhere but the catalog.

pub mod affinity;
pub mod answer;
pub mod assortment;
pub mod bind;
pub mod brief;
pub mod capabilities;
pub mod check;
pub mod copy;
pub mod generate;
pub mod heading;
pub mod persona;
pub mod phrases;
pub mod plan;
pub mod planner;
pub mod prompt;
pub mod propose;
pub mod refit;
pub mod storefront;

#[cfg(test)]
mod fakes;
#[cfg(target_arch = "wasm32")]
mod guest;

pub use assortment::Assortment;
pub use generate::{Job, Outcome, Trouble, Work, generate};
