//! Approval: the plans that wait, each with its page as shoppers would see it, and what was approved.
//!
//! The queue shows one waiting plan at a time, so that approving takes one click. Every decision names the version of the
//! plan that was looked at; if another one waits by then, nothing is decided and the newest is shown.

mod posted;
mod view;

use std::sync::Arc;

use askama::Template as _;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, RawQuery, State};
use axum::http::{Response, StatusCode};
use axum::routing::get;
use model::review::{Decision, Edited, Outdated, Problem, Review};
use model::{Audience, ShopId};

use crate::answers::asset;
use crate::documents::{bounced, shown};
use crate::saving::{Saved, make_stale};
use crate::session::{self, Caller, Visitor};
use crate::waiting::Waiting;
use crate::{Admin, NotConnected, choices, pages, query};
use posted::{Action, Posted};
use view::{Document, Queue, Told, Typed};

const STYLE: &str = include_str!("../assets/approval.css");
const SCRIPT: &str = include_str!("../assets/approval.js");

/// Returns the routes of approval.
pub(crate) fn routes() -> Router<Arc<Admin>> {
    Router::new()
        .route("/admin/approval", get(page))
        .route("/admin/approval/queue", get(queue))
        .route("/admin/approval/queue/{audience}", get(queue_at).post(decide))
        .route("/admin/assets/approval.css", get(|| async { asset("text/css; charset=utf-8", STYLE) }))
        .route("/admin/assets/approval.js", get(|| async { asset("text/javascript; charset=utf-8", SCRIPT) }))
}

/// Returns how many plans of a shop wait; `None` if its merchant approves none, or if it cannot be read.
pub(crate) async fn waiting(admin: &Admin, shop: &ShopId) -> Option<Waiting> {
    let settings = choices::shop(shop, &*admin.storefronts, admin.installations()).await.ok()?;
    if !settings.approves() {
        return None;
    }
    let reviews = admin.storefronts.reviews(shop).await;
    let reviews = reviews.inspect_err(|error| tracing::warn!(%shop, %error, "cannot read which plans wait"));
    Some(Waiting(reviews.ok()?.iter().filter(|(_, review)| review.waiting.is_some()).count()))
}

/// Serves the queue as a document of its own. Without a valid session token, it leads to the admin's page.
async fn page(State(admin): State<Arc<Admin>>, RawQuery(query): RawQuery) -> Response<Body> {
    let query = query.unwrap_or_default();
    match session::of_document(&admin, &query) {
        Ok(Visitor::Staff(caller)) => {
            let queue = view::queue(&admin, &caller.shop, None, Typed::default(), Told::Nothing).await;
            let document = Document { key: &admin.app.key, queue };
            shown(&admin, &caller.domain, StatusCode::OK, document.render())
        }
        Ok(Visitor::Unknown(shop, _)) => bounced(&admin, &shop, &query),
        Err(refused) => {
            let shop = query::shop(&query).ok();
            pages::refused(refused.status, &refused.why, shop.as_ref())
        }
    }
}

/// Serves the queue with the first plan that waits.
async fn queue(State(admin): State<Arc<Admin>>, caller: Caller) -> Response<Body> {
    let queue = view::queue(&admin, &caller.shop, None, Typed::default(), Told::Nothing).await;
    respond(&admin, &caller, StatusCode::OK, &queue)
}

/// Serves the queue with the plan of an audience.
async fn queue_at(
    State(admin): State<Arc<Admin>>,
    caller: Caller,
    Path(audience): Path<String>,
) -> Response<Body> {
    let Ok(audience) = Audience::parse(&audience) else { return no_such_audience(&caller) };
    let queue = view::queue(&admin, &caller.shop, Some(&audience), Typed::default(), Told::Nothing).await;
    respond(&admin, &caller, StatusCode::OK, &queue)
}

/// Carries out a decision, and serves the queue after it.
async fn decide(
    State(admin): State<Arc<Admin>>,
    caller: Caller,
    Path(audience): Path<String>,
    body: Bytes,
) -> Response<Body> {
    let Ok(audience) = Audience::parse(&audience) else { return no_such_audience(&caller) };
    let posted = Posted::read(&body);
    let (told, problems) =
        match (Deciding { admin: &admin, caller: &caller, audience: &audience }).run(&posted).await {
            Ok(told) => (told, Vec::new()),
            Err(Undecided { told, problems }) => (told, problems),
        };
    // After a decision the next plan is shown; otherwise the same, with what was typed.
    let is_done = matches!(told, Told::Approved | Told::ApprovedForNewPages | Told::Rejected);
    let (at, typed) = match is_done {
        true => (None, Typed::default()),
        false if told == Told::Saved => (Some(&audience), Typed::default()),
        false => (Some(&audience), Typed::of(posted, problems)),
    };
    let queue = view::queue(&admin, &caller.shop, at, typed, told).await;
    respond(&admin, &caller, told.status(), &queue)
}

fn no_such_audience(caller: &Caller) -> Response<Body> {
    pages::refused(StatusCode::NOT_FOUND, "there is no such page to approve", Some(&caller.domain))
}

fn respond(admin: &Admin, caller: &Caller, status: StatusCode, queue: &Queue) -> Response<Body> {
    shown(admin, &caller.domain, status, queue.render())
}

/// Why nothing was decided.
struct Undecided {
    told: Told,
    problems: Vec<Problem>,
}

impl From<Told> for Undecided {
    fn from(told: Told) -> Self {
        Self { told, problems: Vec::new() }
    }
}

impl From<Outdated> for Undecided {
    fn from(Outdated: Outdated) -> Self {
        Told::Outdated.into()
    }
}

impl From<crate::Failed> for Undecided {
    fn from(error: crate::Failed) -> Self {
        tracing::warn!(%error, "cannot carry out what a merchant decided about a plan");
        Told::Failed.into()
    }
}

/// A decision about the plan of an audience.
struct Deciding<'a> {
    admin: &'a Arc<Admin>,
    caller: &'a Caller,
    audience: &'a Audience,
}

impl Deciding<'_> {
    async fn run(&self, posted: &Posted) -> Result<Told, Undecided> {
        self.admin.serving(&self.caller.shop).await.map_err(|error| match error {
            NotConnected::Unavailable(_) | NotConnected::Host(_) => Told::Failed,
            _ => Told::NotConnected,
        })?;
        let decision = match posted.action {
            Action::Reject => Decision::Reject(posted.reason().ok_or(Told::NoReason)?),
            Action::Approve if posted.edits.is_empty() => Decision::Approve,
            Action::Approve => Decision::ApproveEdited(self.edited(posted).await?),
            Action::Save => Decision::Edit(self.edited(posted).await?),
            Action::Unknown => return Err(Told::Failed.into()),
        };
        let Self { admin, caller: Caller { shop, staff, .. }, audience } = self;
        admin.storefronts.decide(shop, audience, &posted.version, &decision, staff).await??;
        tracing::info!(%shop, %audience, %staff, action = posted.action.name(), "a merchant decided about a plan");
        Ok(self.follow(&decision).await)
    }

    /// Returns the waiting plan with the posted texts.
    async fn edited(&self, posted: &Posted) -> Result<String, Undecided> {
        let Self { admin, caller: Caller { shop, .. }, audience } = self;
        let reviews = admin.storefronts.reviews(shop).await?;
        let review = reviews.into_iter().find(|(of, _)| of == *audience).map(|(_, review)| review);
        let Some(Review { waiting: Some(waiting), .. }) = review else { return Err(Outdated.into()) };
        if waiting.version() != posted.version {
            return Err(Outdated.into());
        }
        let edits = &posted.edits;
        match admin.storefronts.edit_plan(shop, audience, &waiting.json, &posted.digest, edits).await? {
            Edited::Accepted(json) => Ok(json),
            Edited::Refused(problems) => Err(Undecided { told: Told::Refused, problems }),
            Edited::Changed => Err(Told::Changed.into()),
        }
    }

    /// Makes shoppers see what was decided.
    async fn follow(&self, decision: &Decision) -> Told {
        let Self { admin, caller: Caller { shop, .. }, audience } = self;
        match decision {
            Decision::Approve | Decision::ApproveEdited(_) => match make_stale(admin, shop).await {
                Saved::ForAllPages => Told::Approved,
                Saved::ForNewPages => Told::ApprovedForNewPages,
            },
            Decision::Edit(_) => Told::Saved,
            Decision::Reject(_) => {
                // Without it, the next shopper's visit makes the next plan.
                if let Err(error) = admin.storefronts.request_plan(shop, audience).await {
                    tracing::warn!(%shop, %error, "cannot request the next plan");
                }
                Told::Rejected
            }
        }
    }
}
