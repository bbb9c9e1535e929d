//! Tiles that lead to a part of the shop: to a collection, a product type or a vendor.

use askama::Template;
use model::catalog::Image;

use crate::Look;
use crate::address::query_value;
use crate::group::Group;
use crate::picture::Place;
use crate::ratio::Ratio;
use crate::sections::{Loading, Picture, Sections};

/// Tiles side by side.
pub struct Tiles<'a> {
    pub items: Vec<Tile<'a>>,
    pub form: Form,
    /// Whether the tiles filter the products on the page, because the shop has no pages of its own.
    pub is_filter: bool,
}

/// What tiles look like.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Pictures with names below them.
    Pictures,
    /// Names in a row.
    Words,
    /// Large names without pictures.
    Names,
}

pub struct Tile<'a> {
    pub name: &'a str,
    /// The address; `None` for a tile that filters.
    pub address: Option<String>,
    pub picture: Option<Picture<'a>>,
    pub ratio: Ratio,
}

/// A tile before its picture is known to be shown.
pub struct Named<'a> {
    pub name: &'a str,
    pub address: Option<String>,
    pub image: Option<&'a Image>,
}

impl<'a> Tiles<'a> {
    /// Returns tiles with pictures, if most have one and the page's look has room for them; else names in a row.
    pub fn pictured(sections: &mut Sections<'a>, named: Vec<Named<'a>>) -> Self {
        let has_room = !matches!(sections.look(), Look::Calm | Look::Compact);
        let images: Vec<_> = named.iter().filter_map(|tile| tile.image).collect();
        let form = if has_room && images.len() * 2 > named.len() { Form::Pictures } else { Form::Words };
        let ratio = Ratio::of_most(&images);
        Self::of(sections, named, form, ratio)
    }

    /// Returns large names, or names in a row where the page's look is small.
    pub fn large(sections: &mut Sections<'a>, named: Vec<Named<'a>>) -> Self {
        let form = if sections.look() == Look::Compact { Form::Words } else { Form::Names };
        Self::of(sections, named, form, Ratio::of_most(&[]))
    }

    /// Adds the section with these tiles to a page.
    pub fn add_to(self, sections: &mut Sections<'a>, heading: &'a str) {
        sections.add(&Section { id: sections.next_id(), heading, tiles: self });
    }

    fn of(sections: &mut Sections<'a>, named: Vec<Named<'a>>, form: Form, ratio: Ratio) -> Self {
        let is_filter = sections.home().is_none() && named.iter().any(|tile| tile.address.is_none());
        let mut tile = |Named { name, address, image }: Named<'a>| {
            let image = image.filter(|_| form == Form::Pictures);
            let picture = image.and_then(|image| {
                let picture = sections.picture(image, name, Place::Row)?;
                Some(Picture { is_whole: !ratio.suits(image), alt: "", ..picture })
            });
            Tile { name, address, picture, ratio }
        };
        Self { items: named.into_iter().map(&mut tile).collect(), form, is_filter }
    }
}

/// The section of every block of tiles.
#[derive(Template)]
#[template(path = "blocks/tiles.html")]
struct Section<'a> {
    id: usize,
    heading: &'a str,
    tiles: Tiles<'a>,
}

impl Tile<'_> {
    /// Returns the character that replaces a missing picture.
    pub fn initial(&self) -> String {
        self.name.chars().next().map(String::from).unwrap_or_default()
    }
}

/// Returns a tile for each group. `page` is the path of the shop's page that lists a group, up to its name.
pub fn of_groups<'a>(sections: &Sections<'a>, groups: &[Group<'a>], page: &str) -> Vec<Named<'a>> {
    let address = |name: &str| Some(format!("{}{page}{}", sections.home()?, query_value(name)));
    let named =
        |group: &Group<'a>| Named { name: group.name, address: address(group.name), image: group.image };
    groups.iter().map(named).collect()
}
