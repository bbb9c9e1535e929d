//! A search field with a few terms to start from.

use askama::Template;
use model::PageKind;
use model::text::is_visible;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use words::Words;

use super::{Checker, Given, HEADING_CHARS_MAX, Kind, Occurrence, Render, Rules, Stock};
use crate::address::{Address, query_value};
use crate::sections::Sections;

/// The longest term, in characters.
pub const TERM_CHARS_MAX: usize = 40;
/// The most terms.
pub const TERMS_MAX: usize = 6;

/// A search field. At most once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Search {
    /// What to call it.
    #[schemars(length(min = 1, max = HEADING_CHARS_MAX))]
    pub heading: String,
    /// Terms to start from, at most 40 characters each.
    #[schemars(length(max = TERMS_MAX), inner(length(min = 1, max = TERM_CHARS_MAX)))]
    pub terms: Vec<String>,
}

impl Kind for Search {
    type View<'a> = View<'a>;

    const RULES: Rules = Rules {
        occurrence: Occurrence::AtMostOnce,
        pages: &[PageKind::Home, PageKind::Collection],
        ..Rules::ANY
    };

    fn check(&self, checker: &mut impl Checker) {
        checker.heading(&self.heading);
        checker.terms(&self.terms, TERMS_MAX, TERM_CHARS_MAX);
    }

    fn bind<'a>(&'a self, _: &'a impl Stock, _: &Given<'a>) -> Option<View<'a>> {
        Some(View { heading: &self.heading, terms: self.terms.iter().map(String::as_str).collect() })
    }
}

/// The search field with its terms.
#[derive(Debug, Clone, PartialEq)]
pub struct View<'a> {
    /// The heading, such as the question that the search answers.
    pub heading: &'a str,
    /// Terms to start from.
    pub terms: Vec<&'a str>,
}

impl<'a> Render<'a> for View<'a> {
    fn render(&self, sections: &mut Sections<'a>) {
        let term = |&text: &&'a str| Term { text, query: query_value(text) };
        let section = Section {
            id: sections.next_id(),
            words: sections.words(),
            heading: self.heading,
            shop_name: sections.shop_name(),
            home: sections.home(),
            terms: self.terms.iter().filter(|term| is_visible(term)).map(term).collect(),
        };
        sections.add(&section);
    }
}

#[derive(Template)]
#[template(path = "blocks/search.html")]
struct Section<'a> {
    id: usize,
    words: &'static Words,
    heading: &'a str,
    shop_name: &'a str,
    /// The shop whose search is used. Without one, the script filters the products on the page.
    home: Option<Address<'a>>,
    terms: Vec<Term<'a>>,
}

struct Term<'a> {
    text: &'a str,
    /// The text as the value of a query parameter.
    query: String,
}
