//! A shopper of a shop that is served here.

use names::{Key, ShopperId, StoreId};

use crate::capabilities::Settings;
use crate::refusal::Refusal;
use crate::target::{Target, decode};

/// Who a request is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Visitor {
    pub(crate) store: StoreId,
    pub(crate) shopper: ShopperId,
}

impl Visitor {
    /// Whom two texts name. A shop that is not served here has no shoppers, however well named.
    pub(crate) fn parse(settings: &impl Settings, store: &str, shopper: &str) -> Result<Self, Refusal> {
        let store = known_store(settings, store)?;
        Ok(Self { store, shopper: ShopperId::parse(shopper)? })
    }

    /// Whom a path's store, as it stands there, and the parameter `shopper` name.
    pub(crate) fn of_path(
        settings: &impl Settings,
        store: &str,
        target: Target<'_>,
    ) -> Result<Self, Refusal> {
        let store = known_store(settings, &decode(store).ok_or(Refusal::NoSuchStore)?)?;
        Ok(Self { store, shopper: ShopperId::parse(&target.required("shopper")?)? })
    }

    /// Whom the parameters `store` and `shopper` name.
    pub(crate) fn of_query(settings: &impl Settings, target: Target<'_>) -> Result<Self, Refusal> {
        let store = known_store(settings, &target.required("store")?)?;
        Ok(Self { store, shopper: ShopperId::parse(&target.required("shopper")?)? })
    }

    /// Under which their session is stored.
    pub(crate) fn session(&self) -> Key<'_> {
        Key::Session(&self.store, &self.shopper)
    }
}

/// Parses the id of a shop that is served here. A text that is no id names no shop.
pub(crate) fn known_store(settings: &impl Settings, text: &str) -> Result<StoreId, Refusal> {
    let store = StoreId::parse(text).map_err(|_| Refusal::NoSuchStore)?;
    if settings.has_store(&store) { Ok(store) } else { Err(Refusal::NoSuchStore) }
}
