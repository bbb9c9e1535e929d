//! Currencies, by their codes.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::currency_codes::is_currency;
use crate::decimals::NO_CURRENCY;

/// A currency in use, by its code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency([u8; 3]);

impl Currency {
    /// Returns the currency with this ISO 4217 code in upper case.
    pub fn named(code: &str) -> Option<Self> {
        let letters = code.as_bytes().try_into().ok()?;
        is_currency(code).then_some(Self(letters))
    }

    /// Returns the code.
    pub fn code(&self) -> &str {
        // It is of letters, because it was in the list.
        str::from_utf8(&self.0).unwrap_or(NO_CURRENCY)
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl TryFrom<String> for Currency {
    type Error = UnknownCurrency;

    fn try_from(code: String) -> Result<Self, UnknownCurrency> {
        Self::named(&code).ok_or(UnknownCurrency)
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.code().to_owned()
    }
}

/// A text is not the code of a currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the code of a currency in use")]
pub struct UnknownCurrency;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_currency_is_stored_by_its_code_and_nothing_else_is_one() {
        let stored = serde_json::to_string(&Currency::named("JPY").unwrap()).unwrap();
        assert_eq!(stored, r#""JPY""#);
        assert_eq!(serde_json::from_str::<Currency>(&stored).unwrap().code(), "JPY");
        for other in ["usd", "XXX", "US", "DOLLARS", ""] {
            assert!(Currency::named(other).is_none(), "{other}");
            assert!(serde_json::from_str::<Currency>(&format!("{other:?}")).is_err(), "{other}");
        }
    }
}
