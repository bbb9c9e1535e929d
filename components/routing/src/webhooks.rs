//! `POST /webhooks` and `/webhook/shopify`: what happened in a shop.
//!
//! Nothing of a webhook is looked at before its signature. It is answered in milliseconds: a write or two, and
//! what takes longer is entrusted to the queue. Shopify sends again whatever is not answered with success, so
//! that a webhook is noted as seen after what follows from it is stored, and storage that fails is a 503.
//!
//! A shop that is not served here, not yet or no longer, may still have something kept here: what the law asks for is
//! done for every shop, by each of its domains. For all else it is enough to say that it was heard.

use names::{EventId, Key, StoreId};
use serde_json::json;
use shopify::Rejection;
use shopify::payload::{self, DataRequest, Redaction};
use shopify::webhook::{self, Topic, Webhook};

use crate::capabilities::{
    Asker, Cache, Clock, Deployment, Failure, MaintenanceKind, MaintenanceTask, Queue, Settings, ShopStatus,
    Signatures, Storage,
};
use crate::domains;
use crate::http::{Request, Response};
use crate::refusal::Refusal;

/// The secret by which webhooks are signed.
const SECRET: &str = "WEBHOOK_SECRET";
/// The largest body. Shopify names no limit; a product of 2000 variants has less.
const BODY_BYTES_MAX: u32 = 2 * 1024 * 1024;
/// How long a webhook is known again. Shopify sends one for at most four hours.
const SEEN_TTL_SECONDS: u32 = 48 * 60 * 60;

/// A webhook of a shop, with what is to be done about it.
struct Notice {
    /// The shop, as the signed body names it, if it does.
    store: StoreId,
    /// What the header calls it, if that is something else.
    also: Option<StoreId>,
    /// Shopify's number of the shop, if it was told.
    number: Option<u64>,
    id: EventId,
    /// When that happened, as far as it was told.
    triggered_ms: Option<u64>,
    /// Whether it tells of the shop itself, and with that of its domain.
    is_of_shop: bool,
    action: Action,
}

/// What is done about a webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Action {
    /// Prices, titles or what is in stock may be others now.
    CatalogChanged,
    /// The app is gone from the shop, or the law asks for something.
    Entrust(MaintenanceKind),
    /// It is enough to know.
    Nothing,
}

/// Takes a webhook. One that Shopify signed is never refused because of its shop: Shopify counts refusals, and tells
/// of shops that have not opened the app yet, or again.
pub(crate) fn receive<D: Deployment>(
    deployment: &D,
    request: &impl Request,
) -> Result<Response<D::Value>, Refusal> {
    let notice = read(deployment, request)?;
    let result =
        of_one_shop(deployment, &notice).and_then(|fits| fits.then(|| take(deployment, &notice)).transpose());
    let taken = result.map_err(|Failure(reason)| {
        let particulars = [("store", notice.store.as_str()), ("reason", &reason)];
        deployment.warn("a webhook could not be taken", &particulars);
        Refusal::StorageUnavailable
    })?;
    let taken = taken.ok_or(Rejection::Malformed("shop of the body"))?;
    Ok(Response::json(200, &json!({ "taken": taken })))
}

/// Reads a webhook, the signature before all else.
fn read(signatures: &impl Signatures, request: &impl Request) -> Result<Notice, Refusal> {
    let header = |name: &str| request.header(name);
    webhook::signature(header)?;
    let body = request.body(BODY_BYTES_MAX).map_err(|error| Refusal::of_body(error, BODY_BYTES_MAX))?;
    let check = |message: &[u8], mac: &[u8]| signatures.verifies(SECRET, message, mac);
    let webhook = Webhook::verify(header, &body, check)?;
    payload::check(&body, &webhook.topic)?;
    Ok(Notice {
        store: StoreId::parse(webhook.shop.as_str())?,
        also: webhook.also.map(|also| StoreId::parse(also.as_str())).transpose()?,
        number: webhook.number,
        id: EventId::parse(&webhook.id)?,
        triggered_ms: webhook.triggered_ms,
        is_of_shop: webhook.topic == Topic::ShopUpdate,
        action: Action::of(&webhook.topic, &body)?,
    })
}

/// Whether header and body are of one shop, as far as that is known.
fn of_one_shop(storage: &impl Storage, notice: &Notice) -> Result<bool, Failure> {
    let Some(also) = &notice.also else { return Ok(true) };
    Ok(!domains::differ(storage, notice.number, also)?)
}

/// Does what follows from a webhook, unless that was done; false if it was, or if nothing follows for a shop that is not
/// served here.
fn take<D: Deployment>(deployment: &D, notice: &Notice) -> Result<bool, Failure> {
    let seen = Key::Seen(&notice.store, &notice.id);
    if deployment.read(seen, 1)?.is_some() {
        return Ok(false);
    }
    learn(deployment, notice)?;
    let stores = notice.stores(deployment)?;
    if stores.is_empty() {
        return Ok(false);
    }
    for store in &stores {
        follow(deployment, notice, store)?;
    }
    // To do it again would do no harm: it is not worth another delivery.
    if let Err(Failure(reason)) = deployment.put(seen, b"1", Some(SEEN_TTL_SECONDS)) {
        let particulars = [("store", notice.store.as_str()), ("reason", &reason)];
        deployment.warn("a webhook could not be noted as seen", &particulars);
    }
    Ok(true)
}

/// Notes what a webhook says of a shop that is served: its number, and that its domain changed.
fn learn(deployment: &(impl Settings + Storage), notice: &Notice) -> Result<(), Failure> {
    let known_as = notice.also.as_ref().unwrap_or(&notice.store);
    if !notice.is_of_shop || deployment.shop_status(known_as, Asker::VouchedFor) == ShopStatus::Unknown {
        return Ok(());
    }
    match (&notice.also, notice.number) {
        (Some(former), number) => domains::join(deployment, &notice.store, former, number),
        (None, Some(number)) => domains::note(deployment, &notice.store, number),
        (None, None) => Ok(()),
    }
}

fn follow(
    deployment: &(impl Cache + Queue + Clock),
    notice: &Notice,
    store: &StoreId,
) -> Result<(), Failure> {
    match &notice.action {
        Action::CatalogChanged => deployment.products_changed(store),
        Action::Entrust(kind) => {
            if *kind == MaintenanceKind::Uninstalled {
                deployment.close(store)?;
            }
            deployment.entrust(notice.maintenance(store, kind.clone(), deployment.now_ms()))
        }
        Action::Nothing => Ok(()),
    }
}

impl Notice {
    /// Under which names something follows for the shop. What became of its products concerns whoever is served; what the law
    /// asks for, everybody of whom there may be something, under each of their domains. But nothing of a whole shop is erased
    /// that is named by the header only.
    fn stores(&self, deployment: &(impl Settings + Storage)) -> Result<Vec<StoreId>, Failure> {
        let mut stores = vec![self.store.clone()];
        let mut add = |store: StoreId| {
            if !stores.contains(&store) {
                stores.push(store);
            }
        };
        domains::others(deployment, &self.store)?.into_iter().for_each(&mut add);
        if self.action != Action::Entrust(MaintenanceKind::RedactShop) {
            for also in self.also.iter().cloned() {
                domains::others(deployment, &also)?.into_iter().for_each(&mut add);
                add(also);
            }
        }
        if !matches!(self.action, Action::Entrust(_)) {
            stores.retain(|store| deployment.shop_status(store, Asker::VouchedFor) != ShopStatus::Unknown);
        }
        Ok(stores)
    }

    /// Nothing happened later than now, whatever a clock says.
    fn maintenance<'a>(
        &'a self,
        store: &'a StoreId,
        kind: MaintenanceKind,
        now_ms: u64,
    ) -> MaintenanceTask<'a> {
        let happened_ms = self.triggered_ms.map_or(now_ms, |triggered_ms| triggered_ms.min(now_ms));
        MaintenanceTask { store, cause: &self.id, happened_ms, kind }
    }
}

impl Action {
    fn of(topic: &Topic, body: &[u8]) -> Result<Self, Refusal> {
        Ok(match topic {
            Topic::AppUninstalled => Self::Entrust(MaintenanceKind::Uninstalled),
            Topic::ShopRedact => Self::Entrust(MaintenanceKind::RedactShop),
            Topic::CustomersRedact => {
                Self::Entrust(MaintenanceKind::RedactCustomer(Redaction::read(body)?.customer.to_string()))
            }
            Topic::CustomersDataRequest => {
                Self::Entrust(MaintenanceKind::ReportCustomer(DataRequest::read(body)?.customer.to_string()))
            }
            topic if topic.moves_catalog() => Self::CatalogChanged,
            _ => Self::Nothing,
        })
    }
}
