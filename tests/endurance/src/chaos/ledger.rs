//! What the server promised, kept outside of it, and what it then did.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::audit::{Audit, Calls, End};
use crate::model::Asked;
use crate::shopper::Page;

/// The ledger.
#[derive(Debug, Default)]
pub struct Ledger(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    shoppers: u64,
    /// The shoppers who wait for a promised page.
    waiting: BTreeSet<u64>,
    made: Vec<u64>,
    answers: u64,
    unpromised: u64,
    interrupted: u64,
    slowest: Duration,
    /// The number of the present fault, and the faults during which something was wrong.
    fault: usize,
    wrong: BTreeMap<usize, Vec<String>>,
    audit: Audit,
}

impl Ledger {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the number of a new shopper.
    pub fn newcomer(&self) -> u64 {
        let mut state = self.state();
        state.shoppers += 1;
        state.shoppers
    }

    /// Counts the faults from here on under this number.
    pub fn begin(&self, fault: usize) {
        self.state().fault = fault;
    }

    /// Enters a page that a shopper got.
    pub fn answered(&self, shopper: u64, page: &Page) {
        let mut state = self.state();
        state.answers += 1;
        state.slowest = state.slowest.max(page.took);
        if page.is_theirs && state.waiting.remove(&shopper) {
            state.made.push(shopper);
            state.audit.made.entry(shopper).or_insert_with(Instant::now);
        }
        if page.is_promised || !page.is_theirs {
            // A queue that answers too late for a shopper's request may still take the job.
            *state.audit.promises.entry(shopper).or_default() += 1;
        }
        if page.is_promised && !page.is_theirs {
            state.waiting.insert(shopper);
        } else if !page.is_theirs {
            state.unpromised += 1;
        }
    }

    /// Enters a request that the end of the process interrupted. It may have led to a job.
    pub fn interrupted(&self, shopper: u64) {
        let mut state = self.state();
        state.interrupted += 1;
        *state.audit.promises.entry(shopper).or_default() += 1;
    }

    /// Enters what may not happen.
    pub fn wrong(&self, what: String) {
        let mut state = self.state();
        let fault = state.fault;
        state.wrong.entry(fault).or_default().push(what);
    }

    /// Enters a fault of storage, and one of the model.
    pub fn suffered(&self, of_storage: bool, of_model: bool, from: Instant, to: Instant) {
        let mut state = self.state();
        if of_storage {
            state.audit.storage.push((from, to));
        }
        if of_model {
            state.audit.model.push((from, to));
        }
    }

    /// Enters the end of a process, and how many jobs were under way.
    pub fn ended(&self, at: Instant, under_way: usize) {
        self.state().audit.ends.push(End { at, under_way });
    }

    /// Returns the shoppers who wait for a promised page.
    pub fn waiting(&self) -> Vec<u64> {
        self.state().waiting.iter().copied().collect()
    }

    /// Returns one of the shoppers whose page was made, in turn.
    pub fn regular(&self, turn: usize) -> Option<u64> {
        let state = self.state();
        state.made.get(turn % state.made.len().max(1)).copied()
    }

    /// Returns what was wrong, by the number of the fault.
    pub fn all_wrong(&self) -> BTreeMap<usize, Vec<String>> {
        self.state().wrong.clone()
    }

    /// Returns a line of figures.
    pub fn figures(&self) -> String {
        let state = self.state();
        format!(
            "{} pages served, the slowest in {} ms; {} requests interrupted by the end of a process\n\
             {} pages promised, {} of them made, {} lost; {} fallback pages promised none",
            state.answers,
            state.slowest.as_millis(),
            state.interrupted,
            state.made.len() + state.waiting.len(),
            state.made.len(),
            state.waiting.len(),
            state.unpromised
        )
    }

    /// Counts the requests to the model, and enters those that may not happen: in one process a plan that arrived and
    /// could be stored is not asked for again, and the end of a process costs one request at most for each job that
    /// was under way.
    pub fn audit(&self, asked: &[Asked]) -> Calls {
        let (calls, wrong) = self.state().audit.of(asked);
        for what in wrong {
            self.wrong(what);
        }
        calls
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(is_promised: bool) -> Page {
        Page { is_theirs: false, is_promised, source: String::new(), took: Duration::ZERO }
    }

    /// Requests for shopper 1, each answered at once, this many seconds after the start.
    fn asked(start: Instant, seconds: &[u64]) -> Vec<Asked> {
        let at = |seconds: &u64| start + Duration::from_secs(*seconds);
        let asked = |seconds| Asked { shopper: Some(1), arrived: at(seconds), planned: Some(at(seconds)) };
        seconds.iter().map(asked).collect()
    }

    /// The problem if shopper 1, who was promised a page, is planned for at these seconds. A process with so many jobs
    /// ends after 10 seconds, and storage fails from 20 to 21.
    fn wrong(running: usize, seconds: &[u64]) -> usize {
        let (ledger, start) = (Ledger::default(), Instant::now());
        ledger.answered(1, &page(true));
        let at = |seconds| start + Duration::from_secs(seconds);
        ledger.ended(at(10), running);
        ledger.suffered(true, false, at(20), at(21));
        let made = at(seconds[seconds.len() - 1]) + Duration::from_millis(10);
        ledger.state().audit.made.insert(1, made);
        ledger.audit(&asked(start, seconds));
        ledger.all_wrong().values().map(Vec::len).sum()
    }

    #[test]
    fn one_plan_is_right_and_two_in_one_process_are_wrong() {
        assert_eq!(wrong(0, &[1]), 0);
        assert_ne!(wrong(0, &[1, 2]), 0);
    }

    #[test]
    fn the_end_of_a_process_costs_one_plan_for_each_job_under_way() {
        assert_eq!(wrong(1, &[9, 11]), 0);
        assert_ne!(wrong(0, &[9, 11]), 0);
        assert_ne!(wrong(1, &[9, 11, 12]), 0);
    }

    #[test]
    fn a_plan_that_could_not_be_stored_is_asked_for_again() {
        assert_eq!(wrong(0, &[20, 25]), 0);
        assert_ne!(wrong(0, &[25, 26]), 0);
    }

    #[test]
    fn a_promised_page_is_waited_for_until_it_is_made() {
        let ledger = Ledger::default();
        ledger.answered(1, &page(true));
        ledger.answered(2, &page(false));
        assert_eq!(ledger.waiting(), [1]);
        ledger.answered(1, &Page { is_theirs: true, ..page(false) });
        assert!(ledger.waiting().is_empty());
        assert_eq!(ledger.regular(7), Some(1));
    }
}
