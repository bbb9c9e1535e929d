//! The settings of a shop as they apply.

use capabilities::settings::Shop;
use model::ShopId;

use crate::{Installations, Storefronts, Unavailable};

/// Returns the settings of a shop: the operator's configuration, overridden by its merchant's choices.
pub async fn shop_settings(
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
    fn a_shop_nobody_wrote_of_is_named_after_its_domain() {
        let shop = unwritten(&ShopId::parse("magic-wands-2.myshopify.com").unwrap());
        assert_eq!(shop.name, "Magic Wands 2");
        assert_eq!(shop.url, "https://magic-wands-2.myshopify.com");
    }
}
