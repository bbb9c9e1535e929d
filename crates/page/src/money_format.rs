//! The shop's money format.
//!
//! The placeholders and their meanings are Shopify's
//! (<https://help.shopify.com/en/manual/international/pricing/currency-formatting>). Grouping and rounding follow
//! its themes (`formatMoney` of `@shopify/theme-currency`), except that digits which the currency does not have
//! are not shown. A format is HTML that a merchant wrote: it is read like a browser reads it, and only its text is
//! used.

/// The longest format that is read, in bytes. Apps that convert currencies wrap formats in long elements.
const BYTES_MAX: usize = 2_000;

/// The text before and after an amount, and the amount's style.
#[derive(Debug, PartialEq, Eq)]
pub struct Format {
    before: String,
    style: Style,
    after: String,
}

impl Format {
    /// Reads a format: text with exactly one known placeholder; else `None`.
    pub fn parse(format: &str) -> Option<Self> {
        if format.len() > BYTES_MAX {
            return None;
        }
        // An amount in an attribute is not shown. A brace that is written as a reference is text, not a placeholder.
        let shown = without_tags(format);
        let (before, rest) = shown.split_once("{{")?;
        let (name, after) = rest.split_once("}}")?;
        if after.contains("{{") {
            return None;
        }
        Some(Self { before: text(before), style: Style::named(name.trim())?, after: text(after) })
    }

    /// Formats an amount in minor units, in a currency with `decimals` decimals.
    pub fn write(&self, minor: u64, decimals: u32) -> String {
        let Self { before, style, after } = self;
        format!("{before}{}{after}", style.write(minor, decimals)).trim().to_owned()
    }
}

/// The style of an amount.
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

    /// Formats an amount in minor units, in a currency with `decimals` decimals.
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

    /// Writes digits in groups of three.
    fn grouped(self, whole: u64) -> String {
        match (whole / 1000, whole % 1000) {
            (0, last) => last.to_string(),
            (rest, last) => format!("{}{}{last:03}", self.grouped(rest), self.thousands),
        }
    }
}

/// Removes tags and comments from HTML. A tag opens with `<` before a letter, `/`, `!` or `?`, and ends with a `>`
/// outside quotes (WHATWG HTML, section 13.2.5). An unclosed tag hides the rest.
fn without_tags(html: &str) -> String {
    let mut shown = String::new();
    let mut rest = html;
    while let Some((before, from)) = rest.find('<').map(|at| rest.split_at(at)) {
        shown.push_str(before);
        let opens = from[1..].starts_with(|c: char| c.is_ascii_alphabetic() || "/!?".contains(c));
        rest = if opens { after_tag(from) } else { &from[1..] };
        if !opens {
            shown.push('<');
        }
    }
    shown + rest
}

/// Returns the text after a tag or a comment.
fn after_tag(html: &str) -> &str {
    if let Some(comment) = html.strip_prefix("<!--") {
        return comment.split_once("-->").map_or("", |(_, after)| after);
    }
    let mut quote = None;
    let end = html.char_indices().find(|&(_, c)| {
        match (quote, c) {
            (Some(open), _) if open == c => quote = None,
            (None, '"' | '\'') => quote = Some(c),
            _ => {}
        }
        quote.is_none() && c == '>'
    });
    end.map_or("", |(at, _)| &html[at + 1..])
}

/// Returns the text of HTML without tags: references are decoded once, as browsers do, and white space becomes one
/// space. Control characters and directional controls are left out.
fn text(html: &str) -> String {
    let read = htmlize::unescape(html);
    let mut text = String::new();
    for c in read.chars() {
        match c {
            _ if c.is_ascii_whitespace() && text.ends_with(' ') => {}
            _ if c.is_ascii_whitespace() => text.push(' '),
            _ if c.is_control() => {}
            _ => text.push(c),
        }
    }
    model::text::without_directional_controls(&text).into_owned()
}

#[cfg(test)]
mod tests {
    use crate::money;
    use proptest::prelude::*;

    /// The amount in the table of Shopify's help page.
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
    fn text_around_the_amount_is_kept() {
        for (format, expected) in [
            ("${{amount}}", "$1,134.65"),
            ("{{ amount_with_comma_separator }} €", "1.134,65 €"),
            ("Rs. {{amount}}", "Rs. 1,134.65"),
            ("{{amount}} {% raw %}", "1,134.65 {% raw %}"),
            ("{{amount}}\n", "1,134.65"),
            ("\u{202e}{{amount}}\u{2066}\0 USD", "1,134.65 USD"),
        ] {
            assert_eq!(money(TABLE, "USD", format), expected, "{format}");
        }
    }

    #[test]
    fn tags_and_their_attributes_are_not_shown() {
        for (format, expected) in [
            ("<span class=money>${{amount}} USD</span>", "$1,134.65 USD"),
            (r#"<span class="a > b" title='{{amount}}"'>${{amount}}</span>"#, "$1,134.65"),
            ("<b>$</b>\n  <i>{{amount}}</i>", "$ 1,134.65"),
            ("<!-- $ > --><br/>{{amount}}", "1,134.65"),
            ("<script>{{amount}}", "1,134.65"),
            ("{{amount}}<img src=x onerror=alert(1)>", "1,134.65"),
            ("{{amount}}<img src=x", "1,134.65"),
            ("< 5 {{amount}}", "< 5 1,134.65"),
        ] {
            assert_eq!(money(TABLE, "USD", format), expected, "{format}");
        }
        let wrapped = format!("<span class=\"{}\">{{{{amount}}}}</span>", "money ".repeat(100));
        assert_eq!(money(TABLE, "USD", &wrapped), "1,134.65");
    }

    #[test]
    fn references_are_read_once_as_browsers_do() {
        for (format, expected) in [
            ("&pound;{{amount}}", "£1,134.65"),
            ("&#8369;{{amount}}", "₱1,134.65"),
            ("&#x20B1;{{amount}}", "₱1,134.65"),
            ("{{amount}} &#xe3f;", "1,134.65 ฿"),
            ("{{amount}} K&ccaron;", "1,134.65 Kč"),
            ("{{amount}}&nbsp;z&lstrok;", "1,134.65\u{a0}zł"),
            ("{{amount}} &#8366", "1,134.65 ₮"),
            ("&#8369{{amount}}", "₱1,134.65"),
            ("&yen{{amount}}", "¥1,134.65"),
            ("&#128;{{amount}}", "€1,134.65"),
            ("&amp;#8369;{{amount}}", "&#8369;1,134.65"),
            ("&amp;pound;{{amount}}", "&pound;1,134.65"),
            ("&nosuch;{{amount}}", "&nosuch;1,134.65"),
            ("&lt;b&gt;{{amount}}", "<b>1,134.65"),
            ("&#123;&#123;amount&#125;&#125; {{amount}}", "{{amount}} 1,134.65"),
            ("&#0;&#x202e;{{amount}}", "\u{fffd}1,134.65"),
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
            "<span title=\"{{amount}}\">$</span>",
            "{{ amount | times: 0 }}",
            &format!("{{{{amount}}}}{}", "x".repeat(2_000)),
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
        fn any_format_gives_a_price(minor: u64, currency in "[A-Z]{3}", format in "[{}a_mount<>&;#x0-9!\"'%$ é]{0,30}") {
            prop_assert!(money(minor, &currency, &format).contains(|c: char| c.is_ascii_digit()));
        }
    }
}
