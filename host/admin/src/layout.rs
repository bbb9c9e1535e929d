//! The frame that all pages have: navigation, title, what became of a form.

use askama::Template;
use axum::body::Body;
use axum::http::{Response, StatusCode};

use crate::Admin;
use crate::advice::advice;
use crate::answers::kept;
use crate::html::{self, APP_BRIDGE, POLARIS, Policy};
use crate::pages::Told;
use crate::place::Place;
use crate::refused::Why;
use crate::session::Caller;
use crate::visit::Visit;
use crate::wording::Words;

/// A whole document. The script replaces what is in its frame.
#[derive(Template)]
#[template(path = "page.html")]
struct Document<'a> {
    key: &'a str,
    words: &'static Words,
    /// The query of links to pages.
    kept: &'a str,
    place: Place,
    main: &'a str,
}

/// The part of a document that is a page. The answer to a form, and to a script that asks for a page, is only this.
#[derive(Template)]
#[template(path = "main.html")]
struct Main<'a> {
    words: &'static Words,
    place: Place,
    /// The address of the page.
    at: &'a str,
    outcome: Outcome,
    /// Why the shop is not connected; `None` if it is, or if the page itself says so.
    trouble: Option<&'static str>,
    body: &'a str,
}

/// What became of a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// No form was sent.
    None,
    /// The form was saved, and all pages are made again.
    Saved,
    /// The form was saved, but existing pages are made again only later.
    SavedForNewPages,
    /// The form has errors.
    Invalid,
    /// Somebody else saved other settings meanwhile, so nothing was saved.
    Changed,
    /// The form could not be saved at the moment.
    Failed,
    /// The shop is not connected, so the form was not saved.
    NotConnected,
    /// Somebody decided about a plan that waits for approval.
    Decided {
        /// What became of the decision.
        told: Told,
        /// Whether something was typed that is not saved.
        is_unsaved: bool,
    },
}

impl Outcome {
    /// Returns the tone of its banner, its heading and its details; `None` without a form.
    fn told(self, words: &Words) -> Option<(&'static str, &'static str, &'static str)> {
        Some(match self {
            Self::None => return None,
            Self::Decided { told, .. } => return told.banner(words),
            Self::Saved => ("success", words.saved(), words.saved_details()),
            Self::SavedForNewPages => ("warning", words.saved(), words.saved_later_details()),
            Self::Invalid => ("critical", words.not_saved_yet(), words.not_saved_yet_details()),
            Self::Changed => ("critical", words.changed_elsewhere(), words.changed_elsewhere_details()),
            Self::Failed => ("critical", words.not_saved(), words.not_saved_details()),
            Self::NotConnected => ("critical", words.not_saved(), words.not_saved_not_connected()),
        })
    }

    /// Returns whether what was typed is not saved.
    fn is_unsaved(self) -> bool {
        match self {
            Self::None | Self::Saved | Self::SavedForNewPages => false,
            Self::Invalid | Self::Changed | Self::Failed | Self::NotConnected => true,
            Self::Decided { is_unsaved, .. } => is_unsaved,
        }
    }
}

/// Returns a page for a request that is not for a document.
pub(crate) async fn part(
    visit: &Visit,
    place: Place,
    status: StatusCode,
    outcome: Outcome,
    body: Result<String, askama::Error>,
) -> Response<Body> {
    let main = match body {
        Ok(body) => main(visit, place, outcome, &body).await,
        Err(error) => Err(error),
    };
    shown(&visit.admin, &visit.caller, visit.words, status, main)
}

/// Returns a page as a document.
pub(crate) async fn document(
    visit: &Visit,
    place: Place,
    query: &str,
    body: Result<String, askama::Error>,
) -> Response<Body> {
    let main = match body {
        Ok(body) => main(visit, place, Outcome::None, &body).await,
        Err(error) => Err(error),
    };
    let (key, words, kept) = (visit.admin.app.key.as_str(), visit.words, kept(query));
    let document = main.and_then(|main| Document { key, words, kept: &kept, place, main: &main }.render());
    shown(&visit.admin, &visit.caller, words, StatusCode::OK, document)
}

async fn main(visit: &Visit, place: Place, outcome: Outcome, body: &str) -> Result<String, askama::Error> {
    let words = visit.words;
    let trouble = match place {
        Place::Home => None,
        _ => visit.admin.status(&visit.caller.shop).await.err().map(|error| advice(&error, words)),
    };
    Main { words, place, at: &visit.path, outcome, trouble, body }.render()
}

/// Returns a page of ours that a shop's staff may see.
pub(crate) fn shown(
    admin: &Admin,
    caller: &Caller,
    words: &'static Words,
    status: StatusCode,
    page: Result<String, askama::Error>,
) -> Response<Body> {
    let shop = &caller.domain;
    match page {
        Ok(html) => html::html(status, Some(shop), admin.app.origin.as_deref(), Policy::Scripts, html),
        Err(error) => {
            tracing::error!(%error, "cannot render a page");
            html::refused(StatusCode::INTERNAL_SERVER_ERROR, &Why::Render, words, Some(shop))
        }
    }
}
