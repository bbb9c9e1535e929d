//! The page *Privacy*: reports on customers who asked for their data, and what is kept.

use askama::Template;

use crate::visit::Visit;
use crate::wording::Words;

#[derive(Template)]
#[template(path = "pages/privacy.html")]
struct Page {
    words: &'static Words,
    /// The id of each report, and how long ago it was made; `None` if they cannot be read.
    reports: Option<Vec<(String, String)>>,
    policy: Option<String>,
}

/// Returns the page.
pub(super) async fn body(visit: &Visit) -> Result<String, askama::Error> {
    let Visit { admin, caller, words, .. } = visit;
    let now_ms = admin.clock.now_ms();
    let line = |report: &crate::Report| {
        let made = report.made_ms.map(|made_ms| words.ago(now_ms, made_ms));
        (report.id.to_string(), made.unwrap_or_default())
    };
    let reports = admin.storefronts.reports(&caller.shop).await;
    let reports =
        reports.inspect_err(|error| tracing::warn!(shop = %caller.shop, %error, "cannot read reports"));
    let reports = reports.ok().map(|reports| reports.iter().map(line).collect());
    Page { words, reports, policy: admin.app.links.privacy.clone() }.render()
}
