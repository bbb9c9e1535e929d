//! Generates pages: turns a shopper's signals into a page in the cache.
//!
//! It reads the persona from the signals ([`persona`]; [`profile`] describes each), picks products ([`offer`]) and asks
//! the language model for a plan of them ([`prompt`]), or makes one with the local planner ([`planner`]). It reads
//! what the model answers ([`answer`], [`draft`]), mends it ([`mod@salvage`]) and checks it ([`mod@check`]), binds it to
//! the catalog's products ([`bind`]), and renders and stores the page ([`mod@generate`]). Shoppers of a segment share a plan
//! ([`shared`]), to which the parts about one shopper are added ([`personal`]). How a plan was made is stored with it
//! ([`account`]), and so is what rendering a page took, so that it can be rendered again ([`record`]). In a shop whose
//! merchant approves plans, the model's plans wait for that ([`approval`]); [`reviewer`] shows them to the merchant.
//!
//! The crate is pure: it has no clock, randomness or network, and reaches the outside only through the traits of
//! [`capabilities`]. It never shows model text that was not checked, and takes prices, titles and links only from
//! the catalog.
//!
//! The model's answer has the form of a JSON Schema, which follows from the kinds of block ([`form`]):
//!
//! ```
//! let kinds = generation::form::kinds();
//! assert!(kinds.iter().any(|kind| kind.name == "hero" && kind.fields[0].name == "headline"));
//! ```

pub mod account;
mod across;
pub mod affinity;
pub mod answer;
pub mod approval;
pub mod assortment;
pub mod because;
pub mod bind;
pub mod brief;
pub mod capabilities;
pub mod check;
pub mod copy;
pub mod draft;
pub mod evidence;
mod example;
pub mod form;
pub mod generate;
pub mod heading;
mod job;
pub mod lenient;
pub mod mended;
pub mod offer;
pub mod persona;
pub mod personal;
pub mod phrases;
pub mod pins;
pub mod plan;
pub mod planner;
pub mod profile;
pub mod prompt;
pub mod propose;
pub mod record;
pub mod refit;
pub mod reviewer;
pub mod salvage;
pub mod season;
pub mod shared;
pub mod storefront;
mod task;

#[cfg(test)]
mod fakes;
#[cfg(target_arch = "wasm32")]
mod guest;
#[cfg(test)]
mod pseudo;

pub use assortment::Assortment;
pub use generate::generate;
pub use job::Job;
