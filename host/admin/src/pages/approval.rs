//! The page *Approval*: the plans that wait, each with its page as shoppers would see it, and what was approved.
//!
//! The queue shows one waiting plan at a time, so that approving takes one click. Every decision names the version of the
//! plan that was looked at; if another one waits by then, nothing is decided and the newest is shown.

mod audience;
mod deciding;
mod posted;
mod told;
mod view;

use askama::Template as _;
use axum::body::{Body, Bytes};
use axum::extract::Path;
use axum::http::{Response, StatusCode};
use model::Audience;
use model::shop::ShopSettings;

use crate::form::fields::count;
use crate::html;
use crate::layout::{Outcome, part};
use crate::place::Place;
use crate::refused::{Refused, Why};
use crate::visit::Visit;

use deciding::{Deciding, Undecided};
use posted::Posted;
use view::{Queue, Typed};

pub(crate) use told::Told;

/// How many plans wait for a merchant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Waiting {
    /// None can: the merchant approves no plans.
    Off,
    /// It cannot be read at the moment.
    Unknown,
    /// So many.
    Plans(u64),
}

impl Waiting {
    /// Returns whether a plan waits for sure.
    pub fn is_any(self) -> bool {
        matches!(self, Self::Plans(1..))
    }
}

/// Returns how many plans of a shop with these settings wait.
pub(crate) async fn waiting(visit: &Visit, settings: &ShopSettings) -> Waiting {
    if !settings.approves() {
        return Waiting::Off;
    }
    let shop = &visit.caller.shop;
    match visit.admin.storefronts.reviews(shop).await {
        Ok(reviews) => {
            let waiting = reviews.iter().filter(|(_, review)| review.waiting.is_some()).count();
            Waiting::Plans(count(waiting))
        }
        Err(error) => {
            tracing::warn!(%shop, %error, "cannot read the waiting plans");
            Waiting::Unknown
        }
    }
}

/// Returns the page with the plan of the audience that its address names, or else with the first that waits.
pub(super) async fn body(visit: &Visit) -> Result<Result<String, askama::Error>, Refused> {
    let at = visit.below(Place::Approval).map(parsed).transpose()?;
    Ok(view::queue(visit, at.as_ref(), Typed::default(), Told::Nothing).await.render())
}

/// Carries out a decision, and answers with the queue after it.
pub(crate) async fn decide(visit: Visit, Path(audience): Path<String>, body: Bytes) -> Response<Body> {
    let audience = match parsed(&audience) {
        Ok(audience) => audience,
        Err(Refused { status, why }) => {
            return html::refused(status, &why, visit.words, Some(&visit.caller.domain));
        }
    };
    let posted = Posted::read(&body);
    let (told, problems) = match (Deciding { visit: &visit, audience: &audience }).run(&posted).await {
        Ok(told) => (told, Vec::new()),
        Err(Undecided { told, problems }) => (told, problems),
    };
    // After a decision the next plan is shown; otherwise the same, with what was typed.
    let at = Some(&audience).filter(|_| !told.is_decided());
    let typed = match told {
        told if told.is_decided() => Typed::default(),
        Told::Saved => Typed::reason(posted.typed_reason),
        _ => Typed::of(posted, problems),
    };
    let outcome = Outcome::Decided { told, is_unsaved: typed.is_any() };
    let queue: Queue = view::queue(&visit, at, typed, told).await;
    part(&visit, Place::Approval, told.status(), outcome, queue.render()).await
}

fn parsed(audience: &str) -> Result<Audience, Refused> {
    Audience::parse(audience).map_err(|_| Refused::new(StatusCode::NOT_FOUND, Why::NoPage))
}
