//! The shops that this process serves because their merchants installed the app.

use std::collections::{BTreeMap, BTreeSet};

use model::ShopId;
use model::shop::ShopSettings;
use tokio::sync::{Mutex, MutexGuard};

use crate::{PricingPlan, Storefronts};

/// The shops that this process serves because their merchants installed the app.
#[derive(Default)]
pub(crate) struct Served(Mutex<Shops>);

/// The choices that were served last.
#[derive(Default)]
pub(crate) struct Shops {
    /// The last change that is served.
    pub revision: Option<i64>,
    ids: BTreeSet<ShopId>,
    /// What each shop may use.
    plans: BTreeMap<ShopId, PricingPlan>,
}

impl Served {
    /// Locks what is served. Whoever changes a shop holds this lock from before the write until the change is served:
    /// otherwise an older state could be served last.
    pub async fn lock(&self) -> MutexGuard<'_, Shops> {
        self.0.lock().await
    }
}

impl Shops {
    /// Records what a shop may use from now on.
    pub fn note_pricing_plan(&mut self, id: &ShopId, plan: PricingPlan) {
        self.plans.insert(id.clone(), plan);
    }

    /// Serves a shop with these settings, as far as its plan includes them. A shop whose plan is not known
    /// yet has everything: it was connected a moment ago, and its plan is read next.
    pub fn set(&mut self, storefronts: &dyn Storefronts, id: &ShopId, shop: ShopSettings) {
        let plan = self.plans.get(id).copied().unwrap_or(PricingPlan::Paid);
        storefronts.set_shop(id, plan.limit(shop));
        self.ids.insert(id.clone());
    }

    /// Stops serving a shop.
    pub fn remove(&mut self, storefronts: &dyn Storefronts, id: &ShopId) {
        storefronts.remove_shop(id);
        self.ids.remove(id);
        self.plans.remove(id);
    }

    /// Stops serving all shops but these.
    pub fn retain(&mut self, storefronts: &dyn Storefronts, stored: &BTreeSet<ShopId>) {
        let gone: Vec<_> = self.ids.difference(stored).cloned().collect();
        for id in &gone {
            self.remove(storefronts, id);
        }
    }
}
