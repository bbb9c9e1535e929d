//! A shopper of a shop that is served here.

use std::borrow::Cow;

use names::{Key, Market, Persona, ShopperId, StoreId};

use crate::capabilities::{Asker, Settings, ShopStatus};
use crate::refusal::Refusal;
use crate::target::{Target, decode};

/// Who a request is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Visitor {
    pub(crate) store: StoreId,
    /// Whose page it is, in which market.
    pub(crate) shopper: ShopperId,
    /// Whoever it is in every market.
    pub(crate) person: ShopperId,
    /// Whether nothing is to be made or stored for them now.
    pub(crate) paused: bool,
    /// Whether Shopify or the operator named them.
    is_vouched_for: bool,
}

impl Visitor {
    /// A shopper of a shop, by ids that can be trusted.
    pub(crate) fn of(settings: &impl Settings, store: &str, shopper: ShopperId) -> Result<Self, Refusal> {
        let (store, paused) = shop_status(settings, store, Asker::VouchedFor)?;
        Ok(Self { store, person: shopper.person(), shopper, paused, is_vouched_for: true })
    }

    /// Whom two texts name in a request that nobody signed.
    pub(crate) fn parse(settings: &impl Settings, store: &str, shopper: &str) -> Result<Self, Refusal> {
        Self::unsigned(settings, store, || Ok(shopper.into()))
    }

    /// Whom a path's store, as it stands there, and the parameter `shopper` name.
    pub(crate) fn of_path(
        settings: &impl Settings,
        store: &str,
        target: Target<'_>,
    ) -> Result<Self, Refusal> {
        let store = decode(store).ok_or(Refusal::NoSuchStore)?;
        Self::unsigned(settings, &store, || Ok(target.required("shopper")?))
    }

    /// Whom the parameters `store` and `shopper` name.
    pub(crate) fn of_query(settings: &impl Settings, target: Target<'_>) -> Result<Self, Refusal> {
        Self::unsigned(settings, &target.required("store")?, || Ok(target.required("shopper")?))
    }

    /// The same where the operator asks, who may name a market, too.
    pub(crate) fn of_operator(settings: &impl Settings, target: Target<'_>) -> Result<Self, Refusal> {
        let store = target.required("store")?;
        let (store, paused) = shop_status(settings, &store, Asker::VouchedFor)?;
        let shopper = unsigned_shopper(&target.required("shopper")?)?;
        Ok(Self { store, person: shopper.person(), shopper, paused, is_vouched_for: true })
    }

    /// Under which their session is stored; `None` for those of whom nothing may be stored.
    pub(crate) fn session(&self) -> Option<Key<'_>> {
        (!self.is_anybody()).then_some(Key::Session(&self.store, &self.person))
    }

    /// Whether it is everybody of whom no more may be known than where in the shop they are.
    pub(crate) fn is_anybody(&self) -> bool {
        self.person.context_persona().is_some()
    }

    /// Whether a page may be requested for them. Everybody's pages are there for the shops of Shopify: a stranger
    /// gets those that there are.
    pub(crate) fn may_request_page(&self) -> bool {
        self.is_vouched_for || !self.is_anybody()
    }

    /// The persona, where it is known beforehand.
    pub(crate) fn persona(&self) -> Option<Persona> {
        self.person.context_persona().and_then(Persona::named)
    }

    /// Where and in which language they shop.
    pub(crate) fn market(&self) -> Market {
        self.shopper.market()
    }

    /// The shop is looked at first: who asks about one that is not here is told only that.
    fn unsigned<'a>(
        settings: &impl Settings,
        store: &str,
        shopper: impl FnOnce() -> Result<Cow<'a, str>, Refusal>,
    ) -> Result<Self, Refusal> {
        let (store, paused) = shop_status(settings, store, Asker::Anybody)?;
        let shopper = unsigned_shopper(&shopper()?)?;
        // Markets are soon invented, and each costs products and a page of its own.
        if !shopper.market().is_own() {
            return Err(Refusal::Market);
        }
        Ok(Self { store, person: shopper.person(), shopper, paused, is_vouched_for: false })
    }
}

/// A shopper whom nobody signed for. The number of a customer can be guessed, and their page tells what they
/// looked at.
fn unsigned_shopper(text: &str) -> Result<ShopperId, Refusal> {
    let shopper = ShopperId::parse(text)?;
    if shopper.is_customer() { Err(Refusal::Unsigned) } else { Ok(shopper) }
}

/// Parses the id of a shop that is served here, which the operator names. A text that is no id names no shop.
pub(crate) fn known_store(settings: &impl Settings, text: &str) -> Result<StoreId, Refusal> {
    shop_status(settings, text, Asker::VouchedFor).map(|(store, _)| store)
}

/// The same, and whether the shop is paused. A shop that is not served here has no shoppers, however well named.
fn shop_status(settings: &impl Settings, text: &str, asks: Asker) -> Result<(StoreId, bool), Refusal> {
    let store = StoreId::parse(text).map_err(|_| Refusal::NoSuchStore)?;
    match settings.shop_status(&store, asks) {
        ShopStatus::Unknown => Err(Refusal::NoSuchStore),
        ShopStatus::Open => Ok((store, false)),
        ShopStatus::Paused => Ok((store, true)),
    }
}
