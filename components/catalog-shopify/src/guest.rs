//! Connects the catalog to WIT.
#![expect(unsafe_code, reason = "needed by the generated bindings and `export!`")]

#[allow(missing_docs, clippy::all, clippy::pedantic, reason = "generated")]
mod bindings {
    wit_bindgen::generate!({
        path: ["../../wit/capabilities", "../../wit/storefront"],
        world: "wandstore:storefront/catalog-online",
        generate_all,
    });
}

use bindings::exports::wandstore::storefront::catalog::Guest;
use bindings::wandstore::capabilities::values::Value;
use bindings::wandstore::capabilities::{clock, fetch, kv, log};
use bindings::wandstore::storefront::catalog_types as wit;
use bindings::wandstore::storefront::catalog_version;
use model::{Key, Market, ShopId};

use crate::Catalog;
use crate::capabilities::{Answer, NoAnswer, StorageFailed, World};

/// The name that the host gives to a shop's Storefront API.
const UPSTREAM: &str = "storefront";
/// Most stored answers are shorter than this, and are read with the first call.
const PEEK_BYTES: u32 = 256 * 1024;
/// The values of a claimed key and of a released one.
const CLAIMED: &[u8] = b"claimed";
const FREE: &[u8] = b"free";
/// The most that is read from storage, in bytes.
const KEPT_BYTES_MAX: u32 = 8 * 1024 * 1024;

struct Component;

struct Host;

const CATALOG: Catalog<Host> = Catalog { world: Host };

impl Guest for Component {
    fn products(
        shop: String,
        market: wit::Market,
        freshness: wit::Freshness,
    ) -> Result<wit::Assortment, wit::CatalogError> {
        let (shop, market) = parsed(&shop, market)?;
        Ok(CATALOG.products(&shop, &market, freshness.into())?.into())
    }

    fn collections(
        shop: String,
        market: wit::Market,
        freshness: wit::Freshness,
    ) -> Result<Vec<wit::Collection>, wit::CatalogError> {
        let (shop, market) = parsed(&shop, market)?;
        let collections = CATALOG.collections(&shop, &market, freshness.into())?;
        Ok(collections.into_iter().map(Into::into).collect())
    }

    fn members(
        shop: String,
        freshness: wit::Freshness,
        handles: Vec<String>,
    ) -> Result<Vec<Vec<String>>, wit::CatalogError> {
        let shop = ShopId::parse(&shop).map_err(|_| wit::CatalogError::NoSuchShop)?;
        Ok(CATALOG.members(&shop, freshness.into(), &handles)?)
    }

    fn by_name(
        shop: String,
        market: wit::Market,
        freshness: wit::Freshness,
        names: Vec<String>,
    ) -> Result<Vec<wit::Product>, wit::CatalogError> {
        let (shop, market) = parsed(&shop, market)?;
        let found = CATALOG.by_name(&shop, &market, freshness.into(), &names)?;
        Ok(found.into_iter().map(Into::into).collect())
    }

    fn search(
        shop: String,
        market: wit::Market,
        freshness: wit::Freshness,
        term: String,
    ) -> Result<Vec<wit::Product>, wit::CatalogError> {
        let (shop, market) = parsed(&shop, market)?;
        let found = CATALOG.search(&shop, &market, freshness.into(), &term)?;
        Ok(found.into_iter().map(Into::into).collect())
    }
}

bindings::export!(Component with_types_in bindings);

/// Parses the shop and the market. An invalid market becomes the shop's own, whose prices are right for every
/// shopper, though perhaps not in their currency.
fn parsed(shop: &str, market: wit::Market) -> Result<(ShopId, Market), wit::CatalogError> {
    let shop = ShopId::parse(shop).map_err(|_| wit::CatalogError::NoSuchShop)?;
    Ok((shop, market.try_into().unwrap_or_default()))
}

impl World for Host {
    fn post(&self, shop: &ShopId, body: &[u8], timeout_ms: u32) -> Result<Answer, NoAnswer> {
        Ok(fetch::post(UPSTREAM, shop.as_str(), body, timeout_ms)?.into())
    }

    fn recall(&self, key: Key<'_>) -> Result<Option<Vec<u8>>, StorageFailed> {
        let Some(entry) = kv::get(key.store().name(), &key.to_string(), PEEK_BYTES)? else {
            return Ok(None);
        };
        let is_whole = entry.value.size() == entry.head.len() as u64;
        Ok(Some(if is_whole { entry.head } else { entry.value.read(0, KEPT_BYTES_MAX) }))
    }

    fn keep(&self, key: Key<'_>, bytes: &[u8], ttl_seconds: u32) -> Result<(), StorageFailed> {
        Ok(kv::set(key.store().name(), &key.to_string(), &Value::new(bytes), Some(ttl_seconds))?)
    }

    fn claim(&self, key: Key<'_>, ttl_seconds: u32) -> Result<bool, StorageFailed> {
        let (store, key) = (key.store().name(), key.to_string());
        let entry = kv::get(store, &key, PEEK_BYTES)?;
        if entry.as_ref().is_some_and(|entry| entry.head != FREE) {
            return Ok(false);
        }
        let version = entry.map(|entry| entry.version);
        let swap = kv::compare_and_swap(store, &key, version, &Value::new(CLAIMED), Some(ttl_seconds))?;
        Ok(matches!(swap, kv::Swap::Done(_)))
    }

    fn release(&self, key: Key<'_>, ttl_seconds: u32) -> Result<(), StorageFailed> {
        self.keep(key, FREE, ttl_seconds)
    }

    fn catalog_version(&self, shop: &ShopId) -> Option<u64> {
        catalog_version::current(shop.as_str()).ok()
    }

    fn now_ms(&self) -> u64 {
        clock::now_ms()
    }

    fn warn(&self, message: &str, particulars: &[(&str, &str)]) {
        let owned = particulars.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        log::event(log::Level::Warn, message, &owned.collect::<Vec<_>>());
    }
}

model::catalog_types_conversions!(wit);
model::conversions!(struct Answer as fetch::Answer { status, retry_after_ms, body });
model::conversions!(enum NoAnswer as fetch::Error { NoSuchUpstream, Timeout, TooLarge(bytes), Unavailable(text) });

impl From<kv::Error> for StorageFailed {
    fn from(error: kv::Error) -> Self {
        match error {
            kv::Error::NoSuchStore => Self("the catalog has no access to this store".into()),
            kv::Error::TooLarge(bytes_max) => Self(format!("larger than {bytes_max} bytes")),
            kv::Error::NotPermitted(text) | kv::Error::Unavailable(text) => Self(text),
        }
    }
}
