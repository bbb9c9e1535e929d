//! The shops that this process serves, kept equal to what is stored, whichever process changed it.
//!
//! Each change of a shop's state or choices gets a number in the database. A process reads the last number twice a
//! second, and what was changed since. Nothing has to arrive for that, so nothing can be lost.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use model::ShopId;
use model::shop::ShopSettings;
use tokio::sync::{Mutex, MutexGuard};

use crate::installations::Stored;
use crate::{Admin, State, Storefronts, Unavailable, choices};

/// How often to look for changes of other processes.
const LOOK: Duration = Duration::from_millis(500);

/// A revision before all others.
const NEVER: i64 = 0;

/// The shops that this process serves because of what is stored.
#[derive(Default)]
pub(crate) struct Served(Mutex<Shops>);

/// What was served last.
#[derive(Default)]
pub(crate) struct Shops {
    /// The last change that is served.
    revision: Option<i64>,
    ids: BTreeSet<ShopId>,
}

impl Served {
    /// Locks what is served. Whoever changes a shop holds this lock from before the write until the change is served:
    /// otherwise an older state could be served last.
    pub async fn lock(&self) -> MutexGuard<'_, Shops> {
        self.0.lock().await
    }
}

impl Shops {
    pub fn set(&mut self, storefronts: &dyn Storefronts, id: &ShopId, shop: ShopSettings) {
        storefronts.set_shop(id, shop);
        self.ids.insert(id.clone());
    }

    pub fn remove(&mut self, storefronts: &dyn Storefronts, id: &ShopId) {
        storefronts.remove_shop(id);
        self.ids.remove(id);
    }
}

impl Admin {
    /// Serves every shop that installed the app, with its merchant's choices, as they are stored now. Call it at the
    /// start, before the first request. Later calls cost one small query if nothing was changed.
    pub async fn follow(&self) -> Result<(), Unavailable> {
        let mut served = self.served.lock().await;
        let revision = self.installations().revision().await?;
        if served.revision == Some(revision) {
            return Ok(());
        }
        let changed = self.installations().changed_after(served.revision.unwrap_or(NEVER)).await?;
        let stored = self.installations().served().await?;
        for (Stored { id, .. }, chosen) in changed.into_iter().filter(|(stored, _)| self.is_served(stored)) {
            let shop = choices::with(&id, &*self.storefronts, chosen);
            served.set(&*self.storefronts, &id, shop);
        }
        let stored: BTreeSet<_> =
            stored.into_iter().filter(|stored| self.is_served(stored)).map(|stored| stored.id).collect();
        let gone: Vec<_> = served.ids.difference(&stored).cloned().collect();
        for id in &gone {
            served.remove(&*self.storefronts, id);
        }
        served.revision = Some(revision);
        Ok(())
    }

    /// Serves what other processes change, until it is dropped.
    pub async fn keep_following(self: Arc<Self>) {
        let mut fails = false;
        loop {
            tokio::time::sleep(LOOK).await;
            match self.follow().await {
                Err(error) if !fails => {
                    tracing::warn!(%error, "cannot read which shops are served; what other processes change is served later");
                    fails = true;
                }
                Err(_) => {}
                Ok(()) => fails = false,
            }
        }
    }

    /// Returns whether a shop is served that did not uninstall the app. Choices of earlier versions may be of shops that
    /// did not install it: they count for shops that the operator configured.
    fn is_served(&self, stored: &Stored) -> bool {
        stored.state == State::Installed || self.storefronts.configured(&stored.id).is_some()
    }
}
