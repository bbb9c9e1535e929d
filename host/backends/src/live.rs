//! Settings that change at run time: merchants install the app, edit their shops' settings, and uninstall it.

use std::sync::Arc;

use arc_swap::ArcSwap;
use model::shop::ShopSettings;
use settings::Settings;

/// The current settings. Reads never block.
#[derive(Debug)]
pub struct Live(ArcSwap<Settings>);

impl Live {
    /// Starts with the operator's settings.
    pub fn new(settings: Settings) -> Self {
        Self(ArcSwap::from_pointee(settings))
    }

    /// Returns the current settings. A caller that needs consistent values reads them from one snapshot.
    pub fn now(&self) -> Arc<Settings> {
        self.0.load_full()
    }

    /// Passes the current settings to `look`. Counts no reference, so it adds almost nothing to a cache hit.
    pub fn look<T>(&self, look: impl FnOnce(&Settings) -> T) -> T {
        look(&self.0.load())
    }

    /// Adds a shop, or replaces its settings.
    #[expect(clippy::needless_pass_by_value, reason = "a change that lost a race is made again from it")]
    pub fn set_shop(&self, id: &str, shop: ShopSettings) {
        self.change(|settings| {
            settings.shops.insert(id.to_owned(), shop.clone());
        });
    }

    /// Removes a shop.
    pub fn remove_shop(&self, id: &str) {
        self.change(|settings| {
            settings.shops.remove(id);
        });
    }

    /// Applies a change. Concurrent changes race: the loser is applied again to the winner's result.
    fn change(&self, change: impl Fn(&mut Settings)) {
        self.0.rcu(|settings| {
            let mut settings = Settings::clone(settings);
            change(&mut settings);
            settings
        });
    }
}

impl Default for Live {
    /// Returns the settings of a demo shop on a deployment with shoppers.
    fn default() -> Self {
        Self::new(Settings::default())
    }
}

impl From<Settings> for Live {
    fn from(settings: Settings) -> Self {
        Self::new(settings)
    }
}

#[cfg(test)]
mod tests {
    use model::shop::{ShopSettings, ShopStatus};

    use super::*;

    #[test]
    fn a_snapshot_of_settings_does_not_change() {
        let live = Live::default();
        let before = live.now();
        live.set_shop("lamps", ShopSettings::default());
        assert_eq!(live.look(|settings| settings.shop_status("lamps", true)), ShopStatus::Open);
        live.set_shop("lamps", ShopSettings { paused: true, ..ShopSettings::default() });
        assert_eq!(live.look(|settings| settings.shop_status("lamps", true)), ShopStatus::Paused);
        live.remove_shop("lamps");
        live.remove_shop("lamps");
        assert_eq!(live.now().shop_status("lamps", true), ShopStatus::Unknown);
        assert_eq!(before.shop_status("lamps", true), ShopStatus::Unknown);
        assert_eq!(live.now().shop_status("magic-wands", true), ShopStatus::Open);
    }

    #[test]
    fn concurrent_changes_are_not_lost() {
        let live = Live::default();
        std::thread::scope(|scope| {
            for thread in 0..4 {
                let live = &live;
                scope.spawn(move || {
                    for shop in 0..50 {
                        live.set_shop(&format!("shop-{thread}-{shop}"), ShopSettings::default());
                    }
                });
            }
        });
        assert_eq!(live.now().shops.len(), 201);
    }
}
