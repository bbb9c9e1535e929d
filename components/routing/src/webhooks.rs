//! `POST /webhooks` and `/webhook/shopify`: what happened in a shop.
//!
//! Nothing of a webhook is looked at before its signature. It is answered in milliseconds: a write or two, and
//! what takes longer is entrusted to the queue. Shopify sends again whatever is not answered with success, so
//! that a webhook is noted as seen after what follows from it is stored, and storage that fails is a 503.
//!
//! A shop that is not served here, not yet or no longer, may still have something kept here: what the law asks for is
//! done for every shop, under each of its domains. For all else it is enough to say that it was heard.
//!
//! Only the body is signed. Nothing is closed, erased or reported of a shop that only the header names, unless Shopify's
//! number of the shop, which the body has, is known to be that shop's ([`crate::domains`]).

use names::{EventId, Key, StoreId};
use serde_json::json;
use shopify::payload::{self, DataRequest, Redaction};
use shopify::webhook::{self, Topic, Webhook};

use crate::capabilities::{
    Cache, Clock, Deployment, Failure, MaintenanceKind, MaintenanceTask, Queue, Settings, Signatures, Storage,
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
    /// The shop, as the signed body names it, else as the header does.
    store: StoreId,
    /// Whether the signed body names it.
    is_named_by_body: bool,
    /// The shop of the header, if the body names another.
    also: Option<StoreId>,
    /// Shopify's number of the shop, if it was told.
    number: Option<u64>,
    id: EventId,
    /// When that happened, as far as it was told.
    triggered_ms: Option<u64>,
    is_shop_update: bool,
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

/// Takes a webhook. A signed webhook of a shop that is not served is answered 200, and so is one whose header names another
/// shop than its body: Shopify counts refusals, and tells of shops that have not opened the app yet, or again.
pub(crate) fn receive<D: Deployment>(
    deployment: &D,
    request: &impl Request,
) -> Result<Response<D::Value>, Refusal> {
    let notice = read(deployment, request)?;
    let taken = take(deployment, &notice).map_err(|Failure(reason)| {
        let particulars = [("store", notice.store.as_str()), ("reason", &reason)];
        deployment.warn("a webhook could not be taken", &particulars);
        Refusal::StorageUnavailable
    })?;
    Ok(Response::json(200, &json!({ "taken": taken })))
}

/// Reads a webhook, the signature before all else.
fn read(signatures: &impl Signatures, request: &impl Request) -> Result<Notice, Refusal> {
    let header = |name: &str| request.header(name);
    webhook::signature(header)?;
    let body = request.body(BODY_BYTES_MAX).map_err(|error| Refusal::of_body(error, BODY_BYTES_MAX))?;
    let check = |message: &[u8], mac: &[u8]| signatures.verifies(SECRET, message, mac);
    let webhook = Webhook::verify(header, &body, check)?;
    payload::check_shop_and_topic(&body, &webhook.topic)?;
    Ok(Notice {
        store: StoreId::parse(webhook.shop.as_str())?,
        is_named_by_body: webhook.is_named_by_body,
        also: webhook.also.map(|also| StoreId::parse(also.as_str())).transpose()?,
        number: webhook.number,
        id: EventId::parse(&webhook.id)?,
        triggered_ms: webhook.triggered_ms,
        is_shop_update: webhook.topic == Topic::ShopUpdate,
        action: Action::of(&webhook.topic, &body)?,
    })
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

/// Notes the number and the domain that a signed body tells of a shop that is served here, or was.
fn learn(deployment: &(impl Settings + Storage), notice: &Notice) -> Result<(), Failure> {
    let Some(number) = notice.number.filter(|_| notice.is_named_by_body) else { return Ok(()) };
    if let Some(former) = notice.also.as_ref().filter(|_| notice.is_shop_update)
        && domains::note_change(deployment, former, &notice.store, number)?
    {
        return Ok(());
    }
    if is_ours(deployment, notice, number)? {
        domains::note(deployment, &notice.store, number)
    } else {
        Ok(())
    }
}

/// Whether the shop is served here or was. One that is to be erased teaches nothing: what is known of it is erased, too.
fn is_ours(deployment: &(impl Settings + Storage), notice: &Notice, number: u64) -> Result<bool, Failure> {
    match notice.action {
        Action::Entrust(MaintenanceKind::RedactShop) => return Ok(false),
        Action::Entrust(MaintenanceKind::Uninstalled) => return Ok(true),
        _ => {}
    }
    Ok(domains::is_served(deployment, &notice.store)
        || domains::is_known(deployment, &notice.store)?
        || !domains::of_number(deployment, number)?.is_empty())
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
    /// Returns the names under which the webhook is acted on: for products, those that are served; for privacy requests
    /// and uninstallations, all known names. If the body names a shop, one that only the header names is acted on only if
    /// the signed number is known to be its own.
    fn stores<D: Settings + Storage>(&self, deployment: &D) -> Result<Vec<StoreId>, Failure> {
        let mut stores = vec![self.store.clone()];
        stores.extend(domains::others(deployment, &self.store, self.number)?);
        if let Some(number) = self.number {
            stores.extend(domains::of_number(deployment, number)?);
        }
        stores.sort();
        stores.dedup();
        if !matches!(self.action, Action::Entrust(_)) {
            stores.retain(|store| domains::is_served(deployment, store));
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
