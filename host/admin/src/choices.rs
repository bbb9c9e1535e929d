//! A merchant's choices.

use model::ShopId;
use model::shop::{Choices, ShopSettings};

use crate::{Installations, Storefronts, Unavailable};

/// Returns the settings of a shop: the operator's configuration, overridden by its merchant's choices.
pub(crate) async fn shop(
    shop: &ShopId,
    storefronts: &dyn Storefronts,
    installations: &Installations,
) -> Result<ShopSettings, Unavailable> {
    Ok(with(shop, storefronts, installations.choices(shop).await?))
}

/// Returns the settings of a shop with these choices of its merchant.
pub(crate) fn with(shop: &ShopId, storefronts: &dyn Storefronts, chosen: Option<Choices>) -> ShopSettings {
    let base = storefronts.configured(shop).unwrap_or_else(|| unwritten(shop));
    match chosen {
        Some(choices) => choices.over(base),
        None => base,
    }
}

/// Returns the settings of a shop that the operator did not configure, derived from its domain.
fn unwritten(shop: &ShopId) -> ShopSettings {
    let label = shop.as_str().split('.').next().unwrap_or_default();
    let words = label.split('-').filter(|word| !word.is_empty()).map(|word| {
        let (first, rest) = word.split_at(1);
        first.to_uppercase() + rest
    });
    ShopSettings {
        name: words.collect::<Vec<_>>().join(" "),
        url: Some(format!("https://{shop}")),
        ..ShopSettings::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shop_without_settings_is_named_after_its_domain() {
        let shop = unwritten(&ShopId::parse("magic-wands-2.myshopify.com").unwrap());
        assert_eq!(shop.name, "Magic Wands 2");
        assert_eq!(shop.url.as_deref(), Some("https://magic-wands-2.myshopify.com"));
    }
}
