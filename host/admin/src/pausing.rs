//! Pauses personas for which personal pages lose, as the comparison shows. The merchant is told, and can undo it. Nothing is
//! ever turned on because it wins.

use std::sync::Arc;
use std::time::Duration;

use model::ShopId;
use model::shop::Choices;

use crate::saving::changed;
use crate::{Admin, NotConnected};

/// How often the comparisons are read. They change once a day.
const LOOK: Duration = Duration::from_hours(1);

impl Admin {
    /// Looks at the comparison of every shop, and pauses what loses. A failure is logged, and the shop is looked at again
    /// later.
    pub async fn pause_losing(&self) {
        let shops = match self.installations().installed().await {
            Ok(shops) => shops,
            Err(error) => return tracing::warn!(%error, "cannot read which shops installed the app"),
        };
        for shop in shops {
            if let Err(error) = self.pause_losing_in(&shop).await {
                tracing::warn!(%shop, %error, "cannot pause personas that lose");
            }
        }
    }

    /// Does so until it is dropped.
    pub async fn keep_pausing(self: Arc<Self>) {
        loop {
            tokio::time::sleep(LOOK).await;
            self.pause_losing().await;
        }
    }

    async fn pause_losing_in(&self, shop: &ShopId) -> Result<(), NotConnected> {
        let losing = self.storefronts.effects(shop).await?.report.losing();
        if losing.is_empty() {
            return Ok(());
        }
        let _alone = self.connections.alone(shop).await;
        let pause = |choices: &Choices| {
            let mut chosen = choices.clone();
            chosen.pause(&losing).then_some(chosen)
        };
        if changed(self, shop, pause).await? {
            tracing::warn!(%shop, personas = ?losing, "personal pages lose, and are paused");
            self.note_for_flow(shop);
        }
        Ok(())
    }
}
