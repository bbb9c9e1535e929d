use super::*;
use crate::answer;
use crate::fakes::{every_block, storefront};
use crate::offer::PRODUCTS_MAX;
use model::{Persona, Signals};
use page::blocks::{Bundle, Deals, Grid, Hero, Search, Spotlight};

fn drafted(answer: &Value) -> Draft {
    let (storefront, signals) = (storefront(), Signals::default());
    let reading = crate::persona::known(Persona::Explorer);
    let offer = Offer::of(&reading, &signals, &storefront.assortment, PRODUCTS_MAX);
    read(answer::find(&answer.to_string()).expect("a plan"), &offer, &storefront)
}

/// Reads one block and compares it, and what was mended.
#[track_caller]
#[expect(clippy::needless_pass_by_value, reason = "a line of a table")]
fn check(block: Value, expected: Option<Block>, mended: &[Mend]) {
    let draft = drafted(&json!({ "title": "x", "blocks": [block] }));
    assert_eq!(draft.blocks.first(), expected.as_ref(), "{block}");
    assert_eq!(draft.mended, mended.iter().copied().collect(), "{block}");
}

#[expect(clippy::unnecessary_wraps, reason = "what a line of the table expects")]
fn grid(heading: &str, ids: &[&str]) -> Option<Block> {
    let products = ids.iter().map(|id| (*id).to_owned()).collect();
    Some(Block::Grid(Grid { heading: heading.to_owned(), products }))
}

#[test]
fn a_plan_in_the_form_of_the_schema_is_read_without_mending() {
    let draft = drafted(&json!({
        "title": "Wands for dusk",
        "hero": { "headline": "Dusk is near", "text": "Bring a light.", "product": "1" },
        "blocks": [{ "type": "grid", "heading": "Lights", "products": ["1", "4", "6"] }],
    }));
    assert_eq!(draft.title.as_deref(), Some("Wands for dusk"));
    assert_eq!(draft.blocks, every_block().blocks[..2]);
    assert_eq!((draft.mended, draft.unreadable), (Mended::new(), 0));
}

#[test]
fn a_plan_in_the_stored_form_is_read_too() {
    let draft = drafted(&serde_json::to_value(every_block()).unwrap());
    assert_eq!((draft.blocks, draft.mended), (every_block().blocks, Mended::new()));
}

#[test]
fn names_in_another_spelling_are_understood() {
    let lights = grid("Lights", &["wand-1", "hat-1"]);
    let member = [Mend::Member];
    for block in [
        json!({ "type": "Grid", "heading": "Lights", "products": ["1", "4"] }),
        json!({ "type": "product_grid", "heading": "Lights", "products": ["1", "4"] }),
        json!({ "kind": "grid", "Heading": "Lights", "products": ["1", "4"] }),
        json!({ "type": "grid", "title": "Lights", "product_ids": ["1", "4"] }),
        json!({ "type": "grid", "heading": "Lights", "products": "1, 4" }),
        json!({ "grid": { "heading": "Lights", "products": ["1", "4"] } }),
        json!({ "heading": "Lights", "products": ["1", "4"] }),
        json!({ "type": "grid", "heading": "**Lights**", "products": [1, 4] }),
    ] {
        check(block, lights.clone(), &member);
    }
    for products in [json!([1, 4]), json!(["wand-1", "hat-1"]), json!([{ "id": "1" }, { "id": "hat-1" }])] {
        check(json!({ "type": "grid", "heading": "Lights", "products": products }), lights.clone(), &[]);
    }
}

#[test]
fn surplus_blocks_and_products_are_left_out() {
    let all = ["1", "2", "3", "4", "5", "6", "7", "1"];
    check(
        json!({ "type": "grid", "heading": "x", "products": ["1", "99", "4", "1"], "price": 3 }),
        grid("x", &["wand-1", "hat-1"]),
        &[Mend::UnknownMember, Mend::UnknownProduct, Mend::Repeated],
    );
    let bundle = Bundle {
        heading: "x".into(),
        text: "y".into(),
        products: ["wand-1", "wand-2", "wand-3", "hat-1"].map(str::to_owned).to_vec(),
    };
    let given = json!({ "type": "bundle", "heading": "x", "text": "y", "products": all });
    check(given, Some(Block::Bundle(bundle)), &[Mend::Repeated, Mend::TooMany]);
    let terms = ["a", "A", "b"];
    let search = Search { heading: "x".into(), terms: vec!["a".into(), "b".into()] };
    check(
        json!({ "type": "search", "heading": "x", "terms": terms }),
        Some(Block::Search(search)),
        &[Mend::Repeated],
    );
    let heading = "Light for people who walk home in the evening after dusk";
    let given =
        json!({ "type": "grid", "heading": format!("{heading} again and again"), "products": ["1", "4"] });
    check(given, grid(&format!("{heading}…"), &["wand-1", "hat-1"]), &[Mend::TooLong]);
}

#[test]
fn products_are_fit_for_their_block() {
    let deals = Deals { heading: "x".into(), products: vec!["wand-3".into()] };
    let given = json!({ "type": "deals", "heading": "x", "products": ["1", "3"] });
    check(given, Some(Block::Deals(deals)), &[Mend::UnknownProduct]);
    let spotlight = Spotlight { heading: "x".into(), text: "y".into(), product: "wand-2".into() };
    let given = json!({ "type": "spotlight", "heading": "x", "text": "y", "products": ["2"] });
    check(given, Some(Block::Spotlight(spotlight)), &[Mend::Member]);
    for given in [
        json!({ "type": "spotlight", "heading": "x", "text": "y", "product": "wand-sold-out" }),
        json!({ "type": "grid", "heading": "x", "products": ["1", "none"] }),
    ] {
        check(given, None, &[Mend::UnknownProduct, Mend::Block]);
    }
    let hero = Hero { headline: "x".into(), text: "y".into(), product: None };
    let given = json!({ "type": "hero", "headline": "x", "text": "y", "product": "gone" });
    check(given, Some(Block::Hero(hero)), &[Mend::UnknownProduct]);
}

#[test]
fn blocks_that_say_too_little_are_left_out() {
    for given in [
        json!({ "type": "html", "content": "<b>" }),
        json!({ "type": "story", "heading": "x" }),
        json!({ "type": "story", "heading": "x", "text": "y ".repeat(501) }),
        json!({ "type": "story", "heading": null, "text": "y" }),
        json!("story"),
        json!(7),
    ] {
        let draft = drafted(&json!({ "blocks": [{ "type": "reassurance" }, given] }));
        assert_eq!((draft.blocks.len(), draft.unreadable), (1, 1), "{given}");
    }
}

#[test]
fn the_only_hero_is_first() {
    let hero = |headline: &str| json!({ "type": "hero", "headline": headline, "text": "x", "product": "1" });
    let draft = drafted(&json!({ "blocks": [{ "type": "reassurance" }, hero("one"), hero("two")] }));
    let names: Vec<_> = draft.blocks.iter().map(Block::name).collect();
    assert_eq!(names, ["hero", "reassurance"]);
    assert!(matches!(&draft.blocks[0], Block::Hero(hero) if hero.headline == "one"));
    assert_eq!(draft.mended, [Mend::Block, Mend::Order].into());
}

#[test]
fn a_page_has_ten_blocks_at_most() {
    let story = json!({ "type": "story", "heading": "x", "text": "y" });
    let draft = drafted(&json!({ "blocks": vec![story; 30] }));
    assert_eq!((draft.blocks.len(), draft.mended), (limits::BLOCKS_MAX, [Mend::TooMany].into()));
}

#[test]
fn blocks_beside_the_hero_are_read() {
    let draft = drafted(&json!({
        "title": "x",
        "hero": { "headline": "x", "text": "y", "product": "1" },
        "grids": [{ "heading": "x", "products": ["1", "4"] }, { "heading": "y", "products": ["1", "4"] }],
        "story": { "heading": "x", "text": "y" },
    }));
    let names: Vec<_> = draft.blocks.iter().map(Block::name).collect();
    assert_eq!((names, draft.mended), (vec!["hero", "grid", "grid", "story"], [Mend::Member].into()));
}
