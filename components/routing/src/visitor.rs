//! A shopper of a served shop.

use std::borrow::Cow;

use experiments::{Arm, Assignment, Earlier, Exposure};
use model::shop::{Share, ShopSettings, ShopStatus};
use model::{Key, Market, PageKind, Persona, ShopId, ShopperId};

use crate::capabilities::{Asker, Settings};
use crate::refusal::Refusal;
use crate::target::Target;

/// The shop and the shopper that a request is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Visitor {
    pub(crate) shop: ShopId,
    /// The id of the shopper's page of a kind, in their market.
    pub(crate) shopper: ShopperId,
    /// The shopper's id without a kind of page and a market.
    pub(crate) person: ShopperId,
    /// What the request says of the page's subject ([`page::Subject`]).
    pub(crate) about: String,
    /// Whether the shop is paused, so that nothing is generated or stored.
    pub(crate) paused: bool,
    /// Whether the id comes from Shopify or the operator.
    pub(crate) is_vouched_for: bool,
    /// Whether every shopper gets the fallback page on pages of the shop like the one of this request, because personal
    /// pages lose there.
    pub(crate) is_place_paused: bool,
    /// Their part in the comparison of personal pages with the fallback page, and of a variant with those; `None` if
    /// they have none, because they did not consent, their id is unsigned, or the shop compares nothing.
    pub(crate) assigned: Option<Assigned>,
}

/// What a shopper gets, and under which circumstances.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Assigned {
    share: Share,
    assignment: Assignment,
    page: PageKind,
}

impl Assigned {
    /// Returns the circumstances of an event at this time. `earlier` is what the shopper did before it.
    pub(crate) fn at(self, at_ms: u64, earlier: Earlier) -> Exposure {
        let Self { share, assignment, page } = self;
        Exposure { at_ms, share, assignment, page, earlier }
    }
}

impl Visitor {
    /// Returns the visitor with these ids in a shop that is not paused. No signature confirms the ids.
    fn new(shop: ShopId, shopper: ShopperId) -> Self {
        Self {
            shop,
            person: shopper.person(),
            shopper,
            about: String::new(),
            paused: false,
            is_vouched_for: false,
            is_place_paused: false,
            assigned: None,
        }
    }

    /// Returns the visitor with these ids, which must come from a trusted source.
    pub(crate) fn of(settings: &impl Settings, shop: ShopId, shopper: ShopperId) -> Result<Self, Refusal> {
        let paused = is_paused(settings, &shop, Asker::VouchedFor)?;
        Ok(Self { paused, is_vouched_for: true, ..Self::new(shop, shopper) })
    }

    /// Returns the visitor with their arm on a kind of page of the shop, if they consented. If pages for the persona that it
    /// suggests are paused, nobody is compared. On a developer's own machine nobody is compared either.
    pub(crate) fn compared(self, settings: &impl Settings, page: PageKind) -> Self {
        let merchant = self.comparing_merchant(settings);
        let is_place_paused =
            merchant.as_ref().is_some_and(|merchant| merchant.personas_paused.contains(&page.suggests()));
        if is_place_paused {
            return Self { is_place_paused, assigned: None, ..self };
        }
        self.assigned_in(merchant, page)
    }

    /// Returns the visitor with their arm, if nobody vouches for their id and they consented. The kind of page is not
    /// known, and not needed for those who were counted before.
    pub(crate) fn unsigned_and_compared(self, settings: &impl Settings) -> Self {
        let merchant = self.comparing_merchant(settings);
        Self { is_vouched_for: false, ..self.assigned_in(merchant, PageKind::Home) }
    }

    /// Returns the settings of the shop's merchant, who compares nothing on a developer's own machine.
    fn comparing_merchant(&self, settings: &impl Settings) -> Option<ShopSettings> {
        if settings.development() { None } else { settings.merchant(&self.shop) }
    }

    fn assigned_in(self, merchant: Option<ShopSettings>, page: PageKind) -> Self {
        let assigned = merchant.filter(|_| !self.is_anybody()).and_then(|merchant| {
            let (share, assignment) = (merchant.holdout, Assignment::of(&merchant, &self.shop, &self.person));
            let compares = share > Share::NOBODY || assignment.variant.is_some();
            compares.then_some(Assigned { share, assignment, page })
        });
        Self { assigned, ..self }
    }

    /// Returns the visitor on a page with a subject.
    pub(crate) fn looking_at(self, about: &str) -> Self {
        Self { about: about.to_owned(), ..self }
    }

    /// Returns the visitor on the home page.
    pub(crate) fn at_home(&self) -> Self {
        let shopper = self.person.in_market(&self.market()).unwrap_or_else(|_| self.person.clone());
        Self { shopper, about: String::new(), ..self.clone() }
    }

    /// Returns whether they get the fallback page: always, so that the others can be compared with them, or here, because
    /// personal pages lose here.
    pub(crate) fn gets_fallback(&self) -> bool {
        self.is_place_paused || self.assigned.is_some_and(|assigned| assigned.assignment.arm == Arm::Holdout)
    }

    /// Parses shop and shopper from an unsigned request.
    pub(crate) fn parse(settings: &impl Settings, shop: &str, shopper: &str) -> Result<Self, Refusal> {
        Self::unsigned(settings, shop, || Ok(shopper.into()))
    }

    /// Parses the shop from the path of a page, and the shopper from the parameter `shopper`.
    pub(crate) fn of_path(settings: &impl Settings, target: Target<'_>) -> Result<Self, Refusal> {
        let shop = routes::shop_in(target.path).ok_or(Refusal::NoSuchShop)?;
        Self::unsigned(settings, &shop, || Ok(target.required("shopper")?))
    }

    /// Parses the visitor from the parameters `store` and `shopper`.
    pub(crate) fn of_query(settings: &impl Settings, target: Target<'_>) -> Result<Self, Refusal> {
        Self::unsigned(settings, &target.required("store")?, || Ok(target.required("shopper")?))
    }

    /// Parses the same parameters from the operator, who may also name a market.
    pub(crate) fn of_operator(settings: &impl Settings, target: Target<'_>) -> Result<Self, Refusal> {
        let shop = parse_shop(&target.required("store")?)?;
        let paused = is_paused(settings, &shop, Asker::VouchedFor)?;
        let shopper = unsigned_shopper(&target.required("shopper")?)?;
        Ok(Self { paused, is_vouched_for: true, ..Self::new(shop, shopper) })
    }

    /// Returns the key of the visitor's session; `None` for an anonymous shopper, whose data may not be stored.
    pub(crate) fn session(&self) -> Option<Key<'_>> {
        (!self.is_anybody()).then_some(Key::Session(&self.shop, &self.person))
    }

    /// Returns whether this is the anonymous shopper of a context.
    pub(crate) fn is_anybody(&self) -> bool {
        self.person.context_persona().is_some()
    }

    /// Returns whether this request may request a page for them. The shared pages of anonymous shoppers exist for
    /// Shopify shops: an unsigned request gets the existing ones, but cannot request new ones.
    pub(crate) fn may_request_page(&self) -> bool {
        self.is_vouched_for || !self.is_anybody()
    }

    /// Returns the persona, if the context fixes it.
    pub(crate) fn persona(&self) -> Option<Persona> {
        self.person.context_persona().and_then(Persona::named)
    }

    /// Returns the kind of page that they see.
    pub(crate) fn page(&self) -> PageKind {
        self.shopper.page()
    }

    /// Returns the shopper's market.
    pub(crate) fn market(&self) -> Market {
        self.shopper.market()
    }

    /// Checks the shop before the shopper: a request for an unknown shop learns nothing else.
    fn unsigned<'a>(
        settings: &impl Settings,
        shop: &str,
        shopper: impl FnOnce() -> Result<Cow<'a, str>, Refusal>,
    ) -> Result<Self, Refusal> {
        let shop = parse_shop(shop)?;
        let paused = is_paused(settings, &shop, Asker::Anybody)?;
        let shopper = unsigned_shopper(&shopper()?)?;
        // Markets can be made up, and each one costs a product list and a page of its own. Pages with a subject are parts of a
        // theme, and none of them is whole.
        if !shopper.market().is_own() || shopper.page().has_subject() {
            return Err(Refusal::Market);
        }
        Ok(Self { paused, ..Self::new(shop, shopper) })
    }
}

/// Parses the shopper id of an unsigned request. Rejects customer ids, because they can be guessed and the page
/// reveals what the customer looked at.
fn unsigned_shopper(text: &str) -> Result<ShopperId, Refusal> {
    let shopper = ShopperId::parse(text)?;
    if shopper.is_customer() { Err(Refusal::Unsigned) } else { Ok(shopper) }
}

/// Parses the id of a served shop from the operator. An invalid id counts as an unknown shop.
pub(crate) fn known_shop(settings: &impl Settings, text: &str) -> Result<ShopId, Refusal> {
    let shop = parse_shop(text)?;
    is_paused(settings, &shop, Asker::VouchedFor).map(|_| shop)
}

/// Parses the id of a shop; no shop has an invalid one.
fn parse_shop(shop: &str) -> Result<ShopId, Refusal> {
    ShopId::parse(shop).map_err(|_| Refusal::NoSuchShop)
}

/// Returns whether a served shop is paused.
fn is_paused(settings: &impl Settings, shop: &ShopId, asks: Asker) -> Result<bool, Refusal> {
    match settings.shop_status(shop, asks) {
        ShopStatus::Unknown => Err(Refusal::NoSuchShop),
        ShopStatus::Open => Ok(false),
        ShopStatus::Paused => Ok(true),
    }
}
