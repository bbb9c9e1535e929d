//! A text about the shop or its things.

use askama::Template;
use model::PageKind;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Checker, Given, HEADING_CHARS_MAX, Kind, Render, Rules, Stock};
use crate::sections::Sections;

/// The longest text, in characters.
pub const TEXT_CHARS_MAX: usize = 500;

/// A text about the shop or its things.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Story {
    /// What it is about.
    #[schemars(length(min = 1, max = HEADING_CHARS_MAX))]
    pub heading: String,
    /// The text, one paragraph.
    #[schemars(length(min = 1, max = TEXT_CHARS_MAX))]
    pub text: String,
}

impl Kind for Story {
    type View<'a> = View<'a>;

    const RULES: Rules = Rules {
        pages: &[PageKind::Home, PageKind::Collection, PageKind::Product, PageKind::Cart],
        ..Rules::ANY
    };

    fn check(&self, checker: &mut impl Checker) {
        checker.heading(&self.heading);
        checker.text(&self.text, TEXT_CHARS_MAX);
    }

    fn bind<'a>(&'a self, _: &'a impl Stock, _: &Given<'a>) -> Option<View<'a>> {
        Some(View { heading: &self.heading, text: &self.text })
    }
}

/// The story as it is shown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct View<'a> {
    /// The heading.
    pub heading: &'a str,
    /// Plain text. Line feeds are kept.
    pub text: &'a str,
}

impl<'a> Render<'a> for View<'a> {
    fn render(&self, sections: &mut Sections<'a>) {
        sections.add(&Section { id: sections.next_id(), heading: self.heading, text: self.text });
    }
}

#[derive(Template)]
#[template(path = "blocks/story.html")]
struct Section<'a> {
    id: usize,
    heading: &'a str,
    text: &'a str,
}
