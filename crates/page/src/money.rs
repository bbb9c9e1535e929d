//! Formatted prices and reductions.

use crate::money_format::{Format, Style};

/// Formats an amount in a currency. `minor` is in the currency's minor unit. `format` is the shop's money format,
/// such as `${{amount}}` (see `Format`). If it is absent or cannot be read, the result is `$1,024.00`, `¥2,400`,
/// or `24.00 CHF` for a currency without a symbol that English readers know.
pub fn money(minor: u64, currency: &str, format: &str) -> String {
    let currency = currency.to_ascii_uppercase();
    let decimals = model::decimals(&currency).into();
    if let Some(format) = Format::parse(format) {
        return format.write(minor, decimals);
    }
    let amount = Style::PLAIN.write(minor, decimals);
    match symbol(&currency) {
        Some(symbol) => format!("{symbol}{amount}"),
        None => format!("{amount} {currency}"),
    }
}

/// Returns the symbol that is unique to a currency for English readers (Unicode CLDR, `en`).
fn symbol(currency: &str) -> Option<&'static str> {
    Some(match currency {
        "AUD" => "A$",
        "BRL" => "R$",
        "CAD" => "CA$",
        "CNY" => "CN¥",
        "EUR" => "€",
        "GBP" => "£",
        "HKD" => "HK$",
        "ILS" => "₪",
        "INR" => "₹",
        "JPY" => "¥",
        "KRW" => "₩",
        "MXN" => "MX$",
        "NZD" => "NZ$",
        "PHP" => "₱",
        "TWD" => "NT$",
        "USD" => "$",
        "VND" => "₫",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn money_has_its_currencys_symbol_and_decimals() {
        for (minor, currency, expected) in [
            (2400, "USD", "$24.00"),
            (2400, "usd", "$24.00"),
            (2400, "EUR", "€24.00"),
            (2400, "GBP", "£24.00"),
            (2400, "JPY", "¥2,400"),
            (2400, "CHF", "24.00 CHF"),
            (2400, "KWD", "2.400 KWD"),
            (2400, "CLF", "0.2400 CLF"),
            (2400, "CAD", "CA$24.00"),
            (0, "USD", "$0.00"),
            (5, "USD", "$0.05"),
            (99_999, "USD", "$999.99"),
            (100_000, "USD", "$1,000.00"),
            (100_000_500, "USD", "$1,000,005.00"),
            (u64::MAX, "JPY", "¥18,446,744,073,709,551,615"),
        ] {
            assert_eq!(money(minor, currency, ""), expected);
        }
    }

    proptest! {
        #[test]
        fn no_digit_of_an_amount_is_lost(minor: u64, currency in "[A-Z]{3}") {
            let digits: String = money(minor, &currency, "").chars().filter(char::is_ascii_digit).collect();
            prop_assert_eq!(digits.parse::<u64>(), Ok(minor));
        }
    }
}
