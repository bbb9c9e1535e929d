//! Texts of a model, as copy is written: on one line, without Markdown's emphasis, and no longer than their place.

/// The most that a text may exceed its place and still be cut, as a factor. A longer text was not written for this
/// place.
const EXCESS_MAX: usize = 2;
/// The signs after which a text may end.
const ENDS: &str = ".!?…。！？";

/// Returns a text on one line, with single blanks and without Markdown's emphasis and quotes around it.
pub(super) fn line(text: &str) -> String {
    let words: Vec<_> = text.split_whitespace().collect();
    let line = words.join(" ");
    let line = line.trim_start_matches("# ").trim_start_matches("## ");
    let line = if line.matches("**").count() >= 2 { line.replace("**", "") } else { line.to_owned() };
    line.trim_matches('`').trim().to_owned()
}

/// Cuts a text to its place: after a sentence if that leaves half of it or more, or else after a word. Returns `None`
/// if it is far too long.
pub(super) fn fitted(text: &str, chars_max: usize) -> Option<String> {
    let chars: Vec<_> = text.chars().collect();
    if chars.len() <= chars_max {
        return Some(text.to_owned());
    }
    if chars.len() > chars_max.saturating_mul(EXCESS_MAX) {
        return None;
    }
    let sentence = (chars_max / 2..chars_max).rev().find(|at| {
        ENDS.contains(chars[*at])
            && chars.get(at + 1).is_none_or(|next| next.is_whitespace() || !next.is_ascii())
    });
    if let Some(end) = sentence {
        return Some(chars[..=end].iter().collect());
    }
    // One place is for the ellipsis.
    let room = chars_max.checked_sub(1)?;
    let word = (room / 2..=room).rev().find(|at| chars[*at].is_whitespace()).unwrap_or(room);
    let kept: String = chars[..word].iter().collect();
    Some(format!("{}…", kept.trim_end_matches(|c: char| !c.is_alphanumeric())))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_text_is_on_one_line_without_emphasis() {
        for (text, expected) in [
            ("two\n lines ", "two lines"),
            ("**Bold** and plain", "Bold and plain"),
            ("# Heading", "Heading"),
            ("2 ** 3", "2 ** 3"),
            ("`Name`", "Name"),
        ] {
            assert_eq!(line(text), expected);
        }
    }

    #[test]
    fn a_text_that_is_too_long_ends_after_a_sentence_or_a_word() {
        for (text, expected) in [
            ("Nine and a half.", Some("Nine and a half.")),
            ("A short one. And then", Some("A short one.")),
            ("One word after the other", Some("One word after…")),
            ("Onewordwithoutanyspaces", Some("Onewordwithouta…")),
            ("光は静かです。もう一度見てください。今", Some("光は静かです。もう一度見てくだ…")),
            ("far too long for its place, far too long", None),
        ] {
            assert_eq!(fitted(text, 16).as_deref(), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_fitted_text_fits(text in ".{0,60}", chars_max in 0_usize..40) {
            if let Some(fitted) = fitted(&text, chars_max) {
                prop_assert!(fitted.chars().count() <= chars_max, "{}", fitted);
            }
        }
    }
}
