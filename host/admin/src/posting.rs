//! Takes a form of a page, and answers with the page.

use axum::body::{Body, Bytes};
use axum::http::{Response, StatusCode};
use model::shop::{Choices, ShopSettings};

use crate::NotConnected;
use crate::form::Posted;
use crate::layout::{Outcome, part};
use crate::pages::FormPage;
use crate::saving::{Saved, save_choices};
use crate::visit::Visit;

/// Saves the merchant's choices of a page and applies them to the shop. The answer is the page, with the
/// stored values, or with what was typed if it was not saved.
pub(crate) async fn save<F: FormPage>(visit: Visit, body: Bytes) -> Response<Body> {
    let posted = Posted::of(&body);
    let shown = posted.mark().unwrap_or_default();
    let (form, sent) = match F::read(&posted, visit.words) {
        Err(form) => {
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            let settings = visit.settings().await.ok();
            return answer(&visit, *form, shown, settings, status, Outcome::Invalid).await;
        }
        Ok(read) => read,
    };
    let (status, outcome) = saved(&visit, stored::<F>(&visit, &posted, &sent).await);
    // From now on the merchant has seen the stored choices.
    let settings = visit.settings().await.ok();
    let stored = match outcome {
        Outcome::Failed | Outcome::NotConnected => None,
        _ => settings.as_ref().map(|settings| F::stored(settings, visit.words)),
    };
    let mark = stored.as_ref().map_or_else(|| shown.to_owned(), F::mark);
    let form = stored.filter(|_| outcome != Outcome::Changed).unwrap_or(form);
    answer(&visit, form, &mark, settings, status, outcome).await
}

async fn answer<F: FormPage>(
    visit: &Visit,
    form: F,
    mark: &str,
    settings: Option<ShopSettings>,
    status: StatusCode,
    outcome: Outcome,
) -> Response<Body> {
    let body = form.body(mark, settings.as_ref(), visit).await;
    part(visit, F::PLACE, status, outcome, body).await
}

/// Stores what was sent, unless somebody else changed the same settings after the form was shown.
async fn stored<F: FormPage>(visit: &Visit, posted: &Posted, sent: &F::Sent) -> Result<Saved, NotConnected> {
    let words = visit.words;
    let change = |choices: &Choices| {
        let mut changed = choices.clone();
        F::apply(sent, &mut changed);
        let before = F::of(choices, words).mark();
        let is_same = before == F::of(&changed, words).mark();
        let was_shown = posted.mark().is_none_or(|mark| mark == before);
        (was_shown || is_same).then_some(changed)
    };
    save_choices(&visit.admin, &visit.caller.shop, change).await
}

/// Converts the result of saving for the page, and logs it.
fn saved(visit: &Visit, result: Result<Saved, NotConnected>) -> (StatusCode, Outcome) {
    let shop = &visit.caller.shop;
    match result {
        Ok(Saved::Nothing) => (StatusCode::CONFLICT, Outcome::Changed),
        Ok(saved) => {
            tracing::info!(%shop, "a merchant saved settings");
            let for_all = saved == Saved::ForAllPages;
            (StatusCode::OK, if for_all { Outcome::Saved } else { Outcome::SavedForNewPages })
        }
        Err(why @ (NotConnected::Unavailable(_) | NotConnected::Host(_))) => {
            tracing::warn!(%shop, %why, "cannot save a shop's settings");
            (StatusCode::SERVICE_UNAVAILABLE, Outcome::Failed)
        }
        Err(why) => {
            tracing::info!(%shop, %why, "cannot save a shop's settings");
            (StatusCode::CONFLICT, Outcome::NotConnected)
        }
    }
}
