//! Keeps what this process serves equal to what is stored, whichever process changed it.
//!
//! Each change of a shop's state or choices gets a number in the database. A process reads the last number twice a
//! second, and what was changed since. No message has to arrive, so none can be lost.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use crate::installations::{Changed, Stored};
use crate::{Admin, State, Unavailable, choices};

/// How often to look for changes of other processes.
const LOOK: Duration = Duration::from_millis(500);

/// A revision before all others.
const NEVER: i64 = 0;

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
        for Changed { stored: Stored { id, .. }, choices, subscription } in
            changed.into_iter().filter(|changed| self.is_served(&changed.stored))
        {
            let shop = choices::with(&id, &*self.storefronts, choices);
            served.note_pricing_plan(&id, self.app.billing.plan(subscription.as_ref()));
            served.set(&*self.storefronts, &id, shop);
        }
        let stored: BTreeSet<_> =
            stored.into_iter().filter(|stored| self.is_served(stored)).map(|stored| stored.id).collect();
        served.retain(&*self.storefronts, &stored);
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
                    tracing::warn!(%error, "cannot read the served shops; other processes' changes take effect later");
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
