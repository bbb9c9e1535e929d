//! Reads JSON as models write it: with comments, trailing or missing commas, single or typographic quotes, names without
//! quotes, Python's constants, line breaks in texts, and an end in the middle.
//!
//! It never guesses what is missing. Of a document that ends in the middle it keeps what is complete.

use serde_json::{Deserializer, Map, Number, Value};

/// The deepest nesting that is read. A plan has four levels; wrappers add a few.
const DEPTH_MAX: usize = 24;

/// A document that was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Read {
    /// The document.
    pub value: Value,
    /// The number of bytes that it takes.
    pub bytes: usize,
    /// Whether it is JSON as it stands.
    pub is_exact: bool,
    /// Whether the text ends before the document does.
    pub is_cut: bool,
}

/// Reads the object or list at the beginning of a text. Returns `None` if there is nothing of the kind.
pub fn read(text: &str) -> Option<Read> {
    let mut exact = Deserializer::from_str(text).into_iter::<Value>();
    if let Some(Ok(value)) = exact.next() {
        return Some(Read { value, bytes: exact.byte_offset(), is_exact: true, is_cut: false });
    }
    let mut reader = Reader { text, at: 0, is_cut: false };
    let value = reader.value(0)?;
    Some(Read { value, bytes: reader.at, is_exact: false, is_cut: reader.is_cut })
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    is_cut: bool,
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += next.len_utf8();
        Some(next)
    }

    /// Passes over the text if it comes next.
    fn takes(&mut self, text: &str) -> bool {
        let is_next = self.rest().starts_with(text);
        self.at += if is_next { text.len() } else { 0 };
        is_next
    }

    /// Passes over blanks and comments. Notes if the text ends here.
    fn skip(&mut self) {
        loop {
            let rest = self.rest();
            let blanks = rest.len() - rest.trim_start().len();
            self.at += blanks;
            let rest = self.rest();
            let end = if rest.starts_with("//") || rest.starts_with('#') {
                rest.find('\n')
            } else if rest.starts_with("/*") {
                rest.find("*/").map(|at| at + 2)
            } else {
                break;
            };
            self.at += end.unwrap_or(rest.len());
        }
        self.is_cut |= self.rest().is_empty();
    }

    /// Reads a value. Returns `None` if there is no value, or if it is cut off and useless.
    fn value(&mut self, depth: usize) -> Option<Value> {
        self.skip();
        match self.peek()? {
            '{' if depth < DEPTH_MAX => self.object(depth),
            '[' if depth < DEPTH_MAX => self.list(depth),
            '{' | '[' => None,
            quote if closing(quote).is_some() => self.string().map(Value::String),
            _ => self.bare(),
        }
    }

    /// Reads an object. A cut member counts only if it is an object or a list.
    fn object(&mut self, depth: usize) -> Option<Value> {
        self.next();
        let mut members = Map::new();
        while self.has_more('}', ']') {
            let name = self.name()?;
            self.skip();
            if !(self.takes(":") || self.takes("=>") || self.takes("=")) {
                return self.is_cut.then_some(Value::Object(members));
            }
            let Some(value) = self.value(depth + 1) else {
                return self.is_cut.then_some(Value::Object(members));
            };
            if !self.is_cut || value.is_object() || value.is_array() {
                members.insert(name, value);
            }
        }
        Some(Value::Object(members))
    }

    /// Reads a list. A cut item counts only if it is the first and an object or a list.
    fn list(&mut self, depth: usize) -> Option<Value> {
        self.next();
        let mut items = Vec::new();
        while self.has_more(']', '}') {
            let Some(value) = self.value(depth + 1) else {
                return self.is_cut.then_some(Value::Array(items));
            };
            if !self.is_cut || items.is_empty() && (value.is_object() || value.is_array()) {
                items.push(value);
            }
        }
        Some(Value::Array(items))
    }

    /// Passes over separators, and over `close` if it comes next. Returns whether another member or item follows: it
    /// does not at the end of the text, nor before the `outer` end, for which `close` is missing.
    fn has_more(&mut self, close: char, outer: char) -> bool {
        loop {
            self.skip();
            match self.peek() {
                None => return false,
                Some(next) if next == outer => return false,
                Some(next) if next == close => {
                    self.next();
                    return false;
                }
                Some(',' | ';') => self.next(),
                Some(_) => return true,
            };
        }
    }

    /// Reads the name of a member, with or without quotes.
    fn name(&mut self) -> Option<String> {
        if self.peek().and_then(closing).is_some() {
            return self.string();
        }
        let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '$' | '.');
        let rest = self.rest();
        let end = rest.find(|c: char| !is_part(c)).unwrap_or(rest.len());
        let name = rest[..end].to_owned();
        self.at += end;
        (!name.is_empty()).then_some(name)
    }

    /// Reads a text in quotes. A quote inside it that is not escaped belongs to it, unless something follows that can
    /// only follow the end.
    fn string(&mut self) -> Option<String> {
        let close = self.next().and_then(closing)?;
        let mut text = String::new();
        while let Some(next) = self.next() {
            match next {
                '\\' => text.extend(self.escaped()),
                _ if next == close && self.is_end_of_string() => return Some(text),
                _ => text.push(next),
            }
        }
        self.is_cut = true;
        None
    }

    fn is_end_of_string(&self) -> bool {
        let rest = self.rest().trim_start();
        rest.is_empty() || rest.starts_with([',', ':', '}', ']', ';', '=']) || rest.starts_with("//")
            || rest.starts_with("/*")
            // The comma after it is missing.
            || self.rest().starts_with(char::is_whitespace) && rest.starts_with(['"', '\'', '{', '['])
    }

    fn escaped(&mut self) -> Option<char> {
        match self.next()? {
            'n' => Some('\n'),
            't' => Some('\t'),
            'r' => Some('\r'),
            'b' => Some('\u{8}'),
            'f' => Some('\u{c}'),
            'u' => self.unicode(),
            other => Some(other),
        }
    }

    /// Reads the digits of `\u`, and those of the second half of a pair.
    fn unicode(&mut self) -> Option<char> {
        let unit = self.hex()?;
        if !(0xd800..0xdc00).contains(&unit) || !self.takes("\\u") {
            return char::from_u32(unit);
        }
        let low = self.hex()?.checked_sub(0xdc00)?;
        char::from_u32(0x1_0000 + ((unit - 0xd800) << 10) + low)
    }

    fn hex(&mut self) -> Option<u32> {
        let value = u32::from_str_radix(self.rest().get(..4)?, 16).ok()?;
        self.at += 4;
        Some(value)
    }

    /// Reads a value without quotes: a constant, a number, or a word as text.
    fn bare(&mut self) -> Option<Value> {
        let rest = self.rest();
        let end = rest.find([',', '}', ']', '{', '[', '\n', ':', '"']);
        let word = rest[..end.unwrap_or(rest.len())].trim_end().to_owned();
        self.at += word.len();
        self.is_cut |= end.is_none();
        match word.to_lowercase().as_str() {
            "" => None,
            "null" | "none" | "undefined" | "nan" | "nil" => Some(Value::Null),
            "true" => Some(Value::Bool(true)),
            "false" => Some(Value::Bool(false)),
            _ => Some(word.parse::<Number>().map_or(Value::String(word), Value::Number)),
        }
    }
}

/// Returns the quote that ends a text that begins with `quote`.
fn closing(quote: char) -> Option<char> {
    match quote {
        '"' | '\'' | '`' => Some(quote),
        '“' => Some('”'),
        '„' => Some('“'),
        '‘' => Some('’'),
        '«' => Some('»'),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Value) {
        assert_eq!(read(text).map(|read| read.value), Some(expected), "{text}");
    }

    #[test]
    fn json_is_read_exactly() {
        let text = r#"{"a":["b\"",1,null]} and more"#;
        let expected =
            Read { value: json!({ "a": ["b\"", 1, null] }), bytes: 20, is_exact: true, is_cut: false };
        assert_eq!(read(text), Some(expected));
    }

    #[test]
    fn almost_json_is_read_as_it_is_meant() {
        let expected = json!({ "a": ["b", "c"], "d": 1 });
        for text in [
            "{\"a\":[\"b\",\"c\",],\"d\":1,}",
            "{'a': ['b', 'c'], 'd': 1}",
            "{a: [b, c], d: 1}",
            "{“a”: [“b”, “c”], “d”: 1}",
            "{\"a\": [\"b\" /* first */, \"c\"], // all\n \"d\": 1}",
            "{\"a\": [\"b\" \"c\"] \"d\": 1}",
            "{\n\"a\": [\"b\",\"c\"]\n\"d\": 1\n}",
            "# plan\n{\"a\" = [\"b\"; \"c\"]; \"d\" => 1}",
        ] {
            check(text, expected.clone());
        }
        check("{\"a\": None, \"b\": True, \"c\": 1.5}", json!({ "a": null, "b": true, "c": 1.5 }));
        check("{\"a\": \"the \"quiet\" one\", 'b': 1}", json!({ "a": "the \"quiet\" one", "b": 1 }));
        check("{\"a\": \"two\nlines\",}", json!({ "a": "two\nlines" }));
        check("{\"a\": \"\\ud83d\\ude00 \\u00e9 \\x\",}", json!({ "a": "😀 é x" }));
        check("{\"a\": [{\"b\": 1}}", json!({ "a": [{ "b": 1 }] }));
    }

    #[test]
    fn a_document_that_ends_in_the_middle_keeps_what_is_complete() {
        let whole = r#"{"t":"x","blocks":[{"type":"a","ids":["1","2"]},{"type":"b","text":"long"}]}"#;
        let first = json!({ "type": "a", "ids": ["1", "2"] });
        for (end, expected) in [
            (7, json!({})),
            (8, json!({ "t": "x" })),
            (20, json!({ "t": "x", "blocks": [{}] })),
            (46, json!({ "t": "x", "blocks": [{ "type": "a", "ids": ["1", "2"] }] })),
            (47, json!({ "t": "x", "blocks": [first] })),
            (70, json!({ "t": "x", "blocks": [first] })),
        ] {
            let read = read(&whole[..end]).unwrap();
            assert_eq!(
                (read.value, read.is_cut, read.is_exact),
                (expected, true, false),
                "{}",
                &whole[..end]
            );
        }
    }

    #[test]
    fn text_that_is_no_document_is_none() {
        for text in ["", "{ I think so }", "{\"a\" b}", &"[".repeat(1_000), &"{\"a\":".repeat(1_000)] {
            assert!(read(text).is_none(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_to_its_end_at_most(text in "[{}\\[\\]\",:'`a1\\\\u/*#\n“”é ]{0,120}") {
            if let Some(read) = read(&text) {
                prop_assert!(text.is_char_boundary(read.bytes));
            }
        }

        #[test]
        fn json_with_a_comma_too_many_is_the_same_document(texts in prop::collection::vec("[^\\\\\"]{0,9}", 0..5)) {
            let value = json!({ "a": texts });
            let text = value.to_string().replace("]}", ",],}");
            prop_assert_eq!(read(&text).map(|read| read.value), Some(value));
        }
    }
}
