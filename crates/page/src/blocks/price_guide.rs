//! Bands of prices, computed from the catalog.

use askama::Template;
use model::PageKind;
use model::catalog::Product;
use words::{Filled, Words};

use super::{Render, Rules};
use crate::address::Address;
use crate::forms::filled_in;
use crate::money_format::Style;
use crate::sections::Sections;

/// The fewest products whose prices are worth bands.
const PRODUCTS_MIN: usize = 6;
/// The first digits of amounts that divide prices, times ten.
const ROUND: [u64; 10] = [10, 15, 20, 25, 30, 40, 50, 60, 75, 100];

filled_in! {
    /// Price bands; filled in. At most once.
    PriceGuide if "the shop's prices differ", offer_min: Rules::ROOMY,
    pages: &[PageKind::Home, PageKind::Search],
    |heading, stock, _| View::of(heading, &stock.offered())
}

/// The block with its bands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View<'a> {
    /// The heading.
    pub heading: &'a str,
    bands: Vec<Band>,
}

/// Prices from an amount to another, in the currency's minor unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Band {
    least: Option<u64>,
    most: Option<u64>,
}

impl<'a> View<'a> {
    /// Returns the bands of these products' prices; `None` if there are too few, or all cost much the same.
    pub fn of(heading: &'a str, products: &[&Product]) -> Option<Self> {
        let bands = bands(products.iter().map(|product| product.price).collect());
        (!bands.is_empty()).then_some(Self { heading, bands })
    }
}

/// Returns bands that each hold some of the prices: two or three, or none if prices do not differ enough.
fn bands(mut prices: Vec<u64>) -> Vec<Band> {
    prices.sort_unstable();
    let (Some(&lowest), Some(&highest)) = (prices.first(), prices.last()) else { return Vec::new() };
    if prices.len() < PRODUCTS_MIN {
        return Vec::new();
    }
    let mut bounds = vec![rounded(prices[prices.len() / 3]), rounded(prices[prices.len() * 2 / 3])];
    bounds.dedup();
    bounds.retain(|bound| *bound > lowest && *bound < highest);
    let starts = [None].into_iter().chain(bounds.iter().copied().map(Some));
    let ends = bounds.iter().copied().map(Some).chain([None]);
    let bands: Vec<_> = starts.zip(ends).map(|(least, most)| Band { least, most }).collect();
    let is_useful = bands.len() > 1 && bands.iter().all(|band| prices.iter().any(|price| band.holds(*price)));
    if is_useful { bands } else { Vec::new() }
}

/// Returns the round amount that is next to a price, or the price if there is none.
fn rounded(price: u64) -> u64 {
    let scale = 10_u64.pow(price.checked_ilog10().unwrap_or_default());
    let amounts = ROUND.iter().filter_map(|digits| Some(digits.checked_mul(scale)? / 10));
    amounts.min_by_key(|amount| amount.abs_diff(price)).unwrap_or(price)
}

impl Band {
    fn holds(self, price: u64) -> bool {
        self.least.is_none_or(|least| price >= least) && self.most.is_none_or(|most| price <= most)
    }

    /// Returns the words around the amounts of the first or the last band.
    fn words(self, words: &Words) -> Filled {
        match (self.least, self.most) {
            (None, _) => words.price_up_to,
            (_, None) => words.price_from,
            _ => Filled { before: "", after: "" },
        }
    }

    /// Returns the query by which a collection's page shows these products
    /// (<https://shopify.dev/docs/storefronts/themes/navigation-search/filtering/storefront-filtering/support-storefront-filtering>).
    fn query(self, decimals: u32) -> String {
        let amount = |minor: u64| Style::PLAIN.write(minor, decimals).replace(',', "");
        let least = self.least.map(|least| format!("filter.v.price.gte={}", amount(least)));
        let most = self.most.map(|most| format!("filter.v.price.lte={}", amount(most)));
        least.into_iter().chain(most).collect::<Vec<_>>().join("&")
    }
}

impl<'a> Render<'a> for View<'a> {
    fn render(&self, sections: &mut Sections<'a>) {
        let decimals = model::decimals(&sections.currency().to_ascii_uppercase()).into();
        let step = |band: &Band| Step {
            words: band.words(sections.words()),
            amounts: band.least.into_iter().chain(band.most).map(|amount| sections.money(amount)).collect(),
            query: band.query(decimals),
            band: *band,
        };
        let steps = self.bands.iter().map(step).collect();
        let (id, home) = (sections.next_id(), sections.home());
        sections.add(&Section { id, heading: self.heading, home, steps });
    }
}

#[derive(Template)]
#[template(path = "blocks/price_guide.html")]
struct Section<'a> {
    id: usize,
    heading: &'a str,
    /// The shop whose pages list the products. Without one, the script filters those on the page.
    home: Option<Address<'a>>,
    steps: Vec<Step>,
}

struct Step {
    /// The words around the amounts; may be empty.
    words: Filled,
    amounts: Vec<String>,
    query: String,
    band: Band,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(prices: &[u64], expected: &[(Option<u64>, Option<u64>)]) {
        let bands: Vec<_> =
            bands(prices.to_vec()).into_iter().map(|Band { least, most }| (least, most)).collect();
        assert_eq!(bands, expected);
        assert!(
            bands.is_empty()
                || prices
                    .iter()
                    .all(|price| { bands.iter().any(|&(least, most)| Band { least, most }.holds(*price)) })
        );
    }

    #[test]
    fn prices_are_divided_at_round_amounts() {
        check(
            &[900, 1_900, 2_400, 3_900, 4_900, 9_900, 12_000],
            &[(None, Some(2_500)), (Some(2_500), Some(5_000)), (Some(5_000), None)],
        );
        check(&[100, 110, 120, 8_000, 8_100, 8_200], &[(None, Some(7_500)), (Some(7_500), None)]);
    }

    #[test]
    fn few_or_equal_prices_have_no_bands() {
        check(&[], &[]);
        check(&[1, 10, 100, 1_000, 10_000], &[]);
        check(&[2_000; 9], &[]);
        check(&[5, 5, 5, 5, 5, 6], &[]);
        check(&[0; 9], &[]);
        check(&[u64::MAX; 9], &[]);
    }

    #[test]
    fn a_band_is_a_filter_of_shopifys_collections() {
        let band = Band { least: Some(2_500), most: Some(123_456) };
        assert_eq!(band.query(2), "filter.v.price.gte=25.00&filter.v.price.lte=1234.56");
        assert_eq!(Band { least: None, ..band }.query(0), "filter.v.price.lte=123456");
    }
}
