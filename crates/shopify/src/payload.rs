//! The parts of webhook bodies that say which shop and customer they are about. Everything else is ignored.

use std::fmt;

use serde::Deserialize;
use serde_json::Value;

use crate::json::{self, Object};
use crate::topic::Topic;
use crate::{Rejection, ShopDomain};

/// Shopify's number of a customer, never zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CustomerId(u64);

impl CustomerId {
    /// Parses decimal digits without leading zeros, so that each customer has exactly one id.
    pub(crate) fn of_digits(text: &[u8]) -> Option<Self> {
        let digits = text.iter().all(u8::is_ascii_digit) && !text.starts_with(b"0");
        let number = str::from_utf8(text).ok().filter(|_| digits)?.parse().ok()?;
        Some(Self(number))
    }

    /// Reads an id from JSON. Shopify writes ids as numbers; a string of digits is the same id.
    pub(crate) fn of_json(value: &Value) -> Option<Self> {
        match value {
            Value::Number(number) => number.as_u64().filter(|&number| number > 0).map(Self),
            Value::String(text) => Self::of_digits(text.as_bytes()),
            _ => None,
        }
    }
}

impl fmt::Display for CustomerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// `customers/redact`: delete all data of a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Redaction {
    /// The customer to redact.
    pub customer: CustomerId,
}

impl Redaction {
    /// Reads the body of a webhook.
    pub fn read(body: &[u8]) -> Result<Self, Rejection> {
        Ok(Self { customer: customer(&object(body)?)? })
    }
}

/// `customers/data_request`: report a customer's stored data to the merchant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DataRequest {
    /// The customer whose data is requested.
    pub customer: CustomerId,
    /// Shopify's number of the request.
    pub request: u64,
}

impl DataRequest {
    /// Reads the body of a webhook.
    pub fn read(body: &[u8]) -> Result<Self, Rejection> {
        let body = object(body)?;
        let request = body.data_request.as_ref().and_then(|Object(request)| request.id.as_u64());
        let request = request.ok_or(Rejection::Malformed("data_request.id"))?;
        Ok(Self { customer: customer(&body)?, request })
    }
}

/// Rejects a webhook body that is not an object, names two shops, or belongs to another topic. The topic is not
/// signed, so no other webhook must pass as one that erases data. Most bodies name no shop; those of compliance
/// webhooks do, even if only as `{shop}.myshopify.com`, as in Shopify's samples.
pub fn check_shop_and_topic(body: &[u8], topic: &Topic) -> Result<(), Rejection> {
    let body = object(body)?;
    let mut domains = body.domains();
    let first = domains.next();
    let names_none = topic.is_compliance() && body.shop_domain.is_null();
    if names_none || domains.any(|other| Some(&other) != first.as_ref()) {
        return Err(Rejection::Malformed("shop of the body"));
    }
    Ok(())
}

/// The shop that a body names.
#[derive(Default)]
pub(crate) struct ShopOfBody {
    /// The shop's domain, if the body has it.
    pub(crate) domain: Option<ShopDomain>,
    /// Shopify's number of the shop, if the body has it.
    pub(crate) number: Option<u64>,
}

impl ShopOfBody {
    /// Reads the shop from a body of any content.
    pub(crate) fn read(body: &[u8], topic: &Topic) -> Self {
        let Ok(body) = object(body) else { return Self::default() };
        let number = match topic {
            Topic::ShopUpdate | Topic::AppUninstalled => body.id.as_u64(),
            topic if topic.is_compliance() => body.shop_id.as_u64(),
            _ => None,
        };
        Self { domain: body.domains().next(), number }
    }
}

#[derive(Deserialize)]
struct Body {
    customer: Option<Object<Identified>>,
    data_request: Option<Object<Identified>>,
    #[serde(default)]
    id: Value,
    #[serde(default)]
    shop_id: Value,
    #[serde(default)]
    shop_domain: Value,
    #[serde(default)]
    myshopify_domain: Value,
}

impl Body {
    fn domains(&self) -> impl Iterator<Item = ShopDomain> {
        let named = [&self.shop_domain, &self.myshopify_domain].into_iter().filter_map(Value::as_str);
        named.filter_map(|domain| ShopDomain::parse(domain).ok())
    }
}

#[derive(Deserialize)]
struct Identified {
    #[serde(default)]
    id: Value,
}

fn object(body: &[u8]) -> Result<Body, Rejection> {
    json::object(body).ok_or(Rejection::Malformed("body"))
}

fn customer(body: &Body) -> Result<CustomerId, Rejection> {
    let id = body.customer.as_ref().and_then(|Object(customer)| CustomerId::of_json(&customer.id));
    id.ok_or(Rejection::Malformed("customer.id"))
}
