//! Requests pages for visitors, by what they did so far.

use crate::capabilities::{Failure, GenerationRequest, Log, Offered, Queue, Storage, Work};
use crate::signals::{self, Signals};
use crate::visitor::Visitor;

/// Requests a page for a visitor, by what they did so far.
pub(crate) fn request_page(
    deployment: &(impl Queue + Storage + Log),
    visitor: &Visitor,
    work: Work,
) -> Result<Offered, Failure> {
    request_page_after(deployment, visitor, work, recall(deployment, visitor))
}

/// Requests a page for a visitor, by the signals. A queue that does not answer is logged here.
pub(crate) fn request_page_after(
    deployment: &(impl Queue + Log),
    visitor: &Visitor,
    work: Work,
    signals: Signals,
) -> Result<Offered, Failure> {
    let (persona, market) = (visitor.persona(), visitor.market());
    let request = GenerationRequest {
        store: &visitor.store,
        shopper: &visitor.shopper,
        work,
        signals,
        persona,
        market,
    };
    deployment.offer(request).inspect_err(|failure| {
        let particulars = [("store", visitor.store.as_str()), ("reason", &failure.0)];
        deployment.warn("a page could not be requested", &particulars);
    })
}

/// What a visitor did so far. Without an answer they are a stranger, who gets a page, too.
fn recall(deployment: &(impl Storage + Log), visitor: &Visitor) -> Signals {
    let Some(session) = visitor.session() else { return Signals::default() };
    match deployment.read(session, signals::BYTES_MAX) {
        Ok(found) => found.map(|found| Signals::decode(&found.bytes)).unwrap_or_default(),
        Err(Failure(reason)) => {
            let particulars = [("store", visitor.store.as_str()), ("reason", &reason)];
            deployment.warn("a session could not be read", &particulars);
            Signals::default()
        }
    }
}
