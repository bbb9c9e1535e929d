//! Colours.

use std::fmt;
use std::str::FromStr;

/// A colour, `#rrggbb`, in upper or lower case. It ends up in a page's style.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Colour(String);

/// The error for a text that is not a colour.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a colour; write one such as #1b3a57, or leave it empty")]
pub struct InvalidColour(String);

impl Colour {
    /// Returns the colour as `#rrggbb`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Colour {
    type Err = InvalidColour;

    fn from_str(text: &str) -> Result<Self, InvalidColour> {
        let digits = text.strip_prefix('#').unwrap_or_default();
        let fits = digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        if fits { Ok(Self(text.to_owned())) } else { Err(InvalidColour(text.to_owned())) }
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_is_six_hexadecimal_digits_and_nothing_else() {
        for colour in ["#1b3a57", "#FFFFFF", "#FFeedd"] {
            assert_eq!(colour.parse::<Colour>().unwrap().as_str(), colour);
        }
        for other in [
            "",
            "#fff",
            "1b3a57",
            "red",
            "#1b3a57;",
            "#12345g",
            "#1234567",
            "#1b3a5é",
            "#}</style",
            "url(x)",
            "\"><script>",
        ] {
            assert_eq!(other.parse::<Colour>(), Err(InvalidColour(other.to_owned())));
        }
    }
}
