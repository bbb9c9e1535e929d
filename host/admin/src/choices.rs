//! What a merchant chooses.

use capabilities::settings::Shop;
use names::StoreId;
use serde::{Deserialize, Serialize};

use crate::{Installations, Storefronts, Unavailable};

/// What a merchant chose. It lies over what the operator configured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Choices {
    /// How the shop wants to sound.
    pub tone: String,
    /// The brand's accent colour, `#rrggbb` or empty.
    pub accent: String,
    /// The brand's background colour, likewise.
    pub surface: String,
    /// Words that pages must not use.
    pub banned_words: Vec<String>,
    /// What pages may promise.
    pub promises: Vec<String>,
    /// Personas that no page is made for.
    pub personas_off: Vec<String>,
    /// Whether pages for shoppers are turned off.
    pub paused: bool,
}

impl Default for Choices {
    fn default() -> Self {
        Self::of(&Shop::default())
    }
}

impl Choices {
    /// What they would be had a merchant chosen what holds for the shop.
    pub fn of(shop: &Shop) -> Self {
        Self {
            tone: shop.tone.clone(),
            accent: shop.accent.clone(),
            surface: shop.surface.clone(),
            banned_words: shop.banned_words.clone(),
            promises: shop.promises.clone(),
            personas_off: shop.personas_off.clone(),
            paused: shop.paused,
        }
    }

    /// Lays them over a shop.
    pub fn over(self, shop: Shop) -> Shop {
        let Self { tone, accent, surface, banned_words, promises, personas_off, paused } = self;
        Shop { tone, accent, surface, banned_words, promises, personas_off, paused, ..shop }
    }
}

/// The settings of a shop: what its merchant chose over what the operator wrote of it.
pub(crate) async fn shop(
    store: &StoreId,
    storefronts: &dyn Storefronts,
    installations: &Installations,
) -> Result<Shop, Unavailable> {
    let base = storefronts.configured(store).unwrap_or_else(|| unwritten(store));
    let chosen = installations.choices(store).await?;
    Ok(match chosen {
        Some(choices) => choices.over(base),
        None => base,
    })
}

/// A shop of which the operator wrote nothing: its domain says a little.
fn unwritten(store: &StoreId) -> Shop {
    let label = store.as_str().split('.').next().unwrap_or_default();
    let words = label.split('-').filter(|word| !word.is_empty()).map(|word| {
        let (first, rest) = word.split_at(1);
        first.to_uppercase() + rest
    });
    Shop { name: words.collect::<Vec<_>>().join(" "), url: format!("https://{store}"), ..Shop::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shop_nobody_wrote_of_is_named_after_its_domain() {
        let shop = unwritten(&StoreId::parse("magic-wands-2.myshopify.com").unwrap());
        assert_eq!(shop.name, "Magic Wands 2");
        assert_eq!(shop.url, "https://magic-wands-2.myshopify.com");
    }
}
