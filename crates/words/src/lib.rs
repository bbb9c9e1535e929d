//! The words of Wandstore on shoppers' pages, in every language that has a file in `languages/`.
//!
//! The files are in [Fluent](https://projectfluent.org). The build script compiles them into one table for each
//! language: [`Words`] has a field for each message, so a page that names an unknown message does not compile, and
//! neither does a language without a message. Plurals and numbers are ICU4X's.
//!
//! The crate is pure. It never decides where words stand, nor changes a text of a merchant.
//!
//! ```
//! use words::Language;
//!
//! let words = Language::first_of(["tlh", "pl-PL", "en"]).words();
//! assert_eq!(words.sold_out, "Wyprzedane");
//! assert_eq!(words.together.of(3), "3 produkty razem");
//! ```

mod counted;
mod language;
pub mod numbers;
#[cfg(feature = "pseudo")]
pub mod pseudo;

pub use counted::Counted;
pub use language::Language;

/// A text around a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Filled {
    /// The text before the variable.
    pub before: &'static str,
    /// The text after the variable.
    pub after: &'static str,
}

include!(concat!(env!("OUT_DIR"), "/tables.rs"));
