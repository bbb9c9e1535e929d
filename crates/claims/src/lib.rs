//! The claims gate: judges whether a text may stand on a shop's page.
//!
//! A shop answers for every claim on its pages, so copy makes none: no price, offer, promise, superlative, origin or
//! effect, nothing about the shopper's person, and nothing that no reader should see. Only what the merchant promised
//! or a product's data says may be said, and then in the same words. The rules are patterns of words in data files
//! (`lexicon/`), which are matched against each way in which a text can be read.
//!
//! The gate knows texts only. It does no I/O, and does not change a text.
//!
//! ```
//! use claims::{Beside, Gate, Kind, Terms};
//!
//! let promises = ["Free returns within 30 days".to_owned()];
//! let gate = Gate::new(&Terms { language: "en", currency: "EUR", promises: &promises, ..Terms::default() });
//! let kind = |text| gate.violation(text, &Beside::default()).map(|violation| violation.kind);
//! assert_eq!(kind("For long evenings"), None);
//! assert_eq!(kind("Free returns within 30 days"), None);
//! assert_eq!(kind("Only two left in stock"), Some(Kind::Scarcity));
//! ```

mod banned;
#[cfg(feature = "corpus")]
pub mod corpus;
mod evidence;
mod fold;
mod gate;
mod kind;
#[cfg(feature = "corpus")]
pub mod learning;
#[cfg(test)]
mod left_out;
mod lexicon;
mod meaning;
mod pattern;
mod raw;
mod readings;
mod script;
mod signs;
mod spelling;
mod unicode;

pub use gate::{Beside, Gate, Terms, Violation};
pub use kind::Kind;

/// Returns words of a text in their folded form, by which texts are compared.
pub fn words(text: &str) -> Vec<String> {
    fold::words(text)
}
