//! Changes a merchant's choices and applies them to the shop. Each change is of a part of them, and concurrent changes of other
//! parts stay.

use std::sync::{Arc, Weak};
use std::time::Duration;

use model::ShopId;
use model::shop::Choices;

use crate::{Admin, NotConnected, State, Unavailable, choices};

/// The first pause before another attempt to invalidate existing pages; it doubles each time.
const PAUSE: Duration = Duration::from_millis(250);
/// The maximum pause between attempts.
const PAUSE_MAX: Duration = Duration::from_secs(30);

/// How often a change is made anew because other hosts changed the shop's choices meanwhile.
const ATTEMPTS_MAX: usize = 10;

/// What became of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saved {
    /// It applies to all pages.
    ForAllPages,
    /// It applies to pages that are made from now on; the others follow as soon as storage can be written.
    ForNewPages,
    /// Nothing was to be changed.
    Nothing,
}

/// Changes a merchant's choices. Every step that may fail comes before the choices are stored, except for the
/// invalidation of existing pages, which is retried in the background until it succeeds. `change` gets the choices that are
/// stored, and returns the new ones; `None` changes nothing. It is called again if another host changed them meanwhile.
///
/// A lock excludes installation and uninstallation meanwhile, so choices are saved and served only for an installed
/// shop.
pub async fn save_choices(
    admin: &Arc<Admin>,
    shop: &ShopId,
    change: impl Fn(&Choices) -> Option<Choices>,
) -> Result<Saved, NotConnected> {
    let _alone = admin.connections.alone(shop).await;
    admin.serving(shop).await?;
    if !changed(admin, shop, change).await? {
        return Ok(Saved::Nothing);
    }
    Ok(make_stale(admin, shop).await)
}

/// Makes all pages of a shop stale, at once or as soon as storage can be written.
pub async fn make_stale(admin: &Arc<Admin>, shop: &ShopId) -> Saved {
    let Err(error) = admin.storefronts.bump_catalog_version(shop).await else { return Saved::ForAllPages };
    tracing::warn!(%shop, %error, "cannot make pages stale; they stay as they are until storage is writable");
    tokio::spawn(bump_later(Arc::downgrade(admin), shop.clone()));
    Saved::ForNewPages
}

/// Stores a change of a shop's choices and serves them. Returns false if there was nothing to change. The caller excludes
/// other changes in this process.
pub async fn changed(
    admin: &Admin,
    shop: &ShopId,
    change: impl Fn(&Choices) -> Option<Choices>,
) -> Result<bool, NotConnected> {
    for _ in 0..ATTEMPTS_MAX {
        let stored = admin.installations().stored_choices(shop).await?;
        let former = choices::with(shop, &*admin.storefronts, stored.choices.clone());
        let before = stored.choices.clone().unwrap_or_else(|| Choices::of(former.clone()));
        let Some(chosen) = change(&before) else { return Ok(false) };
        let mut served = admin.served.lock().await;
        if admin.installations().choose(shop, &stored, &chosen).await? {
            served.set(&*admin.storefronts, shop, chosen.over(former));
            return Ok(true);
        }
        drop(served);
        if !admin.find(shop).await?.is_some_and(|found| found.state == State::Installed) {
            return Err(NotConnected::Uninstalled);
        }
    }
    Err(Unavailable(format!("others changed the choices {ATTEMPTS_MAX} times meanwhile")).into())
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
