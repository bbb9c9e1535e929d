//! The simulated world: time, storage, what hosts share, and the judge of what they do.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use corosensei::stack::DefaultStack;
use llm::spending::{Amount, Budgets, Limits};
use model::Key;
use model::jobs::State;
use model::shop::PlansPer;
use queueing::{Backoff, Pool};
use storage::Database;

use crate::Bug;
use crate::bytes::Bytes;
use crate::day::DayShop;
use crate::history::History;
use crate::kv::{Kv, Platform};
use crate::ledger::{Ledger, Plannings, SKEW_MS, Verdict};
use crate::page::Facts;
use crate::random::Random;
use crate::sqlite::Sqlite;
use crate::task::{Ended, Task};

/// The number of hosts. Each has a clock of its own.
pub(crate) const HOSTS: usize = 2;
/// The pool of workers.
pub(crate) const POOL: Pool = Pool {
    size: 3,
    depth_max: 10,
    attempts_max: 3,
    crashes_max: 5,
    lease_ms: 3_000,
    backoff: Backoff { first_ms: 500, max_ms: 4_000 },
};
/// The most tokens that a call of the model costs.
pub(crate) const CALL_TOKENS_MAX: u64 = 1_000;
/// The price of a token, in millionths of a dollar.
const TOKEN_MICRODOLLARS: u64 = 3;
/// The budgets: few calls, so that they are often used up, by day or by month.
pub(crate) const BUDGETS: Budgets = Budgets {
    of_deployment: Limits {
        tokens_per_day: Some(12_500),
        microdollars_per_day: None,
        microdollars_per_month: Some(20_000 * TOKEN_MICRODOLLARS),
    },
    of_shop: Limits {
        tokens_per_day: Some(7_500),
        microdollars_per_day: Some(7_000 * TOKEN_MICRODOLLARS),
        microdollars_per_month: Some(11_000 * TOKEN_MICRODOLLARS),
    },
};

/// Returns tokens with their cost.
pub(crate) fn priced(tokens: u64) -> Amount {
    Amount { tokens, microdollars: tokens * TOKEN_MICRODOLLARS }
}
/// How rarely the write of an object by a job is the last thing that its host does.
const LAST_WRITE_ONE_IN: u64 = 60;
/// The longest that a host stands still. It is longer than a lease.
pub(crate) const STALL_MS_MAX: u64 = 6_000;
/// Ten to midnight (UTC): the day ends in many runs.
const START_MS: u64 = 1_700_006_400_000 - 600_000;

/// A fault of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// There is none.
    None,
    /// The call does not arrive.
    Lost,
    /// The call is carried out, and its answer does not arrive.
    Unanswered,
    /// The call is carried out twice.
    Repeated,
}

/// Everything outside the product.
pub(crate) struct World {
    pub(crate) bug: Option<Bug>,
    pub(crate) platform: Platform,
    pub(crate) pool: Pool,
    /// The shop of a day without faults, for which the real generation makes the pages.
    pub(crate) day: Option<DayShop>,
    /// The shoppers who share a plan.
    pub(crate) plans_per: PlansPer,
    /// Whether the merchant approves every plan, and shows nothing else.
    pub(crate) approves: bool,
    pub(crate) random: RefCell<Random>,
    pub(crate) kv: RefCell<Kv>,
    pub(crate) blob: RefCell<BTreeMap<String, Bytes>>,
    pub(crate) database: Rc<Database<Sqlite>>,
    /// The process whose statement runs.
    pub(crate) claimant: Rc<RefCell<Option<String>>>,
    /// The name of each host's process, which changes when it starts again.
    pub(crate) processes: RefCell<Vec<String>>,
    /// The version of each shop's products.
    pub(crate) products: RefCell<BTreeMap<String, u64>>,
    pub(crate) plans: Cell<u64>,
    pub(crate) ledger: RefCell<Ledger>,
    pub(crate) history: RefCell<History>,
    pub(crate) is_faulty: Cell<bool>,
    /// Time that only goes forward.
    pub(crate) now_ms: Cell<u64>,
    /// How far the clocks were set forward.
    pub(crate) set_ms: Cell<u64>,
    /// The number of calls so far.
    pub(crate) step: Cell<u64>,
    pub(crate) spawned: RefCell<Vec<Task>>,
    /// The host that stands still from now on, and for how long.
    pub(crate) stalls: Cell<Option<(usize, u64)>>,
    /// The host that dies now.
    pub(crate) dies: Cell<Option<usize>>,
    /// For each host, what becomes true when a job is announced there.
    announced: RefCell<[Ended; HOSTS]>,
    pub(crate) stacks: RefCell<Vec<DefaultStack>>,
    violation: RefCell<Option<String>>,
}

impl World {
    pub(crate) fn new(
        seed: u64,
        bug: Option<Bug>,
        is_recorded: bool,
        database: Rc<Database<Sqlite>>,
        claimant: Rc<RefCell<Option<String>>>,
        stacks: Vec<DefaultStack>,
    ) -> Self {
        let platform = if seed.is_multiple_of(2) { Platform::Native } else { Platform::Workers };
        Self {
            bug,
            platform,
            pool: POOL,
            day: None,
            approves: false,
            plans_per: if seed.is_multiple_of(3) { PlansPer::Shopper } else { PlansPer::Segment },
            random: RefCell::new(Random::new(seed)),
            kv: RefCell::new(Kv::new(platform, HOSTS)),
            blob: RefCell::default(),
            database,
            claimant,
            processes: RefCell::new((0..HOSTS).map(|host| format!("process-{host}-0")).collect()),
            products: RefCell::default(),
            plans: Cell::default(),
            ledger: RefCell::default(),
            history: RefCell::new(History::new(is_recorded)),
            is_faulty: Cell::new(true),
            now_ms: Cell::new(0),
            // The clocks can be set back by more than they were set forward.
            set_ms: Cell::new(START_MS),
            step: Cell::default(),
            spawned: RefCell::default(),
            stalls: Cell::default(),
            dies: Cell::default(),
            announced: RefCell::default(),
            stacks: RefCell::new(stacks),
            violation: RefCell::default(),
        }
    }

    pub(crate) fn has(&self, bug: Bug) -> bool {
        self.bug == Some(bug)
    }

    /// Returns the time by a host's clock. The hosts' clocks differ by half of what they may.
    pub(crate) fn wall_ms(&self, host: usize) -> u64 {
        self.true_wall_ms() + host as u64 * SKEW_MS / 2
    }

    /// Returns the time by the first host's clock.
    pub(crate) fn true_wall_ms(&self) -> u64 {
        self.now_ms.get() + self.set_ms.get()
    }

    pub(crate) fn below(&self, end: u64) -> u64 {
        self.random.borrow_mut().below(end)
    }

    pub(crate) fn one_in(&self, end: u64) -> bool {
        self.random.borrow_mut().one_in(end)
    }

    /// Draws the fault of the next call.
    pub(crate) fn fault(&self) -> Fault {
        if !self.is_faulty.get() {
            return Fault::None;
        }
        match self.below(100) {
            0..2 => Fault::Lost,
            2..4 => Fault::Unanswered,
            4 => Fault::Repeated,
            _ => Fault::None,
        }
    }

    /// Returns whether the next write of an object by a job is the last thing that its host does. The host stands still
    /// before, so that what the job has seen is outdated by then.
    pub(crate) fn writes_last(&self, host: usize) -> bool {
        let is_last = self.is_faulty.get() && self.one_in(LAST_WRITE_ONE_IN);
        if is_last {
            self.stalls.set(Some((host, self.below(STALL_MS_MAX))));
        }
        is_last
    }

    pub(crate) fn note(&self, step: impl FnOnce() -> String) {
        let now_ms = self.now_ms.get();
        self.history.borrow_mut().note(|| format!("{:>8}.{:03} {}", now_ms / 1_000, now_ms % 1_000, step()));
    }

    /// Returns what becomes true when the next job is announced on a host.
    pub(crate) fn announcement(&self, host: usize) -> Ended {
        self.announced.borrow()[host].clone()
    }

    /// Announces a job to the workers of a host.
    pub(crate) fn announce(&self, host: usize) {
        std::mem::take(&mut self.announced.borrow_mut()[host]).set(true);
    }

    /// Keeps the first violation, which ends the run.
    pub(crate) fn judge(&self, verdict: Verdict) {
        if let Err(violation) = verdict {
            self.violation.borrow_mut().get_or_insert(violation);
        }
    }

    pub(crate) fn violation(&self) -> Option<String> {
        self.violation.borrow().clone()
    }

    /// Judges bytes that were stored under a key of any store.
    pub(crate) fn stored(&self, key: &str, bytes: &[u8]) {
        self.judge(self.judge_stored(key, bytes));
    }

    /// A page or a report may be on its way while its shopper is redacted. Whoever writes it looks again afterwards and
    /// removes it, and if they die before that, another attempt does. So both are judged only when nothing is under way.
    fn judge_stored(&self, key: &str, bytes: &[u8]) -> Verdict {
        let mut ledger = self.ledger.borrow_mut();
        let is_looked_at_again = ["ui:", "generated/", "report:"].iter().any(|start| key.starts_with(start));
        if let Some(gone) = ledger.data.gone_in(bytes, u64::MAX).filter(|_| !is_looked_at_again) {
            return Err(format!("{key} has {gone}, which was redacted"));
        }
        if let Some((_, cause)) = key.strip_prefix(Key::AUDITS).and_then(|rest| rest.rsplit_once(':')) {
            ledger.data.recorded(cause);
        }
        if let Some(shop) = key.strip_prefix("catalog:") {
            let is_closed = bytes.ends_with(b"closed") || bytes.windows(8).any(|part| part == b" closed ");
            if ledger.data.set_closed(shop, is_closed, self.now_ms.get()) {
                ledger.jobs.reopened(shop);
            }
        }
        if key.starts_with("planning:") {
            return ledger.plannings.leased(key, bytes, self.true_wall_ms());
        }
        // Of a day, plans and pages are the real ones, without facts.
        if key.starts_with(Key::SHARED_PLANS) && self.day.is_none() {
            return Plannings::shared(key, plan_in(bytes).as_ref());
        }
        if self.approves && is_plan(key) {
            ledger.approvals.stored(key, bytes)?;
        }
        let Some((shop, shopper)) = owner(key) else { return Ok(()) };
        ledger.data.check_owner(bytes, shop, person(shopper))?;
        let facts = match key.strip_suffix(".json") {
            Some(_) => plan_in(bytes),
            None => Facts::in_document(bytes),
        };
        let Some(facts) = facts else { return Ok(()) };
        if (facts.shop.as_str(), facts.shopper.as_str()) != (shop, shopper) {
            return Err(format!("{key} has a page of {} in {}", facts.shopper, facts.shop));
        }
        if is_plan(key) { ledger.jobs.planned(&facts.job, facts.plan) } else { Ok(()) }
    }

    /// Deletes an object, if it exists.
    pub(crate) fn delete_object(&self, name: &str) {
        let Some(bytes) = self.blob.borrow_mut().remove(name) else { return };
        if is_plan(name)
            && let Some(plan) = plan_in(&bytes.0)
        {
            self.ledger.borrow_mut().jobs.unplanned(&plan.job);
        }
    }

    /// Checks all jobs, and that nothing is stored that must be gone.
    pub(crate) fn audit(&self) -> Verdict {
        let mut stored = BTreeMap::new();
        let rows =
            self.database.execute("SELECT id, state, payload FROM jobs", &[]).expect("the table exists");
        for mut row in rows {
            let (id, state) = (row.text().expect("an id"), row.text().expect("a state"));
            let payload = row.bytes().expect("a payload");
            if let Some(gone) = self.ledger.borrow().data.gone_in(&payload, u64::MAX) {
                return Err(format!("job {id} has {gone}, which was redacted"));
            }
            stored.insert(id, State::parse(&state).expect("a known state"));
        }
        let ledger = self.ledger.borrow();
        ledger.jobs.audit(&stored)?;
        let kv = self.kv.borrow();
        let blob = self.blob.borrow();
        let objects = blob.iter().map(|(name, bytes)| (name.as_str(), &bytes.0));
        for (key, bytes) in kv.all(self.true_wall_ms()).chain(objects) {
            if let Some(gone) = ledger.data.gone_in(bytes, u64::MAX) {
                return Err(format!("{key} has {gone}, which was redacted"));
            }
        }
        Ok(())
    }

    /// Returns the ids of all stored jobs.
    pub(crate) fn job_ids(&self) -> BTreeSet<String> {
        let rows = self.database.execute("SELECT id FROM jobs", &[]).expect("the table exists");
        rows.into_iter().map(|mut row| row.text().expect("an id")).collect()
    }
}

/// Returns the facts in the object of a plan.
fn plan_in(object: &[u8]) -> Option<Facts> {
    let object: serde_json::Value = serde_json::from_slice(object).ok()?;
    Facts::in_json(&object.get("plan")?.to_string())
}

/// Returns the shop and the shopper in the key of a page, a plan or a session.
fn owner(key: &str) -> Option<(&str, &str)> {
    let rest = ["ui:", "generated/", "session:"].into_iter().find_map(|start| key.strip_prefix(start))?;
    let (shop, shopper) = rest.split_once(':')?;
    let shopper = shopper.strip_suffix(".html").or(shopper.strip_suffix(".json")).unwrap_or(shopper);
    Some((shop, shopper))
}

/// Returns the id of a shopper without a market.
pub(crate) fn person(shopper: &str) -> &str {
    shopper.split('_').next().unwrap_or(shopper)
}

/// Returns whether the object of a name is a plan.
fn is_plan(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, kind)| kind == "json")
}
