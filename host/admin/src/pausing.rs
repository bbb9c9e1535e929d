//! Looks at the comparison of each shop every hour. Pauses personas for which personal pages lose, as the comparison shows. The merchant is told, and can undo it. Nothing is
//! ever turned on because it wins.

use std::sync::Arc;
use std::time::Duration;

use model::ShopId;
use model::shop::Choices;

use crate::saving::changed;
use crate::worth::{COST_DAYS, Worth};
use crate::{Admin, Effects, NotConnected};

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
                tracing::warn!(%shop, %error, "cannot pause personas whose personal pages lose");
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

    /// Has the host measure what pages cost and are worth. Without costs, it does not.
    async fn measure(&self, shop: &ShopId, Effects { report, sums, sales }: &Effects) {
        match self.usage().by_day_and_page(shop, COST_DAYS).await {
            Ok(costs) => self.storefronts.measure(shop, &Worth::of(report, sums, sales, &costs)),
            Err(error) => tracing::warn!(%shop, %error, "cannot read the cost of pages"),
        }
    }

    async fn pause_losing_in(&self, shop: &ShopId) -> Result<(), NotConnected> {
        self.read_rollouts(shop).await;
        let effects = self.storefronts.effects(shop).await?;
        self.measure(shop, &effects).await;
        let losing = effects.report.losing();
        if losing.is_empty() {
            return Ok(());
        }
        let _alone = self.connections.alone(shop).await;
        for persona in losing {
            let pause = |choices: &Choices| {
                let mut chosen = choices.clone();
                chosen.pause(&[persona]).then_some(chosen)
            };
            if changed(self, shop, pause).await? {
                let persona = persona.name();
                tracing::warn!(%shop, persona, "personal pages lose for this persona, and are paused");
                self.note_for_flow(shop);
            }
        }
        Ok(())
    }
}
