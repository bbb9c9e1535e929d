//! Links to collections of the shop. Only the fallback page has them, so no plan can name them.

use askama::Template;
use model::text::is_visible;

use super::Render;
use crate::Collection;
use crate::address::Address;
use crate::sections::Sections;

/// The links.
#[derive(Debug, Clone, PartialEq)]
pub struct View<'a> {
    /// The heading over the links.
    pub heading: &'a str,
    /// In order of interest. A collection without a usable address is left out.
    pub collections: Vec<&'a Collection>,
}

impl<'a> Render<'a> for View<'a> {
    fn render(&self, sections: &mut Sections<'a>) {
        let link = |collection: &&'a Collection| {
            let address = sections.link(&collection.url).filter(|address| address.fragment().is_none())?;
            let text = collection.title.trim();
            is_visible(text).then_some(Link { text, address })
        };
        let links: Vec<_> = self.collections.iter().filter_map(link).collect();
        if !links.is_empty() {
            sections.add(&Section { id: sections.next_id(), heading: self.heading, links });
        }
    }
}

#[derive(Template)]
#[template(path = "blocks/collections.html")]
struct Section<'a> {
    id: usize,
    heading: &'a str,
    links: Vec<Link<'a>>,
}

struct Link<'a> {
    text: &'a str,
    address: Address<'a>,
}
