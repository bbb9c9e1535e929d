//! How many tokens a text has, where the endpoint does not say.

/// Bytes of UTF-8 that make a token, about: English and JSON have 4 in the tokenizers in use
/// (<https://help.openai.com/en/articles/4936856>).
const BYTES_PER_TOKEN: usize = 4;

/// About how many tokens so many bytes of text are, rounded up.
pub(super) fn tokens(bytes: usize) -> u32 {
    u32::try_from(bytes.div_ceil(BYTES_PER_TOKEN)).unwrap_or(u32::MAX)
}
