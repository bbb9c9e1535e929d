//! Numbers and plural categories of a language. Digits are Latin in all languages, because prices in a shop's money
//! format are.

use std::cell::RefCell;
use std::rc::Rc;

use fixed_decimal::Decimal;
use icu_decimal::DecimalFormatter;
use icu_decimal::options::DecimalFormatterOptions;
use icu_locale_core::Locale;
use icu_plurals::{PluralCategory, PluralRules};

/// The names of the plural categories (CLDR), in the order of [`Numbers::category`].
pub const CATEGORIES: [&str; 6] = ["zero", "one", "two", "few", "many", "other"];
/// The category that every language has, as an index of [`CATEGORIES`].
const OTHER: usize = 5;

thread_local! {
    /// Those that this thread has used. There are at most as many as files of languages.
    static USED: RefCell<Vec<(&'static str, Rc<Numbers>)>> = const { RefCell::new(Vec::new()) };
}

/// Writes the numbers of a language, and knows its plural categories. It is made once per language and thread, because
/// that costs more than to write a number.
#[derive(Debug)]
pub struct Numbers {
    formatter: Option<DecimalFormatter>,
    rules: Option<PluralRules>,
}

impl Numbers {
    /// Returns those of the language with this tag (BCP 47).
    pub fn of(tag: &'static str) -> Rc<Self> {
        USED.with_borrow_mut(|used| {
            if let Some((_, numbers)) = used.iter().find(|(known, _)| *known == tag) {
                return numbers.clone();
            }
            let numbers = Rc::new(Self::new(tag));
            used.push((tag, numbers.clone()));
            numbers
        })
    }

    fn new(tag: &str) -> Self {
        let locale = Locale::try_from_str(&format!("{tag}-u-nu-latn")).ok();
        let formatter = |locale: &Locale| {
            DecimalFormatter::try_new(locale.into(), DecimalFormatterOptions::default()).ok()
        };
        let rules = |locale: &Locale| PluralRules::try_new_cardinal(locale.into()).ok();
        Self { formatter: locale.as_ref().and_then(formatter), rules: locale.as_ref().and_then(rules) }
    }

    /// Returns a whole number with the language's separators.
    pub fn whole(&self, number: u64) -> String {
        self.written(&Decimal::from(number))
    }

    /// Returns a number in digits, with a point before its decimals, as the language writes it. A text that is no number
    /// stays as it is.
    pub fn decimal(&self, digits: &str) -> String {
        Decimal::try_from_str(digits).map_or_else(|_| digits.to_owned(), |number| self.written(&number))
    }

    fn written(&self, number: &Decimal) -> String {
        match &self.formatter {
            Some(formatter) => formatter.format(number).to_string(),
            None => number.to_string(),
        }
    }

    /// Returns the plural category of a count, as an index of [`CATEGORIES`].
    pub fn category(&self, count: u64) -> usize {
        self.rules.as_ref().map_or(OTHER, |rules| index(rules.category_for(count)))
    }

    /// Returns the names of the categories that counts of the language have, in the order of [`CATEGORIES`].
    pub fn categories(&self) -> Vec<&'static str> {
        let mut indices: Vec<_> = self.rules.iter().flat_map(PluralRules::categories).map(index).collect();
        indices.sort_unstable();
        indices.into_iter().map(|index| CATEGORIES[index]).collect()
    }
}

fn index(category: PluralCategory) -> usize {
    match category {
        PluralCategory::Zero => 0,
        PluralCategory::One => 1,
        PluralCategory::Two => 2,
        PluralCategory::Few => 3,
        PluralCategory::Many => 4,
        PluralCategory::Other => OTHER,
    }
}
