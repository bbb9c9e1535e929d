//! Strict percent-decoding (RFC 3986, section 2.1).

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

/// Decodes percent-encoded text. Returns `None` if an escape is malformed or the result is not UTF-8, because a guess
/// could name something else than the client meant. A plus sign stands for itself.
pub fn decode(text: &str) -> Option<Cow<'_, str>> {
    if !text.contains('%') {
        return Some(Cow::Borrowed(text));
    }
    let has_digits = |after: &str| {
        let mut bytes = after.bytes();
        let mut is_digit = || bytes.next().is_some_and(|byte| byte.is_ascii_hexdigit());
        is_digit() && is_digit()
    };
    if !text.split('%').skip(1).all(has_digits) {
        return None;
    }
    percent_decode_str(text).decode_utf8().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_become_the_bytes_that_they_stand_for() {
        for (text, decoded) in
            [("", ""), ("abc", "abc"), ("%61b%63", "abc"), ("%C3%a9", "é"), ("a+b", "a+b"), ("%2561", "%61")]
        {
            assert_eq!(decode(text).as_deref(), Some(decoded), "{text}");
        }
    }

    #[test]
    fn malformed_text_is_not_decoded() {
        for text in ["%", "%4", "%zz", "%4z", "a%", "%+1", "%%41", "%ff", "%C3", "%ED%A0%80", "%é"] {
            assert_eq!(decode(text), None, "{text}");
        }
    }

    #[test]
    fn text_without_escapes_is_not_copied() {
        assert!(matches!(decode("magic-wands"), Some(Cow::Borrowed(_))));
    }
}
