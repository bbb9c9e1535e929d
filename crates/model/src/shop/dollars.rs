//! Amounts of money that may be spent.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Millionths of a dollar in a cent.
const MICRODOLLARS: u64 = 10_000;

/// An amount in US dollars, of whole cents, up to a million. It is written with or without cents, such as `20` or
/// `2.50`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Dollars {
    cents: u32,
}

/// The error for a text that is not an amount.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not an amount in dollars; write a number up to 1000000, such as 20 or 2.50")]
pub struct InvalidDollars(String);

impl Dollars {
    const CENTS_MAX: u32 = 100_000_000;

    /// Returns the amount in millionths of a dollar.
    pub fn microdollars(self) -> u64 {
        u64::from(self.cents) * MICRODOLLARS
    }

    fn parse(text: &str) -> Option<Self> {
        let (whole, cents) = text.split_once('.').unwrap_or((text, "00"));
        let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if !is_number(whole) || !is_number(cents) || whole.len() > 7 || cents.len() > 2 {
            return None;
        }
        let hundredths: u32 = format!("{cents:0<2}").parse().ok()?;
        let cents = whole.parse::<u32>().ok()? * 100 + hundredths;
        (cents <= Self::CENTS_MAX).then_some(Self { cents })
    }
}

impl FromStr for Dollars {
    type Err = InvalidDollars;

    fn from_str(text: &str) -> Result<Self, InvalidDollars> {
        Self::parse(text).ok_or_else(|| InvalidDollars(text.to_owned()))
    }
}

impl fmt::Display for Dollars {
    /// Writes the amount without a sign.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02}", self.cents / 100, self.cents % 100)
    }
}

impl Serialize for Dollars {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Dollars {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_has_whole_cents() {
        for (text, shown, microdollars) in [
            ("0", "0.00", 0),
            ("20", "20.00", 20_000_000),
            ("2.5", "2.50", 2_500_000),
            ("0.01", "0.01", 10_000),
            ("1000000", "1000000.00", 1_000_000_000_000),
        ] {
            let amount: Dollars = text.parse().unwrap();
            assert_eq!((amount.to_string().as_str(), amount.microdollars()), (shown, microdollars));
            let json = serde_json::to_string(&amount).unwrap();
            assert_eq!(serde_json::from_str::<Dollars>(&json).unwrap(), amount);
        }
        for other in
            ["", ".", "1.", ".5", "-1", "+1", "1,50", "1.234", "1e3", "$5", " 5", "1000000.01", "99999999"]
        {
            assert_eq!(other.parse::<Dollars>(), Err(InvalidDollars(other.to_owned())));
        }
    }
}
