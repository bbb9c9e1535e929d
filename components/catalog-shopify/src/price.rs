//! Exact conversion of prices from decimal strings to minor units.

/// Converts an amount such as `12.5` to the minor unit of its currency: 1250 for `EUR`. `None` if the text is not
/// an amount, is too large, or has more decimals than the currency, because prices are never rounded.
pub fn minor(amount: &str, currency: &str) -> Option<u64> {
    let (whole, fraction) = amount.split_once('.').unwrap_or((amount, ""));
    let is_number = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !is_number(whole) || !is_number(fraction) || !is_currency(currency) {
        return None;
    }
    let decimals = usize::from(model::decimals(currency));
    let fraction = fraction.trim_end_matches('0');
    let missing = decimals.checked_sub(fraction.len())?;
    let minor = format!("{whole}{fraction}{}", "0".repeat(missing));
    minor.parse().ok()
}

/// Returns whether the text has the form of an ISO 4217 code.
pub fn is_currency(code: &str) -> bool {
    code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_amount_is_counted_in_the_minor_unit_of_its_currency() {
        for (amount, currency, expected) in [
            ("12.5", "EUR", 1250),
            ("12.50", "USD", 1250),
            ("12", "USD", 1200),
            ("12.", "USD", 1200),
            ("0.0", "USD", 0),
            ("0.07", "EUR", 7),
            ("1500", "JPY", 1500),
            ("1500.00", "JPY", 1500),
            ("1.005", "KWD", 1005),
            ("1.0", "KWD", 1000),
            ("10.500", "EUR", 1050),
            ("184467440737095516.15", "EUR", u64::MAX),
        ] {
            assert_eq!(minor(amount, currency), Some(expected), "{amount} {currency}");
        }
    }

    #[test]
    fn invalid_or_excessive_amounts_are_not_prices() {
        for (amount, currency) in [
            ("", "EUR"),
            (".5", "EUR"),
            ("-1.00", "EUR"),
            ("+1.00", "EUR"),
            ("1,50", "EUR"),
            ("1e3", "EUR"),
            ("1.2.3", "EUR"),
            (" 1", "EUR"),
            ("NaN", "EUR"),
            ("१", "EUR"),
            ("1.005", "EUR"),
            ("1500.5", "JPY"),
            ("1.0001", "KWD"),
            ("184467440737095516.16", "EUR"),
            ("99999999999999999999999", "JPY"),
            ("1.00", "eur"),
            ("1.00", "EURO"),
            ("1.00", ""),
        ] {
            assert_eq!(minor(amount, currency), None, "{amount:?} {currency:?}");
        }
    }

    proptest! {
        #[test]
        fn a_parsed_amount_equals_the_written_one(minor_units: u64, currency in "EUR|JPY|KWD|CLF|CHF", zeros in 0usize..3) {
            let decimals = usize::from(model::decimals(&currency));
            let digits = format!("{minor_units:0width$}", width = decimals + 1);
            let (whole, fraction) = digits.split_at(digits.len() - decimals);
            let amount = format!("{whole}.{fraction}{}", "0".repeat(zeros));
            prop_assert_eq!(minor(&amount, &currency), Some(minor_units));
        }

        #[test]
        fn a_finer_amount_is_never_rounded(whole in 0u64..1_000_000, digit in 1u8..10, currency in "EUR|JPY|KWD|CLF") {
            let amount = format!("{whole}.{}{digit}", "0".repeat(model::decimals(&currency).into()));
            prop_assert_eq!(minor(&amount, &currency), None);
        }

        #[test]
        fn parsing_any_text_never_panics(amount in ".{0,30}", currency in ".{0,4}") {
            let _ = minor(&amount, &currency);
        }
    }
}
