//! What the model was asked for, compared with what was promised and what broke.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::model::{self, Asked};

/// How long before a fault of storage a plan may have arrived that is not stored yet, and how long after one a
/// connection may still fail.
const MARGIN: Duration = Duration::from_secs(3);

/// The end of a process.
#[derive(Debug, Clone, Copy)]
pub struct End {
    /// When it ended.
    pub at: Instant,
    /// How many jobs were under way.
    pub under_way: usize,
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

/// What a number of requests is judged by.
#[derive(Debug, Default)]
pub struct Audit {
    /// How many pages each shopper was promised.
    pub promises: BTreeMap<u64, usize>,
    /// When storage failed.
    pub storage: Vec<(Instant, Instant)>,
    /// When the model failed.
    pub model: Vec<(Instant, Instant)>,
    /// When processes ended, in order.
    pub ends: Vec<End>,
}

impl Audit {
    /// Counts the requests, and returns those that may not happen, in words.
    pub fn of(&self, asked: &[Asked]) -> (Calls, Vec<String>) {
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
            // Of a shopper who was promised several pages it is not known which of them a request is for.
            let of_one = by_shopper.iter().filter(|(shopper, _)| self.promises.get(shopper) == Some(&1));
            let again = of_one.filter(|(_, asked)| self.is_asked_again(asked, process)).count();
            calls.after_ends += again;
            calls.under_way += end.under_way;
            if again > end.under_way {
                wrong.push(format!(
                    "end {process} of a process cost {again} requests to the model, with {} jobs under way",
                    end.under_way
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
