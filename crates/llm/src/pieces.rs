//! How much of an unfinished answer is there: the objects inside its document that are complete.

/// An answer with so many complete objects is worth keeping although it was cut off: the smallest page has three blocks.
const ENOUGH: usize = 3;

/// Returns whether an answer that was cut off is worth keeping.
pub(crate) fn are_enough(text: &str) -> bool {
    complete(text) >= ENOUGH
}

/// Counts the complete objects inside the document in `text`.
pub(crate) fn complete(text: &str) -> usize {
    let (mut count, mut depth) = (0, 0_usize);
    let (mut is_string, mut is_escaped) = (false, false);
    let text = &text[text.find('{').unwrap_or(text.len())..];
    for byte in text.bytes() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if is_string => is_escaped = true,
            b'"' => is_string = !is_string,
            b'{' if !is_string => depth += 1,
            b'}' if !is_string => {
                depth = depth.saturating_sub(1);
                count += usize::from(depth > 0);
            }
            _ => {}
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_inside_an_unfinished_document_are_counted() {
        for (text, count) in [
            ("", 0),
            ("no { here", 0),
            ("```json\n{\"hero\":{\"text\":\"a } \\\" }\"", 0),
            ("{\"hero\":{\"text\":\"a\"}", 1),
            ("{\"hero\":{},\"blocks\":[{\"type\":\"a\"},{\"type\":\"b\"},{\"ty", 3),
            ("{\"a\":1}}}}{\"b\":{}", 1),
        ] {
            assert_eq!((complete(text), are_enough(text)), (count, count >= ENOUGH), "{text}");
        }
    }
}
