//! Texts that depend on a count.

use crate::Language;
use crate::numbers::{CATEGORIES, Numbers};

/// The sign for the number in a form.
const PLACE: char = '#';

/// A text for each plural category of its language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    pub(crate) language: Language,
    /// The text for none at all, if it has one of its own.
    pub(crate) none: Option<&'static str>,
    /// The text of each category, with [`PLACE`] for the number.
    pub(crate) forms: [&'static str; 6],
    /// Whether the file has that category.
    pub(crate) has: [bool; 6],
}

impl Counted {
    /// Returns the text for a count.
    pub fn of(&self, count: u64) -> String {
        let numbers = Numbers::of(self.language.tag());
        let form = self.none.filter(|_| count == 0).unwrap_or_else(|| self.forms[numbers.category(count)]);
        form.replace(PLACE, &numbers.whole(count))
    }

    /// Returns the forms that the file has, by the name of their category, for a script that chooses by
    /// `Intl.PluralRules`. The form for none at all is called `0`, and `#` stands for the number.
    pub fn forms(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let forms = CATEGORIES.into_iter().zip(self.forms).zip(self.has);
        let forms = forms.filter(|(_, has)| *has).map(|(form, _)| form);
        self.none.map(|none| ("0", none)).into_iter().chain(forms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_agrees_with_its_count() {
        for (tag, count, expected) in [
            ("en", 1, "1 product found on this page"),
            ("en", 0, "No products found on this page"),
            ("en", 1200, "1,200 products found on this page"),
            ("de", 1200, "1.200 Produkte auf dieser Seite gefunden"),
            ("fr", 1, "1 produit trouvé sur cette page"),
            ("pl", 3, "Na tej stronie znaleziono 3 produkty"),
            ("pl", 12, "Na tej stronie znaleziono 12 produktów"),
            ("pl", 22, "Na tej stronie znaleziono 22 produkty"),
            ("ar", 2, "عُثر على منتجين في هذه الصفحة"),
            ("ar", 7, "عُثر على 7 منتجات في هذه الصفحة"),
            ("ar", 11, "عُثر على 11 منتجًا في هذه الصفحة"),
            ("he", 2, "נמצאו שני מוצרים בדף הזה"),
            ("ja", 5, "このページに5件の商品が見つかりました"),
        ] {
            assert_eq!(Language::of(tag).unwrap().words().found.of(count), expected);
        }
    }

    #[test]
    fn every_file_has_exactly_the_plural_categories_of_its_language() {
        for language in Language::all() {
            let words = language.words();
            let expected = Numbers::of(language.tag()).categories();
            for counted in words.counted() {
                let forms: Vec<_> =
                    counted.forms().map(|(name, _)| name).filter(|name| *name != "0").collect();
                assert_eq!(forms, expected, "{}", language.tag());
            }
        }
    }
}
