//! Estimates of the number of tokens in a text, for endpoints that report none.
//!
//! Tokenizers in use are byte pair encodings: a token is at least one byte, and about four on average
//! (<https://github.com/openai/tiktoken>, "What is BPE anyway?"). The average is that of English. A character of
//! another script has two to four bytes and may be a token, or several if the tokenizer has seen little of its script.

/// The average number of ASCII bytes in a token.
const BYTES_PER_TOKEN: usize = 4;
/// The least number of ASCII bytes in a token: JSON has 2.2 to 2.7 in `cl100k_base`, and only random letters and digits
/// have fewer than 2.
const BYTES_PER_TOKEN_MIN: usize = 2;

/// Estimates how many tokens these texts have together, rounded up: one for four ASCII bytes, one for any other
/// character.
pub(crate) fn tokens<'a>(texts: impl IntoIterator<Item = &'a [u8]>) -> u32 {
    let (mut ascii, mut others) = (0_usize, 0_usize);
    for byte in texts.into_iter().flatten() {
        ascii += usize::from(byte.is_ascii());
        // Counts the first byte of a character; 10xxxxxx are its other bytes.
        others += usize::from(*byte >= 0b1100_0000);
    }
    bounded(ascii.div_ceil(BYTES_PER_TOKEN) + others)
}

/// Returns the most tokens that a text may have: one for two ASCII bytes, one for any other byte.
pub(crate) fn tokens_max(text: &[u8]) -> u32 {
    let ascii = text.iter().filter(|byte| byte.is_ascii()).count();
    bounded(ascii.div_ceil(BYTES_PER_TOKEN_MIN) + (text.len() - ascii))
}

fn bounded(tokens: usize) -> u32 {
    u32::try_from(tokens).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_four_bytes_of_english_and_a_character_of_another_script() {
        for (text, about, most) in [
            ("", 0, 0),
            ("a wand", 2, 3),
            (r#"{"id":"willow-whisper","price":6400}"#, 9, 18),
            ("魔法の杖", 4, 12),
            ("Zauberstäbe", 4, 7),
            ("волшебная палочка", 17, 33),
            ("🪄", 1, 4),
        ] {
            assert_eq!((tokens([text.as_bytes()]), tokens_max(text.as_bytes())), (about, most), "{text}");
        }
    }

    #[test]
    fn texts_are_rounded_up_together() {
        assert_eq!(tokens([b"abc".as_slice(), b"de", b""]), 2);
    }

    #[test]
    fn bytes_that_are_not_text_are_counted_too() {
        assert_eq!((tokens([[0xff; 8].as_slice()]), tokens_max(&[0x80; 8])), (8, 8));
    }
}
