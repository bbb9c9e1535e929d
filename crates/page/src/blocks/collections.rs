//! The shop's collections.

use model::PageKind;
use model::text::is_visible;

use super::{Render, Rules};
use crate::Collection;
use crate::forms::filled_in;
use crate::sections::Sections;
use crate::tiles::{Named, Tiles};

/// The most collections: two rows.
const COLLECTIONS_MAX: usize = 8;

filled_in! {
    /// Collections; filled in. At most once.
    Collections if "the shop has collections", offer_min: Rules::ROOMY,
    pages: &[PageKind::Home, PageKind::Collection, PageKind::Product, PageKind::Search],
    |heading, _, given| View::of(heading, given.collections)
}

/// The block with its collections.
#[derive(Debug, Clone, PartialEq)]
pub struct View<'a> {
    /// The heading.
    pub heading: &'a str,
    /// In order of interest. A collection without a usable address is left out.
    pub collections: Vec<&'a Collection>,
}

impl<'a> View<'a> {
    /// Returns the block of a shop's collections; `None` if there are none.
    pub fn of(heading: &'a str, collections: &'a [Collection]) -> Option<Self> {
        let is_usable = |collection: &&Collection| {
            is_visible(&collection.title) && !collection.url.is_empty() && !collection.url.starts_with('#')
        };
        let collections: Vec<_> = collections.iter().filter(is_usable).take(COLLECTIONS_MAX).collect();
        (!collections.is_empty()).then_some(Self { heading, collections })
    }
}

impl<'a> Render<'a> for View<'a> {
    fn render(&self, sections: &mut Sections<'a>) {
        let named = |collection: &&'a Collection| {
            let address =
                sections.link(&collection.url).filter(|address| address.fragment().is_none())?.to_string();
            let name = Some(collection.title.trim()).filter(|name| is_visible(name))?;
            Some(Named { name, address: Some(address), image: collection.image.as_ref() })
        };
        let named: Vec<_> = self.collections.iter().filter_map(named).collect();
        if !named.is_empty() {
            let tiles = Tiles::pictured(sections, named);
            tiles.add_to(sections, self.heading);
        }
    }
}
