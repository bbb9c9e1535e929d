//! The steps of a job, from the generation request to the page in the cache.
//!
//! A job may be interrupted anywhere and run again. The plan is stored under the job's id before the page is, so a
//! stored plan is never planned again, and a stored page is not stored again. The model is asked again only if its
//! answer was lost before it was stored.

use model::catalog::{CatalogError, Collection, Curation};
use model::jobs::{GenerationRequest, Outcome, Trouble, Work};
use model::pages::{Fragment, NewPage, PageMetadata, StoredPlan};
use model::review::Kept;
use model::shop::PlansPer;
use model::{Audience, Signals};
use page::Document;

use crate::approval::Approving;
use crate::assortment::Assortment;
use crate::because;
use crate::bind;
use crate::capabilities::{CacheError, Host, Level};
use crate::check::Checked;
use crate::job::Job;
use crate::persona::{self, Reading};
use crate::personal::personalised;
use crate::pins::with_pins;
use crate::plan;
use crate::propose::{Proposal, propose};
use crate::record::{self, Rendered};
use crate::refit::refit;
use crate::shared::{Planned, Segment, Shared};
use crate::storefront::Storefront;

/// The number of the shopper's searches that are repeated in the catalog.
const TERMS_MAX: usize = 2;

/// The pause before a job is run again that could not read from storage.
const STORAGE_AGAIN_MS: u64 = 2_000;
/// The pause before a job is run again whose page could not be stored in all its attempts.
const STORED_AGAIN_MS: u64 = 10 * 60_000;
/// The shortest pause before a job is run again whose catalog did not answer in all its attempts.
const CATALOG_AGAIN_MS: u64 = 60_000;

/// Runs a job.
pub fn generate(host: &impl Host, job: &Job) -> Outcome {
    Run { host, job }.run().map_or_else(|stopped| stopped, Outcome::Done)
}

struct Run<'a, H> {
    host: &'a H,
    job: &'a Job,
}

/// A plan that is ready to be rendered.
struct Ready {
    plan: Checked,
    /// The stored form of the plan, without the record of its page. For a plan that was stored before, its members are
    /// unchanged to the byte.
    stored: String,
    metadata: PageMetadata,
    /// Why the shopper counts as the persona of the page.
    reasons: Vec<String>,
    /// Whether it was planned just now, for this shopper alone.
    is_theirs: bool,
    trouble: Option<Trouble>,
}

impl<H: Host> Run<'_, H> {
    /// Runs the job. Returns the trouble that occurred on the way, if any, or fails with the outcome if the job
    /// ends early.
    fn run(&self) -> Result<Option<Trouble>, Outcome> {
        let GenerationRequest { shop, shopper, .. } = &self.job.request;
        // The version is read before products and settings, because each change of them bumps it. If they change
        // in between, the page counts as older than it is: it may be made once too often, but never once too
        // rarely.
        let version = self.host.catalog_version(shop).map_err(|error| self.cannot_read(&error))?;
        let merchant = self.host.merchant(shop).ok_or_else(|| failed("this shop is not served here"))?;
        let now_ms = self.host.now_ms();
        let changes_ms = merchant.changes_ms(now_ms);
        let merchant = merchant.in_market(&self.job.request.market).at(now_ms).for_shopper(shop, shopper);
        let kept = self.host.plan(shop, shopper).map_err(|error| self.cannot_read(&error))?;
        if self.is_finished(kept.as_ref())? {
            return Ok(None);
        }
        let members = |handles: &[String]| self.host.members(shop, handles);
        let curation = Curation::of(&merchant, members).map_err(|error| self.catalog_failed(error))?;
        let assortment = self.assortment(&curation)?;
        let collections = curation.admitted_collections(self.collections());
        let storefront = Storefront::new(shop.as_str(), merchant, assortment).with_collections(collections);
        let storefront = storefront.at(self.job.request.page);
        let ready = match self.reuse(kept, version, &storefront) {
            Some(ready) => ready,
            None => self.plan(version, &storefront)?,
        };
        let ready = Ready { metadata: PageMetadata { changes_ms, ..ready.metadata }, ..ready };
        self.store(ready, &storefront)
    }

    /// Returns the shop's products, and those that match the shopper's newest searches, without what is excluded.
    fn assortment(&self, curation: &Curation) -> Result<Assortment, Outcome> {
        let GenerationRequest { shop, market, signals, .. } = &self.job.request;
        let products = self.host.products(shop, market).map_err(|error| self.catalog_failed(error))?;
        let products = with_pins(self.host, shop, market, curation, products);
        let mut assortment = products.map_err(|error| self.catalog_failed(error))?.curated(curation);
        for term in newest_terms(signals) {
            match self.host.search(shop, market, term) {
                Ok(found) => assortment.add(curation.admitted(found)),
                Err(_) => self.host.event(Level::Warn, "cannot search the catalog", &[]),
            }
        }
        Ok(assortment)
    }

    /// Returns the shop's collections; none if the catalog does not answer, because a page does without them.
    fn collections(&self) -> Vec<Collection> {
        let GenerationRequest { shop, market, .. } = &self.job.request;
        self.host.collections(shop, market).unwrap_or_else(|error| {
            let particulars = [("cause", error.to_string())];
            let particulars = particulars.each_ref().map(|(name, cause)| (*name, cause.as_str()));
            self.host.event(Level::Warn, "cannot get collections from the catalog", &particulars);
            Vec::new()
        })
    }

    /// Returns whether an earlier attempt finished the job and only its report was lost.
    fn is_finished(&self, kept: Option<&StoredPlan>) -> Result<bool, Outcome> {
        if !kept.is_some_and(|kept| self.is_ours(&kept.metadata)) {
            return Ok(false);
        }
        let GenerationRequest { shop, shopper, .. } = &self.job.request;
        let metadata = self.host.page_metadata(shop, shopper);
        let metadata = metadata.map_err(|error| self.cannot_read(&error))?;
        Ok(metadata.is_some_and(|metadata| self.is_ours(&metadata)))
    }

    fn is_ours(&self, metadata: &PageMetadata) -> bool {
        metadata.job == self.job.id
    }

    /// Returns the stored plan if it can be reused. It must be this job's own, or the job must be a rerender; it
    /// must have been made with the merchant's present settings, and must still fit. Its metadata stays, except
    /// for the job id and the catalog version. If the merchant approves plans, none is reused: another may have been
    /// approved since.
    fn reuse(
        &self,
        kept: Option<StoredPlan>,
        catalog_version: u64,
        storefront: &Storefront,
    ) -> Option<Ready> {
        let kept =
            kept.filter(|kept| self.is_ours(&kept.metadata) || self.job.request.work == Work::Rerender)?;
        if !storefront.merchant.wants(kept.metadata.persona) || storefront.merchant.approves() {
            return None;
        }
        if plan::brief_of_stored(&kept.json) != Some(storefront.brief) {
            self.host.event(Level::Info, "the stored plan was made with other settings", &[]);
            return None;
        }
        let fitted = plan::from_stored(&kept.json).map(|plan| refit(plan, storefront));
        if let Some(Ok(plan)) = fitted {
            let metadata = PageMetadata { job: self.job.id.clone(), catalog_version, ..kept.metadata };
            let reasons = record::reasons(&kept.json);
            let (stored, is_theirs) = (kept.json, false);
            return Some(Ready { plan, stored, metadata, reasons, is_theirs, trouble: None });
        }
        self.host.event(Level::Info, "the stored plan no longer fits", &[]);
        None
    }

    fn plan(&self, catalog_version: u64, storefront: &Storefront) -> Result<Ready, Outcome> {
        let reading = self.reading(storefront).ok_or_else(|| failed("every persona is turned off"))?;
        let proposal = match self.planned(&reading, storefront)? {
            Planned::Shared(shared) => return Ok(self.of_shared(shared, &reading, catalog_version)),
            Planned::Own(proposal) => *proposal,
            Planned::Nothing(trouble) => {
                self.host.event(Level::Info, "no page was stored, because no plan was approved", &[]);
                return Err(Outcome::Done(trouble));
            }
        };
        let metadata = self.metadata(&proposal, &reading, catalog_version);
        let stored = plan::to_stored(proposal.plan.plan(), storefront.brief, &proposal.account);
        let reasons = texts(&reading.reasons);
        let Proposal { plan, trouble, .. } = proposal;
        Ok(Ready { plan, stored, metadata, reasons, is_theirs: true, trouble })
    }

    /// Plans for the segment, with or without the merchant's approval, or for the shopper alone. With approval it is for the
    /// segment in any case, because nobody can approve a plan for each shopper.
    fn planned(&self, reading: &Reading, storefront: &Storefront) -> Result<Planned, Outcome> {
        let merchant = &storefront.merchant;
        if !merchant.approves() && merchant.plans_per.unwrap_or_default() == PlansPer::Shopper {
            return propose(self.host, self.job, reading, storefront).map(Box::new).map(Planned::Own);
        }
        let segment = Segment::new(self.host, self.job, reading, storefront);
        if !merchant.approves() {
            return segment.plan();
        }
        let GenerationRequest { shop, market, page, .. } = &self.job.request;
        let audience = Audience { page: *page, persona: reading.persona, market: market.clone() };
        let kept: Kept = self.host.review(shop, &audience).map_err(|error| self.cannot_read(&error))?;
        Approving::new(self.host, self.job, storefront, segment, audience, kept).plan()
    }

    /// Returns the page of a segment's plan. It counts as planned now, because now the shopper gets it.
    fn of_shared(&self, shared: Shared, reading: &Reading, catalog_version: u64) -> Ready {
        let metadata = PageMetadata {
            persona: reading.persona,
            confidence: reading.confidence,
            source: shared.source,
            job: self.job.id.clone(),
            planned_ms: self.host.now_ms(),
            fresh_until_ms: shared.fresh_until_ms,
            catalog_version,
            changes_ms: None,
            exclusions: 0,
            fragment: Fragment::NONE,
        };
        let reasons = texts(&reading.reasons);
        let Shared { plan, stored, trouble, .. } = shared;
        Ready { plan, stored, metadata, reasons, is_theirs: false, trouble }
    }

    /// Returns the persona that is fixed beforehand, if pages are made for it; else reads it from the signals.
    fn reading(&self, storefront: &Storefront) -> Option<Reading> {
        let wants = |persona| storefront.merchant.wants(persona);
        let known = self.job.request.persona.filter(|persona| wants(*persona)).map(persona::known);
        known.or_else(|| persona::read(&self.job.request.signals, &storefront.assortment, wants))
    }

    fn metadata(&self, proposal: &Proposal, reading: &Reading, catalog_version: u64) -> PageMetadata {
        let planned_ms = self.host.now_ms();
        let fresh_ms = u64::from(self.host.fresh_seconds()) * 1000;
        let fresh_ms = proposal.fresh_ms_max.map_or(fresh_ms, |fresh_ms_max| fresh_ms.min(fresh_ms_max));
        PageMetadata {
            persona: reading.persona,
            confidence: reading.confidence,
            source: proposal.source,
            job: self.job.id.clone(),
            planned_ms,
            fresh_until_ms: planned_ms.saturating_add(fresh_ms),
            catalog_version,
            changes_ms: None,
            exclusions: 0,
            fragment: Fragment::NONE,
        }
    }

    fn store(&self, ready: Ready, storefront: &Storefront) -> Result<Option<Trouble>, Outcome> {
        let GenerationRequest { shop, shopper, signals, .. } = &self.job.request;
        let persona = ready.metadata.persona;
        let planned = ready.plan.plan().blocks.len();
        let plan = if plan::is_shared(&ready.stored) {
            personalised(ready.plan, persona, signals, storefront)
        } else {
            ready.plan
        };
        let has_parts = plan.plan().blocks.len() > planned;
        let because = because::of(shopper, ready.is_theirs || has_parts, plan.plan(), signals, storefront);
        let because = because.as_ref();
        let document = bind::render_because(&plan, shop, persona, signals, storefront, because);
        let Document { html, fragment } = document;
        let rendered = Rendered { plan: plan.plan(), persona, views: &signals.views, storefront, because };
        let stored = rendered.recorded(&ready.stored, ready.reasons, self.host.now_ms());
        let fragment = Fragment { offset: counted(fragment.start), size: counted(fragment.len()) };
        let exclusions = storefront.merchant.exclusions();
        let metadata = PageMetadata { fragment, exclusions, ..ready.metadata };
        let page = NewPage { content: html, plan: stored, metadata: metadata.clone() };
        self.host.put(shop, shopper, page).map_err(|error| self.cannot_store(&error))?;
        self.tell_of(&metadata);
        Ok(ready.trouble)
    }

    fn tell_of(&self, metadata: &PageMetadata) {
        let particulars = [
            ("persona", metadata.persona.name()),
            ("confidence", &metadata.confidence.to_string()),
            ("source", metadata.source.name()),
        ];
        self.host.event(Level::Info, "a page was stored", &particulars);
    }

    /// Nothing was paid for yet, and storage is not the job's doing, so this is no attempt.
    fn cannot_read(&self, error: &CacheError) -> Outcome {
        self.cache_failed(error, Outcome::Postponed(STORAGE_AGAIN_MS))
    }

    /// The next attempt may pay for the plan again. So after the last one, the job waits longer.
    fn cannot_store(&self, error: &CacheError) -> Outcome {
        let last = Outcome::Postponed(STORED_AGAIN_MS);
        self.cache_failed(error, if self.job.last { last } else { again(None, "the cache did not answer") })
    }

    fn cache_failed(&self, error: &CacheError, unavailable: Outcome) -> Outcome {
        self.host.event(Level::Warn, "the cache failed", &[("cause", &error.to_string())]);
        match error {
            CacheError::Invalid(_) => failed("the cache refused the job"),
            CacheError::Unavailable(_) => unavailable,
        }
    }

    /// A catalog that stays away is asked again every minute: it is not the job's doing, and nothing was paid for.
    fn catalog_failed(&self, error: CatalogError) -> Outcome {
        match error {
            CatalogError::NoSuchShop => failed("the catalog knows no such shop"),
            CatalogError::Unavailable(after_ms) if self.job.last => {
                Outcome::Postponed(after_ms.max(CATALOG_AGAIN_MS))
            }
            CatalogError::Unavailable(after_ms) => again(Some(after_ms), "the catalog did not answer"),
            CatalogError::Busy(after_ms) => Outcome::Postponed(after_ms),
        }
    }
}

/// Returns the newest distinct searches, at most [`TERMS_MAX`], without those that are too long.
fn newest_terms(signals: &Signals) -> Vec<&str> {
    let mut terms: Vec<&str> = Vec::new();
    for term in signals.searches.iter().map(|term| term.trim()) {
        let is_new = terms.iter().all(|other| !other.eq_ignore_ascii_case(term));
        if is_new
            && !term.is_empty()
            && term.chars().count() <= Signals::ENTRY_CHARS_MAX
            && terms.len() < TERMS_MAX
        {
            terms.push(term);
        }
    }
    terms
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

/// Converts a number of bytes. A page is never too long for `u32`; if it were, it would have no fragment.
fn counted(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(0)
}

fn again(after_ms: Option<u64>, reason: &str) -> Outcome {
    Outcome::Retry { after_ms, trouble: Trouble { cause: None, reason: reason.to_owned() } }
}

fn failed(reason: &str) -> Outcome {
    Outcome::Failed(reason.to_owned())
}

#[cfg(test)]
mod bars;
#[cfg(test)]
pub mod below;
#[cfg(test)]
mod curated;
#[cfg(test)]
mod repairs;
#[cfg(test)]
mod tests;
