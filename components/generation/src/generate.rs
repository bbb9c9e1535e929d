//! The steps of a job, from its generation request to its page in the cache.
//!
//! A job may be cut off anywhere and be done again. The plan is stored under the job's id before
//! the page is, so that what was planned once is never planned twice, and a page that is there is
//! not stored again. Only an answer that was lost before it was stored is asked for again.

use names::{Cause, Market, Persona, ShopperId, StoreId};
use page::Document;

use crate::assortment::Assortment;
use crate::bind;
use crate::capabilities::{CacheError, CatalogError, Host, Level, NewPage, PageMetadata, StoredPlan};
use crate::check::Checked;
use crate::persona::{self, Reading};
use crate::plan;
use crate::propose::{Proposal, propose};
use crate::refit::refit;
use crate::storefront::{Signals, Storefront};

/// Searches whose finds are considered.
const TERMS_MAX: usize = 2;
/// A longer search is not asked again, in bytes.
const TERM_BYTES_MAX: usize = 100;

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// A plan and its page.
    Generate,
    /// The page again, from the plan that is stored.
    Rerender,
}

/// A generation request under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Its id.
    pub id: String,
    /// Whether there will be no other attempt.
    pub last: bool,
    /// Whether a worker died over it since it was last tried.
    pub crashed: bool,
    /// Whose shop.
    pub store: StoreId,
    /// For whom.
    pub shopper: ShopperId,
    /// What is to be done.
    pub work: Work,
    /// What the shopper did so far.
    pub signals: Signals,
    /// For whom, where that is known beforehand.
    pub persona: Option<Persona>,
    /// Where and in which language they shop.
    pub market: Market,
}

/// What went wrong. The text holds no word of a shopper's or a plan's, and no secret; an endpoint's first words
/// may be in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// Why the language model gave no plan; `None` where it was something else.
    pub cause: Option<Cause>,
    /// What went wrong, in words.
    pub reason: String,
}

/// What became of a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The page is stored. What went wrong on the way, if anything.
    Done(Option<Trouble>),
    /// Worth another attempt.
    Retry {
        /// Not sooner than in so many milliseconds; `None` leaves it to the queue.
        after_ms: Option<u64>,
        /// What went wrong.
        trouble: Trouble,
    },
    /// Not tried: to be claimed again in so many milliseconds. That is no attempt.
    Postponed(u64),
    /// Not worth another attempt, with the reason.
    Failed(String),
}

/// Does a job.
pub fn generate(host: &impl Host, job: &Job) -> Outcome {
    Run { host, job }.run().map_or_else(|stopped| stopped, Outcome::Done)
}

struct Run<'a, H> {
    host: &'a H,
    job: &'a Job,
}

/// A plan that is ready to be shown.
struct Ready {
    plan: Checked,
    /// As it is stored: of a plan that was stored before, to the byte.
    stored: String,
    metadata: PageMetadata,
    trouble: Option<Trouble>,
}

impl<H: Host> Run<'_, H> {
    /// What went wrong on the way, if anything; the outcome if the way ends early.
    fn run(&self) -> Result<Option<Trouble>, Outcome> {
        let Job { store, shopper, .. } = self.job;
        // The version is read before products and settings, each change of which moves it: should they change in
        // between, the page counts as older than it is, and is made once too often rather than once too rarely.
        let version = self.host.catalog_version(store).map_err(|error| self.cache_failed(&error))?;
        let merchant = self.host.merchant(store).ok_or_else(|| failed("this store is not served here"))?;
        let kept = self.host.plan(store, shopper).map_err(|error| self.cache_failed(&error))?;
        if self.is_finished(kept.as_ref())? {
            return Ok(None);
        }
        let assortment = self.assortment()?;
        let storefront = Storefront::new(store.as_str(), merchant, assortment);
        let ready = match self.reuse(kept, version, &storefront) {
            Some(ready) => ready,
            None => self.plan(version, &storefront)?,
        };
        self.store(ready, &storefront)
    }

    /// The products of the shop, and those that the shopper's newest searches find.
    fn assortment(&self) -> Result<Assortment, Outcome> {
        let Job { store, market, signals, .. } = self.job;
        let mut assortment = self.host.products(store, market).map_err(catalog_failed)?;
        for term in newest_terms(signals) {
            match self.host.search(store, market, term) {
                Ok(found) => assortment.add(found),
                Err(_) => self.host.event(Level::Warn, "the catalog did not search", &[]),
            }
        }
        Ok(assortment)
    }

    /// Whether an earlier attempt came to the end and only its settlement was lost.
    fn is_finished(&self, kept: Option<&StoredPlan>) -> Result<bool, Outcome> {
        if !kept.is_some_and(|kept| self.is_ours(&kept.metadata)) {
            return Ok(false);
        }
        let metadata = self.host.page_metadata(&self.job.store, &self.job.shopper);
        let metadata = metadata.map_err(|error| self.cache_failed(&error))?;
        Ok(metadata.is_some_and(|metadata| self.is_ours(&metadata)))
    }

    fn is_ours(&self, metadata: &PageMetadata) -> bool {
        metadata.job == self.job.id
    }

    /// The stored plan, if it is this job's own or all that is wished for, was made with the merchant's present settings,
    /// and still fits. What is known of it stands, but for the job that renders it and the version that its prices are from.
    fn reuse(
        &self,
        kept: Option<StoredPlan>,
        catalog_version: u64,
        storefront: &Storefront,
    ) -> Option<Ready> {
        let kept = kept.filter(|kept| self.is_ours(&kept.metadata) || self.job.work == Work::Rerender)?;
        if !storefront.merchant.wants(kept.metadata.persona) {
            return None;
        }
        if plan::brief_of_stored(&kept.json) != Some(storefront.brief) {
            self.host.event(Level::Info, "the stored plan was made with other settings", &[]);
            return None;
        }
        let fitted = plan::from_stored(&kept.json).map(|plan| refit(plan, storefront));
        if let Some(Ok(plan)) = fitted {
            let metadata = PageMetadata { job: self.job.id.clone(), catalog_version, ..kept.metadata };
            return Some(Ready { plan, stored: kept.json, metadata, trouble: None });
        }
        self.host.event(Level::Info, "the stored plan no longer fits", &[]);
        None
    }

    fn plan(&self, catalog_version: u64, storefront: &Storefront) -> Result<Ready, Outcome> {
        let reading = self.reading(storefront).ok_or_else(|| failed("every persona is turned off"))?;
        let proposal = propose(self.host, self.job, &reading, storefront)?;
        let metadata = self.metadata(&proposal, &reading, catalog_version);
        let stored = plan::to_stored(proposal.plan.plan(), storefront.brief);
        Ok(Ready { plan: proposal.plan, stored, metadata, trouble: proposal.trouble })
    }

    /// The persona that is known beforehand, if pages are made for it; else what the signals say.
    fn reading(&self, storefront: &Storefront) -> Option<Reading> {
        let wants = |persona| storefront.merchant.wants(persona);
        let known = self.job.persona.filter(|persona| wants(*persona)).map(persona::known);
        known.or_else(|| persona::read(&self.job.signals, &storefront.assortment, wants))
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
            fragment_offset: 0,
            fragment_size: 0,
        }
    }

    fn store(&self, ready: Ready, storefront: &Storefront) -> Result<Option<Trouble>, Outcome> {
        let Job { store, shopper, signals, .. } = self.job;
        let Document { html, fragment } = bind::render(&ready.plan, store, signals, storefront);
        let metadata = PageMetadata {
            fragment_offset: counted(fragment.start),
            fragment_size: counted(fragment.len()),
            ..ready.metadata
        };
        let page = NewPage { html, plan: ready.stored, metadata: metadata.clone() };
        self.host.put(store, shopper, page).map_err(|error| self.cache_failed(&error))?;
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

    fn cache_failed(&self, error: &CacheError) -> Outcome {
        self.host.event(Level::Warn, "the cache failed", &[("cause", &error.to_string())]);
        match error {
            CacheError::Invalid(_) => failed("the cache refused the job"),
            CacheError::Unavailable(_) => again(None, "the cache did not answer"),
        }
    }
}

/// The newest searches that differ, few and short.
fn newest_terms(signals: &Signals) -> Vec<&str> {
    let mut terms: Vec<&str> = Vec::new();
    for term in signals.searches.iter().map(|term| term.trim()) {
        let is_new = terms.iter().all(|other| !other.eq_ignore_ascii_case(term));
        if is_new && !term.is_empty() && term.len() <= TERM_BYTES_MAX && terms.len() < TERMS_MAX {
            terms.push(term);
        }
    }
    terms
}

/// A page is never so long that this fails; if it were, it would have no fragment.
fn counted(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(0)
}

fn catalog_failed(error: CatalogError) -> Outcome {
    match error {
        CatalogError::NoSuchStore => failed("the catalog knows no such store"),
        CatalogError::Unavailable(after_ms) => again(Some(after_ms), "the catalog did not answer"),
        CatalogError::Busy(after_ms) => Outcome::Postponed(after_ms),
    }
}

fn again(after_ms: Option<u64>, reason: &str) -> Outcome {
    Outcome::Retry { after_ms, trouble: Trouble { cause: None, reason: reason.to_owned() } }
}

fn failed(reason: &str) -> Outcome {
    Outcome::Failed(reason.to_owned())
}

#[cfg(test)]
mod tests;
