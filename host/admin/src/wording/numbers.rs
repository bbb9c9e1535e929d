//! Numbers, amounts and times as a language writes them.

use jiff::{Timestamp, civil::Date, tz::Offset};
use model::Currency;
use words::numbers::Numbers;

use super::Words;

const DAY_S: i64 = 86_400;
const MINUTE_MS: u64 = 60_000;

impl Words {
    /// Returns a number with the language's separators.
    pub fn number(&self, number: u64) -> String {
        Numbers::of(self.tag()).whole(number)
    }

    /// Returns a number with so many decimals.
    pub fn fixed(&self, number: f64, decimals: usize) -> String {
        self.decimal(&format!("{number:.decimals$}"))
    }

    /// Returns a number with so many decimals and its sign.
    pub fn signed(&self, number: f64, decimals: usize) -> String {
        let sign = if number < 0.0 { '−' } else { '+' };
        format!("{sign}{}", self.fixed(number.abs(), decimals))
    }

    /// Returns a share of a hundred, with so many decimals.
    pub fn share(&self, percent: f64, decimals: usize) -> String {
        self.percent(&self.fixed(percent, decimals))
    }

    /// Returns hundredths of a currency's unit.
    pub fn money(&self, hundredths: f64, currency: Option<Currency>) -> String {
        self.in_currency(&self.fixed(hundredths / 100.0, 2), currency)
    }

    /// Returns an amount, which is written already, with its currency.
    pub fn in_currency(&self, amount: &str, currency: Option<Currency>) -> String {
        match currency {
            Some(currency) => self.amount(amount, currency.code()),
            None => amount.to_owned(),
        }
    }

    /// Returns millionths of a dollar as dollars, with four decimals.
    pub fn microdollars(&self, micro: f64) -> String {
        self.dollars(&self.fixed(micro / 1_000_000.0, 4))
    }

    /// Returns what something cost, in millionths of a dollar, as dollars. It is rounded up to what is shown, a hundredth of
    /// a cent, so that nothing seems to be free.
    pub fn cost_of(&self, micro: u64) -> String {
        self.microdollars(float(micro.div_ceil(100) * 100))
    }

    /// Returns the date of a day since 1970-01-01, in UTC.
    pub fn day(&self, day: u32) -> String {
        let date = date(day);
        self.date(self.month(date.month()), &date.day().to_string(), &format!("{:04}", date.year()))
    }

    /// Returns how long ago something was, in a single unit.
    pub fn ago(&self, now_ms: u64, then_ms: u64) -> String {
        let minutes = now_ms.saturating_sub(then_ms) / MINUTE_MS;
        match minutes {
            0 => self.just_now().to_owned(),
            1..60 => self.minutes_ago(minutes),
            60..1_440 => self.hours_ago(minutes / 60),
            _ => self.days_ago(minutes / 1_440),
        }
    }

    /// Returns a number in digits, with a point before its decimals, as the language writes it.
    pub fn decimal(&self, digits: &str) -> String {
        Numbers::of(self.tag()).decimal(digits)
    }

    fn month(&self, number: i8) -> &'static str {
        match number {
            2 => self.february(),
            3 => self.march(),
            4 => self.april(),
            5 => self.may(),
            6 => self.june(),
            7 => self.july(),
            8 => self.august(),
            9 => self.september(),
            10 => self.october(),
            11 => self.november(),
            12 => self.december(),
            _ => self.january(),
        }
    }
}

/// Returns the date of a day since 1970-01-01, in UTC.
pub fn date(day: u32) -> Date {
    let midnight = Timestamp::from_second(i64::from(day) * DAY_S).unwrap_or_default();
    Offset::UTC.to_datetime(midnight).date()
}

/// Returns a count as a number with decimals.
#[expect(
    clippy::cast_precision_loss,
    reason = "no shop counts 2^53 of anything, or spends so many millionths of a dollar"
)]
pub fn float(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 21 September 2026.
    const DAY: u32 = 20_717;

    #[test]
    fn numbers_amounts_and_days_are_written_as_the_language_does() {
        let usd = Currency::named("USD");
        for (tag, expected) in [
            ("en", ["1,234,567", "3.14%", "−0.75", "1,234.50 USD", "$0.0045", "Sep 21, 2026"]),
            (
                "de-AT",
                ["1.234.567", "3,14\u{a0}%", "−0,75", "1.234,50\u{a0}USD", "0,0045\u{a0}$", "21. Sept. 2026"],
            ),
            (
                "fr",
                [
                    "1\u{202f}234\u{202f}567",
                    "3,14\u{a0}%",
                    "−0,75",
                    "1\u{202f}234,50\u{a0}USD",
                    "0,0045\u{a0}$",
                    "21 sept. 2026",
                ],
            ),
            (
                "es",
                ["1.234.567", "3,14\u{a0}%", "−0,75", "1234,50\u{a0}USD", "0,0045\u{a0}$", "21 sept 2026"],
            ),
            ("ja", ["1,234,567", "3.14%", "−0.75", "1,234.50 USD", "$0.0045", "2026年9月21日"]),
        ] {
            let words = Words::of(tag);
            let written = [
                words.number(1_234_567),
                words.share(3.139, 2),
                words.signed(-0.75, 2),
                words.money(123_450.0, usd),
                words.microdollars(4_500.0),
                words.day(DAY),
            ];
            assert_eq!(written, expected, "{tag}");
        }
    }

    #[test]
    fn a_time_is_said_in_one_unit() {
        let words = Words::of("en");
        assert_eq!(
            [words.ago(60_000, 60_000), words.ago(60_000, 0), words.ago(200_000_000, 0)],
            ["just now", "1 minute ago", "2 days ago"]
        );
    }

    #[test]
    fn an_unknown_language_is_english_and_a_region_its_language() {
        for (tag, expected) in
            [("en-GB", "en"), ("fr_CA", "fr"), ("tlh", "en"), ("", "en"), ("JA", "ja"), ("en-xa", "en-XA")]
        {
            assert_eq!(Words::of(tag).tag(), expected, "{tag}");
        }
    }
}
