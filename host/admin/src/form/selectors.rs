//! What a merchant excludes and pins: fields with a line for each.

use model::shop::Selector;
use model::shop::selector::{self, InvalidLine};
use page::blocks::Block;

use super::Field;
use super::fields::count;
use crate::wording::Words;

/// Returns the field for selectors.
pub fn field(selectors: &[Selector]) -> Field {
    let lines: Vec<_> = selectors.iter().map(ToString::to_string).collect();
    lines.join("\n").into()
}

/// Returns what is excluded.
pub fn excluded(field: &mut Field, words: &Words) -> Vec<Selector> {
    let blocks: Vec<_> = Block::optional().collect();
    let read = selector::excluded_of(field.typed.lines(), &blocks);
    or_error(read, &mut field.error, words)
}

/// Returns what is pinned.
pub fn pinned(field: &mut Field, words: &Words) -> Vec<Selector> {
    let read = selector::pinned(field.typed.lines());
    or_error(read, &mut field.error, words)
}

/// The problem itself is told in English.
fn or_error(read: Result<Vec<Selector>, InvalidLine>, error: &mut String, words: &Words) -> Vec<Selector> {
    read.unwrap_or_else(|InvalidLine { line, problem }| {
        *error = words.error_selector(&words.number(count(line)), &problem.to_string());
        Vec::new()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(text: &str) -> Field {
        Field { typed: text.to_owned(), error: String::new() }
    }

    #[test]
    fn lines_are_read_and_shown_again() {
        let mut field =
            typed("https://wands.example/products/oak-wand?variant=7\r\n\r\nVendor:  Ollivander \n");
        let selectors = excluded(&mut field, Words::of("en"));
        assert_eq!(field.error, "");
        assert_eq!(super::field(&selectors).typed, "product: oak-wand\nvendor: Ollivander");
    }

    #[test]
    fn a_wrong_line_is_named_and_everything_typed_is_kept() {
        for (text, error) in [
            ("vendor: A\nrobe", "Line 2: say in front what it is, such as product: oak-wand."),
            (
                "block: quote",
                "Line 1: \"quote\" is not a block that pages can do without; write one of spotlight, ",
            ),
            ("vendor: a\nvendor: A", "Line 2: line 1 says the same; remove one of them."),
            ("product: <script>alert(1)</script>", "Line 1: \"<script>alert(1)</script>\" is not a handle; "),
            ("vendor: \u{202e}gnp", "Line 1: it holds invisible characters; "),
            ("\u{0}", "Line 1: it holds invisible characters; "),
        ] {
            let mut field = typed(text);
            assert_eq!(excluded(&mut field, Words::of("en")), []);
            assert!(field.error.starts_with(error), "{}", field.error);
            assert_eq!(field.typed, text);
        }
        let many = (0..10_000).map(|at| format!("product: wand-{at}\n")).collect::<Vec<_>>().concat();
        let mut field = typed(&many);
        assert_eq!(pinned(&mut field, Words::of("en")), []);
        assert!(field.error.starts_with("Line 101: too many lines; the limit is 100"));
        assert_eq!(field.typed, many);
    }
}
