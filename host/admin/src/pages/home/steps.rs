//! The steps of the setup. They tick themselves off by what the host has seen.

use axum::body::Body;
use axum::http::{Response, StatusCode};
use shopify::ShopDomain;

use askama::Template;

use crate::layout::shown;
use crate::place::Place;
use crate::visit::Visit;
use crate::wording::Words;

/// The handle of the theme block, which is the name of its file (`shopify/extensions/wand/blocks`).
pub(super) const BLOCK: &str = "storefront";
/// The handle of the app embed, likewise.
pub(super) const EMBED: &str = "embed";
/// Where the script asks whether products can be read.
const PRODUCTS: &str = "/admin/parts/products";

/// The state of the setup. `None` is a step whose state is not known now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Evidence {
    pub is_connected: bool,
    /// Whether a shopper has seen the block in the theme.
    pub shows_block: Option<bool>,
    pub made_page: Option<bool>,
    /// Whether shoppers are counted for the comparison.
    pub compares: Option<bool>,
}

/// A step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Step {
    pub state: State,
    pub title: &'static str,
    pub details: &'static str,
    pub actions: Vec<Action>,
    /// Whether Shopify's word on block and embed belongs to it.
    pub is_of_theme: bool,
}

/// Whether a step is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Done,
    Open,
    Unknown,
    /// The script asks at this address, which may take a second.
    Asked(&'static str),
}

/// What can be done about a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Action {
    pub label: &'static str,
    pub href: String,
    /// Whether it leads to a page of ours.
    pub is_ours: bool,
}

impl Step {
    /// Returns whether the step is known to be done.
    pub fn is_done(&self) -> bool {
        self.state == State::Done
    }
}

impl From<Option<bool>> for State {
    fn from(known: Option<bool>) -> Self {
        match known {
            Some(true) => Self::Done,
            Some(false) => Self::Open,
            None => Self::Unknown,
        }
    }
}

/// Returns the steps in their order.
pub(super) fn steps(evidence: Evidence, shop: &ShopDomain, key: &str, words: &Words) -> Vec<Step> {
    let step = |state: State, title, details| Step {
        state,
        title,
        details,
        actions: Vec::new(),
        is_of_theme: false,
    };
    // Pages are made without products too, so no count is evidence of them.
    let reads = State::Asked(PRODUCTS);
    let preview = Action { label: words.open_preview(), href: Place::Pages.path().to_owned(), is_ours: true };
    let open = |href: String, label| Action { label, href, is_ours: false };
    let theme = vec![
        open(add_block(shop, key), words.add_block()),
        open(turn_on_embed(shop, key), words.turn_on_embed()),
    ];
    vec![
        step(Some(evidence.is_connected).into(), words.step_installed(), ""),
        step(reads, words.step_products(), words.step_products_details()),
        Step {
            actions: theme,
            is_of_theme: true,
            ..step(evidence.shows_block.into(), words.step_block(), words.step_block_details())
        },
        Step {
            actions: vec![preview],
            ..step(evidence.made_page.into(), words.step_page(), words.step_page_details())
        },
        step(evidence.compares.into(), words.step_comparison(), words.step_comparison_details()),
    ]
}

/// Returns where the theme editor adds the block to the home page
/// (<https://shopify.dev/docs/apps/build/online-store/theme-app-extensions/configuration#deep-linking>).
fn add_block(shop: &ShopDomain, key: &str) -> String {
    format!(
        "https://{shop}/admin/themes/current/editor?template=index&addAppBlockId={key}/{BLOCK}&target=newAppsSection"
    )
}

/// Returns where the theme editor turns on the app embed.
fn turn_on_embed(shop: &ShopDomain, key: &str) -> String {
    format!(
        "https://{shop}/admin/themes/current/editor?context=apps&template=index&activateAppId={key}/{EMBED}"
    )
}

#[derive(Template)]
#[template(path = "pages/home/products.html")]
struct Products {
    words: &'static Words,
    /// `None` if they cannot be read.
    products: Option<usize>,
}

/// Serves whether products can be read, for the script.
pub(crate) async fn products(visit: Visit) -> Response<Body> {
    let products = visit.admin.storefronts.products(&visit.caller.shop).await;
    let products = products.inspect_err(
        |error| tracing::warn!(shop = %visit.caller.shop, %error, "cannot read a shop's products"),
    );
    let (words, products) = (visit.words, products.ok());
    let status = if products.is_some() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    shown(&visit.admin, &visit.caller, words, status, Products { words, products }.render())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_to_where_the_theme_editor_adds_the_block() {
        let shop = ShopDomain::parse("magic-wands.myshopify.com").unwrap();
        assert_eq!(
            add_block(&shop, "key"),
            "https://magic-wands.myshopify.com/admin/themes/current/editor?template=index\
             &addAppBlockId=key/storefront&target=newAppsSection"
        );
        assert!(
            turn_on_embed(&shop, "key").ends_with("?context=apps&template=index&activateAppId=key/embed")
        );
    }

    #[test]
    fn handles_are_those_of_the_theme_extension() {
        let blocks = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shopify/extensions/wand/blocks");
        for handle in [BLOCK, EMBED] {
            assert!(std::fs::exists(format!("{blocks}/{handle}.liquid")).unwrap(), "{handle}");
        }
    }

    #[test]
    fn steps_tick_themselves_off() {
        let shop = ShopDomain::parse("magic-wands.myshopify.com").unwrap();
        let evidence =
            Evidence { is_connected: true, shows_block: Some(true), made_page: Some(false), compares: None };
        let states: Vec<_> =
            steps(evidence, &shop, "key", Words::of("en")).into_iter().map(|step| step.state).collect();
        assert_eq!(states, [State::Done, State::Asked(PRODUCTS), State::Done, State::Open, State::Unknown]);
    }
}
