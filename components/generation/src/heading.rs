//! What a heading says of the products under it, as far as that can be decided: which are reduced, cost least, sell
//! best, can be had, are new, or belong to a category.
//!
//! It judges headings of both planners, and of a stored plan against today's products. Words are understood in
//! English only; a category is known in any language. What else a text may claim is not judged here.

use std::fmt;

use page::Product;

use crate::assortment::Assortment;
use crate::copy::{folded, holds_word};
use crate::storefront::Storefront;

/// How many of the best sellers may be missing under a heading that says so: other blocks show some on their own.
const SHOWN_ELSEWHERE_MAX: usize = 3;

/// Words that say it, in lower case.
const LOWEST: &[&str] = &["lowest", "cheapest", "least expensive"];
const REDUCED: &[&str] = &[
    "reduced",
    "reductions",
    "discount",
    "discounts",
    "discounted",
    "on sale",
    "clearance",
    "marked down",
    "markdowns",
    "price drops",
    "lower than before",
    "deals",
    "bargains",
];
const BEST_SELLING: &[&str] = &[
    "best seller",
    "best sellers",
    "bestseller",
    "bestsellers",
    "best-seller",
    "best-sellers",
    "best selling",
    "best-selling",
    "bestselling",
    "top seller",
    "top sellers",
    "most popular",
    "popular",
    "most bought",
];
const AVAILABLE: &[&str] = &["in stock", "available now"];
const NEW: &[&str] = &[
    "new arrivals",
    "new in",
    "newest",
    "just in",
    "just arrived",
    "just added",
    "latest",
    "recently added",
    "brand new",
];
/// A merchant's tags that say it of a product.
const BEST_SELLING_TAGS: &[&str] =
    &["bestseller", "bestsellers", "best seller", "best-seller", "best sellers"];
const NEW_TAGS: &[&str] = &["new", "new arrival", "new arrivals", "new-arrival", "new-arrivals", "new in"];

/// Something that a heading says of all products under it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// They are the lowest prices of the shop, from the lowest up.
    LowestPrices,
    /// They are reduced.
    Reduced,
    /// They sell best.
    BestSelling,
    /// They can be bought now.
    Available,
    /// They came lately.
    New,
    /// They are of the category.
    Category(String),
}

impl fmt::Display for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LowestPrices => f.write_str("are the shop's lowest prices, from the lowest up"),
            Self::Reduced => f.write_str("are reduced"),
            Self::BestSelling => f.write_str("are the shop's best sellers"),
            Self::Available => f.write_str("are available"),
            Self::New => f.write_str("are new"),
            Self::Category(category) => write!(f, "are of the category {category:?}"),
        }
    }
}

/// What a heading says of products that is not true of them; `None` if all is. The shop's name says nothing of
/// products, and a product's title is the merchant's to answer for.
pub fn false_claim(heading: &str, products: &[&Product], storefront: &Storefront) -> Option<Claim> {
    let is_name =
        heading == storefront.voice.name() || products.iter().any(|product| product.title == heading);
    if is_name {
        return None;
    }
    claims(heading, storefront).into_iter().find(|claim| !claim.holds(products, &storefront.assortment))
}

/// What a heading says of the products under it. A heading that is a category's name says only that: the merchant may
/// call one "Sale".
pub fn claims(heading: &str, storefront: &Storefront) -> Vec<Claim> {
    let heading = folded(heading);
    let mut offered = storefront.assortment.offered();
    if let Some(product) = offered.find(|product| folded(&product.category) == heading) {
        return vec![Claim::Category(product.category.clone())];
    }
    if !storefront.merchant.speaks_english() {
        return Vec::new();
    }
    let says = |words: &[&str]| words.iter().any(|word| holds_word(&heading, word));
    let known = [
        (LOWEST, Claim::LowestPrices),
        (REDUCED, Claim::Reduced),
        (BEST_SELLING, Claim::BestSelling),
        (AVAILABLE, Claim::Available),
        (NEW, Claim::New),
    ];
    known.into_iter().filter(|(words, _)| says(words)).map(|(_, claim)| claim).collect()
}

impl Claim {
    /// Whether it is true of these products, in this order.
    pub fn holds(&self, products: &[&Product], assortment: &Assortment) -> bool {
        let all = |is_so: &dyn Fn(&Product) -> bool| products.iter().all(|product| is_so(product));
        match self {
            Self::LowestPrices => {
                let lowest = assortment.cheapest().into_iter().take(products.len());
                lowest.map(|product| product.price).eq(products.iter().map(|product| product.price))
            }
            Self::Reduced => all(&|product| product.percent_off().is_some()),
            Self::BestSelling => {
                let best = assortment.best_sellers(products.len() + SHOWN_ELSEWHERE_MAX);
                let is_best = |product: &Product| best.iter().any(|one| one.id == product.id);
                all(&|product| is_best(product) || has_tag(product, BEST_SELLING_TAGS))
            }
            Self::Available => all(&|product| product.available),
            Self::New => all(&|product| has_tag(product, NEW_TAGS)),
            Self::Category(category) => all(&|product| product.category == *category),
        }
    }

    /// The products of which it is true today, in its order: those of a list that it is still true of, or others in
    /// their place where the claim says which.
    pub fn renewed<'a>(&self, products: Vec<&'a Product>, assortment: &'a Assortment) -> Vec<&'a Product> {
        match self {
            Self::LowestPrices => assortment.cheapest().into_iter().take(products.len()).collect(),
            Self::BestSelling if !self.holds(&products, assortment) => {
                assortment.best_sellers(products.len())
            }
            _ => products.into_iter().filter(|product| self.holds(&[product], assortment)).collect(),
        }
    }
}

fn has_tag(product: &Product, tags: &[&str]) -> bool {
    product.tags.iter().any(|tag| tags.contains(&tag.to_lowercase().as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fakes::{merchant, product, products, storefront};
    use crate::storefront::Merchant;

    #[track_caller]
    fn check(heading: &str, ids: &[&str], expected: Option<&Claim>) {
        let storefront = storefront();
        let products: Vec<_> = ids.iter().filter_map(|id| storefront.assortment.get(id)).collect();
        assert_eq!(products.len(), ids.len());
        assert_eq!(false_claim(heading, &products, &storefront).as_ref(), expected, "{heading}");
    }

    #[test]
    fn the_lowest_prices_begin_at_the_lowest_and_leave_none_out() {
        for heading in ["From the lowest price up", "Lowest price first", "Our cheapest"] {
            check(heading, &["potion-2", "potion-1", "hat-1"], None);
            check(heading, &["potion-1", "hat-1"], Some(&Claim::LowestPrices));
            check(heading, &["potion-2", "hat-1"], Some(&Claim::LowestPrices));
            check(heading, &["potion-1", "potion-2"], Some(&Claim::LowestPrices));
        }
    }

    #[test]
    fn what_is_called_reduced_is_reduced() {
        for heading in ["Reduced right now", "Deals of the day", "On sale"] {
            check(heading, &["potion-2", "wand-3"], None);
            check(heading, &["potion-2", "wand-1"], Some(&Claim::Reduced));
        }
    }

    #[test]
    fn best_sellers_are_those_of_a_catalog_that_counts_them() {
        let mut storefront = storefront();
        let shown = |storefront: &Storefront, ids: &[&str]| {
            let products: Vec<_> = ids.iter().filter_map(|id| storefront.assortment.get(id)).collect();
            false_claim("Best sellers", &products, storefront)
        };
        assert_eq!(shown(&storefront, &["wand-1", "wand-2"]), Some(Claim::BestSelling));
        storefront.assortment = storefront.assortment.sorted_by_sales(true);
        assert_eq!(shown(&storefront, &["wand-2", "wand-1"]), None);
        assert_eq!(shown(&storefront, &["wand-1", "potion-2"]), Some(Claim::BestSelling));
    }

    #[test]
    fn what_the_merchant_tagged_may_be_said() {
        let tagged = |tag: &str| Product { tags: vec![tag.to_owned()], ..product("a", "Wands", 1) };
        let (storefront, new, best) = (storefront(), tagged("new"), tagged("Bestseller"));
        assert_eq!(false_claim("New arrivals", &[&new], &storefront), None);
        assert_eq!(false_claim("Bestsellers", &[&best], &storefront), None);
        assert_eq!(false_claim("New arrivals", &[&new, &best], &storefront), Some(Claim::New));
    }

    #[test]
    fn a_categorys_name_stands_over_its_products() {
        check("hats", &["hat-1", "hat-2"], None);
        check("Hats", &["hat-1", "wand-1"], Some(&Claim::Category("Hats".to_owned())));
        check("In stock", &["hat-1", "wand-sold-out"], Some(&Claim::Available));
    }

    #[test]
    fn what_says_nothing_of_products_is_not_judged() {
        for heading in
            ["Look around", "Something new for you", "Magic Wands", "Popularity is not all", "New wood"]
        {
            check(heading, &["hat-1", "wand-1"], None);
        }
        let german = Merchant { language: "de".to_owned(), ..merchant() };
        let storefront = Storefront::new("s", german, Assortment::new("EUR".to_owned(), products()));
        assert_eq!(claims("Reduced", &storefront), []);
        assert_eq!(claims("Hats", &storefront), [Claim::Category("Hats".to_owned())]);
    }

    #[test]
    fn a_categorys_and_a_products_name_are_the_merchants_words() {
        let sale = Product { title: "The cheapest hat".to_owned(), ..product("a", "Sale", 5) };
        let lower = product("b", "Hats", 4);
        let assortment = Assortment::new("EUR".to_owned(), vec![sale.clone(), lower]);
        let storefront = Storefront::new("s", merchant(), assortment);
        assert_eq!(false_claim("Sale", &[&sale], &storefront), None);
        assert_eq!(false_claim("The cheapest hat", &[&sale], &storefront), None);
    }
}
