//! Shares of a shop's shoppers.

use std::fmt;
use std::str::FromStr;

use serde::de::Visitor;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A share of a shop's shoppers, from nobody to half of them. It is written in percent, with at most two decimals, and
/// counted in basis points, which are hundredths of a percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Share(u16);

/// The error for a value that is not a share.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a share in percent; write a number from 0 to 50, such as 10 or 2.5")]
pub struct InvalidShare(String);

impl Share {
    /// Nobody.
    pub const NOBODY: Self = Self(0);
    /// One in ten.
    pub const TENTH: Self = Self(1_000);
    /// Half of the shoppers.
    pub const HALF: Self = Self(Self::BASIS_POINTS_MAX);
    /// The largest share, in basis points.
    const BASIS_POINTS_MAX: u16 = 5_000;

    /// Returns the share of that many basis points; `None` if it is more than half.
    pub fn of_basis_points(basis_points: u16) -> Option<Self> {
        (basis_points <= Self::BASIS_POINTS_MAX).then_some(Self(basis_points))
    }

    /// Returns the share in basis points.
    pub const fn basis_points(self) -> u16 {
        self.0
    }

    /// Returns the share as a fraction of 1.
    pub fn fraction(self) -> f64 {
        f64::from(self.0) / 10_000.0
    }

    /// Returns the share of a number of percent that has at most two decimals.
    fn of_percent(percent: f64) -> Option<Self> {
        let basis_points = (percent * 100.0).round();
        let is_exact = (percent * 100.0 - basis_points).abs() < 1e-6;
        let fits = is_exact && (0.0..=f64::from(Self::BASIS_POINTS_MAX)).contains(&basis_points);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is in range")]
        fits.then_some(Self(basis_points as u16))
    }
}

impl FromStr for Share {
    type Err = InvalidShare;

    /// Parses a number of percent, in digits with at most one point.
    fn from_str(text: &str) -> Result<Self, InvalidShare> {
        let invalid = || InvalidShare(text.to_owned());
        let is_plain = text.len() <= 6 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        let percent = if is_plain { text.parse().ok() } else { None };
        percent.and_then(Self::of_percent).ok_or_else(invalid)
    }
}

impl fmt::Display for Share {
    /// Writes the share in percent, without a sign.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", f64::from(self.0) / 100.0)
    }
}

impl Serialize for Share {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.is_multiple_of(100) {
            serializer.serialize_u16(self.0 / 100)
        } else {
            serializer.serialize_f64(f64::from(self.0) / 100.0)
        }
    }
}

impl<'de> Deserialize<'de> for Share {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Percent)
    }
}

/// Reads a number of percent.
struct Percent;

impl Visitor<'_> for Percent {
    type Value = Share;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a share in percent, from 0 to 50")
    }

    fn visit_i64<E: serde::de::Error>(self, percent: i64) -> Result<Share, E> {
        percent.to_string().parse().map_err(E::custom)
    }

    fn visit_u64<E: serde::de::Error>(self, percent: u64) -> Result<Share, E> {
        percent.to_string().parse().map_err(E::custom)
    }

    fn visit_f64<E: serde::de::Error>(self, percent: f64) -> Result<Share, E> {
        Share::of_percent(percent).ok_or_else(|| E::custom(InvalidShare(percent.to_string())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_a_number_of_percent_up_to_half() {
        for (text, basis_points) in [("0", 0), ("10", 1_000), ("2.5", 250), ("0.25", 25), ("50", 5_000)] {
            let share: Share = text.parse().unwrap();
            assert_eq!((share.basis_points(), share.to_string().as_str()), (basis_points, text));
            let json = serde_json::to_string(&share).unwrap();
            assert_eq!((json.as_str(), serde_json::from_str(&json).ok()), (text, Some(share)));
        }
        for other in ["", "-1", "50.01", "51", "0.001", "1e1", "NaN", "10 %", "ten", ".", "1.2.3", "99999999"]
        {
            assert!(other.parse::<Share>().is_err(), "{other}");
        }
        for json in ["-1", "51", "50.5", "0.125", "\"10\"", "null", "1e400"] {
            assert!(serde_json::from_str::<Share>(json).is_err(), "{json}");
        }
    }

    #[test]
    fn an_error_says_what_to_write() {
        let error = serde_json::from_str::<Share>("80").unwrap_err().to_string();
        assert!(
            error.starts_with(r#""80" is not a share in percent; write a number from 0 to 50"#),
            "{error}"
        );
    }
}
