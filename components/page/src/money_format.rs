//! How a shop writes prices.
//!
//! The placeholders and what they stand for are Shopify's
//! (<https://help.shopify.com/en/manual/international/pricing/currency-formatting>); how each groups and rounds is
//! as in its themes (`formatMoney` of `@shopify/theme-currency`), but that no digit is shown which the currency
//! does not have. A format is written by a merchant and may hold HTML: its tags are dropped, its references read.

/// The longest format that is read, in bytes.
const BYTES_MAX: usize = 200;

/// Text before and after an amount, and how the amount is written.
#[derive(Debug, PartialEq, Eq)]
pub struct Format {
    before: String,
    style: Style,
    after: String,
}

impl Format {
    /// Reads a format: text with one placeholder that is known; else `None`.
    pub fn parse(format: &str) -> Option<Self> {
        if format.len() > BYTES_MAX || format.contains(char::is_control) {
            return None;
        }
        let (before, rest) = format.split_once("{{")?;
        let (name, after) = rest.split_once("}}")?;
        let style = Style::named(name.trim())?;
        let format = Self { before: plain_text(before), style, after: plain_text(after) };
        (!after.contains("{{")).then_some(format)
    }

    /// An amount that counts minor units, in a currency of so many decimals.
    pub fn write(&self, minor: u64, decimals: u32) -> String {
        let Self { before, style, after } = self;
        format!("{before}{}{after}", style.write(minor, decimals)).trim().to_owned()
    }
}

/// How an amount is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    decimals: bool,
    thousands: char,
    point: char,
}

impl Style {
    /// `1,134.65`
    pub const PLAIN: Self = Self { decimals: true, thousands: ',', point: '.' };

    fn named(placeholder: &str) -> Option<Self> {
        let style = |decimals, thousands, point| Some(Self { decimals, thousands, point });
        match placeholder {
            "amount" => style(true, ',', '.'),
            "amount_no_decimals" => style(false, ',', '.'),
            "amount_with_comma_separator" => style(true, '.', ','),
            "amount_no_decimals_with_comma_separator" => style(false, '.', ','),
            "amount_with_apostrophe_separator" => style(true, '\'', '.'),
            "amount_no_decimals_with_space_separator" => style(false, ' ', ','),
            "amount_with_space_separator" => style(true, ' ', ','),
            "amount_with_period_and_space_separator" => style(true, ' ', '.'),
            _ => None,
        }
    }

    /// An amount that counts minor units, in a currency of so many decimals.
    pub fn write(self, minor: u64, decimals: u32) -> String {
        let unit = 10_u64.pow(decimals);
        let (whole, part) = (minor / unit, minor % unit);
        match decimals {
            0 => self.grouped(whole),
            // Half a unit is rounded up.
            _ if !self.decimals => self.grouped(whole + u64::from(part * 2 >= unit)),
            _ => format!("{}{}{part:0width$}", self.grouped(whole), self.point, width = decimals as usize),
        }
    }

    /// Digits in groups of three.
    fn grouped(self, whole: u64) -> String {
        match (whole / 1000, whole % 1000) {
            (0, last) => last.to_string(),
            (rest, last) => format!("{}{}{last:03}", self.grouped(rest), self.thousands),
        }
    }
}

/// HTML as a reader sees it: without tags, and with the references that currencies are written with resolved.
fn plain_text(html: &str) -> String {
    let mut text = String::new();
    for (index, piece) in html.split('<').enumerate() {
        let shown = if index == 0 { piece } else { piece.split_once('>').map_or("", |(_, after)| after) };
        text.push_str(shown);
    }
    REFERENCES.iter().fold(text, |text, (reference, c)| text.replace(reference, c))
}

/// The last stands for what the others begin with.
const REFERENCES: [(&str, &str); 10] = [
    ("&euro;", "€"),
    ("&pound;", "£"),
    ("&yen;", "¥"),
    ("&cent;", "¢"),
    ("&#8377;", "₹"),
    ("&#8364;", "€"),
    ("&#36;", "$"),
    ("&nbsp;", "\u{a0}"),
    ("&#39;", "'"),
    ("&amp;", "&"),
];

#[cfg(test)]
mod tests {
    use crate::money;
    use proptest::prelude::*;

    /// The amount of the table in Shopify's help.
    const TABLE: u64 = 113_465;

    #[test]
    fn every_placeholder_is_written_as_in_shopifys_table() {
        for (placeholder, expected) in [
            ("amount", "1,134.65"),
            ("amount_no_decimals", "1,135"),
            ("amount_with_comma_separator", "1.134,65"),
            ("amount_no_decimals_with_comma_separator", "1.135"),
            ("amount_with_apostrophe_separator", "1'134.65"),
            ("amount_no_decimals_with_space_separator", "1 135"),
            ("amount_with_space_separator", "1 134,65"),
            ("amount_with_period_and_space_separator", "1 134.65"),
        ] {
            assert_eq!(money(TABLE, "USD", &format!("{{{{{placeholder}}}}}")), expected, "{placeholder}");
        }
    }

    #[test]
    fn what_stands_around_the_amount_is_kept_as_text() {
        for (format, expected) in [
            ("${{amount}}", "$1,134.65"),
            ("{{ amount_with_comma_separator }} €", "1.134,65 €"),
            ("<span class=money>${{amount}} USD</span>", "$1,134.65 USD"),
            ("&pound;{{amount}}", "£1,134.65"),
            ("Rs. {{amount}}", "Rs. 1,134.65"),
            ("<script>{{amount}}", "1,134.65"),
            ("&lt;b&gt;{{amount}}", "&lt;b&gt;1,134.65"),
            ("{{amount}} {% raw %}", "1,134.65 {% raw %}"),
        ] {
            assert_eq!(money(TABLE, "USD", format), expected, "{format}");
        }
    }

    #[test]
    fn without_a_format_that_can_be_read_it_is_written_as_ever() {
        for format in [
            "",
            "$",
            "{{}}",
            "{{ price }}",
            "{{amount",
            "{amount}",
            "{{amount}} {{amount}}",
            "{{amount}}\n",
            "{{ amount | times: 0 }}",
            &format!("{{{{amount}}}}{}", "x".repeat(200)),
        ] {
            assert_eq!(money(TABLE, "USD", format), "$1,134.65", "{format}");
        }
    }

    #[test]
    fn no_digit_is_shown_that_the_currency_does_not_have() {
        assert_eq!(money(2_400, "JPY", "¥{{amount}}"), "¥2,400");
        assert_eq!(money(2_400, "JPY", "¥{{amount_no_decimals}}"), "¥2,400");
        assert_eq!(money(2_400, "KWD", "{{amount}} KD"), "2.400 KD");
        assert_eq!(money(u64::MAX, "USD", "{{amount_no_decimals}}"), "184,467,440,737,095,516");
    }

    proptest! {
        #[test]
        fn any_format_gives_a_price(minor: u64, currency in "[A-Z]{3}", format in "[{}a_mount<>&;%$ é]{0,30}") {
            prop_assert!(money(minor, &currency, &format).contains(|c: char| c.is_ascii_digit()));
        }
    }
}
