//! The merchant's promises.

use askama::Template;
use model::PageKind;
use model::text::is_visible;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use words::Words;

use super::{Checker, Given, Kind, Occurrence, Render, Rules, Stock};
use crate::sections::Sections;

/// The most promises: one row.
const POINTS_MAX: usize = 4;

/// The merchant's promises; filled in. At most once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reassurance {}

impl Kind for Reassurance {
    type View<'a> = View<'a>;

    const RULES: Rules = Rules {
        occurrence: Occurrence::AtMostOnce,
        filled_in_if: Some("the shop makes promises"),
        pages: &PageKind::ALL,
        ..Rules::ANY
    };

    fn check(&self, _: &mut impl Checker) {}

    fn bind<'a>(&'a self, _: &'a impl Stock, given: &Given<'a>) -> Option<View<'a>> {
        View::of(given.promises)
    }
}

/// The promises that are shown.
#[derive(Debug, Clone, PartialEq)]
pub struct View<'a> {
    /// A few words each, such as "Free returns".
    pub points: Vec<&'a str>,
}

impl<'a> View<'a> {
    /// Returns the block of a merchant's promises; `None` if there are none.
    pub fn of(promises: &'a [String]) -> Option<Self> {
        let points: Vec<_> = promises.iter().map(String::as_str).take(POINTS_MAX).collect();
        (!points.is_empty()).then_some(Self { points })
    }
}

impl<'a> Render<'a> for View<'a> {
    fn render(&self, sections: &mut Sections<'a>) {
        let points: Vec<_> = self.points.iter().copied().filter(|point| is_visible(point)).collect();
        if !points.is_empty() {
            sections.add(&Section { words: sections.words(), points });
        }
    }
}

#[derive(Template)]
#[template(path = "blocks/reassurance.html")]
struct Section<'a> {
    words: &'static Words,
    points: Vec<&'a str>,
}
