//! Page requests for visitors, based on their signals.

use model::Signals;
use model::jobs::{Enqueued, GenerationRequest, Work};

use crate::capabilities::{Clock, Failure, Log, Queue, Storage};
use crate::signals::{self, Session};
use crate::visitor::Visitor;

/// Requests a page for a visitor, based on their stored signals.
pub(crate) fn request_page(
    deployment: &(impl Queue + Storage + Clock + Log),
    visitor: &Visitor,
    work: Work,
) -> Result<Enqueued, Failure> {
    request_page_after(deployment, visitor, work, recall(deployment, visitor))
}

/// Requests a page for a visitor, based on these signals. Logs a queue that does not answer.
pub(crate) fn request_page_after(
    deployment: &(impl Queue + Log),
    visitor: &Visitor,
    work: Work,
    signals: Signals,
) -> Result<Enqueued, Failure> {
    let request = GenerationRequest {
        shop: visitor.shop.clone(),
        shopper: visitor.shopper.clone(),
        work,
        signals,
        persona: visitor.persona(),
        market: visitor.market(),
        page: visitor.page(),
    };
    deployment.enqueue(request).inspect_err(|failure| {
        let particulars = [("shop", visitor.shop.as_str()), ("reason", failure.reason())];
        deployment.warn("cannot request a page", &particulars);
    })
}

/// Reads a visitor's signals. If storage does not answer, they count as a stranger, who also gets a page.
pub(crate) fn recall(deployment: &(impl Storage + Clock + Log), visitor: &Visitor) -> Signals {
    let Some(session) = visitor.session() else { return Signals::default() };
    match deployment.read(session, signals::BYTES_MAX) {
        Ok(found) => {
            let today = signals::day_of(deployment.now_ms());
            found.map(|found| Session::read(&found.bytes, today).signals).unwrap_or_default()
        }
        Err(failure) => {
            let particulars = [("shop", visitor.shop.as_str()), ("reason", failure.reason())];
            deployment.warn("cannot read a session", &particulars);
            Signals::default()
        }
    }
}
