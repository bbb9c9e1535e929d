//! `POST /api/pixel`: a shopper's actions, reported by the app's web pixel.
//!
//! Shopify runs the pixel in a sandbox on every page of a shop and in its checkout, if the shopper consents. Nobody
//! signs what it sends, so anybody can send the same. It names a visitor by the id that their browser drew at random,
//! which nobody can guess. And it adds only to what is known of a shopper who was counted before, because a report that
//! Shopify signed said that they saw the block, and as much as one shopper may weigh. Orders count by their number, so
//! that Shopify's webhook of the same order replaces what is reported here, and as soon as a shop has such webhooks,
//! they alone count. So made-up reports change only the counts of their sender, until Shopify's webhook corrects them.

use experiments::{Earlier, Placed};
use model::{ShopId, ShopperId};

use crate::admission;
use crate::capabilities::Deployment;
use crate::effects;
use crate::events::{Event, Ordered, Report};
use crate::http::{Reply, Request};
use crate::orders;
use crate::refusal::Refusal;
use crate::sums;
use crate::track;
use crate::visitor::Visitor;

/// Counts what a visitor did. Says nothing about whether they were counted before.
pub(crate) fn report<D: Deployment>(
    deployment: &D,
    request: &impl Request,
) -> Result<Reply<D::Value>, Refusal> {
    let Report { shop, shopper, events } = Report::parse(&track::body(request)?)?;
    let shop = ShopId::parse(&shop).map_err(|_| Refusal::NoSuchShop)?;
    let visitor =
        Visitor::of(deployment, shop, ShopperId::visitor(&shopper)?)?.unsigned_and_compared(deployment);
    track::refuse_closed(deployment, &visitor)?;
    if !admission::admits_report(deployment, &visitor) {
        return Err(Refusal::Limited);
    }
    let events: Vec<_> = events.into_iter().filter(is_of_pixel).collect();
    if !visitor.paused && !admission::is_bot(request) {
        // Only a signed report counts a visitor, so what was known before is not needed.
        effects::count(deployment, &visitor, Earlier::Unknown, &events);
        for event in &events {
            count_order(deployment, &visitor, event);
        }
    }
    Ok(track::tracked(visitor.shop, events.len()))
}

/// Counts what an order is worth. A failure is logged: Shopify does not repeat the report.
fn count_order<D: Deployment>(deployment: &D, visitor: &Visitor, event: &Event) {
    if let Event::Ordered(Ordered { order, paid, currency }) = *event {
        let placed = Placed { order, at_ms: deployment.now_ms(), paid, currency };
        let counted = orders::reported(deployment, &visitor.shop, &visitor.person, &placed);
        sums::log(deployment, &visitor.shop, "cannot count an order", counted);
    }
}

/// Returns whether the pixel reports such events. That the block was seen, only a signed report says.
fn is_of_pixel(event: &Event) -> bool {
    matches!(event, Event::View(_) | Event::AddToCart(_) | Event::Ordered(_))
}
