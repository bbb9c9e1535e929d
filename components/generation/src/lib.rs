//! Generates pages: turns a shopper's signals into a page in the cache.
//!
//! It reads the persona from the signals ([`persona`]; [`profile`] describes each), asks the language model for a plan
//! ([`prompt`], [`answer`]) or makes one with the local planner ([`planner`]), checks the plan ([`mod@check`]), binds it
//! to the catalog's products ([`bind`]), and renders and stores the page ([`mod@generate`]).
//!
//! The crate is pure: it has no clock, randomness or network, and reaches the outside only through the traits of
//! [`capabilities`]. It never shows model text that was not checked, and takes prices, titles and links only from
//! the catalog.
//!
//! The model's answer has to fit a JSON Schema, which lists every kind of block:
//!
//! ```
//! let schema = generation::plan::schema();
//! assert!(schema.contains("\"hero\"") && schema.contains("\"headline\""));
//! ```

pub mod affinity;
pub mod answer;
pub mod assortment;
pub mod bind;
pub mod brief;
pub mod capabilities;
pub mod check;
pub mod copy;
pub mod evidence;
pub mod generate;
pub mod heading;
mod job;
pub mod persona;
pub mod phrases;
pub mod plan;
pub mod planner;
pub mod profile;
pub mod prompt;
pub mod propose;
pub mod refit;
pub mod storefront;

#[cfg(test)]
mod fakes;
#[cfg(target_arch = "wasm32")]
mod guest;

pub use assortment::Assortment;
pub use generate::generate;
pub use job::Job;
