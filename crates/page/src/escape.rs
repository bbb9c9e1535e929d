//! Escaping: text from any source stays text in the document, in HTML and in Liquid.
//!
//! Shopify may render a page inside a theme. There it is a Liquid template, so `{{ … }}` and `{% … %}` in a
//! product's title would run. Therefore braces and percent signs are written as character references, like HTML's
//! special characters. Only the percent sign of a percent-encoded byte stays as it is: without real braces beside
//! it, it has no meaning, and an image in a `data:` address has hundreds of them.
//!
//! Directional controls are left out: an override would reorder the text after it, and an end of an isolation
//! would end the isolation that the document puts around each text (`<bdi>`).

use std::fmt::{self, Write};

use askama::filters::Escaper;
use model::text::without_directional_controls;

/// Escapes for HTML text and quoted attributes, in a document that may be read as Liquid.
#[derive(Debug, Clone, Copy)]
pub struct HtmlInLiquid;

impl Escaper for HtmlInLiquid {
    fn write_escaped_str<W: Write>(&self, mut out: W, text: &str) -> fmt::Result {
        let text = without_directional_controls(text);
        let mut rest = &*text;
        while let Some((plain, reference, after)) = next_special(rest) {
            out.write_str(plain)?;
            out.write_str(reference)?;
            rest = after;
        }
        out.write_str(rest)
    }
}

/// Returns the text before the first special character, the reference for it, and the text after it.
fn next_special(text: &str) -> Option<(&str, &'static str, &str)> {
    text.bytes().enumerate().find_map(|(at, byte)| {
        let reference = reference(byte)?;
        // All special characters are ASCII, one byte long.
        let (plain, after) = (text.get(..at)?, text.get(at + 1..)?);
        (byte != b'%' || !starts_with_hex(after)).then_some((plain, reference, after))
    })
}

/// Returns whether a percent sign before the text encodes a byte (RFC 3986, section 2.1).
fn starts_with_hex(text: &str) -> bool {
    matches!(text.as_bytes(), [high, low, ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit())
}

fn reference(byte: u8) -> Option<&'static str> {
    Some(match byte {
        b'"' => "&#34;",
        b'%' => "&#37;",
        b'&' => "&#38;",
        b'\'' => "&#39;",
        b'<' => "&#60;",
        b'>' => "&#62;",
        b'{' => "&#123;",
        b'}' => "&#125;",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn escaped(text: &str) -> String {
        let mut out = String::new();
        HtmlInLiquid.write_escaped_str(&mut out, text).unwrap();
        out
    }

    /// The text as a browser reads it.
    fn read_back(text: &str) -> String {
        let special = ['"', '%', '\'', '<', '>', '{', '}', '&'];
        special
            .iter()
            .fold(text.to_owned(), |text, &c| text.replace(&format!("&#{};", c as u32), &c.to_string()))
    }

    #[test]
    fn markup_and_liquid_become_text() {
        assert_eq!(escaped("<b title='x'>"), "&#60;b title=&#39;x&#39;&#62;");
        assert_eq!(escaped("{{ 7 | times: 7 }}"), "&#123;&#123; 7 | times: 7 &#125;&#125;");
        assert_eq!(escaped("{%- raw -%}"), "&#123;&#37;- raw -&#37;&#125;");
        assert_eq!(escaped("{%20%}"), "&#123;%20&#37;&#125;");
        assert_eq!(escaped("Zauberstäbe – 50 €"), "Zauberstäbe – 50 €");
    }

    #[test]
    fn no_text_reorders_what_follows_it() {
        assert_eq!(escaped("\u{202e}dnaw\u{2069} <\u{200f}"), "dnaw &#60;\u{200f}");
    }

    /// `components/routing` renders whole pages of the same cases.
    #[test]
    fn escaping_leaves_no_liquid_to_run() {
        let cases = include_str!("../../../tests/vectors/liquid.json");
        let cases: Vec<serde_json::Value> = serde_json::from_str(cases).unwrap();
        assert!(cases.len() >= 23);
        for case in cases {
            let (text, expected) = (case["input"].as_str().unwrap(), case["expected"].as_str().unwrap());
            let out = escaped(text);
            assert!(!out.contains(['"', '\'', '<', '>', '{', '}']), "{out}");
            assert_eq!((&*out, read_back(&out).as_str()), (expected, text));
        }
    }

    proptest! {
        #[test]
        fn nothing_special_survives_and_nothing_is_lost(text in "[\\PC\"%&'<>{}]{0,60}") {
            let out = escaped(&text);
            prop_assert!(!out.contains(['"', '\'', '<', '>', '{', '}']), "{out:?}");
            prop_assert_eq!(read_back(&out), text);
        }
    }
}
