//! Reads the query of an address.

use model::ShopId;
use shopify::{Rejection, ShopDomain};

use crate::wording::Words;

/// Parameters that identify the caller: each may occur only once.
const RESERVED: [&str; 6] = ["shop", "host", "hmac", "id_token", "timestamp", "signature"];

/// Returns the shop in a query, if it is a valid shop domain and no reserved parameter is repeated.
pub fn shop(query: &str) -> Result<ShopDomain, Rejection> {
    check_once(query)?;
    let named = parameter(query, "shop").ok_or(Rejection::Malformed("shop"))?;
    let shop = ShopDomain::parse(&named).map_err(|_| Rejection::NotAShop)?;
    ShopId::parse(shop.as_str()).map_err(|_| Rejection::NotAShop)?;
    Ok(shop)
}

/// Returns a parameter of a query, if it is present and not empty.
pub fn parameter(query: &str, name: &str) -> Option<String> {
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    let value = pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    value.filter(|value| !value.is_empty())
}

/// Returns the words of the language that Shopify's admin has, which it names in `locale`
/// (<https://shopify.dev/docs/apps/build/localize-your-app>).
pub fn words(query: &str) -> &'static Words {
    Words::of(&parameter(query, "locale").unwrap_or_default())
}

/// Checks that no reserved parameter is repeated.
pub fn check_once(query: &str) -> Result<(), Rejection> {
    for name in RESERVED {
        if form_urlencoded::parse(query.as_bytes()).filter(|(key, _)| key == name).count() > 1 {
            return Err(Rejection::Repeated(name));
        }
    }
    Ok(())
}
