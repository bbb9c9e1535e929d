//! Shows a merchant the page of a plan that waits for approval, and checks copy that they edit.
//!
//! It asks no language model and stores nothing. A merchant's copy passes the same check as the model's.

use std::hash::Hasher as _;

use fnv::FnvHasher;
use model::catalog::Curation;
use model::review::{Edit, Edited, Problem, Shown, Text};
use model::{Audience, ShopId, Signals};
use serde_json::Value;

use crate::bind;
use crate::capabilities::Host;
use crate::check::check;
use crate::form::{self, Shape};
use crate::pins::with_pins;
use crate::plan::{self, Plan, limits};
use crate::refit::fitted;
use crate::storefront::Storefront;

/// Why a plan cannot be shown. The text is for the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotShown {
    /// This deployment does not serve the shop.
    #[error("this shop is not served here")]
    NoSuchShop,
    /// The text is not a plan of this release.
    #[error("not a plan")]
    NoPlan,
    /// The catalog did not answer.
    #[error("the catalog did not answer")]
    Catalog,
}

/// Returns a stored plan as a merchant looks at it: as it can be shown today.
pub fn show(host: &impl Host, shop: &ShopId, audience: &Audience, stored: &str) -> Result<Shown, NotShown> {
    let storefront = storefront(host, shop, audience)?;
    let plan = today(stored, &storefront)?;
    let (texts, digest) = (texts_of(&plan), digest(&plan));
    Ok(match check(plan, &storefront) {
        Ok(plan) => {
            let signals = Signals::default();
            let document = bind::render(&plan, shop, audience.persona, &signals, &storefront);
            Shown { document: document.html, texts, problems: Vec::new(), digest }
        }
        Err(problems) => {
            let problems = problems.into_iter().map(problem).collect();
            Shown { document: String::new(), texts, problems, digest }
        }
    })
}

/// Returns a stored plan with other texts, if they pass the check. `digest` is that of the plan as it was shown.
pub fn edit(
    host: &impl Host,
    shop: &ShopId,
    audience: &Audience,
    stored: &str,
    digest: &str,
    edits: &[Edit],
) -> Result<Edited, NotShown> {
    let storefront = storefront(host, shop, audience)?;
    let plan = today(stored, &storefront)?;
    if self::digest(&plan) != digest {
        return Ok(Edited::Changed);
    }
    let Some(plan) = with_texts(&plan, edits) else { return Ok(Edited::Changed) };
    Ok(match check(plan, &storefront) {
        Ok(plan) => Edited::Accepted(plan::edited(stored, plan.plan(), storefront.brief)),
        Err(problems) => Edited::Refused(problems.into_iter().map(problem).collect()),
    })
}

/// Returns the storefront as every shopper of the audience sees it.
fn storefront(host: &impl Host, shop: &ShopId, audience: &Audience) -> Result<Storefront, NotShown> {
    let Audience { page, market, .. } = audience;
    let merchant = host.merchant(shop).ok_or(NotShown::NoSuchShop)?;
    let merchant = merchant.in_market(market).at(host.now_ms());
    let members = |handles: &[String]| host.members(shop, handles);
    let curation = Curation::of(&merchant, members).map_err(|_| NotShown::Catalog)?;
    let products = host.products(shop, market).map_err(|_| NotShown::Catalog)?;
    let products = with_pins(host, shop, market, &curation, products).map_err(|_| NotShown::Catalog)?;
    let products = products.curated(&curation);
    // A page does without collections.
    let collections = curation.admitted_collections(host.collections(shop, market).unwrap_or_default());
    Ok(Storefront::new(shop.as_str(), merchant, products).with_collections(collections).at(*page))
}

fn today(stored: &str, storefront: &Storefront) -> Result<Plan, NotShown> {
    let plan = plan::from_stored(stored).ok_or(NotShown::NoPlan)?;
    Ok(fitted(plan, storefront))
}

/// Returns a digest of a plan, by which a form is known that was made of another one.
fn digest(plan: &Plan) -> String {
    let mut hasher = FnvHasher::default();
    hasher.write(serde_json::to_string(plan).unwrap_or_default().as_bytes());
    format!("{:016x}", hasher.finish())
}

fn problem(problem: crate::check::Problem) -> Problem {
    Problem { path: problem.path, what: problem.what }
}

/// Returns the texts of a plan, from top to bottom.
fn texts_of(plan: &Plan) -> Vec<Text> {
    let value = serde_json::to_value(plan).unwrap_or_default();
    let title = Place {
        path: "title".to_owned(),
        pointer: "/title".to_owned(),
        block: String::new(),
        field: "title".to_owned(),
        chars_max: limits::TITLE_CHARS_MAX,
    };
    let all = [title].into_iter().chain(places_in_blocks(&value));
    all.filter_map(|place| place.text_in(&value)).collect()
}

/// Returns the plan with other texts; `None` if it has no text at a place.
fn with_texts(plan: &Plan, edits: &[Edit]) -> Option<Plan> {
    let mut value = serde_json::to_value(plan).ok()?;
    let places: Vec<_> = places_in_blocks(&value).collect();
    for Edit { path, value: text } in edits {
        let place = places.iter().find(|place| place.path == *path).map(|place| place.pointer.as_str());
        let pointer = if path == "title" { Some("/title") } else { place };
        *value.pointer_mut(pointer?)? = Value::String(text.trim().to_owned());
    }
    serde_json::from_value(value).ok()
}

/// The place of a text in a plan.
struct Place {
    /// Its name for people and in problems.
    path: String,
    /// The same as a JSON pointer (RFC 6901).
    pointer: String,
    block: String,
    field: String,
    chars_max: usize,
}

impl Place {
    fn text_in(self, plan: &Value) -> Option<Text> {
        let value = plan.pointer(&self.pointer)?.as_str()?.to_owned();
        let Self { path, block, field, chars_max, .. } = self;
        Some(Text { path, block, field, value, chars_max: u32::try_from(chars_max).unwrap_or(u32::MAX) })
    }
}

/// Returns the places of texts in the blocks of a plan.
fn places_in_blocks(plan: &Value) -> impl Iterator<Item = Place> {
    let kinds = form::kinds();
    let blocks = plan["blocks"].as_array().cloned().unwrap_or_default();
    blocks.into_iter().enumerate().flat_map(move |(index, block)| {
        let kind = kinds.iter().find(|kind| block["type"] == kind.name.as_str()).cloned();
        let fields = kind.map(|kind| (kind.name, kind.fields));
        let places = fields.into_iter().flat_map(move |(name, fields)| {
            fields.into_iter().map(move |field| (name.clone(), field)).collect::<Vec<_>>()
        });
        places.flat_map(move |(name, field)| places_of(index, &name, &field, &block)).collect::<Vec<_>>()
    })
}

/// Returns the places of texts in a field of a block.
fn places_of(index: usize, block: &str, field: &form::Field, value: &Value) -> Vec<Place> {
    let (path, pointer) =
        (format!("blocks[{index}].{}", field.name), format!("/blocks/{index}/{}", field.name));
    let place = |path: String, pointer: String, chars_max: usize| Place {
        path,
        pointer,
        block: block.to_owned(),
        field: field.name.clone(),
        chars_max,
    };
    match &field.shape {
        Shape::Text(chars_max) => vec![place(path, pointer, *chars_max)],
        Shape::Texts(_, chars_max) => {
            let count = value[&field.name].as_array().map_or(0, Vec::len);
            (0..count)
                .map(|at| place(format!("{path}[{at}]"), format!("{pointer}/{at}"), *chars_max))
                .collect()
        }
        Shape::MaybeProduct | Shape::Product | Shape::Products(_) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use model::origin::{Account, Origin, Told, Turn};
    use model::shop::ShopSettings;
    use model::{Market, PageKind, Persona};

    use super::*;
    use crate::brief::Brief;
    use crate::fakes::{World, every_block, merchant};

    fn shop() -> ShopId {
        ShopId::parse("magic-wands").unwrap()
    }

    fn audience() -> Audience {
        Audience { page: PageKind::Home, persona: Persona::Explorer, market: Market::default() }
    }

    fn stored() -> String {
        plan::to_shared(&every_block(), Brief::of(&merchant()), &Account::default())
    }

    fn shown(world: &World) -> Shown {
        show(world, &shop(), &audience(), &stored()).unwrap()
    }

    fn edited(world: &World, digest: &str, edits: &[(&str, &str)]) -> Edited {
        let edit_of = |(path, value): &(&str, &str)| Edit { path: (*path).into(), value: (*value).into() };
        let edits: Vec<_> = edits.iter().map(edit_of).collect();
        edit(world, &shop(), &audience(), &stored(), digest, &edits).unwrap()
    }

    #[test]
    fn a_merchant_sees_the_page_and_every_text_of_it() {
        let world = World::new([]);
        let shown = shown(&world);
        assert!(shown.problems.is_empty() && shown.document.contains("Dusk is near"), "{shown:?}");
        let paths: Vec<_> =
            shown.texts.iter().map(|text| (text.path.as_str(), text.value.as_str())).collect();
        assert_eq!(
            paths[..3],
            [
                ("title", "Wands for dusk"),
                ("blocks[0].headline", "Dusk is near"),
                ("blocks[0].text", "Bring a light."),
            ]
        );
        assert!(paths.contains(&("blocks[5].terms[1]", "felt")), "{paths:?}");
        assert_eq!((shown.texts[1].block.as_str(), shown.texts[0].chars_max), ("hero", 70));
        assert!(world.asked.borrow().is_empty() && world.page.borrow().is_none());
    }

    #[test]
    fn texts_are_edited_through_the_same_check() {
        let world = World::new([]);
        let digest = shown(&world).digest;
        let Edited::Accepted(json) = edited(
            &world,
            &digest,
            &[("blocks[0].headline", " Night is near "), ("title", "Wands for night")],
        ) else {
            panic!("it is accepted")
        };
        let plan = plan::from_stored(&json).unwrap();
        assert!(json.contains("\"Night is near\"") && plan.title == "Wands for night", "{json}");
        assert!(plan::is_shared(&json) && plan::brief_of_stored(&json) == Some(Brief::of(&merchant())));

        let refused = edited(&world, &digest, &[("blocks[0].text", "Now 50% off, only today.")]);
        let Edited::Refused(problems) = refused else { panic!("it is refused: {refused:?}") };
        assert!(problems.iter().any(|problem| problem.path == "blocks[0].text"), "{problems:?}");
        let banned = edited(&world, &digest, &[("blocks[1].heading", "Cursed lights")]);
        assert!(
            matches!(&banned, Edited::Refused(problems) if problems[0].what.contains("cursed")),
            "{banned:?}"
        );
    }

    #[test]
    fn an_edited_plan_says_so_and_keeps_the_rest_of_its_account() {
        let world = World::new([]);
        let origin =
            Origin { planned_ms: 7, segment: Some("home_explorer_-".to_owned()), ..Origin::default() };
        let question = vec![Turn { role: "user".to_owned(), text: "Plan.".to_owned() }];
        let account = Account { origin: origin.clone(), question: question.clone() };
        let stored = plan::to_shared(&every_block(), Brief::of(&merchant()), &account);
        let edits = [Edit { path: "title".to_owned(), value: "Wands for night".to_owned() }];
        let edited = edit(&world, &shop(), &audience(), &stored, &shown(&world).digest, &edits);
        let Ok(Edited::Accepted(json)) = edited else { panic!("it is accepted: {edited:?}") };
        let told: Told = serde_json::from_str(&json).unwrap();
        assert_eq!(told.origin, Some(Origin { edited: true, ..origin }));
        assert_eq!(told.question, Some(question));
    }

    #[test]
    fn an_edit_of_another_form_of_the_plan_is_refused() {
        let mut world = World::new([]);
        let digest = shown(&world).digest;
        assert_eq!(edited(&world, &digest, &[("blocks[77].heading", "x")]), Edited::Changed);
        assert_eq!(edited(&world, &digest, &[("blocks[0].product", "x")]), Edited::Changed);
        let left = crate::fakes::products().into_iter().filter(|product| product.id != "potion-2").collect();
        world.products = Ok(crate::Assortment::new("EUR".to_owned(), left));
        assert_eq!(edited(&world, &digest, &[("title", "Wands for night")]), Edited::Changed);
    }

    #[test]
    fn a_plan_that_no_longer_passes_is_shown_with_its_problems() {
        let banned = ShopSettings { banned_words: vec!["dusk".to_owned()], ..merchant() };
        let world = World { merchant: Some(banned), ..World::new([]) };
        let shown = shown(&world);
        assert!(shown.document.is_empty() && !shown.texts.is_empty());
        assert_eq!(shown.problems[0].path, "title");
        let repaired = [("title", "Lights for the night"), ("blocks[0].headline", "Night is near")];
        assert!(matches!(edited(&world, &shown.digest, &repaired), Edited::Accepted(_)));
    }

    #[test]
    fn an_invalid_plan_or_an_unknown_shop_is_an_error() {
        let world = World::new([]);
        assert_eq!(show(&world, &shop(), &audience(), "{}"), Err(NotShown::NoPlan));
        let nowhere = World { merchant: None, ..World::new([]) };
        assert_eq!(show(&nowhere, &shop(), &audience(), &stored()), Err(NotShown::NoSuchShop));
        let away = World { products: Err(model::catalog::CatalogError::Unavailable(5)), ..World::new([]) };
        assert_eq!(show(&away, &shop(), &audience(), &stored()), Err(NotShown::Catalog));
    }
}
