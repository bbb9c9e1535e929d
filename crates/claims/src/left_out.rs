//! The characters whose Unicode data the gate leaves out: ideographs for compatibility, the forms of Arabic letters
//! within a word, and syllables of Hangul. No lexicon has them. The build script and the tests use this file.

/// Returns whether a character's data is left out.
pub fn is_left_out(c: char) -> bool {
    matches!(c, '\u{f900}'..='\u{faff}' | '\u{fb50}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}'
        | '\u{ac00}'..='\u{d7a3}' | '\u{2f800}'..='\u{2fa1f}')
}
