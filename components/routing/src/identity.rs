//! The shopper of a request, identified by a query that Shopify signed.
//!
//! An app proxy receives no cookies. Only with the shopper's consent does the theme's script send the consent and
//! the id that the browser drew at random. Shopify adds the logged-in customer. Without consent, all shoppers in
//! the same context of the shop share one anonymous shopper id, and nothing is stored about them.

use model::{Market, PageKind, ShopperId};
use shopify::proxy::Signed;

use crate::refusal::Refusal;
use crate::target::InvalidParameter;

/// The shopper of a request, their market, and the page of the shop that they see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Identity {
    person: ShopperId,
    before_login: Option<ShopperId>,
    market: Market,
    page: PageKind,
    about: String,
}

/// The longest text about a page's subject, in characters. The longest are ids of products in a cart.
const ABOUT_CHARS_MAX: usize = 400;

impl Identity {
    /// Reads the identity from a signed query.
    pub(crate) fn of(signed: &Signed) -> Result<Self, Refusal> {
        let consents = consents(signed)?;
        let drawn = own(signed, "visitor")?.filter(|_| consents);
        let visitor = drawn.map(ShopperId::visitor).transpose()?;
        let customer = signed.customer.filter(|_| consents).map(|id| ShopperId::customer(&id.to_string()));
        let page = page(own(signed, "context")?)?;
        let about = own(signed, "about")?.unwrap_or_default().chars().take(ABOUT_CHARS_MAX).collect();
        let context = ShopperId::context(page.suggests());
        let (person, before_login) = match (customer.transpose()?, visitor) {
            (Some(customer), visitor) => (customer, visitor),
            (None, Some(visitor)) => (visitor, None),
            (None, None) => (context, None),
        };
        Ok(Self { person, before_login, market: market(signed)?, page, about })
    }

    /// Returns the id of their page of the kind that they see, in their market.
    pub(crate) fn shopper(&self) -> Result<ShopperId, Refusal> {
        Ok(self.person.at(self.page)?.in_market(&self.market)?)
    }

    /// Returns what the request says of the page's subject ([`page::Subject`]).
    pub(crate) fn about(&self) -> &str {
        &self.about
    }

    /// Returns the kind of page of the shop that they see.
    pub(crate) fn page(&self) -> PageKind {
        self.page
    }

    /// Returns the visitor id that a customer had in this browser before they logged in.
    pub(crate) fn before_login(&self) -> Option<&ShopperId> {
        self.before_login.as_ref()
    }
}

/// Returns whether the shopper consents: only `consent=1` counts.
fn consents(signed: &Signed) -> Result<bool, Refusal> {
    Ok(own(signed, "consent")? == Some("1"))
}

/// Returns the kind of page in this context. A page of the app's own, or of a kind that is not planned for, is like the home
/// page.
fn page(context: Option<&str>) -> Result<PageKind, InvalidParameter> {
    match context {
        None | Some("page") => Ok(PageKind::Home),
        Some(name) => PageKind::named(name).ok_or(InvalidParameter::Unknown("context")),
    }
}

/// Returns the shopper's market. A country or language that is not valid counts as the shop's own, because it is no
/// reason to leave the theme's block empty.
fn market(signed: &Signed) -> Result<Market, Refusal> {
    let country = own(signed, "country")?.unwrap_or_default();
    let language = own(signed, "language")?.unwrap_or_default();
    let choices = [(country, language), (country, ""), ("", language)];
    Ok(choices.into_iter().find_map(|(country, language)| Market::of(country, language)).unwrap_or_default())
}

/// Returns one of our parameters. A repeated parameter is refused, because it is unclear which one was meant.
fn own<'a>(signed: &'a Signed, name: &'static str) -> Result<Option<&'a str>, InvalidParameter> {
    let mut values = signed.parameters().filter(|(given, _)| *given == name).map(|(_, value)| value);
    match (values.next(), values.next()) {
        (value, None) => Ok(value),
        (_, Some(_)) => Err(InvalidParameter::Repeated(name)),
    }
}
