//! A host in memory, with a scripted Shopify.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};

use model::{Access, Key, Operation, ShopId};
use serde_json::{Value, json};

use crate::capabilities::{Answer, NoAnswer, StorageFailed, World};

pub const SHOP_ID: &str = "magic-wands.myshopify.com";

type Scripted = Result<Answer, NoAnswer>;

pub struct Fake {
    /// Shopify's answers in order. After the last one it is not reachable.
    pub script: RefCell<VecDeque<Scripted>>,
    /// The questions to Shopify: variables and timeouts.
    pub asked: RefCell<Vec<(Value, u32)>>,
    /// How long each answer takes.
    pub answer_ms: Cell<u64>,
    pub stored: RefCell<BTreeMap<String, (Vec<u8>, u32)>>,
    pub storage_fails: Cell<bool>,
    pub version: Cell<Option<u64>>,
    pub now_ms: Cell<u64>,
    pub warnings: RefCell<Vec<String>>,
    /// An action of another instance just before the next claim.
    pub rival: RefCell<Option<Rival>>,
}

type Rival = Box<dyn FnOnce(&Fake)>;

impl Fake {
    pub fn new(script: impl IntoIterator<Item = Scripted>) -> Self {
        Self {
            script: RefCell::new(script.into_iter().collect()),
            asked: RefCell::default(),
            answer_ms: Cell::new(10),
            stored: RefCell::default(),
            storage_fails: Cell::default(),
            version: Cell::new(Some(7)),
            now_ms: Cell::new(1_700_000_000_000),
            warnings: RefCell::default(),
            rival: RefCell::default(),
        }
    }

    pub fn says(&self, script: impl IntoIterator<Item = Scripted>) {
        *self.script.borrow_mut() = script.into_iter().collect();
    }

    pub fn pass(&self, ms: u64) {
        self.now_ms.set(self.now_ms.get() + ms);
    }

    pub fn asked_times(&self) -> usize {
        self.asked.borrow().len()
    }
}

impl World for Fake {
    fn post(&self, _: &ShopId, body: &[u8], timeout_ms: u32) -> Scripted {
        let body: Value = serde_json::from_slice(body).expect("a request is JSON");
        self.asked.borrow_mut().push((body["variables"].clone(), timeout_ms));
        self.pass(self.answer_ms.get());
        self.script.borrow_mut().pop_front().unwrap_or(Err(NoAnswer::Unavailable("no line left".to_owned())))
    }

    fn recall(&self, key: Key<'_>) -> Result<Option<Vec<u8>>, StorageFailed> {
        permitted(Operation::Read, key);
        if self.storage_fails.get() {
            return Err(StorageFailed("the disk is full".to_owned()));
        }
        Ok(self.stored.borrow().get(&key.to_string()).map(|(bytes, _)| bytes.clone()))
    }

    fn keep(&self, key: Key<'_>, bytes: &[u8], ttl_seconds: u32) -> Result<(), StorageFailed> {
        permitted(Operation::Write, key);
        if self.storage_fails.get() {
            return Err(StorageFailed("the disk is full".to_owned()));
        }
        self.stored.borrow_mut().insert(key.to_string(), (bytes.to_vec(), ttl_seconds));
        Ok(())
    }

    fn claim(&self, key: Key<'_>, ttl_seconds: u32) -> Result<bool, StorageFailed> {
        permitted(Operation::Write, key);
        if self.storage_fails.get() {
            return Err(StorageFailed("the disk is full".to_owned()));
        }
        if let Some(rival) = self.rival.take() {
            rival(self);
        }
        let mut stored = self.stored.borrow_mut();
        let is_free = !stored.contains_key(&key.to_string());
        if is_free {
            stored.insert(key.to_string(), (b"1".to_vec(), ttl_seconds));
        }
        Ok(is_free)
    }

    fn release(&self, key: Key<'_>, _: u32) -> Result<(), StorageFailed> {
        permitted(Operation::Write, key);
        if self.storage_fails.get() {
            return Err(StorageFailed("the disk is full".to_owned()));
        }
        self.stored.borrow_mut().remove(&key.to_string());
        Ok(())
    }

    fn catalog_version(&self, _: &ShopId) -> Option<u64> {
        self.version.get()
    }

    fn now_ms(&self) -> u64 {
        self.now_ms.get()
    }

    fn warn(&self, message: &str, particulars: &[(&str, &str)]) {
        self.warnings.borrow_mut().push(format!("{message} {particulars:?}"));
    }
}

#[expect(clippy::unnecessary_wraps, reason = "a line of the script")]
pub fn status(status: u16) -> Scripted {
    Ok(Answer { status, retry_after_ms: None, body: Vec::new() })
}

#[expect(clippy::unnecessary_wraps, reason = "a line of the script")]
pub fn says(body: &Value) -> Scripted {
    Ok(Answer { status: 200, retry_after_ms: None, body: body.to_string().into_bytes() })
}

pub fn refuses(code: &str) -> Scripted {
    says(&json!({"data": null, "errors": [{"message": "No.", "extensions": {"code": code}}]}))
}

pub fn money(amount: &str, currency: &str) -> Value {
    json!({"amount": amount, "currencyCode": currency})
}

/// A product in Shopify's form.
pub fn card(number: u32, amount: &str) -> Value {
    json!({
        "id": format!("gid://shopify/Product/{number}"),
        "handle": format!("wand-{number}"),
        "title": format!("Wand {number}"),
        "description": "Bends before it breaks.",
        "vendor": "Hollow & Thorn",
        "productType": "Wands",
        "tags": ["Oak", "Bestseller"],
        "availableForSale": true,
        "featuredImage": {"url": "https://cdn.shopify.com/a.png", "altText": null, "width": 1600, "height": 800},
        "priceRange": {"minVariantPrice": money(amount, "EUR")},
        "selectedOrFirstAvailableVariant": {"price": money(amount, "EUR"), "compareAtPrice": null},
    })
}

pub fn products(nodes: &[Value], cursor: Option<&str>) -> Value {
    json!({"data": {"products": {
        "nodes": nodes,
        "pageInfo": {"hasNextPage": cursor.is_some(), "endCursor": cursor},
    }}})
}

pub fn shop() -> Value {
    json!({"data": {"shop": {
        "name": "Magic Wands",
        "moneyFormat": "€{{amount_with_comma_separator}}",
        "paymentSettings": {"currencyCode": "EUR"},
    }}})
}

pub fn found(nodes: &[Value]) -> Value {
    json!({"data": {"search": {"nodes": nodes}}})
}

/// Panics where a host would refuse, because that is a bug.
#[track_caller]
fn permitted(operation: Operation, key: Key<'_>) {
    let permitted = Access::CATALOG.of_entry(operation, key.store().name(), &key.to_string());
    assert_eq!(permitted, Ok(()), "{operation:?} {key}");
}
