//! Every word of the local planner's pages comes from the files of `crates/words`: in the pseudo-language, nothing but
//! the shop's own texts is left as it is written here.

use model::catalog::Product;
use model::shop::ShopSettings;
use model::{Persona, ShopId, Signals};
use words::pseudo;

use crate::assortment::Assortment;
use crate::check::check;
use crate::fakes::{merchant, products};
use crate::storefront::Storefront;
use crate::{bind, planner};

fn page_of(persona: Persona, signals: &Signals, products: Vec<Product>, url: Option<&str>) -> String {
    let language = pseudo::TAG.parse().unwrap();
    let merchant = ShopSettings { language, url: url.map(str::to_owned), ..merchant() };
    let storefront = Storefront::new("magic-wands", merchant, Assortment::new("EUR".to_owned(), products));
    let plan = check(planner::plan(persona, signals, &storefront), &storefront).unwrap();
    bind::render(&plan, &ShopId::parse("magic-wands").unwrap(), persona, signals, &storefront).html
}

/// Returns the texts of the shop: of its products and its settings.
fn own(products: &[Product]) -> Vec<String> {
    let of = |it: &Product| [&it.title, &it.description, &it.vendor, &it.category].map(Clone::clone);
    let of_images = products.iter().filter_map(|product| Some(product.image.as_ref()?.alt.clone()));
    let merchant = merchant();
    let halves = merchant.questions.iter().filter_map(|text| model::shop::question(text));
    let answered = halves.flat_map(|(question, answer)| [question.to_owned(), answer.to_owned()]);
    let of_merchant = answered.chain(merchant.promises.clone()).chain([merchant.name.clone()]);
    products.iter().flat_map(of).chain(of_images).chain(of_merchant).collect()
}

#[test]
fn no_persona_has_words_but_those_of_the_files() {
    let known = || ["wand-1", "hat-1"].map(str::to_owned).to_vec();
    let regular = Signals { visits: 4, views: known(), purchased: known(), ..Signals::default() };
    for (signals, count, url) in [
        (&regular, 8, None),
        (&regular, 8, Some("https://wands.example")),
        (&Signals::default(), 8, None),
        (&Signals::default(), 2, None),
        (&Signals::default(), 1, None),
        (&Signals::default(), 0, Some("https://wands.example")),
    ] {
        let products = products()[..count].to_vec();
        let own = own(&products);
        let own: Vec<_> = own.iter().map(String::as_str).collect();
        for persona in Persona::ALL {
            let html = page_of(persona, signals, products.clone(), url);
            let mut written = pseudo::untranslated(&html, &own);
            // A tile without a picture has the first letter of its product's title.
            written.retain(|text| {
                !products.iter().any(|product| product.title.starts_with(text) && text.len() == 1)
            });
            assert_eq!(written, [""; 0], "{persona:?} with {count} products");
            assert!(html.matches('⟦').count() > 10, "{html}");
        }
    }
}

#[test]
fn the_local_planners_phrases_are_used_in_brackets() {
    let html = page_of(Persona::Dealhunter, &Signals::default(), products(), None);
    for phrase in ["⟦What things cost⟧", "⟦Reduced right now⟧", "⟦Sorted by price⟧"] {
        assert!(html.contains(phrase), "{phrase} in {html}");
    }
}
