//! `POST /webhooks` and `/webhook/shopify`: receives Shopify's webhooks.
//!
//! Nothing of a webhook is read before its signature is checked. It is answered in milliseconds, after a write or
//! two: longer work goes to the queue as a maintenance task. Shopify repeats every webhook that is not answered with
//! success. So a webhook is recorded as seen only after its effects are stored, and failing storage is a 503.
//!
//! Orders and refunds are counted in the comparison of personal pages, if their shopper takes part in it
//! ([`crate::orders`]).
//!
//! A shop that is not served here, not yet or no longer, may still have data here. Privacy requests and
//! uninstallations are carried out for every shop, under each of its domains. All other webhooks of such a shop are
//! only acknowledged.
//!
//! Only the body is signed. A webhook whose body names no shop is about the header's shop. If the body names a shop,
//! another shop in the header is closed, erased or reported only if the shop number in the body is known to be its
//! own ([`crate::domains`]).

use model::jobs::{CustomerId, MaintenanceKind, MaintenanceTask};
use model::{EventId, InvalidId, Key, ShopId};
use routes::Route;
use serde_json::json;
use shopify::order::{Order, Refund};
use shopify::payload::{self, DataRequest, Redaction};
use shopify::webhook::{self, Topic, Webhook};

use crate::capabilities::{Deployment, Failure, Settings, Signatures, Storage, Swap};
use crate::domains;
use crate::http::{Request, Response};
use crate::orders;
use crate::refusal::Refusal;
use crate::track;

/// The secret that signs webhooks.
const SECRET: &str = "WEBHOOK_SECRET";
/// How long a webhook is remembered. Shopify repeats one for at most four hours.
const SEEN_TTL_SECONDS: u32 = 48 * 60 * 60;
/// How far Shopify's clock may be ahead of ours.
const AHEAD_MS_MAX: u64 = 60 * 60 * 1_000;
/// The mark of a webhook that was carried out.
const DONE: &[u8] = b"1";
/// The mark of a webhook that a host is carrying out.
const BEGUN: &[u8] = b"0";
/// How long such a mark keeps other hosts from the webhook: longer than a request takes. If the host dies, the webhook is
/// carried out when Shopify repeats it after that.
const BEGUN_TTL_SECONDS: u32 = 30;

/// A webhook, and the action that it requires.
struct Notice {
    /// The shop that the signed body names, otherwise the shop that the header names.
    shop: ShopId,
    /// Whether the signed body names the shop.
    is_named_by_body: bool,
    /// The header's shop, if the body names another.
    also: Option<ShopId>,
    /// Shopify's number of the shop, if the webhook has it.
    number: Option<u64>,
    id: EventId,
    /// The time of the event, if the webhook has it.
    triggered_ms: Option<u64>,
    is_shop_update: bool,
    action: Action,
}

/// The action that a webhook requires.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Action {
    /// Make pages stale: prices, titles or stock may have changed.
    CatalogChanged,
    /// Queue a maintenance task: the app was uninstalled, or the law requires something.
    Enqueue(MaintenanceKind),
    /// Count an order.
    Count(Order),
    /// Count an order no more: it was cancelled.
    Cancel(Order),
    /// Subtract a refund.
    Subtract(Refund),
    /// Only acknowledge the webhook.
    Nothing,
}

/// Receives a webhook. Signed webhooks are answered 200 also if the shop is not served, or if the header names
/// another shop than the body, because Shopify counts refusals, and also sends webhooks of shops that have not opened
/// the app yet, or not again.
pub(crate) fn receive<D: Deployment>(
    deployment: &D,
    request: &impl Request,
) -> Result<Response<D::Value>, Refusal> {
    let notice = read(deployment, request)?;
    let taken = take(deployment, &notice).map_err(|failure| {
        let particulars = [("shop", notice.shop.as_str()), ("reason", failure.reason())];
        deployment.warn("cannot process a webhook", &particulars);
        Refusal::StorageUnavailable
    })?;
    Ok(Response::json(200, &json!({ "taken": taken })))
}

/// Reads a webhook, after checking its signature.
fn read(signatures: &impl Signatures, request: &impl Request) -> Result<Notice, Refusal> {
    let header = |name: &str| request.header(name);
    webhook::signature(header)?;
    let body = track::read(request, Route::Webhooks.rule())?;
    let check = |message: &[u8], mac: &[u8]| signatures.verifies(SECRET, message, mac);
    let webhook = Webhook::verify(header, &body, check)?;
    payload::check_shop_and_topic(&body, &webhook.topic)?;
    Ok(Notice {
        shop: ShopId::parse(webhook.shop.as_str())?,
        is_named_by_body: webhook.is_named_by_body,
        also: webhook.also.map(|also| ShopId::parse(also.as_str())).transpose()?,
        number: webhook.number,
        id: EventId::parse(&webhook.id)?,
        triggered_ms: webhook.triggered_ms,
        is_shop_update: webhook.topic == Topic::ShopUpdate,
        action: Action::of(&webhook.topic, &body)?,
    })
}

/// Carries out a webhook. Returns false if it was carried out before, or requires nothing for a shop that is not
/// served here.
fn take<D: Deployment>(deployment: &D, notice: &Notice) -> Result<bool, Failure> {
    let seen = Key::Seen(&notice.shop, &notice.id);
    match deployment.read(seen, 1)? {
        Some(found) if found.bytes == BEGUN => return Err(begun_elsewhere()),
        Some(_) => return Ok(false),
        None => {}
    }
    learn(deployment, notice)?;
    let shops = notice.shops(deployment)?;
    if shops.is_empty() {
        return Ok(false);
    }
    begin(deployment, notice, seen)?;
    let followed = shops.iter().try_for_each(|shop| follow(deployment, notice, shop));
    if let Err(failure) = followed {
        // If that fails too, the mark expires.
        let _ = deployment.remove(seen.store(), &seen.to_string());
        return Err(failure);
    }
    // Processing a webhook twice is harmless, so a failure here is not worth another delivery.
    if let Err(failure) = deployment.put(seen, DONE, Some(SEEN_TTL_SECONDS)) {
        let particulars = [("shop", notice.shop.as_str()), ("reason", failure.reason())];
        deployment.warn("cannot record a webhook as seen", &particulars);
    }
    Ok(true)
}

/// Marks a webhook as begun if it leads to a maintenance task, so that of two hosts that receive it at once, one enqueues the
/// task. To make pages stale twice costs less than the mark.
fn begin(deployment: &impl Storage, notice: &Notice, seen: Key<'_>) -> Result<(), Failure> {
    if !matches!(notice.action, Action::Enqueue(_)) {
        return Ok(());
    }
    match deployment.compare_and_swap(seen, None, BEGUN, BEGUN_TTL_SECONDS)? {
        Swap::Done => Ok(()),
        Swap::Lost => Err(begun_elsewhere()),
    }
}

/// Shopify repeats the webhook later, and then it is known how it ended.
fn begun_elsewhere() -> Failure {
    Failure::Unavailable("another host is carrying it out".to_owned())
}

/// Records the number and the domain in a signed body, if the shop is or was served here.
fn learn(deployment: &(impl Settings + Storage), notice: &Notice) -> Result<(), Failure> {
    let Some(number) = notice.number.filter(|_| notice.is_named_by_body) else { return Ok(()) };
    if let Some(former) = notice.also.as_ref().filter(|_| notice.is_shop_update)
        && domains::note_change(deployment, former, &notice.shop, number)?
    {
        return Ok(());
    }
    if is_ours(deployment, notice, number)? {
        domains::note(deployment, &notice.shop, number)
    } else {
        Ok(())
    }
}

/// Returns whether the shop is or was served here. False for a `shop/redact`, because the record would be erased too.
fn is_ours(deployment: &(impl Settings + Storage), notice: &Notice, number: u64) -> Result<bool, Failure> {
    match notice.action {
        Action::Enqueue(MaintenanceKind::RedactShop) => return Ok(false),
        Action::Enqueue(MaintenanceKind::Uninstalled) => return Ok(true),
        _ => {}
    }
    Ok(domains::is_served(deployment, &notice.shop)
        || domains::is_known(deployment, &notice.shop)?
        || !domains::of_number(deployment, number)?.is_empty())
}

fn follow<D: Deployment>(deployment: &D, notice: &Notice, shop: &ShopId) -> Result<(), Failure> {
    match &notice.action {
        Action::CatalogChanged => deployment.products_changed(shop),
        Action::Enqueue(kind) => {
            if *kind == MaintenanceKind::Uninstalled {
                deployment.close(shop, notice.left_ms(deployment.now_ms()))?;
            }
            deployment.enqueue_maintenance(notice.maintenance(shop, kind.clone(), deployment.now_ms()))
        }
        Action::Count(order) => orders::placed(deployment, shop, order),
        Action::Cancel(order) => orders::cancelled(deployment, shop, order),
        Action::Subtract(refund) => orders::refunded(deployment, shop, refund),
        Action::Nothing => Ok(()),
    }
}

impl Notice {
    /// Returns the domains that the webhook is carried out for: all known domains for privacy requests and
    /// uninstallations, otherwise those that are served. If the body names a shop, a domain that only the header names
    /// is included only if the signed number is known to be its own.
    fn shops(&self, deployment: &(impl Settings + Storage)) -> Result<Vec<ShopId>, Failure> {
        let mut shops = vec![self.shop.clone()];
        shops.extend(domains::others(deployment, &self.shop, self.number)?);
        if let Some(number) = self.number {
            shops.extend(domains::of_number(deployment, number)?);
        }
        shops.sort();
        shops.dedup();
        if !matches!(self.action, Action::Enqueue(_)) {
            shops.retain(|shop| domains::is_served(deployment, shop));
        }
        Ok(shops)
    }

    /// Returns when the shop left, by Shopify's clock. A time far ahead is not believed: it would hide all later ones.
    fn left_ms(&self, now_ms: u64) -> Option<u64> {
        self.triggered_ms.filter(|triggered_ms| *triggered_ms <= now_ms.saturating_add(AHEAD_MS_MAX))
    }

    /// Returns the maintenance task. Its time is never later than now, even if Shopify's clock is ahead.
    fn maintenance(&self, shop: &ShopId, kind: MaintenanceKind, now_ms: u64) -> MaintenanceTask {
        let happened_ms = self.triggered_ms.map_or(now_ms, |triggered_ms| triggered_ms.min(now_ms));
        MaintenanceTask { shop: shop.clone(), cause: self.id.clone(), happened_ms, kind }
    }
}

impl Action {
    fn of(topic: &Topic, body: &[u8]) -> Result<Self, Refusal> {
        Ok(match topic {
            Topic::AppUninstalled => Self::Enqueue(MaintenanceKind::Uninstalled),
            Topic::ShopRedact => Self::Enqueue(MaintenanceKind::RedactShop),
            Topic::CustomersRedact => {
                Self::Enqueue(MaintenanceKind::RedactCustomer(customer(&Redaction::read(body)?.customer)?))
            }
            Topic::CustomersDataRequest => {
                Self::Enqueue(MaintenanceKind::ReportCustomer(customer(&DataRequest::read(body)?.customer)?))
            }
            // A body that is not an order is not counted. A refusal would only make Shopify repeat it.
            Topic::OrdersCreate => Order::read(body).map_or(Self::Nothing, Self::Count),
            Topic::OrdersCancelled => Order::read(body).map_or(Self::Nothing, Self::Cancel),
            Topic::RefundsCreate => Refund::read(body).map_or(Self::Nothing, Self::Subtract),
            topic if topic.changes_catalog() => Self::CatalogChanged,
            _ => Self::Nothing,
        })
    }
}

fn customer(id: &impl ToString) -> Result<CustomerId, InvalidId> {
    id.to_string().try_into()
}
