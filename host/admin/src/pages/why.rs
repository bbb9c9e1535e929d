//! Why a page is as it is, for the shop's staff: who planned it, the reasons for its persona, the model, the check, the cost,
//! and what was shown instead. It shows what is stored with the page, and makes no page.

use askama::Template;
use axum::body::Body;
use axum::extract::RawQuery;
use axum::http::{Response, StatusCode};
use model::{Persona, ShopperId};

use super::persona::label;
use crate::html::{self, Policy};
use crate::visit::Visit;
use crate::wording::Words;
use crate::{Fact, Failed, query};

/// The part of the page that says it.
#[derive(Template)]
#[template(path = "pages/why.html")]
struct Told {
    words: &'static Words,
    pages: Vec<Explained>,
    /// Why the page has no explanation.
    error: Option<&'static str>,
}

/// A page and the facts about it.
struct Explained {
    /// Whose page it is.
    whose: String,
    /// The facts, as `wandstore cache show` prints them; empty if there is no page.
    rows: Vec<Fact>,
    /// The plan as JSON, for people to read.
    plan: Option<String>,
}

/// Shows why pages are as they are: the page of the shopper in the query, or the pages of every persona.
pub(crate) async fn why(visit: Visit, RawQuery(query): RawQuery) -> Response<Body> {
    let words = visit.words;
    let named = query::parameter(&query.unwrap_or_default(), "shopper");
    let named = named.as_deref().map(str::trim).filter(|named| !named.is_empty());
    let Ok(asked) = named.map(ShopperId::parse).transpose() else {
        let told = Told { words, pages: Vec::new(), error: Some(words.why_no_id()) };
        return answer(&visit, StatusCode::UNPROCESSABLE_ENTITY, &told);
    };
    match explained(&visit, asked).await {
        Ok(pages) => answer(&visit, StatusCode::OK, &Told { words, pages, error: None }),
        Err(error) => {
            tracing::warn!(shop = %visit.caller.shop, %error, "cannot read how a page was made");
            let told = Told { words, pages: Vec::new(), error: Some(words.unreadable()) };
            answer(&visit, StatusCode::SERVICE_UNAVAILABLE, &told)
        }
    }
}

fn answer(visit: &Visit, status: StatusCode, told: &Told) -> Response<Body> {
    let (shop, origin) = (Some(&visit.caller.domain), visit.admin.app.origin.as_deref());
    html::html(status, shop, origin, Policy::Sandbox, told.render().unwrap_or_default())
}

async fn explained(visit: &Visit, asked: Option<ShopperId>) -> Result<Vec<Explained>, Failed> {
    let of_persona = |persona| (label(persona, visit.words).to_owned(), ShopperId::context(persona));
    let asked = match asked {
        Some(shopper) => vec![(shopper.to_string(), shopper)],
        None => Persona::ALL.map(of_persona).to_vec(),
    };
    let mut pages = Vec::new();
    for (whose, shopper) in asked {
        let stored = visit.admin.storefronts.stored(&visit.caller.shop, &shopper).await?;
        let plan = stored.as_ref().and_then(|stored| stored.plan.as_ref());
        let plan = plan.map(|plan| format!("{plan:#}"));
        let rows = stored.as_ref().map(|stored| stored.facts(Vec::new())).unwrap_or_default();
        pages.push(Explained { whose, rows, plan });
    }
    Ok(pages)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_does_not_exist_is_told_of_and_texts_are_escaped() {
        let page = |whose: &str, rows| Explained { whose: whose.to_owned(), rows, plan: None };
        let pages =
            vec![page("nobody", Vec::new()), page("some", vec![("plan", "by <b>rules</b>".to_owned())])];
        let html = Told { words: Words::of("en"), pages, error: None }.render().unwrap();
        assert!(html.contains("No page is stored"), "{html}");
        assert!(html.contains("by &#60;b&#62;rules"), "{html}");
    }
}
