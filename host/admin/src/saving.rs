//! Saves a merchant's choices and applies them to the shop.

use std::sync::{Arc, Weak};
use std::time::Duration;

use model::ShopId;
use model::shop::Choices;

use crate::{Admin, NotConnected, choices};

/// The first pause before another attempt to invalidate existing pages; it doubles each time.
const PAUSE: Duration = Duration::from_millis(250);
/// The maximum pause between attempts.
const PAUSE_MAX: Duration = Duration::from_secs(30);

/// The pages to which saved choices apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saved {
    /// All pages.
    ForAllPages,
    /// Pages that are made from now on; the others follow as soon as storage can be written.
    ForNewPages,
}

/// Saves a merchant's choices. Every step that may fail comes before the choices are stored, except for the
/// invalidation of existing pages, which is retried in the background until it succeeds.
///
/// A lock excludes installation and uninstallation meanwhile, so choices are saved and served only for an installed
/// shop.
pub async fn save_choices(
    admin: &Arc<Admin>,
    shop: &ShopId,
    choices: &Choices,
) -> Result<Saved, NotConnected> {
    let _alone = admin.connections.alone(shop).await;
    admin.serving(shop).await?;
    let stored = admin.installations().choices(shop).await?;
    let former = choices::with(shop, &*admin.storefronts, stored.clone());
    let choices = &choices.clone().made_upon(&stored.unwrap_or_default());
    let mut served = admin.served.lock().await;
    if !admin.installations().choose(shop, choices).await? {
        return Err(NotConnected::Uninstalled);
    }
    served.set(&*admin.storefronts, shop, choices.clone().over(former));
    drop(served);
    let Err(error) = admin.storefronts.bump_catalog_version(shop).await else {
        return Ok(Saved::ForAllPages);
    };
    tracing::warn!(%shop, %error, "cannot make pages stale; they keep their former settings until storage is writable");
    tokio::spawn(bump_later(Arc::downgrade(admin), shop.clone()));
    Ok(Saved::ForNewPages)
}

/// Retries the invalidation of existing pages until it succeeds or the shop is no longer served. If the process ends
/// first, those pages keep their former settings until they are made again for another reason.
async fn bump_later(admin: Weak<Admin>, shop: ShopId) {
    let mut pause = PAUSE;
    loop {
        tokio::time::sleep(pause).await;
        let Some(admin) = admin.upgrade() else { return };
        match bump(&admin, &shop).await {
            Ok(()) => return tracing::info!(%shop, "made pages stale; they get the saved settings"),
            Err(NotConnected::Unavailable(_) | NotConnected::Host(_)) => pause = (pause * 2).min(PAUSE_MAX),
            Err(_) => return,
        }
    }
}

async fn bump(admin: &Admin, shop: &ShopId) -> Result<(), NotConnected> {
    admin.serving(shop).await?;
    Ok(admin.storefronts.bump_catalog_version(shop).await?)
}
