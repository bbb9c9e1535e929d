//! Settings that change while they are read: merchants install the app, change what is said of their
//! shops, and leave.

use std::sync::Arc;

use arc_swap::ArcSwap;
use portable::settings::{Settings, Shop};

/// The settings as they are now. Reading them waits for nobody.
#[derive(Debug)]
pub struct Live(ArcSwap<Settings>);

impl Live {
    /// Starts with what the operator decided.
    pub fn new(settings: Settings) -> Self {
        Self(ArcSwap::from_pointee(settings))
    }

    /// As they are now. Whoever needs two things that fit together asks once and keeps it.
    pub fn now(&self) -> Arc<Settings> {
        self.0.load_full()
    }

    /// A look at them that is not kept: it counts no reference, so that it costs a hit next to nothing.
    pub fn look<T>(&self, look: impl FnOnce(&Settings) -> T) -> T {
        look(&self.0.load())
    }

    /// Serves a shop from now on, or changes what is said of it.
    #[expect(clippy::needless_pass_by_value, reason = "a change that lost a race is made again from it")]
    pub fn set_shop(&self, id: &str, shop: Shop) {
        self.change(|settings| {
            settings.shops.insert(id.to_owned(), shop.clone());
        });
    }

    /// Serves a shop no longer.
    pub fn remove_shop(&self, id: &str) {
        self.change(|settings| {
            settings.shops.remove(id);
        });
    }

    /// Changes race: one that lost is made again upon what the other left.
    fn change(&self, change: impl Fn(&mut Settings)) {
        self.0.rcu(|settings| {
            let mut settings = Settings::clone(settings);
            change(&mut settings);
            settings
        });
    }
}

impl Default for Live {
    /// The demo shop on a deployment with shoppers.
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
    use portable::settings::ShopStatus;

    use super::*;

    #[test]
    fn shops_come_and_go_and_what_was_taken_before_stays_as_it_was() {
        let live = Live::default();
        let before = live.now();
        live.set_shop("lamps", Shop::default());
        assert_eq!(live.look(|settings| settings.shop_status("lamps", true)), ShopStatus::Open);
        live.set_shop("lamps", Shop { paused: true, ..Shop::default() });
        assert_eq!(live.look(|settings| settings.shop_status("lamps", true)), ShopStatus::Paused);
        live.remove_shop("lamps");
        live.remove_shop("lamps");
        assert_eq!(live.now().shop_status("lamps", true), ShopStatus::Unknown);
        assert_eq!(before.shop_status("lamps", true), ShopStatus::Unknown);
        assert_eq!(live.now().shop_status("magic-wands", true), ShopStatus::Open);
    }

    #[test]
    fn of_many_changes_at_once_none_is_lost() {
        let live = Live::default();
        std::thread::scope(|scope| {
            for thread in 0..4 {
                let live = &live;
                scope.spawn(move || {
                    for shop in 0..50 {
                        live.set_shop(&format!("shop-{thread}-{shop}"), Shop::default());
                    }
                });
            }
        });
        assert_eq!(live.now().shops.len(), 201);
    }
}
