//! Texts that depend on a count.

use fixed_decimal::Decimal;
use icu_decimal::DecimalFormatter;
use icu_locale_core::Locale;
use icu_plurals::{PluralCategory, PluralRules};

use crate::Language;

/// The sign for the number in a form.
const PLACE: char = '#';
/// The names of the plural categories (CLDR), in the order of [`Counted::forms`].
const CATEGORIES: [&str; 6] = ["zero", "one", "two", "few", "many", "other"];

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
        let form = self.none.filter(|_| count == 0).unwrap_or_else(|| self.forms[self.category(count)]);
        form.replace(PLACE, &self.language.number(count))
    }

    /// Returns the forms that the file has, by the name of their category, for a script that chooses by
    /// `Intl.PluralRules`. The form for none at all is called `0`, and `#` stands for the number.
    pub fn forms(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let forms = CATEGORIES.into_iter().zip(self.forms).zip(self.has);
        let forms = forms.filter(|(_, has)| *has).map(|(form, _)| form);
        self.none.map(|none| ("0", none)).into_iter().chain(forms)
    }

    fn category(&self, count: u64) -> usize {
        match self.language.plural_rules().map_or(PluralCategory::Other, |rules| rules.category_for(count)) {
            PluralCategory::Zero => 0,
            PluralCategory::One => 1,
            PluralCategory::Two => 2,
            PluralCategory::Few => 3,
            PluralCategory::Many => 4,
            PluralCategory::Other => 5,
        }
    }
}

impl Language {
    /// Returns a number in Latin digits, as prices have them, with the language's separators.
    pub fn number(self, number: u64) -> String {
        let formatter = self.locale().and_then(|locale| {
            DecimalFormatter::try_new(
                (&locale).into(),
                icu_decimal::options::DecimalFormatterOptions::default(),
            )
            .ok()
        });
        formatter.map_or_else(
            || number.to_string(),
            |formatter| formatter.format(&Decimal::from(number)).to_string(),
        )
    }

    fn plural_rules(self) -> Option<PluralRules> {
        PluralRules::try_new_cardinal((&self.locale()?).into()).ok()
    }

    fn locale(self) -> Option<Locale> {
        Locale::try_from_str(&format!("{}-u-nu-latn", self.tag())).ok()
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
            let rules = language.plural_rules().unwrap();
            let mut expected: Vec<_> =
                rules.categories().map(|it| format!("{it:?}").to_lowercase()).collect();
            expected.sort_unstable();
            for counted in words.counted() {
                let mut forms: Vec<_> =
                    counted.forms().map(|(name, _)| name).filter(|name| *name != "0").collect();
                forms.sort_unstable();
                assert_eq!(forms, expected, "{}", language.tag());
            }
        }
    }
}
