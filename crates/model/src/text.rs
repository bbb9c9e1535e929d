//! Untrusted text: which of its characters are visible, and which reorder the text around them.

use std::borrow::Cow;

/// Returns whether a character opens or closes a run of another direction (Unicode's explicit directional
/// formatting, UAX #9, section 2). An unbalanced one reorders the text that follows it. The marks U+200E, U+200F and
/// U+061C are not included: they act only on their neighbours, and Arabic and Hebrew texts need them.
pub fn is_directional_control(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Removes directional controls, so that the text cannot reorder the text next to it.
pub fn without_directional_controls(text: &str) -> Cow<'_, str> {
    if text.contains(is_directional_control) {
        text.chars().filter(|&c| !is_directional_control(c)).collect()
    } else {
        Cow::Borrowed(text)
    }
}

/// Returns whether a reader sees any of the text: whether it has a character that is neither a space nor invisible.
pub fn is_visible(text: &str) -> bool {
    text.chars().any(|c| !c.is_whitespace() && !is_invisible(c))
}

/// Returns whether an invisible character shapes its neighbours: the joiners, which Persian and emoji need, and the
/// variation selectors, which distinguish emoji, Mongolian letters and ideographs (The Unicode Standard, section
/// 23.4).
pub fn is_shaping(c: char) -> bool {
    matches!(
        c,
        '\u{180b}'..='\u{180d}'
            | '\u{180f}'
            | '\u{200c}'..='\u{200d}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{e0100}'..='\u{e01ef}'
    )
}

/// Returns whether a character is invisible: control characters, Unicode's property `Default_Ignorable_Code_Point`
/// (`DerivedCoreProperties.txt`), line and paragraph separators, the blanks of Hangul and Braille, and interlinear
/// annotations.
pub fn is_invisible(c: char) -> bool {
    let is_blank = matches!(
        c,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{2800}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    );
    is_blank || c.is_control()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_visible_if_one_character_of_it_is() {
        for text in ["a", "杖", "\u{202e}x", " . ", "👩\u{200d}🚀", "-"] {
            assert!(is_visible(text), "{text:?}");
        }
        let invisible =
            ["", " \t\n", "\u{a0}\u{3000}", "\u{202e}\u{202c}", "\u{200b}\u{feff}\0", "\u{1}\u{7f}\u{9f}"];
        for text in
            invisible.into_iter().chain(["\u{2800}\u{3164}\u{115f}", "\u{fe0f}\u{200d}", "\u{e0041}\u{ad}"])
        {
            assert!(!is_visible(text), "{text:?}");
        }
    }

    #[test]
    fn a_shaping_character_is_invisible_by_itself() {
        for c in ['\u{200c}', '\u{200d}', '\u{fe0f}', '\u{180b}', '\u{e0100}'] {
            assert!(is_shaping(c) && is_invisible(c), "{c:?}");
        }
        for c in ['\u{3164}', '\u{2800}', '\u{200b}', '\u{202e}', '\u{2028}', '\u{e0041}', '\n', '\u{85}'] {
            assert!(!is_shaping(c) && is_invisible(c), "{c:?}");
        }
        for c in ['a', ' ', '\u{a0}', '\u{3000}', '杖', '\u{301}'] {
            assert!(!is_shaping(c) && !is_invisible(c), "{c:?}");
        }
    }

    #[test]
    fn directional_controls_are_taken_out_and_nothing_else() {
        let text = "\u{202a}a\u{202b}b\u{202c}c\u{202d}d\u{202e}e\u{2066}f\u{2067}g\u{2068}h\u{2069}";
        assert_eq!(without_directional_controls(text), "abcdefgh");
        let marks = "שלום\u{200f} \u{200e}wand\u{61c} 👩\u{200d}🚀";
        assert!(matches!(without_directional_controls(marks), Cow::Borrowed(same) if same == marks));
    }
}
