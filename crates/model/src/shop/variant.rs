//! Variants of the pages of a shop: one change, which half of the shoppers with personal pages get, so that it can be
//! compared with the pages that the others get (`docs/experiments.md`).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::Look;
use crate::text::is_visible;

/// The longest tone of voice, in characters.
pub const TONE_CHARS_MAX: usize = 120;

/// One change of a shop's pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Variant {
    /// The language model writes in another tone of voice.
    Tone(String),
    /// Pages have this layout in place of the persona's.
    Layout(Look),
}

/// The error for a text that is not a variant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidVariant {
    /// There is no kind in front, or another one.
    #[error("write tone: and a tone of voice, or layout: and a layout, such as layout: compact")]
    Kind,
    /// The tone is empty or too long.
    #[error("write a tone of voice of 1 to {TONE_CHARS_MAX} characters after tone:")]
    Tone,
    /// There is no such layout.
    #[error("{0:?} is not a layout; write balanced, calm, varied, compact or personal")]
    Layout(String),
    /// The merchant approves plans, and approvals are those of pages without a variant.
    #[error("a tone can be tested only while approval is automatic; change approval, or test a layout")]
    Approval,
    /// The tone is the shop's own.
    #[error("the tone to test is the shop's own; write another one")]
    Same,
}

/// The part of a shopper in the test of a variant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct VariantArm {
    /// The test: a digest of the variant and of what it is compared with.
    pub test: u32,
    /// Whether the shopper gets the variant.
    pub has_variant: bool,
}

impl Variant {
    /// Parses a line such as `tone: dry and short` or `layout: compact`.
    fn parse(line: &str) -> Result<Self, InvalidVariant> {
        let (kind, value) = line.split_once(':').ok_or(InvalidVariant::Kind)?;
        let value = value.trim();
        match kind.trim() {
            "tone" if is_visible(value) && value.chars().count() <= TONE_CHARS_MAX => {
                Ok(Self::Tone(value.to_owned()))
            }
            "tone" => Err(InvalidVariant::Tone),
            "layout" => {
                Look::named(value).map(Self::Layout).ok_or_else(|| InvalidVariant::Layout(value.to_owned()))
            }
            _ => Err(InvalidVariant::Kind),
        }
    }
}

impl FromStr for Variant {
    type Err = InvalidVariant;

    fn from_str(text: &str) -> Result<Self, InvalidVariant> {
        Self::parse(text)
    }
}

impl fmt::Display for Variant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tone(tone) => write!(f, "tone: {tone}"),
            Self::Layout(look) => write!(f, "layout: {}", look.name()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variant_is_a_line_of_text() {
        for line in ["tone: dry and short", "layout: compact", "tone: warm: and clear"] {
            assert_eq!(line.parse::<Variant>().unwrap().to_string(), line);
        }
        for (line, expected) in [
            ("", InvalidVariant::Kind),
            ("compact", InvalidVariant::Kind),
            ("colour: red", InvalidVariant::Kind),
            ("tone: ", InvalidVariant::Tone),
            ("tone: \u{200b}", InvalidVariant::Tone),
            (&format!("tone: {}", "x".repeat(TONE_CHARS_MAX + 1)), InvalidVariant::Tone),
            ("layout: wide", InvalidVariant::Layout("wide".to_owned())),
        ] {
            assert_eq!(line.parse::<Variant>(), Err(expected), "{line:?}");
        }
        let message = InvalidVariant::Layout("wide".to_owned()).to_string();
        assert!(Look::ALL.iter().all(|look| message.contains(look.name())), "{message}");
    }
}
