//! The plan of a page: the planner's decisions, without data that the catalog supplies.
//!
//! A plan refers to products by id. It cannot hold a price, a link or markup. Its blocks are of the kinds that
//! [`page::blocks`] lists. This is how plans are stored and checked; the model writes them in a shorter form
//! ([`crate::form`]).

use model::origin::{Account, Approved};
use page::blocks::Block;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::brief::Brief;

/// The format of stored plans. A plan in another format counts as absent.
const FORMAT: u32 = 1;

/// The limits of a whole plan. The limits of blocks are in their modules, [`page::blocks`].
pub mod limits {
    use std::ops::RangeInclusive;

    use model::PageKind;

    /// The longest title of the document, in characters.
    pub const TITLE_CHARS_MAX: usize = 70;
    /// The fewest blocks of a home page.
    pub const BLOCKS_MIN: usize = 3;
    /// The most blocks of a page.
    pub const BLOCKS_MAX: usize = 10;
    /// The most planned blocks of a page with a subject: they follow what is about the subject.
    pub const BLOCKS_BELOW_MAX: usize = 5;
    /// The most blocks that show nothing but text.
    pub const TEXT_BLOCKS_MAX: usize = 2;

    /// Returns how many planned blocks a page of this kind has. The part about its subject is a page by itself.
    pub fn blocks(page: PageKind) -> RangeInclusive<usize> {
        if page.has_subject() { 0..=BLOCKS_BELOW_MAX } else { BLOCKS_MIN..=BLOCKS_MAX }
    }
}

/// The planned part of a page for one shopper: of a home page all of it, of other kinds what follows the part about the
/// subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// What the browser's tab says.
    pub title: String,
    /// From top to bottom. The first block of a home page is its only hero; other kinds of page have none.
    pub blocks: Vec<Block>,
}

/// Returns the stored form of a plan, with the digest of the merchant's settings, and how it was made.
pub fn to_stored(plan: &Plan, brief: Brief, account: &Account) -> String {
    written(plan, brief, account, false)
}

/// Returns the stored form of a plan that a segment shares, which has nothing of any shopper.
pub fn to_shared(plan: &Plan, brief: Brief, account: &Account) -> String {
    written(plan, brief, account, true)
}

fn written(plan: &Plan, brief: Brief, account: &Account, is_shared: bool) -> String {
    let Account { origin, question } = account;
    let mut stored = json!({ "format": FORMAT, "brief": brief, "origin": origin, "plan": plan });
    if is_shared {
        stored["shared"] = true.into();
    }
    if !question.is_empty() {
        stored["question"] = json!(question);
    }
    stored.to_string()
}

/// Returns the stored form of a plan with this approval.
pub fn approved(stored: &str, approval: &Approved) -> String {
    rewritten(stored, |members| tell(members, "approved", json!(approval)))
}

/// Returns the stored form of a plan whose copy a merchant edited: it has another plan and the same origin.
pub fn edited(stored: &str, plan: &Plan, brief: Brief) -> String {
    rewritten(stored, |members| {
        members["plan"] = json!(plan);
        members["brief"] = json!(brief);
        tell(members, "edited", true.into());
    })
}

/// Adds to what a stored plan says of its origin. A plan of another component may say nothing.
fn tell(members: &mut Value, name: &str, value: Value) {
    if let Some(origin) = members.get_mut("origin").and_then(Value::as_object_mut) {
        origin.insert(name.to_owned(), value);
    }
}

/// Changes members of a stored plan. A text that is not a stored plan stays as it is.
fn rewritten(stored: &str, change: impl FnOnce(&mut Value)) -> String {
    let Ok(mut members) = serde_json::from_str::<Value>(stored) else { return stored.to_owned() };
    if !members.is_object() {
        return stored.to_owned();
    }
    change(&mut members);
    members.to_string()
}

/// Returns whether a stored plan is shared by a segment.
pub fn is_shared(text: &str) -> bool {
    #[derive(Deserialize)]
    struct Stored {
        #[serde(default)]
        shared: bool,
    }
    serde_json::from_str::<Stored>(text).is_ok_and(|stored| stored.shared)
}

/// Returns the digest of the settings that a stored plan was made with, if it is known.
pub fn brief_of_stored(text: &str) -> Option<Brief> {
    #[derive(Deserialize)]
    struct Stored {
        brief: Brief,
    }
    serde_json::from_str::<Stored>(text).ok().map(|stored| stored.brief)
}

/// Reads a stored plan; `None` if the text is not a plan of this format.
pub fn from_stored(text: &str) -> Option<Plan> {
    #[derive(Deserialize)]
    struct Stored {
        format: u32,
        plan: Value,
    }
    let stored: Stored = serde_json::from_str(text).ok()?;
    if stored.format == FORMAT { serde_json::from_value(stored.plan).ok() } else { None }
}

#[cfg(test)]
mod tests {
    use model::origin::{Origin, Told};

    use super::*;
    use crate::fakes::{every_block, merchant, more_blocks};

    #[test]
    fn a_plan_comes_back_from_storage() {
        let brief = Brief::of(&merchant());
        let stored = to_stored(&every_block(), brief, &Account::default());
        assert_eq!((from_stored(&stored), brief_of_stored(&stored)), (Some(every_block()), Some(brief)));
        let shared = to_shared(&every_block(), brief, &Account::default());
        assert_eq!((from_stored(&shared), brief_of_stored(&shared)), (Some(every_block()), Some(brief)));
        assert!(is_shared(&shared) && !is_shared(&stored) && !is_shared(""));
        assert_eq!(brief_of_stored(r#"{"format":1,"plan":{}}"#), None, "of an earlier release");
    }

    #[test]
    fn an_approval_and_an_edit_are_told_of_a_plan_that_tells_its_origin() {
        let brief = Brief::of(&merchant());
        let approval = Approved { by: "7".to_owned(), at_ms: 9 };
        let stored = to_shared(&every_block(), brief, &Account::default());
        let both = approved(&edited(&stored, &more_blocks(), brief), &approval);
        let told: Told = serde_json::from_str(&both).unwrap();
        assert_eq!(
            told.origin,
            Some(Origin { edited: true, approved: Some(approval.clone()), ..Origin::default() })
        );
        assert_eq!((from_stored(&both), is_shared(&both)), (Some(more_blocks()), true));
        for (untold, expected) in
            [("", ""), ("[]", "[]"), ("{}", "{}"), (r#"{"origin":"x"}"#, r#"{"origin":"x"}"#)]
        {
            assert_eq!(approved(untold, &approval), expected);
        }
    }

    #[test]
    fn a_stored_plan_of_another_format_counts_as_absent() {
        let mut stored: Value =
            serde_json::from_str(&to_stored(&every_block(), Brief::of(&merchant()), &Account::default()))
                .unwrap();
        stored["format"] = json!(FORMAT + 1);
        assert_eq!(from_stored(&stored.to_string()), None);
        for text in ["", "{}", "[]", r#"{"format":1,"plan":{"title":"x"}}"#, r#"{"title":"x","blocks":[]}"#] {
            assert_eq!(from_stored(text), None, "{text}");
        }
    }

    #[test]
    fn a_block_is_called_in_a_plan_as_in_the_catalogue() {
        let blocks: Vec<_> =
            every_block().blocks.into_iter().chain(more_blocks().blocks.split_off(2)).collect();
        let names: Vec<_> = blocks.iter().map(Block::name).collect();
        let json = serde_json::to_value(&blocks).unwrap();
        let types: Vec<_> = json.as_array().unwrap().iter().map(|block| &block["type"]).collect();
        assert_eq!(types, names);
        assert!(names.iter().copied().eq(Block::names(|_| true)), "every kind has an example: {names:?}");
    }

    #[test]
    fn members_outside_the_format_are_refused() {
        for block in [
            json!({ "type": "hero", "headline": "x", "text": "x", "product": null, "price": 1 }),
            json!({ "type": "hero", "headline": "x", "text": "x" }),
            json!({ "type": "reassurance", "points": ["free returns"] }),
            json!({ "type": "html", "content": "<b>" }),
            json!({ "heading": "x", "products": [] }),
        ] {
            let plan = json!({ "title": "x", "blocks": [block] });
            assert!(serde_json::from_value::<Plan>(plan.clone()).is_err(), "{plan}");
        }
    }
}
