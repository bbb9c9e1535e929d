//! A collage of pictures.

use askama::Template;

use super::{Demand, Render};
use crate::forms::introduced;
use crate::picture::Place;
use crate::sections::{Card, Loading, Purchase, Sections};

introduced! {
    /// A collage of pictures. At most once.
    Lookbook, demand: Demand::Pictured,
    /// Ids of available products with pictures, the largest picture first.
    products: 2, 4
}

impl<'a> Render<'a> for View<'a> {
    fn render(&self, sections: &mut Sections<'a>) {
        let [first, others @ ..] = self.products.as_slice() else { return };
        let mut cards = vec![sections.card(first, Place::Beside)];
        cards.extend(sections.own_cards(others, Place::Tile));
        sections.add(&Section { id: sections.next_id(), heading: self.heading, text: self.text, cards });
    }
}

#[derive(Template)]
#[template(path = "blocks/lookbook.html")]
struct Section<'a> {
    id: usize,
    heading: &'a str,
    text: &'a str,
    cards: Vec<Card<'a>>,
}
