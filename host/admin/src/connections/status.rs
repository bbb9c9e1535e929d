//! Whether a shop is connected, computed from the stored data each time.

use model::ShopId;

use super::NotConnected;
use crate::Admin;
use crate::records::{Installation, State};

impl Admin {
    /// Checks that the shop is connected now; the error says why it is not.
    pub async fn status(&self, shop: &ShopId) -> Result<(), NotConnected> {
        let found = self.serving(shop).await?;
        let works = self.connections.usable(found.access.clone()).is_some();
        let is_refused = found.access.is_some_and(|access| self.connections.is_refused(shop, &access.secret));
        let failure = self.connections.failure(shop);
        match (works, failure) {
            (true, _) if is_refused => Err(NotConnected::TokenRefused),
            (true, _) => Ok(()),
            (false, Some(failure)) => Err(failure),
            (false, None) => {
                self.connections.usable(found.refresh).map(drop).ok_or(NotConnected::NotInstalled)
            }
        }
    }

    /// Returns the installation of a shop that is installed and open, whether or not its tokens work now. Only such a
    /// shop can have settings.
    pub(crate) async fn serving(&self, shop: &ShopId) -> Result<Installation, NotConnected> {
        let found = self.installations().find(shop).await?;
        let failure = self.connections.failure(shop);
        match found {
            Some(found) if found.state == State::Installed => {
                if self.storefronts.is_closed(shop).await? {
                    return Err(NotConnected::Closed);
                }
                Ok(found)
            }
            Some(found) if found.state == State::Uninstalled => {
                Err(failure.unwrap_or(NotConnected::Uninstalled))
            }
            _ => Err(failure.unwrap_or(NotConnected::NotInstalled)),
        }
    }
}
