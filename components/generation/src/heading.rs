//! The claims of a heading about the products under it that can be checked: that the products are reduced, cost least,
//! are sorted by price, sell best, are available, are new, or belong to a category. A page's title is judged like a
//! heading over all products of the page.
//!
//! Headings of both planners are judged, and those of a stored plan against today's products. Claims are
//! recognised in the languages of `heading/words.rs`; category names in any language. Other claims of a text are the
//! claims gate's business. A material is judged only if the shop's data names it at all.

mod words;

use std::fmt;

use model::catalog::Product;

use crate::assortment::Assortment;
use crate::copy::{folded, holds_word, replace_word};
use crate::storefront::Storefront;
use words::{BEST_SELLING_TAGS, NEW_TAGS};

/// How many best sellers may be missing under a best-seller heading, because other blocks show some on their own.
const SHOWN_ELSEWHERE_MAX: usize = 3;

/// Words that may stand beside a claim about prices and add nothing to it.
const NEUTRAL: &[&str] = &[
    "right",
    "now",
    "the",
    "these",
    "few",
    "of",
    "and",
    "from",
    "price",
    "prices",
    "first",
    "up",
    "on",
    "in",
    "at",
    "to",
    "by",
    "half",
    "off",
    "summer",
    "winter",
    "spring",
    "autumn",
    "jetzt",
    "die",
    "der",
    "das",
    "und",
    "im",
    "zuerst",
    "sommer",
    "les",
    "et",
    "en",
    "d",
    "abord",
    "ete",
    "hiver",
    "los",
    "las",
    "y",
    "primero",
    "i",
    "le",
    "e",
    "in",
    "の",
    "中",
    "ahora",
    "con",
    "lo",
    "más",
    "en",
    "ora",
    "prima",
    "dal",
    "più",
    "avec",
    "plus",
    "nu",
    "met",
    "voor",
    "een",
    "eerst",
    "agora",
    "com",
    "em",
    "os",
    "do",
    "para",
    "cima",
    "primeiros",
    "primeiro",
    "just",
    "till",
    "först",
    "teraz",
    "w",
    "z",
    "od",
    "na",
    "początku",
    "cenie",
    "الآن",
    "بسعر",
    "عليها",
    "أولا",
    "أولًا",
    "עכשיו",
    "קודם",
];
/// Words of reductions that name their extent.
const MEASURED: [&str; 6] = ["save up to", "save big", "you save", "percent off", "% off", "slashed"];

/// A claim that a heading makes about all products under it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// They have the shop's lowest prices, in ascending order. This cannot be known if the shop may have more
    /// products than the assortment.
    LowestPrices,
    /// They are sorted by price, in ascending order.
    ByPrice,
    /// They cost at most half of their former price.
    HalfPrice,
    /// They are reduced.
    Reduced,
    /// They sell best.
    BestSelling,
    /// They can be bought now.
    Available,
    /// They are new.
    New,
    /// They belong to the category.
    Category(String),
    /// They are made of the material.
    Material(&'static str),
}

impl fmt::Display for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LowestPrices => f.write_str("are the shop's lowest prices, from the lowest up"),
            Self::ByPrice => f.write_str("are sorted by price, from the lowest up"),
            Self::HalfPrice => f.write_str("are at half price"),
            Self::Reduced => f.write_str("are reduced"),
            Self::BestSelling => f.write_str("are the shop's best sellers"),
            Self::Available => f.write_str("are available"),
            Self::New => f.write_str("are new"),
            Self::Category(category) => write!(f, "are of the category {category:?}"),
            Self::Material(material) => write!(f, "are of {material}"),
        }
    }
}

/// Returns the first claim of a heading that is false for these products; `None` if all are true. The shop's name
/// makes no claim, and the merchant answers for a product's title.
pub fn false_claim(heading: &str, products: &[&Product], storefront: &Storefront) -> Option<Claim> {
    let is_name =
        heading == storefront.voice.name() || products.iter().any(|product| product.title == heading);
    if is_name {
        return None;
    }
    claims(heading, storefront).into_iter().find(|claim| !claim.holds(products, &storefront.assortment))
}

/// Returns the claims of a heading about the products under it. A heading that equals a category's name claims
/// only that category, because the merchant may call one "Sale".
pub fn claims(heading: &str, storefront: &Storefront) -> Vec<Claim> {
    said(heading, storefront).into_iter().map(|(claim, _)| claim).collect()
}

/// Returns the words of a heading that make a claim about the products under it. Whether it is true is judged by
/// [`false_claim`], not by the claims gate.
pub fn claiming_words(heading: &str, storefront: &Storefront) -> Vec<&'static str> {
    said(heading, storefront)
        .into_iter()
        .flat_map(|(_, words)| words)
        .filter(|word| !is_measured(word))
        .collect()
}

/// Returns the words of a text that make a claim which is true of these products.
pub fn true_words(text: &str, products: &[&Product], storefront: &Storefront) -> Vec<&'static str> {
    let said = said(text, storefront).into_iter();
    let is_true = |claim: &Claim| !products.is_empty() && claim.holds(products, &storefront.assortment);
    let words = said.filter(|(claim, _)| is_true(claim)).flat_map(|(_, words)| words);
    words.filter(|word| !is_measured(word)).collect()
}

/// Returns the claim about prices that a heading decorates: whatever it says beyond the claim and the names of
/// categories is an offer of its own ("Huge discounts on everything").
pub fn overstated(heading: &str, storefront: &Storefront) -> Option<Claim> {
    let priced = |claim: &Claim| matches!(claim, Claim::Reduced | Claim::HalfPrice | Claim::LowestPrices);
    let categories = storefront.assortment.offered().flat_map(|product| ::claims::words(&product.category));
    let categories: Vec<_> = categories.collect();
    let heading = folded(heading).replace(['-', '\u{2010}', '\u{2011}'], " ");
    let is_bare = |words: &[&str]| {
        let rest = words.iter().fold(heading.clone(), |rest, words| rest.replace(words, " "));
        let mut rest = ::claims::words(&rest).into_iter();
        rest.all(|word| NEUTRAL.contains(&&*word) || categories.contains(&word))
    };
    let said = said(&heading, storefront).into_iter().filter(|(claim, _)| priced(claim));
    said.filter(|(_, words)| !is_bare(words)).map(|(claim, _)| claim).next()
}

/// Returns whether words say how much products are reduced, which is more than that they are.
fn is_measured(words: &str) -> bool {
    MEASURED.contains(&words)
}

/// Returns the claims of a heading with the words that make them.
fn said(heading: &str, storefront: &Storefront) -> Vec<(Claim, Vec<&'static str>)> {
    let heading = folded(heading);
    let mut offered = storefront.assortment.offered();
    if let Some(product) = offered.find(|product| folded(&product.category) == heading) {
        return vec![(Claim::Category(product.category.clone()), Vec::new())];
    }
    let Some(words) = words::of(storefront.merchant.language.as_str()) else { return Vec::new() };
    let heading = heading.replace(['-', '\u{2010}', '\u{2011}'], " ");
    let of_reduction = without(&heading, words.not_reduced);
    let known = [
        (&heading, words.lowest, Claim::LowestPrices),
        (&heading, words.by_price, Claim::ByPrice),
        (&heading, words.half_price, Claim::HalfPrice),
        (&of_reduction, words.reduced, Claim::Reduced),
        (&heading, words.best_selling, Claim::BestSelling),
        (&heading, words.available, Claim::Available),
        (&heading, words.new, Claim::New),
    ];
    let in_text = |text: &str, words: &[&'static str]| -> Vec<&'static str> {
        words.iter().copied().filter(|word| holds_word(text, word)).collect()
    };
    let known = known.into_iter().map(|(text, words, claim)| (claim, in_text(text, words)));
    let materials = in_text(&heading, words.materials).into_iter();
    let materials =
        materials.filter(|material| storefront.assortment.offered().any(|it| is_of(it, material)));
    let materials = materials.map(|material| (Claim::Material(material), Vec::new()));
    known.filter(|(_, words)| !words.is_empty()).chain(materials).collect()
}

/// Returns whether a product's data names a material.
fn is_of(product: &Product, material: &str) -> bool {
    let texts = [&product.title, &product.description, &product.category].into_iter().chain(&product.tags);
    texts.into_iter().any(|text| holds_word(&folded(text), material))
}

/// Removes these phrases from the text.
fn without(text: &str, phrases: &[&str]) -> String {
    phrases.iter().fold(text.to_owned(), |text, phrase| replace_word(&text, phrase, "…"))
}

impl Claim {
    /// Returns whether the claim is true for these products, in this order.
    pub fn holds(&self, products: &[&Product], assortment: &Assortment) -> bool {
        let all = |is_so: &dyn Fn(&Product) -> bool| products.iter().all(|product| is_so(product));
        match self {
            Self::LowestPrices => {
                let lowest = assortment.cheapest().into_iter().take(products.len());
                let lowest = lowest.map(|product| product.price);
                assortment.is_whole() && lowest.eq(products.iter().map(|product| product.price))
            }
            Self::ByPrice => products.is_sorted_by_key(|product| product.price),
            Self::HalfPrice => all(&is_at_half_price),
            Self::Reduced => all(&|product| product.percent_off().is_some()),
            Self::BestSelling => {
                let best = assortment.best_sellers(products.len() + SHOWN_ELSEWHERE_MAX);
                let is_best = |product: &Product| best.iter().any(|one| one.id == product.id);
                all(&|product| is_best(product) || has_tag(product, BEST_SELLING_TAGS))
            }
            Self::Available => all(&|product| product.available),
            Self::New => all(&|product| has_tag(product, NEW_TAGS)),
            Self::Category(category) => all(&|product| product.category == *category),
            Self::Material(material) => all(&|product| is_of(product, material)),
        }
    }

    /// Returns products for which the claim is true today, in the claim's order: those of the list for which it
    /// still holds or, if the claim determines the products, the current ones instead.
    pub fn renewed<'a>(
        &self,
        mut products: Vec<&'a Product>,
        assortment: &'a Assortment,
    ) -> Vec<&'a Product> {
        match self {
            Self::ByPrice => {
                products.sort_by_key(|product| product.price);
                products
            }
            Self::LowestPrices => assortment.cheapest().into_iter().take(products.len()).collect(),
            Self::BestSelling if !self.holds(&products, assortment) => {
                assortment.best_sellers(products.len())
            }
            _ => products.into_iter().filter(|product| self.holds(&[product], assortment)).collect(),
        }
    }
}

/// Returns whether the product costs at most half of its former price. Half of an odd price is rounded up.
fn is_at_half_price(product: &Product) -> bool {
    product.reduced_from().is_some_and(|before| product.price <= before.div_ceil(2))
}

fn has_tag(product: &Product, tags: &[&str]) -> bool {
    product.tags.iter().any(|tag| tags.contains(&tag.to_lowercase().as_str()))
}

#[cfg(test)]
mod tests {
    use model::shop::ShopSettings;

    use super::*;
    use crate::fakes::{merchant, product, products, storefront};

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
    fn an_incomplete_assortment_has_no_known_lowest_price() {
        let shop_of = |count: u64| {
            let products = (0..count).map(|at| product(&format!("p{at}"), "Wands", 2_900 + at)).collect();
            Storefront::new("s", merchant(), Assortment::new("EUR".to_owned(), products))
        };
        for (count, expected) in [(99, None), (100, Some(Claim::LowestPrices))] {
            let storefront = shop_of(count);
            let lowest = storefront.assortment.cheapest()[..4].to_vec();
            for heading in ["Cheapest first", "From the lowest price up"] {
                assert_eq!(false_claim(heading, &lowest, &storefront), expected, "{heading}, {count}");
            }
            assert_eq!(false_claim("Sorted by price", &lowest, &storefront), None);
        }
    }

    #[test]
    fn a_claim_of_price_order_requires_order_but_not_completeness() {
        for heading in ["Sorted by price", "In order of price", "Price: low to high"] {
            check(heading, &["potion-1", "hat-1", "wand-1"], None);
            check(heading, &["hat-1", "potion-1"], Some(&Claim::ByPrice));
        }
    }

    #[test]
    fn a_claim_of_reductions_requires_reduced_products() {
        for heading in [
            "Reduced right now",
            "Deals of the day",
            "On sale",
            "Summer sale",
            "The SALE",
            "Winter Sales",
            "A deal",
            "Today's bargain",
            "Bargains!",
            "Big savings",
            "Save on wands",
            "Fifty percent off",
            "Markdowns",
            "Marked-down wands",
            "Discounted hats",
            "A discount for you",
            "Clearance",
            "Price-drops",
            "Special offers",
            "For sale: the summer sale",
        ] {
            check(heading, &["potion-2", "wand-3"], None);
            check(heading, &["potion-2", "wand-1"], Some(&Claim::Reduced));
        }
    }

    #[test]
    fn words_that_only_sound_like_reductions_claim_nothing() {
        for heading in [
            "Not for sale",
            "Wands for sale",
            "Wholesale",
            "Deal with dragons",
            "How a witch deals with rain",
            "Ideal for dusk",
            "A great deal of magic",
            "The real deal",
            "After-sales service",
            "Dealers' choice",
            "Save the date",
            "Space-saving shelves",
            "Reduced-sugar potions",
            "Salesmanship",
        ] {
            check(heading, &["wand-1", "hat-1"], None);
        }
    }

    #[test]
    fn a_claim_of_half_price_requires_half_price() {
        for heading in ["Half price", "Half-price potions", "Half off"] {
            check(heading, &["potion-2"], None);
            check(heading, &["wand-3"], Some(&Claim::HalfPrice));
        }
        let odd = |price| Product { price_before: Some(999), ..product("a", "Wands", price) };
        assert!(is_at_half_price(&odd(500)) && !is_at_half_price(&odd(501)));
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
    fn a_claim_backed_by_a_tag_is_allowed() {
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
    fn a_material_is_one_that_the_data_names() {
        let felt = Product { description: "A hat of felt.".to_owned(), ..product("felt-hat", "Hats", 5) };
        let plain = product("plain-hat", "Hats", 5);
        let listed = vec![felt.clone(), plain.clone()];
        let storefront = Storefront::new("s", merchant(), Assortment::new("EUR".to_owned(), listed));
        assert_eq!(false_claim("Felt for winter", &[&felt], &storefront), None);
        assert_eq!(
            false_claim("Felt for winter", &[&felt, &plain], &storefront),
            Some(Claim::Material("felt"))
        );
        assert_eq!(
            false_claim("Silk for summer", &[&plain], &storefront),
            None,
            "no product is known to be of silk"
        );
    }

    #[test]
    fn headings_without_claims_are_not_judged() {
        for heading in
            ["Look around", "Something new for you", "Magic Wands", "Popularity is not all", "New wood"]
        {
            check(heading, &["hat-1", "wand-1"], None);
        }
        let german = ShopSettings { language: "de".parse().unwrap(), ..merchant() };
        let storefront = Storefront::new("s", german, Assortment::new("EUR".to_owned(), products()));
        assert_eq!(claims("Reduced", &storefront), []);
        assert_eq!(claims("Reduziert", &storefront), [Claim::Reduced]);
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
