//! The settings of the operator and the merchants.

use capabilities::settings::{Live, Shop, ShopStatus};
use wasmtime::Result;

use super::view;
use crate::bindings::wandstore::capabilities::settings;

struct View<'a>(&'a Live);

view!(settings, View, |context| View(&context.capabilities.settings));

impl settings::Host for View<'_> {
    fn development(&mut self) -> Result<bool> {
        Ok(self.0.look(|settings| settings.development))
    }

    fn pool(&mut self) -> Result<settings::PoolLimits> {
        Ok(self.0.look(|settings| settings::PoolLimits {
            size: settings.pool.size,
            depth_max: settings.pool.depth_max,
            attempts_max: settings.pool.attempts_max,
            lease_ms: settings.pool.lease_ms,
            backoff_ms: settings.pool.backoff_ms,
            backoff_ms_max: settings.pool.backoff_ms_max,
        }))
    }

    fn lifetimes(&mut self) -> Result<settings::PageLifetimes> {
        Ok(self.0.look(|settings| settings::PageLifetimes {
            kv_ttl_seconds: settings.lifetimes.kv_ttl_seconds,
            fresh_seconds: settings.lifetimes.fresh_seconds,
        }))
    }

    fn get_shop(&mut self, id: String) -> Result<Option<settings::Shop>> {
        Ok(self.0.look(|settings| settings.shops.get(&id).map(shop)))
    }

    fn status(&mut self, id: String, vouched_for: bool) -> Result<settings::ShopStatus> {
        Ok(match self.0.look(|settings| settings.shop_status(&id, vouched_for)) {
            ShopStatus::Unknown => settings::ShopStatus::Unknown,
            ShopStatus::Open => settings::ShopStatus::Open,
            ShopStatus::Paused => settings::ShopStatus::Paused,
        })
    }

    fn list_shops(&mut self) -> Result<Vec<String>> {
        Ok(self.0.look(|settings| settings.shops.keys().cloned().collect()))
    }
}

fn shop(shop: &Shop) -> settings::Shop {
    settings::Shop {
        name: shop.name.clone(),
        url: shop.url.clone(),
        language: shop.language.clone(),
        tone: shop.tone.clone(),
        banned_words: shop.banned_words.clone(),
        promises: shop.promises.clone(),
        personas_off: shop.personas_off.clone(),
        accent: shop.accent.clone(),
        surface: shop.surface.clone(),
    }
}
