//! The record of a page: everything that rendering it took, stored with its plan, so that [`replay`] renders the same bytes
//! again after products, prices and settings changed.
//!
//! Rendering is a function of the plan, the merchant's settings, the products, the collections and what the shopper viewed.
//! The record has of each what this page shows: of products that it only counts, such as those of a type, no more than
//! that. It is stored with the shopper's own page, and deleted with it.

mod items;
mod members;

use model::origin::{Made, Told};
use model::shop::{Campaign, ShopSettings};
use model::{Look, PageKind, Persona, ShopId, Signals};
use page::Because;
use page::blocks::Block;
use serde::{Deserialize, Serialize};

use crate::account::RELEASE;
use crate::assortment::Assortment;
use crate::bind;
use crate::plan::{self, Plan};
use crate::record::items::{Item, Tile};
use crate::record::members::Members;
use crate::storefront::Storefront;

/// The largest record, in bytes. Usual ones have a few thousand. A page that takes more is stored without one.
pub const RECORD_BYTES_MAX: usize = 64 * 1024;

/// Why a page cannot be rendered again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotReplayed {
    /// The plan has no record.
    #[error(
        "the page has no record: an earlier release made it, or the record was larger than \
         {RECORD_BYTES_MAX} bytes"
    )]
    NoRecord,
    /// The plan or its record is not what was stored.
    #[error("the stored plan or its record was changed after it was written")]
    Changed,
    /// The text is no stored plan with a record.
    #[error("the record cannot be read: it is damaged, or a later release wrote it")]
    Unreadable,
}

/// A page as it was rendered.
pub struct Rendered<'a> {
    /// The plan as it was shown, with the shopper's own parts.
    pub plan: &'a Plan,
    /// The persona whose look the page has.
    pub persona: Persona,
    /// The ids of the products that the shopper viewed, newest first.
    pub views: &'a [String],
    /// The shop, as planning and rendering know it.
    pub storefront: &'a Storefront,
    /// What the page says that it was chosen by.
    pub because: Option<&'a Because>,
}

/// The stored form of a page's record, beside its origin.
#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    record: Option<Record>,
}

/// Everything that rendering took, besides the stored plan.
#[derive(Serialize, Deserialize)]
struct Record {
    kind: PageKind,
    persona: Persona,
    shop: Shop,
    /// The plan as it was shown, if that is not the stored one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    plan: Option<Plan>,
    /// The products that the shopper viewed and the page shows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    views: Vec<String>,
    products: Vec<Item>,
    /// How many of them every shopper of the shop may see; searches of the shopper found the others.
    common: usize,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    collections: Vec<Tile>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    because: Option<Because>,
}

/// The settings of a shop that its pages show.
#[derive(Serialize, Deserialize)]
struct Shop {
    name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    url: String,
    language: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    own_language: Option<String>,
    currency: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    money_format: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    promises: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    questions: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    campaigns: Vec<Campaign>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    accent: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    surface: Option<String>,
    /// The look of a variant, in place of the persona's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    look: Option<String>,
}

impl Rendered<'_> {
    /// Returns the stored form of a plan with the record of the page. `reasons` are those for the persona.
    pub fn recorded(&self, stored: &str, reasons: Vec<String>, made_ms: u64) -> String {
        let Some(members) = Members::of(stored) else { return stored.to_owned() };
        let renderer = page::RENDERER.to_owned();
        let made = Made { release: RELEASE.to_owned(), renderer, made_ms, reasons };
        let record = json(&self.record(stored)).filter(|record| record.len() <= RECORD_BYTES_MAX);
        let made = json(&made).unwrap_or_default();
        // Both are objects: the record is one more member of the page's origin.
        let page = match (record, made.strip_suffix('}')) {
            (Some(record), Some(open)) => format!("{open},\"record\":{record}}}"),
            _ => made,
        };
        members.with_page(&page).unwrap_or_else(|| stored.to_owned())
    }

    fn record(&self, stored: &str) -> Record {
        let Self { plan, persona, storefront, .. } = self;
        let (products, common) = items::of(self);
        let is_stored = plan::from_stored(stored).is_some_and(|stored| stored == **plan);
        let has_collections = plan.blocks.iter().any(|block| matches!(block, Block::Collections(_)));
        let collections = storefront.collections.iter().filter(|_| has_collections).map(Tile::of).collect();
        Record {
            kind: storefront.page,
            persona: *persona,
            shop: Shop::of(storefront, plan, *persona),
            plan: (!is_stored).then(|| (*plan).clone()),
            views: items::viewed(self),
            products,
            common,
            collections,
            because: self.because.cloned(),
        }
    }
}

impl Record {
    fn storefront(&self, shop: &ShopId) -> Storefront {
        let Shop { currency, money_format, .. } = &self.shop;
        let products = self.products.iter().map(Item::product).collect();
        let assortment = Assortment::of_record(currency.clone(), money_format.clone(), products, self.common);
        let storefront = Storefront::new(shop.as_str(), self.shop.settings(), assortment).at(self.kind);
        Storefront { collections: self.collections.iter().map(Tile::collection).collect(), ..storefront }
    }
}

impl Shop {
    fn of(storefront: &Storefront, plan: &Plan, persona: Persona) -> Self {
        let Storefront { merchant, assortment, page, .. } = storefront;
        let has = |fits: fn(&Block) -> bool| plan.blocks.iter().any(fits);
        let list = |texts: &[String], is_shown: bool| if is_shown { texts.to_vec() } else { Vec::new() };
        // A part of a page follows what is announced.
        let is_whole = !page.has_subject();
        let campaigns = is_whole.then(|| merchant.clone().shown_to(Some(persona)).campaigns);
        Self {
            name: merchant.name.clone(),
            url: merchant.url.clone().unwrap_or_default(),
            language: merchant.language.to_string(),
            own_language: merchant.own_language.as_ref().map(ToString::to_string),
            currency: assortment.currency().to_owned(),
            money_format: assortment.money_format().to_owned(),
            promises: list(&merchant.promises, has(|block| matches!(block, Block::Reassurance(_)))),
            questions: list(&merchant.questions, has(|block| matches!(block, Block::Questions(_)))),
            campaigns: campaigns.unwrap_or_default(),
            accent: merchant.accent.as_ref().map(ToString::to_string),
            surface: merchant.surface.as_ref().map(ToString::to_string),
            look: merchant.look.map(|look| look.name().to_owned()),
        }
    }

    /// Returns the settings. A text that is no longer one of its kind counts as absent.
    fn settings(&self) -> ShopSettings {
        ShopSettings {
            name: self.name.clone(),
            url: (!self.url.is_empty()).then(|| self.url.clone()),
            language: self.language.parse().unwrap_or_default(),
            own_language: self.own_language.as_deref().and_then(|text| text.parse().ok()),
            promises: self.promises.clone(),
            questions: self.questions.clone(),
            campaigns: self.campaigns.clone(),
            accent: self.accent.as_deref().and_then(|text| text.parse().ok()),
            surface: self.surface.as_deref().and_then(|text| text.parse().ok()),
            look: self.look.as_deref().and_then(Look::named),
            ..ShopSettings::default()
        }
    }
}

/// Returns the copy of a segment's plan that is stored with a shopper's page: without what the model was asked.
pub fn of_shopper(stored: &str) -> String {
    let members = Members::of(stored).and_then(Members::without_question);
    members.unwrap_or_else(|| stored.to_owned())
}

/// Returns the reasons for the persona of the page that was last made of a stored plan.
pub fn reasons(stored: &str) -> Vec<String> {
    let told: Option<Told> = serde_json::from_str(stored).ok();
    told.and_then(|told| told.page).map(|page| page.reasons).unwrap_or_default()
}

/// Renders the page that was last made of a stored plan again, as it was then.
pub fn replay(shop: &ShopId, stored: &str) -> Result<String, NotReplayed> {
    let members = Members::of(stored).ok_or(NotReplayed::Unreadable)?;
    let page = members.page().ok_or(NotReplayed::NoRecord)?;
    if !members.is_unchanged() {
        return Err(NotReplayed::Changed);
    }
    let Page { record, .. } = serde_json::from_str(page).map_err(|_| NotReplayed::Unreadable)?;
    let record = record.ok_or(NotReplayed::NoRecord)?;
    let shown = record.plan.clone().or_else(|| plan::from_stored(stored));
    let plan = shown.ok_or(NotReplayed::Unreadable)?;
    let signals = Signals { views: record.views.clone(), ..Signals::default() };
    let (storefront, because) = (record.storefront(shop), record.because.as_ref());
    Ok(bind::unchecked(&plan, shop, record.persona, &signals, &storefront, because).html)
}

fn json(value: &impl Serialize) -> Option<String> {
    serde_json::to_string(value).ok()
}

#[cfg(test)]
mod tests;
