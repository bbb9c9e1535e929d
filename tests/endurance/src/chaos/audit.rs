//! What the model was asked for, compared with what was promised and what broke.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::model::Asked;

/// How long after a fault of storage a connection may still fail.
const MARGIN: Duration = Duration::from_secs(1);

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
    /// How many pages each shopper was promised, or may have been.
    pub promises: BTreeMap<u64, usize>,
    /// When each shopper's page was seen first.
    pub made: BTreeMap<u64, Instant>,
    /// When storage failed, or the clock was set.
    pub storage: Vec<(Instant, Instant)>,
    /// When the model failed.
    pub model: Vec<(Instant, Instant)>,
    /// When processes ended, in order.
    pub ends: Vec<End>,
}

/// A request to the model.
struct Request {
    outcome: Outcome,
    /// The number of processes that had ended before.
    process: usize,
}

/// What became of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// The plan arrived, and could be stored.
    Good,
    /// Something was wrong with the model or on the way to it.
    Faulty,
    /// It was not answered, though nothing was wrong with the model: the process ended.
    CutShort,
    /// The plan arrived, and storage failed, or the clock was set, before its page was seen or asked for again.
    Unstored,
}

impl Audit {
    /// Counts the requests, and returns those that may not happen, in words.
    pub fn of(&self, asked: &[Asked]) -> (Calls, Vec<String>) {
        let (mut calls, mut wrong) = (Calls { all: asked.len(), ..Calls::default() }, Vec::new());
        let requests = self.requests(asked);
        for (shopper, requests) in &requests {
            let count = |outcome| requests.iter().filter(|request| request.outcome == outcome).count();
            calls.faulty += count(Outcome::Faulty);
            calls.unstored += count(Outcome::Unstored);
            wrong.extend(shopper.and_then(|shopper| self.too_many(shopper, requests)));
        }
        for (process, end) in self.ends.iter().enumerate() {
            // Of a shopper who was promised several pages it is not known which of them a request is for.
            let is_promised_one = |shopper: &Option<u64>| {
                shopper.is_some_and(|shopper| self.promises.get(&shopper) == Some(&1))
            };
            let of_one = requests.iter().filter(|(shopper, _)| is_promised_one(shopper));
            let again = of_one.filter(|(_, requests)| is_repeated(requests, process)).count();
            calls.after_ends += again;
            calls.under_way += end.under_way;
            if again > end.under_way {
                let under_way = end.under_way;
                wrong.push(format!(
                    "end {process} of a process cost {again} requests, with {under_way} jobs under way"
                ));
            }
        }
        let promised: usize = self.promises.values().sum();
        if calls.all > promised + calls.faulty + calls.unstored + calls.under_way {
            wrong.push(format!("{calls:?} for {promised} promised pages"));
        }
        (calls, wrong)
    }

    /// Returns the requests of each shopper, in order, and those of nobody known.
    fn requests(&self, asked: &[Asked]) -> BTreeMap<Option<u64>, Vec<Request>> {
        let mut by_shopper: BTreeMap<Option<u64>, Vec<&Asked>> = BTreeMap::new();
        for asked in asked {
            by_shopper.entry(asked.shopper).or_default().push(asked);
        }
        let judged = |(shopper, asked): (Option<u64>, Vec<&Asked>)| {
            let made = shopper.and_then(|shopper| self.made.get(&shopper)).copied();
            let until =
                |place: usize| made.into_iter().chain(asked.get(place + 1).map(|next| next.arrived)).min();
            let request = |(place, asked): (usize, &&Asked)| Request {
                outcome: self.outcome(asked, until(place).filter(|_| shopper.is_some())),
                process: self.ends.iter().filter(|end| end.at < asked.arrived).count(),
            };
            (shopper, asked.iter().enumerate().map(request).collect())
        };
        by_shopper.into_iter().map(judged).collect()
    }

    /// Judges a request whose page was seen or asked for again at `until`.
    fn outcome(&self, asked: &Asked, until: Option<Instant>) -> Outcome {
        let is_faulty = |at| self.model.iter().any(|(from, to)| at >= *from && at <= *to);
        let Some(planned) = asked.planned.filter(|planned| !is_faulty(*planned)) else {
            let is_cut_short = asked.planned.is_none() && !is_faulty(asked.arrived);
            return if is_cut_short { Outcome::CutShort } else { Outcome::Faulty };
        };
        let is_before =
            |began: Instant| until.filter(|until| *until > planned).is_none_or(|until| began < until);
        let is_unstored =
            |(began, ended): &(Instant, Instant)| asked.arrived <= *ended + MARGIN && is_before(*began);
        match (is_faulty(asked.arrived), self.storage.iter().any(is_unstored)) {
            (true, _) => Outcome::Faulty,
            (false, true) => Outcome::Unstored,
            (false, false) => Outcome::Good,
        }
    }

    /// Returns what is wrong if one process was given more plans for a shopper than pages were promised.
    fn too_many(&self, shopper: u64, requests: &[Request]) -> Option<String> {
        let promised = self.promises.get(&shopper).copied().unwrap_or(0);
        let good = || requests.iter().filter(|request| request.outcome == Outcome::Good);
        let plans = |process| good().filter(|request| request.process == process).count();
        let process = good().map(|request| request.process).find(|process| plans(*process) > promised)?;
        Some(format!(
            "shopper {shopper}, who was promised {promised} pages at most, was planned {} by process {process}",
            plans(process)
        ))
    }
}

/// Whether a shopper's last request of a process was repeated by a later one, though only the end of the process can be
/// the reason.
fn is_repeated(requests: &[Request], process: usize) -> bool {
    let last = requests.iter().rfind(|request| request.process == process);
    let is_later = requests.iter().any(|request| request.process > process);
    is_later && last.is_some_and(|last| [Outcome::Good, Outcome::CutShort].contains(&last.outcome))
}
