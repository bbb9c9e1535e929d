//! An example of an answer for the prompt: the beginning of the local planner's plan for the same shopper, in the form
//! that the model writes. Models with few parameters repeat an example, so it has to be one that may be repeated.
//!
//! On a home page it never shows a block that is filled in, and nowhere a product that is not offered.

use page::blocks::{Block, Occurrence};
use serde_json::{Value, json};

use crate::form::{Kind, Shape};
use crate::offer::Offer;
use crate::plan::Plan;

/// The most products of a list. A list in full would cost tokens and show no more.
const PRODUCTS_MAX: usize = 4;

/// Returns the example, on one line; `None` if the plan's beginning cannot be told in the form.
pub fn of(local: &Plan, kinds: &[Kind], offer: &Offer<'_>) -> Option<String> {
    if !kinds.iter().any(|kind| kind.name == "hero") {
        return of_blocks(local, kinds, offer);
    }
    let hero = local.blocks.first().filter(|block| block.rules().occurrence == Occurrence::First)?;
    let hero = members(hero, kinds, offer)?;
    let others = local.blocks[1..].iter();
    let (grids, others): (Vec<_>, Vec<_>) = others
        .filter(|block| !block.products().is_empty())
        .partition(|block| block.rules().occurrence == Occurrence::AtLeastOnce);
    let typed = |block: &&Block| {
        Some(object([("type", json!(block.name()))].into_iter().chain(members(block, kinds, offer)?)))
    };
    let blocks = [others, grids].map(|blocks| blocks.iter().find_map(typed));
    let [Some(other), Some(grid)] = blocks else { return None };
    let title = json!(local.title);
    Some(format!(r#"{{"title":{title},"hero":{},"blocks":[{other},{grid}]}}"#, object(hero.into_iter())))
}

/// Returns the example of a page without a hero: its first block that has copy.
fn of_blocks(local: &Plan, kinds: &[Kind], offer: &Offer<'_>) -> Option<String> {
    let typed = |block: &Block| {
        let members = members(block, kinds, offer).filter(|members| !members.is_empty())?;
        Some(object([("type", json!(block.name()))].into_iter().chain(members)))
    };
    let block = local.blocks.iter().find_map(typed)?;
    Some(format!(r#"{{"title":{},"blocks":[{block}]}}"#, json!(local.title)))
}

/// Returns the members of a block in the order of the form.
fn members<'a>(block: &Block, kinds: &'a [Kind], offer: &Offer<'_>) -> Option<Vec<(&'a str, Value)>> {
    let kind = kinds.iter().find(|kind| kind.name == block.name())?;
    let known = serde_json::to_value(block).ok()?;
    let numbers: Vec<_> = block.products().iter().filter_map(|id| offer.number_of(id)).collect();
    let value = |shape: &Shape, name: &str| match shape {
        Shape::Text(_) | Shape::Texts(..) => Some(known[name].clone()),
        Shape::Product | Shape::MaybeProduct => numbers.first().map(|number| json!(number)),
        Shape::Products(items) => {
            let few = &numbers[..numbers.len().min(PRODUCTS_MAX)];
            (few.len() >= *items.start()).then(|| json!(few))
        }
    };
    kind.fields.iter().map(|field| Some((field.name.as_str(), value(&field.shape, &field.name)?))).collect()
}

fn object<'a>(members: impl Iterator<Item = (&'a str, Value)>) -> String {
    let members: Vec<_> = members.map(|(name, value)| format!("{}:{value}", json!(name))).collect();
    format!("{{{}}}", members.join(","))
}

#[cfg(test)]
mod tests {
    use model::shop::ShopSettings;
    use model::{Persona, Signals};
    use proptest::prelude::*;

    use super::*;
    use crate::fakes::{any_signals, assortment, merchant};
    use crate::form::kinds_for;
    use crate::mended::Mended;
    use crate::offer::PRODUCTS_MAX;
    use crate::salvage::salvage;
    use crate::storefront::Storefront;
    use crate::{answer, draft, persona, planner};

    fn storefront(language: &str) -> Storefront {
        let merchant = ShopSettings { language: language.parse().unwrap(), ..merchant() };
        Storefront::new("magic-wands", merchant, assortment())
    }

    fn example(
        persona: Persona,
        signals: &Signals,
        products_max: usize,
        shop: &Storefront,
    ) -> Option<String> {
        let offer = Offer::of(&persona::known(persona), signals, &shop.assortment, products_max);
        let local = planner::plan(persona, signals, shop);
        of(&local, &kinds_for(&offer, &signals.views, shop), &offer)
    }

    #[test]
    fn an_example_is_the_beginning_of_the_local_plan() {
        let expected = concat!(
            r#"{"title":"Magic Wands","hero":{"headline":"What things cost","text":"Compare the prices, then decide.","#,
            r#""product":"7"},"blocks":[{"type":"deals","heading":"Reduced right now","products":["7","3"]},"#,
            r#"{"type":"grid","heading":"Sorted by price","products":["6","4","5"]}]}"#,
        );
        let example = example(Persona::Dealhunter, &Signals::default(), PRODUCTS_MAX, &storefront("en"));
        assert_eq!(example.unwrap(), expected);
    }

    #[test]
    fn a_plan_of_products_that_are_not_offered_is_no_example() {
        assert_eq!(example(Persona::Explorer, &Signals::default(), 1, &storefront("en")), None);
    }

    proptest! {
        /// A model that repeats the example makes a page of it, without a flaw.
        #[test]
        fn an_example_is_an_answer_without_a_flaw(
            signals in any_signals(),
            persona in prop::sample::select(Persona::ALL.to_vec()),
            language in prop::sample::select(vec!["en", "de", "ja"]),
        ) {
            let storefront = storefront(language);
            let offer = Offer::of(&persona::known(persona), &signals, &storefront.assortment, PRODUCTS_MAX);
            let local = planner::plan(persona, &signals, &storefront);
            let example = example(persona, &signals, PRODUCTS_MAX, &storefront).unwrap();
            let draft = draft::read(answer::find(&example).unwrap(), &offer, &storefront);
            let salvaged = salvage(draft, &local, &storefront).unwrap();
            prop_assert_eq!((salvaged.mended, salvaged.refused, salvaged.share), (Mended::new(), vec![], (3, 3)));
        }
    }
}
