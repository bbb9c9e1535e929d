//! The queue as it is shown.

use askama::Template;
use axum::http::StatusCode;
use model::review::{Edit, Problem, REASON_CHARS_MAX, Review, Shown, Text, WaitingPlan};
use model::shop::ShopSettings;
use model::{Audience, PageKind, ShopId};

use super::posted::Posted;
use crate::pages::ago;
use crate::{Admin, choices};

/// The queue as a document.
#[derive(Template)]
#[template(path = "approval_page.html")]
pub(super) struct Document<'a> {
    /// The app's client id.
    pub key: &'a str,
    pub queue: Queue,
}

/// The plans that wait, one of them opened, and those that were approved.
#[derive(Template)]
#[template(path = "approval.html")]
pub(super) struct Queue {
    pub told: Told,
    pub settings: Option<ShopSettings>,
    pub waiting: Vec<Line>,
    pub open: Option<Open>,
    pub approved: Vec<Approved>,
    /// Texts that were typed and have no field any more.
    pub lost: Vec<String>,
    /// Whether the plans could be read.
    pub is_known: bool,
}

/// A plan in the list.
pub(super) struct Line {
    pub audience: Audience,
    pub since: String,
    pub is_open: bool,
}

/// A plan that was approved.
pub(super) struct Approved {
    pub audience: Audience,
    pub by: String,
    pub since: String,
}

/// The plan that is looked at.
pub(super) struct Open {
    pub audience: Audience,
    pub version: String,
    pub digest: String,
    pub document: String,
    pub fields: Vec<Field>,
    /// Problems that no field has.
    pub problems: Vec<String>,
    pub reason: String,
    pub reason_chars_max: usize,
    /// Whether shoppers get an approved plan meanwhile.
    pub has_approved: bool,
    /// Whether the plan could be shown.
    pub is_known: bool,
}

/// A text of the plan.
pub(super) struct Field {
    pub text: Text,
    /// The text as it was typed.
    pub typed: String,
    pub error: String,
}

/// What was typed and could not be saved.
#[derive(Default)]
pub(super) struct Typed {
    edits: Vec<Edit>,
    reason: String,
    problems: Vec<Problem>,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    Nothing,
    Approved,
    ApprovedForNewPages,
    Saved,
    Rejected,
    /// The texts may not stand on the page.
    Refused,
    /// There is no reason, or a long one.
    NoReason,
    /// Another plan waits now.
    Outdated,
    /// The plan has another form now.
    Changed,
    NotConnected,
    Failed,
}

impl Told {
    pub fn status(self) -> StatusCode {
        match self {
            Self::Nothing | Self::Approved | Self::ApprovedForNewPages | Self::Saved | Self::Rejected => {
                StatusCode::OK
            }
            Self::Refused | Self::NoReason => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Outdated | Self::Changed | Self::NotConnected => StatusCode::CONFLICT,
            Self::Failed => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

impl Typed {
    pub fn of(posted: Posted, problems: Vec<Problem>) -> Self {
        Self { edits: posted.edits, reason: posted.typed_reason, problems }
    }
}

impl Queue {
    fn approves(&self) -> bool {
        self.settings.as_ref().is_some_and(ShopSettings::approves)
    }

    fn shows_only_approved(&self) -> bool {
        self.settings.as_ref().is_some_and(ShopSettings::shows_only_approved)
    }
}

impl Line {
    pub fn who(&self) -> String {
        who(&self.audience)
    }
}

impl Approved {
    pub fn who(&self) -> String {
        who(&self.audience)
    }
}

impl Open {
    pub fn who(&self) -> String {
        who(&self.audience)
    }
}

impl Field {
    /// Returns what the text is, in words.
    pub fn label(&self) -> String {
        let Text { path, block, field, .. } = &self.text;
        if block.is_empty() {
            return "Title of the page".to_owned();
        }
        let number: String =
            path.chars().skip_while(|c| *c != '[').take_while(|c| *c != ']').skip(1).collect();
        let number = number.parse::<usize>().map_or(0, |index| index + 1);
        format!("{number}. {}: {field}", block.replace('_', " "))
    }

    /// Returns whether the text is too long for one line.
    pub fn is_long(&self) -> bool {
        self.text.chars_max > 100
    }
}

/// Returns for whom a plan is, in words.
fn who(audience: &Audience) -> String {
    let Audience { page, persona, market } = audience;
    let page = match page {
        PageKind::Home => "Home page",
        PageKind::Collection => "Collections",
        PageKind::Product => "Products",
        PageKind::Search => "Search",
        PageKind::Cart => "Cart",
    };
    let market = match (market.country(), market.language()) {
        ("", "") => "your own market".to_owned(),
        (country, "") => country.to_owned(),
        ("", language) => format!("language {language}"),
        (country, language) => format!("{country}, language {language}"),
    };
    format!("{page} · {} · {market}", persona.label())
}

/// Returns the queue of a shop, with the plan of an audience opened, or else the first.
pub(super) async fn queue(
    admin: &Admin,
    shop: &ShopId,
    at: Option<&Audience>,
    typed: Typed,
    told: Told,
) -> Queue {
    let now_ms = admin.clock.now_ms();
    let settings = choices::shop(shop, &*admin.storefronts, admin.installations()).await.ok();
    let reviews = admin.storefronts.reviews(shop).await;
    let reviews = reviews.inspect_err(|error| tracing::warn!(%shop, %error, "cannot read which plans wait"));
    let is_known = reviews.is_ok();
    let mut reviews = reviews.unwrap_or_default();
    // The shop's own market first: strangers can name others.
    reviews.sort_by(|(one, _), (other, _)| (&one.market, one).cmp(&(&other.market, other)));
    let approved =
        reviews.iter().filter_map(|(audience, review)| approved(audience, review, now_ms)).collect();
    let waits = |review: &Review| review.waiting.clone();
    let waiting: Vec<_> =
        reviews.iter().filter_map(|(of, review)| Some((of, review, waits(review)?))).collect();
    let chosen = waiting.iter().find(|(of, ..)| Some(*of) == at).or(waiting.first());
    let (open, lost) = match chosen {
        Some((audience, review, plan)) => {
            let (open, lost) = open(admin, shop, audience, plan, typed).await;
            let open = Open { has_approved: review.approved.is_some(), ..open };
            (Some(painted(open, settings.as_ref())), lost)
        }
        None => (None, typed.edits.into_iter().map(|edit| edit.value).collect()),
    };
    let is_open = |of: &Audience| open.as_ref().is_some_and(|open| open.audience == *of);
    let line = |(of, _, plan): &(&Audience, &Review, WaitingPlan)| Line {
        audience: (*of).clone(),
        since: ago(now_ms, plan.planned_ms),
        is_open: is_open(of),
    };
    let waiting = waiting.iter().map(line).collect();
    Queue { told, settings, waiting, open, approved, lost, is_known }
}

fn approved(audience: &Audience, review: &Review, now_ms: u64) -> Option<Approved> {
    let approved = review.approved.as_ref()?;
    let (by, since) = (approved.by.clone(), ago(now_ms, approved.at_ms));
    Some(Approved { audience: audience.clone(), by, since })
}

/// Returns a waiting plan with what was typed, and what was typed that it has no field for.
async fn open(
    admin: &Admin,
    shop: &ShopId,
    audience: &Audience,
    plan: &WaitingPlan,
    typed: Typed,
) -> (Open, Vec<String>) {
    let shown = admin.storefronts.show_plan(shop, audience, &plan.json).await;
    let shown = shown.inspect_err(|error| tracing::warn!(%shop, %audience, %error, "cannot show a plan"));
    let is_known = shown.is_ok();
    let Shown { document, texts, problems, digest } = shown.unwrap_or_default();
    let problems: Vec<_> = typed.problems.into_iter().chain(problems).collect();
    let fields: Vec<_> = texts.into_iter().map(|text| field(text, &typed.edits, &problems)).collect();
    let has_field = |path: &str| fields.iter().any(|field| field.text.path == path);
    let lost =
        typed.edits.iter().filter(|edit| !has_field(&edit.path)).map(|edit| edit.value.clone()).collect();
    let elsewhere = problems.iter().filter(|problem| !has_field(&problem.path));
    let problems = elsewhere.map(|problem| format!("{}: {}", problem.path, problem.what)).collect();
    let open = Open {
        audience: audience.clone(),
        version: plan.version(),
        digest,
        document,
        fields,
        problems,
        reason: typed.reason,
        reason_chars_max: REASON_CHARS_MAX,
        has_approved: false,
        is_known,
    };
    (open, lost)
}

fn field(text: Text, edits: &[Edit], problems: &[Problem]) -> Field {
    let typed = edits.iter().find(|edit| edit.path == text.path).map(|edit| edit.value.clone());
    let error = problems.iter().find(|problem| problem.path == text.path).map(|problem| problem.what.clone());
    Field { typed: typed.unwrap_or_else(|| text.value.clone()), error: error.unwrap_or_default(), text }
}

/// Paints a page in the brand's colours. On a shopper's page its script does; here no script runs.
fn painted(open: Open, settings: Option<&ShopSettings>) -> Open {
    let Some(ShopSettings { accent, surface, .. }) = settings else { return open };
    let colours = [("accent", accent), ("surface", surface)];
    let named = colours.iter().filter_map(|(name, colour)| Some(format!("--{name}: {}", colour.as_ref()?)));
    let style = named.collect::<Vec<_>>().join("; ");
    let html = format!("<html style=\"{style}\"");
    Open { document: open.document.replacen("<html", &html, 1), ..open }
}
