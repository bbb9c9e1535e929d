//! Languages that have a file.

use crate::{FILES, TABLES, Words};

/// A language that has a file, by its tag (BCP 47), which is the file's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Language(pub(crate) &'static str);

impl Language {
    /// English, which every other language falls back to.
    pub const ENGLISH: Self = Self(FILES[0]);

    /// Returns every language, English first.
    pub fn all() -> impl Iterator<Item = Self> {
        FILES.into_iter().map(Self)
    }

    /// Returns the language of a tag (BCP 47; its subtags may be joined by `_`). A language has one file for all of its
    /// regions. A tag that names another script than the file's has none.
    pub fn of(tag: &str) -> Option<Self> {
        let exact = |words: &&Words| words.language.0.eq_ignore_ascii_case(tag);
        if let Some(words) = TABLES.iter().find(exact) {
            return Some(words.language);
        }
        let mut subtags = tag.split(['-', '_']);
        let primary = match subtags.next()?.to_ascii_lowercase() {
            // The code of Hebrew before 1989, which some systems still send.
            old if old == "iw" => "he".to_owned(),
            primary => primary,
        };
        let script =
            subtags.find(|subtag| subtag.len() == 4 && subtag.bytes().all(|b| b.is_ascii_alphabetic()));
        let language = Self::all().find(|language| language.primary() == primary)?;
        script.is_none_or(|script| script.eq_ignore_ascii_case(language.script())).then_some(language)
    }

    /// Returns the first of these languages that has a file, and English if none has.
    pub fn first_of<'a>(tags: impl IntoIterator<Item = &'a str>) -> Self {
        tags.into_iter().find_map(Self::of).unwrap_or(Self::ENGLISH)
    }

    /// Returns its tag (BCP 47).
    pub fn tag(self) -> &'static str {
        self.0
    }

    /// Returns its words.
    pub fn words(self) -> &'static Words {
        TABLES.iter().find(|words| words.language == self).unwrap_or(&TABLES[0])
    }

    /// Returns the first subtag of its tag, in lower case.
    pub fn primary(self) -> &'static str {
        self.0.split('-').next().unwrap_or_default()
    }

    /// Returns the script that its file is written in (ISO 15924).
    fn script(self) -> &'static str {
        match self.primary() {
            "ar" => "Arab",
            "he" => "Hebr",
            "ja" => "Jpan",
            _ => "Latn",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_has_one_file_for_all_of_its_regions() {
        for (tag, file) in [
            ("en", Some("en")),
            ("EN_gb", Some("en")),
            ("de-AT", Some("de")),
            ("PT_BR", Some("pt-BR")),
            ("pt-PT", Some("pt-BR")),
            ("iw", Some("he")),
            ("ar-EG", Some("ar")),
            ("ja-Jpan-JP", Some("ja")),
            ("ja-Latn", None),
            ("en-Shaw", None),
            ("da", None),
            ("deu", None),
            ("", None),
        ] {
            assert_eq!(Language::of(tag).map(Language::tag), file, "{tag}");
        }
    }

    #[test]
    fn the_first_language_with_a_file_is_taken() {
        assert_eq!(Language::first_of(["ko", "sv-SE"]).tag(), "sv");
        assert_eq!(Language::first_of(["ko", "da"]), Language::ENGLISH);
    }
}
