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

/// How often a change is retried because other hosts changed the shop's choices meanwhile.
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
    // A budget may be spent now that was not before.
    admin.note_for_flow(shop);
    Ok(make_stale(admin, shop).await)
}

/// Makes all pages of a shop stale, at once or as soon as storage can be written.
pub async fn make_stale(admin: &Arc<Admin>, shop: &ShopId) -> Saved {
    let Err(error) = admin.storefronts.bump_catalog_version(shop).await else { return Saved::ForAllPages };
    tracing::warn!(%shop, %error, "cannot make pages stale; they stay as they are until storage is writable");
    tokio::spawn(later(Arc::downgrade(admin), shop.clone(), Change::Stale));
    Saved::ForNewPages
}

/// Hides all pages that were made before now, at once or as soon as storage can be written. Called after an approval
/// was taken back: the pages that were made of it count as approved.
pub async fn withdraw_pages(admin: &Arc<Admin>, shop: &ShopId) -> Saved {
    match Change::Withdrawn.apply(admin, shop).await {
        Ok(()) => Saved::ForAllPages,
        Err(error) => {
            tracing::warn!(%shop, %error, "cannot withdraw pages; they are shown until storage is writable");
            tokio::spawn(later(Arc::downgrade(admin), shop.clone(), Change::Withdrawn));
            Saved::ForNewPages
        }
    }
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

/// What becomes of existing pages.
#[derive(Debug, Clone, Copy)]
enum Change {
    /// They are made again when their shoppers come.
    Stale,
    /// They are not shown meanwhile, either.
    Withdrawn,
}

impl Change {
    async fn apply(self, admin: &Admin, shop: &ShopId) -> Result<(), NotConnected> {
        let _alone = admin.connections.alone(shop).await;
        admin.serving(shop).await?;
        if let Self::Withdrawn = self {
            let once_more = |choices: &Choices| {
                let withdrawals = choices.withdrawals.wrapping_add(1);
                Some(Choices { withdrawals, ..choices.clone() })
            };
            changed(admin, shop, once_more).await?;
        }
        Ok(admin.storefronts.bump_catalog_version(shop).await?)
    }
}

/// Tries again to change existing pages, until it succeeds or the shop is no longer served. If the process ends first, those
/// pages stay as they are until they are made again for another reason.
async fn later(admin: Weak<Admin>, shop: ShopId, change: Change) {
    let mut pause = PAUSE;
    loop {
        tokio::time::sleep(pause).await;
        let Some(admin) = admin.upgrade() else { return };
        match change.apply(&admin, &shop).await {
            Ok(()) => return tracing::info!(%shop, ?change, "changed existing pages in a later attempt"),
            Err(NotConnected::Unavailable(_) | NotConnected::Host(_)) => pause = (pause * 2).min(PAUSE_MAX),
            Err(_) => return,
        }
    }
}
