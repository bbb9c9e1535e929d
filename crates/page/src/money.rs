//! Formatted prices and reductions.

use crate::money_format::{Format, Style};

/// Formats an amount in a currency. `minor` is in the currency's minor unit. `format` is the shop's money format,
/// such as `${{amount}}` (see [`Format`]). If it is absent or cannot be read, the result is `$1,024.00`, `¥2,400`,
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

/// Returns the former price, if the product is reduced. A free product is never reduced.
pub fn reduced_from(price: u64, before: Option<u64>) -> Option<u64> {
    before.filter(|&before| before > price && price > 0)
}

/// Returns the reduction, 1 to 99 percent, rounded down; `None` if there is none, or less than 1 percent.
pub fn percent_off(price: u64, before: Option<u64>) -> Option<u64> {
    let before = u128::from(reduced_from(price, before)?);
    let percent = (before - u128::from(price)) * 100 / before;
    u64::try_from(percent).ok().filter(|&percent| percent > 0)
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

    #[test]
    fn percent_off_is_rounded_down_and_absent_at_price_0() {
        for (price, before, expected) in [
            (50, 100, Some(50)),
            (2_001, 3_000, Some(33)),
            (1_999, 2_000, None),
            (1_980, 2_000, Some(1)),
            (1, u64::MAX, Some(99)),
            (0, 1, None),
            (0, u64::MAX, None),
            (100, 100, None),
            (101, 100, None),
            (0, 0, None),
        ] {
            assert_eq!(percent_off(price, Some(before)), expected, "{price} instead of {before}");
        }
        assert_eq!(percent_off(100, None), None);
    }

    proptest! {
        #[test]
        fn no_digit_of_an_amount_is_lost(minor: u64, currency in "[A-Z]{3}") {
            let digits: String = money(minor, &currency, "").chars().filter(char::is_ascii_digit).collect();
            prop_assert_eq!(digits.parse::<u64>(), Ok(minor));
        }
    }
}
