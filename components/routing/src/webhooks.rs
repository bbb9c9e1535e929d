//! `POST /webhooks` and `/webhook/shopify`: what happened in a shop.
//!
//! Nothing of a webhook is looked at before its signature. It is answered in milliseconds: a write or two, and
//! what takes longer is entrusted to the queue. Shopify sends again whatever is not answered with success, so
//! that a webhook is noted as seen after what follows from it is stored, and storage that fails is a 503.
//!
//! A shop that is not served here, or no longer, may still have something kept here: what the law asks for is
//! done for every shop, by its domain.

use names::{EventId, Key, StoreId};
use serde_json::json;
use shopify::payload::{self, DataRequest, Redaction};
use shopify::webhook::{self, Topic, Webhook};

use crate::capabilities::{
    Cache, Chore, Clock, Deployment, Errand, Failure, Log, Queue, Signatures, Standing, Storage,
};
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
    store: StoreId,
    id: EventId,
    /// When that happened, as far as it was told.
    triggered_ms: Option<u64>,
    action: Action,
}

/// What is done about a webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Action {
    /// Prices, titles or what is in stock may be others now.
    CatalogMoved,
    /// The app is gone from the shop, or the law asks for something.
    Entrust(Chore),
    /// It is enough to know.
    Nothing,
}

/// Takes a webhook.
pub(crate) fn receive<D: Deployment>(
    deployment: &D,
    request: &impl Request,
) -> Result<Response<D::Value>, Refusal> {
    let notice = read(deployment, request)?;
    if !notice.concerns_every_shop() && deployment.standing(&notice.store) == Standing::Unknown {
        return Err(Refusal::NoSuchStore);
    }
    let result = take(deployment, &notice);
    result.map(|taken| Response::json(200, &json!({ "taken": taken }))).map_err(|Failure(reason)| {
        let particulars = [("store", notice.store.as_str()), ("reason", &reason)];
        deployment.warn("a webhook could not be taken", &particulars);
        Refusal::StorageUnavailable
    })
}

/// Reads a webhook, the signature before all else.
fn read(signatures: &impl Signatures, request: &impl Request) -> Result<Notice, Refusal> {
    let header = |name: &str| request.header(name);
    webhook::signature(header)?;
    let body = request.body(BODY_BYTES_MAX).map_err(|error| Refusal::of_body(error, BODY_BYTES_MAX))?;
    let check = |message: &[u8], mac: &[u8]| signatures.verifies(SECRET, message, mac);
    let webhook = Webhook::verify(header, &body, check)?;
    payload::check_shop(&body, &webhook.topic, &webhook.shop)?;
    Ok(Notice {
        store: StoreId::parse(webhook.shop.as_str())?,
        id: EventId::parse(&webhook.id)?,
        triggered_ms: webhook.triggered_ms,
        action: Action::of(&webhook.topic, &body)?,
    })
}

/// Does what follows from a webhook, unless that was done; false if it was.
fn take(deployment: &(impl Cache + Queue + Storage + Clock + Log), notice: &Notice) -> Result<bool, Failure> {
    let seen = Key::Seen(&notice.store, &notice.id);
    if deployment.read(seen, 1)?.is_some() {
        return Ok(false);
    }
    follow(deployment, notice)?;
    // To do it again would do no harm: it is not worth another delivery.
    if let Err(Failure(reason)) = deployment.put(seen, b"1", Some(SEEN_TTL_SECONDS)) {
        let particulars = [("store", notice.store.as_str()), ("reason", &reason)];
        deployment.warn("a webhook could not be noted as seen", &particulars);
    }
    Ok(true)
}

fn follow(deployment: &(impl Cache + Queue + Clock), notice: &Notice) -> Result<(), Failure> {
    match &notice.action {
        Action::CatalogMoved => deployment.catalog_moved(&notice.store).map(|_version| ()),
        Action::Entrust(chore) => {
            if *chore == Chore::Uninstalled {
                deployment.close(&notice.store)?;
            }
            deployment.entrust(notice.errand(chore.clone(), deployment.now_ms()))
        }
        Action::Nothing => Ok(()),
    }
}

impl Notice {
    fn concerns_every_shop(&self) -> bool {
        matches!(self.action, Action::Entrust(_))
    }

    /// Nothing happened later than now, whatever a clock says.
    fn errand(&self, chore: Chore, now_ms: u64) -> Errand<'_> {
        let happened_ms = self.triggered_ms.map_or(now_ms, |triggered_ms| triggered_ms.min(now_ms));
        Errand { store: &self.store, cause: &self.id, happened_ms, chore }
    }
}

impl Action {
    fn of(topic: &Topic, body: &[u8]) -> Result<Self, Refusal> {
        Ok(match topic {
            Topic::AppUninstalled => Self::Entrust(Chore::Uninstalled),
            Topic::ShopRedact => Self::Entrust(Chore::RedactShop),
            Topic::CustomersRedact => {
                Self::Entrust(Chore::RedactCustomer(Redaction::read(body)?.customer.to_string()))
            }
            Topic::CustomersDataRequest => {
                Self::Entrust(Chore::ReportCustomer(DataRequest::read(body)?.customer.to_string()))
            }
            topic if topic.moves_catalog() => Self::CatalogMoved,
            _ => Self::Nothing,
        })
    }
}
