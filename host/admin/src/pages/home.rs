//! The page *Home*: the connection, the setup, what to do next, numbers, and help.

mod month;
mod next;
mod steps;

use askama::Template;
use model::shop::ShopSettings;

use super::approval::waiting;
use crate::Effects;
use crate::advice::advice;
use crate::app::Links;
use crate::form::fields::count;
use crate::refused::Refused;
use crate::usage::Counts;
use crate::visit::Visit;
use crate::wording::Words;

use month::Month;
use next::Next;
use steps::{Evidence, State, Step};

pub(crate) use steps::products;

/// Evidence of the setup is at most as old, because counts are kept as long.
const DAYS: u32 = 30;

#[derive(Template)]
#[template(path = "pages/home.html")]
struct Page<'a> {
    words: &'static Words,
    shop: &'a str,
    /// Why the shop is not connected; `None` if it is.
    trouble: Option<&'static str>,
    paused: bool,
    steps: Vec<Step>,
    next: Vec<Next>,
    /// The counts of the last 24 hours; `None` if they cannot be read.
    figures: Option<Vec<(&'static str, String)>>,
    month: Option<Month>,
    links: &'a Links,
}

impl Page<'_> {
    /// Returns how many steps are known to be done.
    fn count(&self) -> String {
        self.counted(self.steps.iter().filter(|step| step.is_done()).count())
    }

    /// Returns the same for each number of steps, from none on, because the script may learn of more.
    fn counts(&self) -> String {
        (0..=self.steps.len()).map(|done| self.counted(done)).collect::<Vec<_>>().join("|")
    }

    fn counted(&self, done: usize) -> String {
        let number = |number: usize| self.words.number(count(number));
        self.words.steps_done(&number(done), &number(self.steps.len()))
    }
}

/// What the page is made of.
struct Known {
    shop: ShopSettings,
    evidence: Evidence,
    has_reports: bool,
    has_model_trouble: bool,
    /// Whether pages wait for the merchant's approval.
    has_waiting: bool,
}

/// Returns the page.
pub(super) async fn body(visit: &Visit) -> Result<Result<String, askama::Error>, Refused> {
    let Visit { admin, caller, words, .. } = visit;
    let (shop, usage) = (&caller.shop, &admin.shops.usage);
    let trouble = admin.status(shop).await.err().map(|error| advice(&error, words));
    let days = usage.by_day(shop, DAYS).await.ok();
    let effects = admin.storefronts.effects(shop).await.ok();
    let settings = visit.settings().await?;
    let known = Known {
        has_waiting: waiting(visit, &settings).await.is_any(),
        shop: settings,
        evidence: evidence(trouble.is_none(), days.as_ref(), effects.as_ref()),
        has_reports: !admin.storefronts.reports(shop).await.unwrap_or_default().is_empty(),
        has_model_trouble: admin.storefronts.model_trouble(shop).is_some(),
    };
    let today = experiments::day(admin.clock.now_ms());
    let figures = usage.last_24_hours(shop).await.ok();
    let page = Page {
        words,
        shop: caller.domain.as_str(),
        trouble,
        paused: known.shop.paused,
        steps: steps::steps(known.evidence, &caller.domain, &admin.app.key, words),
        next: next::next(&known, words),
        figures: figures.map(|counts| self::figures(counts, words)),
        month: days.map(|days| Month::of(&days, today, words)),
        links: &admin.app.links,
    };
    Ok(page.render())
}

/// Returns the evidence for the steps of the setup.
fn evidence(
    is_connected: bool,
    days: Option<&std::collections::BTreeMap<u32, Counts>>,
    effects: Option<&Effects>,
) -> Evidence {
    let any = |of: fn(&Counts) -> u64| days.map(|days| days.values().any(|counts| of(counts) > 0));
    let made = any(|counts| counts.generations);
    let counted = effects.map(|Effects { report, .. }| report.sizes.holdout + report.sizes.personal > 0);
    Evidence {
        is_connected,
        shows_block: any(Counts::shown).map(|shown| shown || counted == Some(true)),
        made_page: made,
        compares: counted,
    }
}

fn figures(counts: Counts, words: &Words) -> Vec<(&'static str, String)> {
    let served = counts.shown();
    let rate = counts.own().saturating_mul(100).checked_div(served);
    let rate = rate.map_or_else(|| "–".to_owned(), |rate| words.percent(&words.number(rate)));
    vec![
        (words.pages_shown(), words.number(served)),
        (words.made_for_shopper(), rate),
        (words.hits(), words.number(counts.hits)),
        (words.stale_hits(), words.number(counts.stale)),
        (words.misses(), words.number(counts.misses)),
        (words.pages_made(), words.number(counts.generations)),
        (words.failures(), words.number(counts.failures)),
        (words.tokens_read(), words.number(counts.tokens_in)),
        (words.tokens_written(), words.number(counts.tokens_out)),
        (words.cost(), words.cost_of(counts.cost_microdollars)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_shown_anything_has_no_rate() {
        let words = Words::of("en");
        assert_eq!(figures(Counts::default(), words)[1], ("Made for the shopper", "–".to_owned()));
        let counts = Counts { hits: 2, stale: 1, misses: 1, cost_microdollars: 1, ..Counts::default() };
        let figures = figures(counts, words);
        assert_eq!((figures[1].1.as_str(), figures[9].1.as_str()), ("75%", "$0.0001"));
    }

    #[test]
    fn a_state_that_cannot_be_read_is_no_evidence() {
        let unknown = evidence(true, None, None);
        assert_eq!((unknown.shows_block, unknown.made_page, unknown.compares), (None, None, None));
        let days = [(1, Counts { misses: 1, ..Counts::default() })].into();
        let seen = evidence(true, Some(&days), None);
        assert_eq!((seen.shows_block, seen.made_page), (Some(true), Some(false)));
    }
}
