//! A merchant's choices.

use capabilities::settings::Shop;
use model::ShopId;
use serde::{Deserialize, Serialize};

use crate::{Installations, Storefronts, Unavailable};

/// A merchant's choices, which override the operator's configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Choices {
    /// The shop's tone of voice.
    pub tone: String,
    /// The brand's accent colour, `#rrggbb` or empty.
    pub accent: String,
    /// The brand's background colour, likewise.
    pub surface: String,
    /// Words that pages must not use.
    pub banned_words: Vec<String>,
    /// Promises that pages may make.
    pub promises: Vec<String>,
    /// Personas without generated pages.
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
    /// Returns the choices that correspond to a shop's settings.
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

    /// Applies them to a shop's settings.
    pub fn over(self, shop: Shop) -> Shop {
        let Self { tone, accent, surface, banned_words, promises, personas_off, paused } = self;
        Shop { tone, accent, surface, banned_words, promises, personas_off, paused, ..shop }
    }
}

/// Returns the settings of a shop: the operator's configuration, overridden by its merchant's choices.
pub(crate) async fn shop(
    shop: &ShopId,
    storefronts: &dyn Storefronts,
    installations: &Installations,
) -> Result<Shop, Unavailable> {
    let base = storefronts.configured(shop).unwrap_or_else(|| unwritten(shop));
    let chosen = installations.choices(shop).await?;
    Ok(match chosen {
        Some(choices) => choices.over(base),
        None => base,
    })
}

/// Returns the settings of a shop that the operator did not configure, derived from its domain.
fn unwritten(shop: &ShopId) -> Shop {
    let label = shop.as_str().split('.').next().unwrap_or_default();
    let words = label.split('-').filter(|word| !word.is_empty()).map(|word| {
        let (first, rest) = word.split_at(1);
        first.to_uppercase() + rest
    });
    Shop { name: words.collect::<Vec<_>>().join(" "), url: format!("https://{shop}"), ..Shop::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shop_without_settings_is_named_after_its_domain() {
        let shop = unwritten(&ShopId::parse("magic-wands-2.myshopify.com").unwrap());
        assert_eq!(shop.name, "Magic Wands 2");
        assert_eq!(shop.url, "https://magic-wands-2.myshopify.com");
    }
}
