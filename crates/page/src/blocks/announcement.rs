//! What the merchant announces: the campaign that runs. It stands above every page; no plan decides about it.

use askama::Template;
use model::shop::{Campaign, Day, ShopSettings};
use model::text::is_visible;
use words::Filled;

use super::Render;
use crate::address::Address;
use crate::sections::Sections;

/// The announcement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct View<'a> {
    campaign: &'a Campaign,
}

impl<'a> View<'a> {
    /// Returns a shop's announcement; `None` if there is none. The settings hold the campaign that is shown
    /// ([`ShopSettings::shown_to`]).
    pub fn of(settings: &'a ShopSettings) -> Option<Self> {
        let campaign = settings.campaigns.first().filter(|campaign| is_visible(&campaign.text))?;
        Some(Self { campaign })
    }
}

impl<'a> Render<'a> for View<'a> {
    fn render(&self, sections: &mut Sections<'a>) {
        let Campaign { text, until, link, .. } = self.campaign;
        // A shop without pages of its own has nowhere to lead to.
        let link = sections.home().zip(link.as_ref()).and_then(|(home, link)| {
            Address::of_link_into(Some(home), "", &link.path()).map(|link| link.to_string())
        });
        sections.add(&Section { text, until: *until, link, words: sections.words().until });
    }
}

/// It is wide, with a last day; or a line without one.
#[derive(Template)]
#[template(path = "blocks/announcement.html")]
struct Section<'a> {
    text: &'a str,
    until: Option<Day>,
    link: Option<String>,
    /// The words around the last day.
    words: Filled,
}
