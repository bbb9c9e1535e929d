//! The queue as it is shown.

use askama::Template;
use model::review::{Edit, Problem, REASON_CHARS_MAX, Review, Shown, Text, WaitingPlan};
use model::shop::ShopSettings;
use model::{Audience, ShopId};

use super::audience::{label, who};
use super::posted::Posted;
use super::told::Told;
use crate::Admin;
use crate::place::Place;
use crate::visit::Visit;
use crate::wording::Words;

/// The longest text that a field of one line is for, in characters.
const LINE_CHARS_MAX: u32 = 100;

/// The plans that wait, one of them opened, and those that were approved.
#[derive(Template)]
#[template(path = "pages/approval.html")]
pub(super) struct Queue {
    words: &'static Words,
    told: Told,
    settings: Option<ShopSettings>,
    waiting: Vec<Line>,
    open: Option<Open>,
    approved: Vec<Approved>,
    /// Texts that were typed and have no field any more.
    lost: Vec<String>,
    /// Whether the plans could be read.
    is_known: bool,
}

/// A plan in the list.
struct Line {
    audience: Audience,
    who: String,
    since: String,
    is_open: bool,
}

/// A plan that was approved.
struct Approved {
    audience: Audience,
    version: String,
    who: String,
    by: String,
    since: String,
}

/// The plan that is looked at.
struct Open {
    audience: Audience,
    who: String,
    version: String,
    digest: String,
    document: String,
    fields: Vec<Field>,
    /// Problems that no field has.
    problems: Vec<String>,
    reason: String,
    /// Whether shoppers get an approved plan meanwhile.
    has_approved: bool,
    /// Whether the plan could be shown.
    is_known: bool,
}

/// A text of the plan.
struct Field {
    /// Its name in the form.
    name: String,
    label: String,
    /// The text of the plan.
    stored: String,
    /// The text as it was typed.
    typed: String,
    chars_max: u32,
    /// What the check says of it, in English; empty if it accepts it.
    problem: String,
}

/// The input that could not be saved.
#[derive(Default)]
pub(super) struct Typed {
    edits: Vec<Edit>,
    reason: String,
    problems: Vec<Problem>,
}

impl Typed {
    /// Returns everything that was typed, with what the check found in it.
    pub fn of(posted: Posted, problems: Vec<Problem>) -> Self {
        Self { edits: posted.edits, reason: posted.typed_reason, problems }
    }

    /// Returns a reason that was typed.
    pub fn reason(reason: String) -> Self {
        Self { reason, ..Self::default() }
    }

    /// Returns whether anything was typed.
    pub fn is_any(&self) -> bool {
        !self.edits.is_empty() || !self.reason.is_empty()
    }
}

impl Queue {
    fn approves(&self) -> bool {
        self.settings.as_ref().is_some_and(ShopSettings::approves)
    }

    /// Returns what shoppers get until the open plan is approved.
    fn until_approved(&self, open: &Open) -> &'static str {
        let shows_only_approved = self.settings.as_ref().is_some_and(ShopSettings::shows_only_approved);
        match (open.has_approved, shows_only_approved) {
            (true, _) => self.words.until_approved_former(),
            (false, true) => self.words.until_approved_same(),
            (false, false) => self.words.until_approved_rules(),
        }
    }

    /// Returns the address that decisions about the plan of an audience are sent to.
    #[expect(clippy::unused_self, reason = "templates call methods")]
    fn action(&self, audience: &Audience) -> String {
        format!("{}/{audience}", Place::Approval.path())
    }

    /// Returns what shoppers get once an approval is withdrawn.
    fn once_withdrawn(&self) -> &'static str {
        let is_strict = self.settings.as_ref().is_some_and(ShopSettings::shows_only_approved);
        if is_strict { self.words.once_withdrawn_same() } else { self.words.once_withdrawn_rules() }
    }

    /// Returns the text below the field of the reason.
    fn reason_details(&self) -> String {
        self.words.reason_details(&self.words.number(reason_chars_max()))
    }

    /// Returns why a reason was not accepted; empty if it was, or none was sent.
    fn reason_error(&self, open: &Open) -> String {
        if self.told != Told::NoReason {
            String::new()
        } else if open.reason.chars().count() > REASON_CHARS_MAX {
            self.words.error_characters(reason_chars_max())
        } else {
            self.words.not_rejected_yet_details().to_owned()
        }
    }
}

impl Open {
    /// Returns whether a text was typed or refused. If so, the texts are shown open.
    fn has_typed(&self) -> bool {
        self.fields.iter().any(|field| field.typed != field.stored || !field.problem.is_empty())
    }
}

impl Field {
    fn of(text: Text, edits: &[Edit], problems: &[Problem], words: &Words) -> Self {
        let label = label(&text, words);
        let Text { path, value: stored, chars_max, .. } = text;
        let typed = edits.iter().find(|edit| edit.path == path).map(|edit| edit.value.clone());
        let problem =
            problems.iter().find(|problem| problem.path == path).map(|problem| problem.what.clone());
        let (typed, problem) = (typed.unwrap_or_else(|| stored.clone()), problem.unwrap_or_default());
        Self { name: Posted::name(&path), label, stored, typed, chars_max, problem }
    }

    fn is_long(&self) -> bool {
        self.chars_max > LINE_CHARS_MAX
    }

    /// Returns the text below the field: what became of the merchant's text, or else how long it may be.
    fn note(&self, words: &Words) -> String {
        if self.problem.is_empty() {
            words.error_characters(u64::from(self.chars_max))
        } else {
            words.copy_refused().to_owned()
        }
    }
}

fn reason_chars_max() -> u64 {
    u64::try_from(REASON_CHARS_MAX).unwrap_or(u64::MAX)
}

/// Returns the queue of a shop, with the plan of an audience opened, or else the first.
pub(super) async fn queue(visit: &Visit, at: Option<&Audience>, typed: Typed, told: Told) -> Queue {
    let Visit { admin, words, .. } = visit;
    let settings = visit.settings().await.ok();
    let reviews = reviews(admin, &visit.caller.shop).await;
    let is_known = reviews.is_some();
    let (reviews, now_ms) = (reviews.unwrap_or_default(), admin.clock.now_ms());
    let waiting: Vec<_> =
        reviews.iter().filter_map(|(of, review)| Some((of, review, review.waiting.as_ref()?))).collect();
    let chosen = waiting.iter().find(|(of, ..)| Some(*of) == at).or(waiting.first());
    let (open, lost) = match chosen {
        Some((audience, review, plan)) => {
            let (open, lost) = open(visit, audience, plan, typed).await;
            let open = Open { has_approved: review.approved.is_some(), ..open };
            (Some(painted(open, settings.as_ref())), lost)
        }
        None => (None, typed.edits.into_iter().map(|edit| edit.value).collect()),
    };
    let line = |(of, _, plan): &(&Audience, &Review, &WaitingPlan)| Line {
        audience: (*of).clone(),
        who: who(of, words),
        since: words.ago(now_ms, plan.planned_ms),
        is_open: open.as_ref().is_some_and(|open| open.audience == **of),
    };
    let waiting = waiting.iter().map(line).collect();
    let approved = |(audience, review): &(Audience, Review)| {
        let approved = review.approved.as_ref()?;
        let (by, since) = (approved.by.clone(), words.ago(now_ms, approved.at_ms));
        let (audience, who) = ((*audience).clone(), who(audience, words));
        Some(Approved { audience, version: approved.version(), who, by, since })
    };
    let approved = reviews.iter().filter_map(approved).collect();
    Queue { words, told, settings, waiting, open, approved, lost, is_known }
}

/// Returns the reviews of a shop; `None` if they cannot be read. Those of the shop's own market are first, because
/// strangers can name others.
async fn reviews(admin: &Admin, shop: &ShopId) -> Option<Vec<(Audience, Review)>> {
    let reviews = admin.storefronts.reviews(shop).await;
    let reviews = reviews.inspect_err(|error| tracing::warn!(%shop, %error, "cannot read the waiting plans"));
    let mut reviews = reviews.ok()?;
    reviews.sort_by(|(one, _), (other, _)| (&one.market, one).cmp(&(&other.market, other)));
    Some(reviews)
}

/// Returns a waiting plan with what was typed, and what was typed that it has no field for.
async fn open(visit: &Visit, audience: &Audience, plan: &WaitingPlan, typed: Typed) -> (Open, Vec<String>) {
    let (shop, words) = (&visit.caller.shop, visit.words);
    let shown = visit.admin.storefronts.show_plan(shop, audience, &plan.json).await;
    let shown = shown.inspect_err(|error| tracing::warn!(%shop, %audience, %error, "cannot show a plan"));
    let is_known = shown.is_ok();
    let Shown { document, texts, problems, digest } = shown.unwrap_or_default();
    let Typed { edits, reason, problems: found } = typed;
    let problems: Vec<_> = found.into_iter().chain(problems).collect();
    let has_field = |path: &str| texts.iter().any(|text| text.path == path);
    let lost = edits.iter().filter(|edit| !has_field(&edit.path)).map(|edit| edit.value.clone()).collect();
    let elsewhere = problems.iter().filter(|problem| !has_field(&problem.path));
    let elsewhere = elsewhere.map(|problem| format!("{}: {}", problem.path, problem.what)).collect();
    let fields = texts.into_iter().map(|text| Field::of(text, &edits, &problems, words)).collect();
    let open = Open {
        audience: audience.clone(),
        who: who(audience, words),
        version: plan.version(),
        digest,
        document,
        fields,
        problems: elsewhere,
        reason,
        has_approved: false,
        is_known,
    };
    (open, lost)
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
