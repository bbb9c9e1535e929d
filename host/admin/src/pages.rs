//! The pages and their headers.

use askama::Template;
use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Response, StatusCode, header};
use shopify::ShopDomain;

use crate::form::Form;
use crate::plot;
use crate::usage::Counts;
use crate::worth::{Day, Worth};

/// Shopify's App Bridge script, which connects the page to the surrounding admin.
pub const APP_BRIDGE: &str = "https://cdn.shopify.com/shopifycloud/app-bridge.js";
/// Shopify's Polaris script, which supplies the web components.
pub const POLARIS: &str = "https://cdn.shopify.com/shopifycloud/polaris.js";

/// The content security policy of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    /// It may run Wandstore's and Shopify's scripts.
    Scripts,
    /// It may do nothing: no scripts, no forms, no origin of its own.
    Sandbox,
}

/// The page of a shop.
#[derive(Template)]
#[template(path = "page.html")]
pub struct Page<'a> {
    /// The app's client id.
    pub key: &'a str,
    /// The part that can change.
    pub main: Main<'a>,
}

/// The part of the page that can change. The response to a form is only this part.
#[derive(Template)]
#[template(path = "main.html")]
pub struct Main<'a> {
    /// The shop's domain.
    pub shop: &'a str,
    /// Why it is not connected; `None` if it is.
    pub trouble: Option<&'static str>,
    /// Why the language model is not asked for it at the moment; `None` if it is.
    pub model_trouble: Option<&'static str>,
    /// The outcome of a form.
    pub outcome: Outcome,
    /// The form.
    pub form: Form,
    /// The counts of the last 24 hours.
    pub usage: Option<Figures>,
    /// What personal pages change.
    pub effects: Option<experiments::Report>,
    /// What pages cost and what they are worth.
    pub worth: Option<Figured>,
    /// The id of each report, and how long ago it was made.
    pub reports: Vec<(String, String)>,
}

/// The outcome of a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// No form was sent.
    None,
    /// The form was saved, and all pages are made again.
    Saved,
    /// The form was saved, but existing pages are made again only later.
    SavedForNewPages,
    /// The form has errors.
    Invalid,
    /// The form could not be saved at the moment.
    Failed,
    /// The shop is not connected, so the form was not saved.
    NotConnected,
}

/// A page that only loads App Bridge, which fetches a session token.
#[derive(Template)]
#[template(path = "bounce.html")]
pub struct Bounce<'a> {
    /// The app's client id.
    pub key: &'a str,
}

/// A page that says why a request was refused.
#[derive(Template)]
#[template(path = "refused.html")]
pub struct Refusal<'a> {
    /// The reason.
    pub why: &'a str,
}

/// The placeholder for a persona's preview that does not exist yet.
#[derive(Template)]
#[template(path = "nothing.html")]
pub struct Nothing;

/// The days that the table of costs and worth shows.
const DAYS_SHOWN: usize = 14;

/// Costs and worth, formatted for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figured {
    /// What a day costs and brings: name and value.
    pub a_day: Vec<(&'static str, String)>,
    /// A plot, as SVG of our own.
    pub plot: Option<String>,
    /// The last days: date, visits, pages made, tokens, cost, shoppers counted, cart adds, orders, revenue.
    pub days: Vec<[String; 9]>,
}

impl From<Worth> for Figured {
    fn from(worth: Worth) -> Self {
        let day = |day: &Day| {
            let costs = day.costs.unwrap_or_default();
            let done = day.all().together();
            let revenue = format!("{}.{:02}", grouped(done.revenue / 100), done.revenue % 100);
            let [visits, made, tokens] = [costs.shown(), costs.generations, costs.tokens()].map(grouped);
            let cost = dollars(costs.cost_microdollars);
            let [shoppers, carted, ordered] = [done.shoppers, done.carted, done.ordered].map(grouped);
            [day.date(), visits, made, tokens, cost, shoppers, carted, ordered, revenue]
        };
        let days = worth.days.iter().take(DAYS_SHOWN).map(day).collect();
        Self { a_day: worth.a_day(), plot: plot::svg(&worth), days }
    }
}

/// Counts formatted for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figures {
    /// Name and number, in order.
    pub lines: Vec<(&'static str, String)>,
}

impl From<Counts> for Figures {
    fn from(counts: Counts) -> Self {
        let served = counts.shown();
        let own = counts.hits + counts.stale;
        let rate = own.saturating_mul(100).checked_div(served);
        Self {
            lines: vec![
                ("Pages shown", grouped(served)),
                ("Made for the shopper", rate.map_or_else(|| "–".to_owned(), |rate| format!("{rate} %"))),
                ("Hits", grouped(counts.hits)),
                ("Hits on older pages", grouped(counts.stale)),
                ("Misses", grouped(counts.misses)),
                ("Pages made", grouped(counts.generations)),
                ("Failures", grouped(counts.failures)),
                ("Tokens read", grouped(counts.tokens_in)),
                ("Tokens written", grouped(counts.tokens_out)),
                ("Cost", dollars(counts.cost_microdollars)),
            ],
        }
    }
}

/// Returns an HTML response that is never cached. Only the shop's admin may frame it; without a shop, nobody may.
pub fn html(
    status: StatusCode,
    shop: Option<&ShopDomain>,
    origin: Option<&str>,
    policy: Policy,
    text: String,
) -> Response<Body> {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value: &str| {
        // Domains and origins are parsed, so they are visible ASCII.
        headers.insert(name, HeaderValue::from_str(value).unwrap_or(HeaderValue::from_static("")));
    };
    set(header::CONTENT_TYPE, "text/html; charset=utf-8");
    set(header::CONTENT_SECURITY_POLICY, &content_policy(shop, origin, policy));
    set(header::CACHE_CONTROL, "no-store");
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::REFERRER_POLICY, "no-referrer");
    if shop.is_none() {
        set(header::X_FRAME_OPTIONS, "DENY");
    }
    response
}

/// Returns a page that says why a request was refused. It can be framed by the admin of `shop`, if there is one.
pub fn refused(status: StatusCode, why: &str, shop: Option<&ShopDomain>) -> Response<Body> {
    let page = Refusal { why };
    html(status, shop, None, Policy::Sandbox, page.render().unwrap_or_default())
}

fn content_policy(shop: Option<&ShopDomain>, origin: Option<&str>, policy: Policy) -> String {
    let ancestors = shop.map_or_else(
        || "'none'".to_owned(),
        |shop| {
            let simulator = origin.map(|origin| format!(" {origin}")).unwrap_or_default();
            format!("https://{shop} https://admin.shopify.com{simulator}")
        },
    );
    let rest = match policy {
        Policy::Scripts => {
            "script-src 'self' https://cdn.shopify.com; object-src 'none'; base-uri 'none'; form-action 'self'"
        }
        Policy::Sandbox => {
            "sandbox; default-src 'none'; img-src * data:; style-src 'unsafe-inline'; font-src * data:"
        }
    };
    format!("frame-ancestors {ancestors}; {rest};")
}

/// Formats a number with thousands separators.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Formats millionths of a dollar as dollars, rounded up to a hundredth of a cent.
fn dollars(micro: u64) -> String {
    let hundredths = micro.div_ceil(100);
    format!("${}.{:04}", grouped(hundredths / 10_000), hundredths % 10_000)
}

/// Formats how long ago something was, in a single unit.
pub fn ago(now_ms: u64, then_ms: u64) -> String {
    let minutes = now_ms.saturating_sub(then_ms) / 60_000;
    let (number, unit) = match minutes {
        0 => return "just now".to_owned(),
        1..60 => (minutes, "minute"),
        60..1_440 => (minutes / 60, "hour"),
        _ => (minutes / 1_440, "day"),
    };
    format!("{number} {unit}{} ago", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use model::Persona;

    use super::*;

    fn main(personas: Vec<(Persona, bool)>) -> String {
        let form = Form { personas, ..Form::default() };
        let main = Main {
            shop: "magic-wands.myshopify.com",
            trouble: None,
            model_trouble: None,
            outcome: Outcome::None,
            form,
            usage: None,
            effects: None,
            worth: None,
            reports: Vec::new(),
        };
        main.render().unwrap()
    }

    #[test]
    fn a_model_that_is_not_asked_is_told_of() {
        let told = "Pages without the language model";
        assert!(!main(Vec::new()).contains(told));
        let why = model::Cause::Claims.meaning();
        let main = Main {
            shop: "magic-wands.myshopify.com",
            trouble: None,
            model_trouble: Some(why),
            outcome: Outcome::None,
            form: Form::default(),
            usage: None,
            effects: None,
            worth: None,
            reports: Vec::new(),
        };
        let page = main.render().unwrap();
        assert!(
            page.contains(told) && page.contains("copy says what may not be said, several times"),
            "{page}"
        );
    }

    #[test]
    fn every_persona_is_shown_with_its_own_name_and_description() {
        for shown in Persona::ALL {
            let text = main(vec![(shown, true)]);
            for persona in Persona::ALL {
                let (title, wants) = (persona.label(), persona.description());
                let preview = format!(r#"data-preview="{}""#, persona.name());
                for part in [title, wants, &preview] {
                    assert_eq!(text.contains(part), persona == shown, "{part} in {text}");
                }
            }
        }
    }

    #[test]
    fn numbers_are_written_for_people() {
        assert_eq!([grouped(0), grouped(999), grouped(1_234_567)], ["0", "999", "1,234,567"]);
        assert_eq!([dollars(0), dollars(1), dollars(1_234_500)], ["$0.0000", "$0.0001", "$1.2345"]);
        assert_eq!(
            [ago(60_000, 60_000), ago(60_000, 0), ago(200_000_000, 0)],
            ["just now", "1 minute ago", "2 days ago"]
        );
    }

    #[test]
    fn nobody_shown_anything_has_no_rate() {
        let figures = Figures::from(Counts::default());
        assert_eq!(figures.lines[1], ("Made for the shopper", "–".to_owned()));
        let figures = Figures::from(Counts { hits: 2, stale: 1, misses: 1, ..Counts::default() });
        assert_eq!(figures.lines[1].1, "75 %");
    }
}
