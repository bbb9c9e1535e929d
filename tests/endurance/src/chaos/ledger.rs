//! What the server promised, kept outside of it, and what it then did.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::model::{self, Asked};
use crate::shopper::Page;

/// How long before a fault of storage a plan may have arrived that is not stored yet, and how long after one a
/// connection may still fail.
const MARGIN: Duration = Duration::from_secs(3);

/// The ledger.
#[derive(Debug, Default)]
pub struct Ledger(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    shoppers: u64,
    /// How many pages each shopper was promised.
    promises: BTreeMap<u64, usize>,
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
    storage: Vec<(Instant, Instant)>,
    model: Vec<(Instant, Instant)>,
    ends: Vec<End>,
}

/// The end of a process.
#[derive(Debug, Clone, Copy)]
struct End {
    at: Instant,
    running: usize,
}

/// What the model's endpoint was asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Calls {
    /// All requests.
    pub all: usize,
    /// Those that were not answered well.
    pub faulty: usize,
    /// Those whose plan may have been lost to a fault of storage.
    pub unstored: usize,
    /// Those that were made again because a process ended.
    pub after_ends: usize,
    /// The jobs that were under way when processes ended.
    pub under_way: usize,
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
        if page.is_promised {
            *state.promises.entry(shopper).or_default() += 1;
            if !page.is_theirs {
                state.waiting.insert(shopper);
            }
        } else if !page.is_theirs {
            state.unpromised += 1;
        }
    }

    /// Enters a request that the end of the process interrupted.
    pub fn interrupted(&self) {
        self.state().interrupted += 1;
    }

    /// Enters a page that was made.
    pub fn made(&self, shopper: u64) {
        let mut state = self.state();
        if state.waiting.remove(&shopper) {
            state.made.push(shopper);
        }
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
            state.storage.push((from, to));
        }
        if of_model {
            state.model.push((from, to));
        }
    }

    /// Enters the end of a process, and how many jobs were under way.
    pub fn ended(&self, at: Instant, running: usize) {
        self.state().ends.push(End { at, running });
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
        let (calls, wrong) = self.state().audit(asked);
        for what in wrong {
            self.wrong(what);
        }
        calls
    }
}

impl State {
    fn audit(&self, asked: &[Asked]) -> (Calls, Vec<String>) {
        let mut wrong = Vec::new();
        let by_shopper = model::by_shopper(asked);
        for (shopper, asked) in &by_shopper {
            let promised = self.promises.get(shopper).copied().unwrap_or(0);
            let mut good: BTreeMap<usize, usize> = BTreeMap::new();
            for asked in asked.iter().filter(|asked| self.is_good(asked) && !self.is_unstored(asked)) {
                *good.entry(self.process_at(asked.arrived)).or_default() += 1;
            }
            for (process, plans) in good.into_iter().filter(|(_, plans)| *plans > promised) {
                wrong.push(format!(
                    "shopper {shopper}, who was promised {promised} pages, was planned {plans} by process {process}"
                ));
            }
        }
        let mut calls = Calls { all: asked.len(), ..Calls::default() };
        calls.faulty = asked.iter().filter(|asked| !self.is_good(asked) && !self.is_cut_short(asked)).count();
        calls.unstored = asked.iter().filter(|asked| self.is_good(asked) && self.is_unstored(asked)).count();
        for (process, end) in self.ends.iter().enumerate() {
            let again = by_shopper.values().filter(|asked| self.is_asked_again(asked, process)).count();
            calls.after_ends += again;
            calls.under_way += end.running;
            if again > end.running {
                wrong.push(format!(
                    "end {process} of a process cost {again} requests to the model, with {} jobs under way",
                    end.running
                ));
            }
        }
        let promised: usize = self.promises.values().sum();
        let allowed = promised + calls.faulty + calls.unstored + calls.under_way;
        if calls.all > allowed {
            wrong.push(format!("{calls:?} for {promised} promised pages"));
        }
        (calls, wrong)
    }

    /// Whether a shopper's last request to a process was repeated by a later one, though nothing else was wrong with it.
    fn is_asked_again(&self, asked: &[&Asked], process: usize) -> bool {
        let last = asked.iter().rfind(|asked| self.process_at(asked.arrived) == process);
        let is_later = asked.iter().any(|asked| self.process_at(asked.arrived) > process);
        let is_clean = |asked: &Asked| {
            (self.is_good(asked) || self.is_cut_short(asked))
                && !within(&self.model, asked.arrived, Duration::ZERO)
                && !self.is_unstored(asked)
        };
        is_later && last.is_some_and(|last| is_clean(last))
    }

    /// Whether a request was answered with a plan while nothing was wrong with the model.
    fn is_good(&self, asked: &Asked) -> bool {
        let is_faulty = |at| within(&self.model, at, Duration::ZERO);
        asked.planned.is_some_and(|planned| !is_faulty(asked.arrived) && !is_faulty(planned))
    }

    /// Whether the process ended before a request was answered.
    fn is_cut_short(&self, asked: &Asked) -> bool {
        asked.planned.is_none() && !within(&self.model, asked.arrived, Duration::ZERO)
    }

    fn is_unstored(&self, asked: &Asked) -> bool {
        within(&self.storage, asked.planned.unwrap_or(asked.arrived), MARGIN)
    }

    /// Returns the number of processes that had ended before.
    fn process_at(&self, at: Instant) -> usize {
        self.ends.iter().filter(|end| end.at < at).count()
    }
}

fn within(times: &[(Instant, Instant)], at: Instant, margin: Duration) -> bool {
    times.iter().any(|(from, to)| at + margin >= *from && at <= *to + margin)
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

    /// What is wrong if shopper 1, who was promised a page, is planned for at these seconds. A process with so many jobs
    /// ends after 10 seconds, and storage fails from 20 to 21.
    fn wrong(running: usize, seconds: &[u64]) -> usize {
        let (ledger, start) = (Ledger::default(), Instant::now());
        ledger.answered(1, &page(true));
        let at = |seconds| start + Duration::from_secs(seconds);
        ledger.ended(at(10), running);
        ledger.suffered(true, false, at(20), at(21));
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
        ledger.made(1);
        assert!(ledger.waiting().is_empty());
        assert_eq!(ledger.regular(7), Some(1));
    }
}
