//! The operator's settings, as plain data. The caller reads them from files or the environment.
//!
//! ```
//! use settings::document::Document;
//!
//! let mut document = Document::default();
//! document.lay_over(|name| (name == "POOL_SIZE").then(|| "4".to_owned()))?;
//! document.validate()?;
//! assert_eq!(document.settings().pool.size, 4);
//! # Ok::<(), settings::document::InvalidSettings>(())
//! ```

mod conversions;
pub mod document;

#[doc(hidden)]
pub use model;

use std::collections::BTreeMap;

use model::limits::Limits;
use model::shop::{PlansPer, ShopSettings, ShopStatus};

/// The settings of a deployment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Whether this is a developer's own machine, without shoppers.
    pub development: bool,
    /// The pool of generation workers.
    pub pool: PoolLimits,
    /// The lifetimes of pages.
    pub lifetimes: PageLifetimes,
    /// How much strangers can make the deployment do.
    pub limits: Limits,
    /// Whether unsigned routes serve the shops whose merchants installed the app.
    pub unsigned_routes: bool,
    /// The shoppers who share a plan of the language model, in shops that do not say.
    pub plans_per: PlansPer,
    /// The shops this deployment serves, by id.
    pub shops: BTreeMap<String, ShopSettings>,
}

/// The limits of the pool of generation workers and its jobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolLimits {
    /// Members: `pool-0` to `pool-{size - 1}`.
    pub size: u32,
    /// A member with this many live jobs is full.
    pub depth_max: u32,
    /// A job is claimed at most this many times.
    pub attempts_max: u32,
    /// How long a claim holds unless it is extended.
    pub lease_ms: u32,
    /// The first pause before another attempt; it doubles from there.
    pub backoff_ms: u32,
    /// The longest pause.
    pub backoff_ms_max: u32,
}

impl PoolLimits {
    /// Returns the members' names.
    pub fn members(&self) -> impl Iterator<Item = String> + use<> {
        (0..self.size).map(|index| format!("pool-{index}"))
    }
}

/// How long pages last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageLifetimes {
    /// How long a page stays in short-term storage.
    pub kv_ttl_seconds: u32,
    /// How long after its generation a page counts as fresh.
    pub fresh_seconds: u32,
}

impl Settings {
    /// Returns the settings of a shop, with the deployment's where the shop has none of its own.
    pub fn shop(&self, id: &str) -> Option<ShopSettings> {
        let shop = self.shops.get(id)?;
        Some(ShopSettings { plans_per: shop.plans_per.or(Some(self.plans_per)), ..shop.clone() })
    }

    /// Returns the status of a shop, for signed or for unsigned requests. In production, an installed shop is unknown
    /// to unsigned requests unless `unsigned_routes` is set.
    pub fn shop_status(&self, id: &str, is_vouched_for: bool) -> ShopStatus {
        let is_open = |shop: &ShopSettings| {
            is_vouched_for || !shop.is_installed || self.unsigned_routes || self.development
        };
        match self.shops.get(id).filter(|shop| is_open(shop)) {
            None => ShopStatus::Unknown,
            Some(shop) if shop.paused => ShopStatus::Paused,
            Some(_) => ShopStatus::Open,
        }
    }
}

impl Default for Settings {
    /// The demo shop on a deployment with shoppers.
    fn default() -> Self {
        Self {
            development: false,
            pool: PoolLimits::default(),
            lifetimes: PageLifetimes::default(),
            limits: Limits::default(),
            unsigned_routes: false,
            plans_per: PlansPer::default(),
            shops: BTreeMap::from([("magic-wands".to_owned(), ShopSettings::demo())]),
        }
    }
}

impl Default for PoolLimits {
    fn default() -> Self {
        Self {
            size: 10,
            // As many as the original deployment took.
            depth_max: 100,
            attempts_max: 4,
            lease_ms: 60_000,
            backoff_ms: 2_000,
            backoff_ms_max: 60_000,
        }
    }
}

impl Default for PageLifetimes {
    fn default() -> Self {
        Self { kv_ttl_seconds: 3_600, fresh_seconds: 86_400 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shop_has_plans_as_it_says_and_else_as_the_deployment_says() {
        let of = |of_shop, plans_per| {
            let shop = ShopSettings { plans_per: of_shop, ..ShopSettings::default() };
            let shops = BTreeMap::from([("lamps".to_owned(), shop)]);
            Settings { plans_per, shops, ..Settings::default() }.shop("lamps").unwrap().plans_per.unwrap()
        };
        assert_eq!(of(None, PlansPer::default()), PlansPer::Segment);
        assert_eq!(of(None, PlansPer::Shopper), PlansPer::Shopper);
        assert_eq!(of(Some(PlansPer::Segment), PlansPer::Shopper), PlansPer::Segment);
        assert_eq!(Settings::default().shop("lamps"), None);
    }

    #[test]
    fn a_shop_is_open_paused_or_unknown() {
        let mut settings = Settings::default();
        assert_eq!(settings.shop_status("magic-wands", true), ShopStatus::Open);
        assert_eq!(settings.shop_status("lamps", true), ShopStatus::Unknown);
        settings.shops.insert("lamps".to_owned(), ShopSettings { paused: true, ..ShopSettings::default() });
        assert_eq!(settings.shop_status("lamps", true), ShopStatus::Paused);
    }

    #[test]
    fn a_shop_whose_merchant_installed_the_app_is_unknown_to_strangers_where_there_are_shoppers() {
        let installed = ShopSettings { is_installed: true, ..ShopSettings::default() };
        let shops = BTreeMap::from([
            ("named".to_owned(), ShopSettings::default()),
            ("installed".to_owned(), installed),
        ]);
        for (development, unsigned_routes, shop_status) in [
            (false, false, ShopStatus::Unknown),
            (true, false, ShopStatus::Open),
            (false, true, ShopStatus::Open),
        ] {
            let settings =
                Settings { development, unsigned_routes, shops: shops.clone(), ..Settings::default() };
            assert_eq!(settings.shop_status("installed", false), shop_status);
            for (id, is_vouched_for) in [("installed", true), ("named", true), ("named", false)] {
                assert_eq!(settings.shop_status(id, is_vouched_for), ShopStatus::Open, "{id}");
            }
        }
    }
}
