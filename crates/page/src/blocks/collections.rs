//! The shop's collections.

use askama::Template;
use model::text::is_visible;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Checker, Given, HEADING_CHARS_MAX, Kind, Occurrence, Render, Rules, Stock};
use crate::Collection;
use crate::sections::{Loading, Sections};
use crate::tiles::{Form, Named, Tiles};

/// The most collections: two rows.
const COLLECTIONS_MAX: usize = 8;

/// Collections; filled in. At most once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Collections {
    /// What to call it.
    #[schemars(length(min = 1, max = HEADING_CHARS_MAX))]
    pub heading: String,
}

impl Kind for Collections {
    type View<'a> = View<'a>;

    const RULES: Rules = Rules {
        occurrence: Occurrence::AtMostOnce,
        filled_in_if: Some("the shop has collections"),
        offer_min: Rules::ROOMY,
        ..Rules::ANY
    };

    fn check(&self, checker: &mut impl Checker) {
        checker.heading(&self.heading);
        checker.no_claim("heading", &self.heading);
    }

    fn bind<'a>(&'a self, _: &'a impl Stock, given: &Given<'a>) -> Option<View<'a>> {
        View::of(&self.heading, given.collections)
    }
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
            sections.add(&Section { id: sections.next_id(), heading: self.heading, tiles });
        }
    }
}

#[derive(Template)]
#[template(path = "blocks/collections.html")]
struct Section<'a> {
    id: usize,
    heading: &'a str,
    tiles: Tiles<'a>,
}
