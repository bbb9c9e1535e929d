//! Who is asking, by a query that Shopify signed.
//!
//! No cookies reach an app proxy. The theme's script sends what its browser drew at random, and that the shopper
//! consents, only if they do; Shopify adds who is logged in. Without consent, everybody in the same place of the
//! shop is the same shopper, of whom nothing is stored.

use names::{Market, Persona, ShopperId};
use shopify::proxy::Signed;

use crate::refusal::Refusal;
use crate::target::WrongParameter;

/// Who is asking, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Identity {
    person: ShopperId,
    before_login: Option<ShopperId>,
    market: Market,
}

impl Identity {
    /// Reads who is asking.
    pub(crate) fn of(signed: &Signed) -> Result<Self, Refusal> {
        let consents = consents(signed)?;
        let drawn = own(signed, "visitor")?.filter(|_| consents);
        let visitor = drawn.map(ShopperId::visitor).transpose()?;
        let customer = signed.customer.filter(|_| consents).map(|id| ShopperId::customer(&id.to_string()));
        let context = ShopperId::context(persona(own(signed, "context")?)?);
        let (person, before_login) = match (customer.transpose()?, visitor) {
            (Some(customer), visitor) => (customer, visitor),
            (None, Some(visitor)) => (visitor, None),
            (None, None) => (context, None),
        };
        Ok(Self { person, before_login, market: market(signed)? })
    }

    /// Whose page they get, in their market.
    pub(crate) fn shopper(&self) -> Result<ShopperId, Refusal> {
        Ok(self.person.in_market(&self.market)?)
    }

    /// Who a customer was in this browser before they logged in.
    pub(crate) fn before_login(&self) -> Option<&ShopperId> {
        self.before_login.as_ref()
    }
}

/// Only this is consent.
fn consents(signed: &Signed) -> Result<bool, Refusal> {
    Ok(own(signed, "consent")? == Some("1"))
}

/// What somebody of whom no more is known most likely wants at a place.
fn persona(context: Option<&str>) -> Result<Persona, WrongParameter> {
    Ok(match context.unwrap_or("page") {
        "product" | "search" => Persona::Minimalist,
        "home" | "collection" | "page" => Persona::Explorer,
        "cart" => Persona::Loyalist,
        _ => return Err(WrongParameter::Unknown("context")),
    })
}

/// Where they shop. What names no country or no language is the shop's own: it is no reason to leave a place in
/// the theme empty.
fn market(signed: &Signed) -> Result<Market, Refusal> {
    let country = own(signed, "country")?.unwrap_or_default();
    let language = own(signed, "language")?.unwrap_or_default();
    let choices = [(country, language), (country, ""), ("", language)];
    Ok(choices.into_iter().find_map(|(country, language)| Market::of(country, language)).unwrap_or_default())
}

/// A parameter of ours: of two, nobody could say which was meant.
fn own<'a>(signed: &'a Signed, name: &'static str) -> Result<Option<&'a str>, WrongParameter> {
    let mut values = signed.parameters().filter(|(given, _)| *given == name).map(|(_, value)| value);
    match (values.next(), values.next()) {
        (value, None) => Ok(value),
        (_, Some(_)) => Err(WrongParameter::Repeated(name)),
    }
}
