//! The pages. Each is a file here and a template of its own in `templates/pages`.

mod approval;
mod brand;
mod content;
mod experiments;
mod home;
mod page_kind;
mod persona;
mod privacy;
mod settings;
mod why;

use model::shop::{Choices, ShopSettings};

use crate::form::Form;
use crate::place::Place;
use crate::refused::Refused;
use crate::visit::Visit;
use crate::wording::Words;

pub(crate) use approval::{Told, Waiting, decide, waiting};
pub(crate) use brand::Brand;
pub(crate) use content::Content;
pub(crate) use experiments::{Comparison, table};
pub(crate) use home::products;
pub(crate) use settings::Settings;
pub(crate) use why::why;

/// A page with a form.
pub(crate) trait FormPage: Form {
    /// Returns the form with what is stored.
    fn stored(settings: &ShopSettings, words: &Words) -> Self {
        Self::of(&Choices::of(settings.clone()), words)
    }

    /// Returns the page around the form. `mark` is of the form that is stored, as far as the merchant knows it, and
    /// `settings` are the shop's, if they can be read.
    fn body(
        self,
        mark: &str,
        settings: Option<&ShopSettings>,
        visit: &Visit,
    ) -> impl Future<Output = Result<String, askama::Error>> + Send;
}

/// Returns a page. Data that cannot be read is left out of it, and it says so; only without the shop's settings there is no
/// page.
pub(crate) async fn body(place: Place, visit: &Visit) -> Result<Result<String, askama::Error>, Refused> {
    match place {
        Place::Home => home::body(visit).await,
        Place::Approval => approval::body(visit).await,
        Place::Pages => with_form::<Content>(visit).await,
        Place::Experiments => with_form::<Comparison>(visit).await,
        Place::Brand => with_form::<Brand>(visit).await,
        Place::Privacy => Ok(privacy::body(visit).await),
        Place::Settings => with_form::<Settings>(visit).await,
    }
}

async fn with_form<F: FormPage>(visit: &Visit) -> Result<Result<String, askama::Error>, Refused> {
    let settings = visit.settings().await?;
    let form = F::stored(&settings, visit.words);
    let mark = form.mark();
    Ok(form.body(&mark, Some(&settings), visit).await)
}
