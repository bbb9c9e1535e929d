//! The words of the admin, in every language that has a file in `languages/`.
//!
//! The files are in [Fluent](https://projectfluent.org). The build script compiles them into [`Words`], which has a
//! method for each message: a page that names an unknown message does not compile, and neither does a language without a
//! message. The words on shoppers' pages are others, in `crates/words`.

pub mod numbers;

use words::numbers::Numbers;

/// The words of a language.
#[derive(Debug)]
pub struct Words {
    tag: &'static str,
    messages: &'static [Message],
}

/// A text for each plural category, in CLDR's order. A text that depends on no count has the last one alone.
#[derive(Debug)]
struct Message {
    /// The text for none at all, if it has one of its own.
    none: Option<&'static [Piece]>,
    forms: [Option<&'static [Piece]>; 6],
}

/// A piece of a text.
#[derive(Debug)]
enum Piece {
    Text(&'static str),
    Count,
    /// The value of a variable, by its index.
    Value(usize),
}

include!(concat!(env!("OUT_DIR"), "/words.rs"));

impl Words {
    /// Returns the words of a language by its tag (BCP 47), and English ones if it has no file. A file serves all regions
    /// of its language.
    pub fn of(tag: &str) -> &'static Self {
        let exact = TABLES.iter().find(|words| words.tag.eq_ignore_ascii_case(tag));
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        let found = exact.or_else(|| TABLES.iter().find(|words| words.tag.eq_ignore_ascii_case(primary)));
        found.unwrap_or(&TABLES[0])
    }

    /// Returns every language's words, English first. The last one is the pseudo-language `en-XA`: English in brackets, by
    /// which tests and developers see words that are in no file.
    #[cfg(test)]
    pub fn all() -> impl Iterator<Item = &'static Self> {
        TABLES.iter()
    }

    /// Returns the tag of the language (BCP 47).
    pub fn tag(&self) -> &'static str {
        self.tag
    }

    fn text(&self, index: usize) -> &'static str {
        match self.messages[index].forms[5] {
            Some([Piece::Text(text)]) => text,
            _ => "",
        }
    }

    fn filled(&self, index: usize, values: &[&str]) -> String {
        self.written(self.messages[index].forms[5].unwrap_or_default(), 0, values)
    }

    fn counted(&self, index: usize, count: u64, values: &[&str]) -> String {
        let message = &self.messages[index];
        let none = message.none.filter(|_| count == 0);
        let form = none.or_else(|| message.forms[Numbers::of(self.tag).category(count)]).or(message.forms[5]);
        self.written(form.unwrap_or_default(), count, values)
    }

    fn written(&self, pieces: &[Piece], count: u64, values: &[&str]) -> String {
        let written = |piece: &Piece| match piece {
            Piece::Text(text) => (*text).to_owned(),
            Piece::Count => self.number(count),
            Piece::Value(index) => values.get(*index).copied().unwrap_or_default().to_owned(),
        };
        pieces.iter().map(written).collect()
    }
}

#[cfg(test)]
mod tests {
    use words::numbers::CATEGORIES;

    use super::*;

    #[test]
    fn a_text_agrees_with_its_count() {
        for (tag, count, expected) in [
            ("en", 1, "Write at most 1 line."),
            ("en", 1_200, "Write at most 1,200 lines."),
            ("de", 1_200, "Höchstens 1.200 Zeilen."),
            ("fr", 0, "0 ligne au plus."),
            ("ja", 5, "5行以内で入力してください。"),
            ("en-XA", 2, "⟦Write at most 2 lines.⟧"),
        ] {
            assert_eq!(Words::of(tag).error_lines(count), expected);
        }
    }

    #[test]
    fn every_file_has_exactly_the_plural_categories_of_its_language() {
        for words in Words::all() {
            let expected = Numbers::of(words.tag).categories();
            for message in
                words.messages.iter().filter(|message| message.forms[..5].iter().any(Option::is_some))
            {
                let forms = CATEGORIES.iter().zip(message.forms).filter(|(_, form)| form.is_some());
                let forms: Vec<_> = forms.map(|(category, _)| *category).collect();
                assert_eq!(forms, expected, "{}: {message:?}", words.tag);
            }
        }
    }

    /// The build compares the messages of each file with those of English.
    #[test]
    fn there_are_five_languages_and_no_text_is_empty() {
        let tags: Vec<_> = Words::all().map(Words::tag).collect();
        assert_eq!(tags, ["en", "de", "es", "fr", "ja", "en-XA"]);
        for words in Words::all() {
            for message in words.messages {
                assert!(
                    message.forms[5].is_some_and(|pieces| !pieces.is_empty()),
                    "{}: {message:?}",
                    words.tag
                );
            }
        }
    }
}
