//! A table that compares products by their data in the catalog.

use askama::Template;
use model::catalog::Product;
use model::text::is_visible;
use words::Words;

use super::{Demand, Render};
use crate::forms::introduced;
use crate::sections::{Card, Layout, Loading, Purchase, Sections};

/// What a row compares: its name, and where the catalog has it.
type Row = (fn(&Words) -> &'static str, fn(&Product) -> &str);
/// The rows. One that is empty for a product, or the same for all, is left out.
const ROWS: [Row; 3] = [
    (|words| words.compared_type, |product| &product.category),
    (|words| words.compared_vendor, |product| &product.vendor),
    (|words| words.compared_description, |product| &product.description),
];

introduced! {
    /// A table of prices and facts. At most once.
    Comparison, demand: Demand::Available,
    /// Ids of available products.
    products: 2, 4
}

impl<'a> Render<'a> for View<'a> {
    fn render(&self, sections: &mut Sections<'a>) {
        let Some(cards) = sections.cards(self.heading, Layout::SmallRow, &self.products) else { return };
        let words = sections.words();
        let lines = ROWS.iter().filter_map(|row| line(row, &self.products, words)).collect();
        let (id, heading, text) = (sections.next_id(), self.heading, self.text);
        sections.add(&Section { id, heading, text, cards: cards.items, lines });
    }
}

/// Returns a row of the table; `None` if it says nothing.
fn line<'a>((name, fact): &Row, products: &[&'a Product], words: &Words) -> Option<Line<'a>> {
    let facts: Vec<_> = products.iter().map(|product| fact(product).trim()).collect();
    let tells = facts.iter().all(|fact| is_visible(fact)) && facts.iter().any(|fact| *fact != facts[0]);
    tells.then_some(Line { name: name(words), facts })
}

#[derive(Template)]
#[template(path = "blocks/comparison.html")]
struct Section<'a> {
    id: usize,
    heading: &'a str,
    text: &'a str,
    cards: Vec<Card<'a>>,
    lines: Vec<Line<'a>>,
}

struct Line<'a> {
    name: &'static str,
    facts: Vec<&'a str>,
}
