//! What the merchant announces. It stands above every page; no plan decides about it.

use askama::Template;
use model::shop::{Day, ShopSettings};
use model::text::is_visible;
use words::Filled;

use super::Render;
use crate::sections::Sections;

/// The announcement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct View<'a> {
    text: &'a str,
    until: Option<Day>,
}

impl<'a> View<'a> {
    /// Returns a shop's announcement; `None` if there is none.
    pub fn of(settings: &'a ShopSettings) -> Option<Self> {
        let (text, until) = (settings.announcement.as_str(), settings.announcement_until);
        is_visible(text).then_some(Self { text, until })
    }
}

impl<'a> Render<'a> for View<'a> {
    fn render(&self, sections: &mut Sections<'a>) {
        sections.add(&Section { text: self.text, until: self.until, words: sections.words().until });
    }
}

/// It is wide, with a last day; or a line without one.
#[derive(Template)]
#[template(path = "blocks/announcement.html")]
struct Section<'a> {
    text: &'a str,
    until: Option<Day>,
    /// The words around the last day.
    words: Filled,
}
