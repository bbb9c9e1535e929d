//! What a merchant chose is kept, and the shop is served so from now on.

use std::sync::{Arc, Weak};
use std::time::Duration;

use names::StoreId;

use crate::{Admin, Choices, NotConnected, choices};

/// How soon pages that were made before are tried to be made again, where that failed; each time twice as long …
const PAUSE: Duration = Duration::from_millis(250);
/// … up to this.
const PAUSE_MAX: Duration = Duration::from_secs(30);

/// For which pages the choices hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saved {
    /// For all of them.
    ForAllPages,
    /// For those that are made from now on; the others follow as soon as storage allows it.
    ForNewPages,
}

/// Keeps what a merchant chose. Whatever may fail fails before the choices are kept, but for one thing: to have pages made
/// again. That is repeated in the background until it succeeds.
///
/// Nobody installs or uninstalls meanwhile: what is saved is of an installed shop, and is served only as long as it is.
pub async fn save_choices(
    admin: &Arc<Admin>,
    store: &StoreId,
    choices: &Choices,
) -> Result<Saved, NotConnected> {
    let _alone = admin.connections.alone(store).await;
    admin.connections.serving(store).await?;
    let former = choices::shop(store, &*admin.storefronts, admin.installations()).await?;
    if !admin.installations().choose(store, choices).await? {
        return Err(NotConnected::Uninstalled);
    }
    admin.storefronts.set_shop(store, choices.clone().over(former));
    let Err(error) = admin.storefronts.moved(store).await else { return Ok(Saved::ForAllPages) };
    tracing::warn!(%store, %error, "pages keep their former settings until storage can be written");
    tokio::spawn(move_later(Arc::downgrade(admin), store.clone()));
    Ok(Saved::ForNewPages)
}

/// Has pages made again as soon as that succeeds, unless the shop is served no longer. Should the process end before,
/// they keep their former settings until they are made again for another reason.
async fn move_later(admin: Weak<Admin>, store: StoreId) {
    let mut pause = PAUSE;
    loop {
        tokio::time::sleep(pause).await;
        let Some(admin) = admin.upgrade() else { return };
        match moved(&admin, &store).await {
            Ok(()) => return tracing::info!(%store, "pages are made again with the settings that were saved"),
            Err(NotConnected::Unavailable(_) | NotConnected::Host(_)) => pause = (pause * 2).min(PAUSE_MAX),
            Err(_) => return,
        }
    }
}

async fn moved(admin: &Admin, store: &StoreId) -> Result<(), NotConnected> {
    admin.connections.serving(store).await?;
    Ok(admin.storefronts.moved(store).await?)
}
