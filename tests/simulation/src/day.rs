//! A day of a shop: many visits on the real logic, without faults, in virtual time. It says what they cost.
//!
//! Visits come around noon more often than at night. Seven of ten are newcomers who look at one page and do not come
//! back; one in five consents to pages of their own, and all others see those of their context. Visits begin on every kind
//! of page, and go on to others. Products change all day.

mod shop;
mod visit;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use model::shop::PlansPer;
use model::{Key, Market, Object, PageKind, ShopId, ShopperId};
use queueing::{Backoff, Pool};
use storage::Database;

pub(crate) use shop::DayShop;

use crate::actor::Actor;
use crate::request::{Request, post};
use crate::sqlite::Sqlite;
use crate::task::{Suspend, Task};
use crate::worker;
use crate::world::{HOSTS, World};
use visit::{MARKETS, Visit, visit};

const SHOP: &str = "lamps.myshopify.com";
const DAY_MS: u64 = 24 * 3_600_000;
/// How often a merchant looks at the plans that wait.
const LOOK_MS: u64 = 3_600_000;
/// A pool as it is by default.
const POOL: Pool = Pool {
    size: 10,
    depth_max: 100,
    attempts_max: 4,
    crashes_max: 10,
    lease_ms: 60_000,
    backoff: Backoff { first_ms: 2_000, max_ms: 60_000 },
};
const WORKERS_PER_HOST: u32 = 5;
/// The longest that one turn takes, in milliseconds.
const TURN_MS_MAX: u64 = 3;
/// Of a hundred visits, how many are newcomers', and how many consent.
const NEWCOMERS: u64 = 70;
const CONSENTS: u64 = 20;
/// How often a returning shopper comes on average.
const VISITS_PER_RETURNING: u64 = 3;
/// How many products change in a day of so many visits.
const CHANGES: u64 = 500;

/// A day to run.
#[derive(Debug, Clone, Copy)]
pub struct Day {
    /// How many visits there are.
    pub visits: u64,
    /// How often products change.
    pub changes: u64,
    /// The shoppers who share a plan.
    pub plans_per: PlansPer,
    /// Whether the merchant approves every plan, and shows nothing else. They look every hour.
    pub approves: bool,
    /// What decides everything that is drawn; an even number.
    pub seed: u64,
}

/// What a day came to.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// How many visits ended.
    pub visits: u64,
    /// Visits that began on a generated page.
    pub at_once: u64,
    /// Visits on which the shopper saw a generated page, from the beginning or when it was swapped in.
    pub generated: u64,
    /// Calls of the language model.
    pub calls: u64,
    /// Tokens of the questions.
    pub tokens_in: u64,
    /// Tokens of the answers.
    pub tokens_out: u64,
    /// How many pages were made, by source.
    pub made: Vec<(String, u64)>,
    /// What went wrong, if anything did.
    pub violation: Option<String>,
}

/// What visits saw.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    visits: Cell<u64>,
    at_once: Cell<u64>,
    generated: Cell<u64>,
}

impl Day {
    /// Returns a day with the usual number of changes.
    pub fn new(visits: u64, plans_per: PlansPer, seed: u64) -> Self {
        Self { visits, changes: CHANGES, plans_per, approves: false, seed: seed & !1 }
    }

    /// Runs the day.
    pub fn run(self) -> Outcome {
        let claimant = Rc::default();
        let database = Rc::new(Database::new(Sqlite::open(Rc::clone(&claimant))));
        let mut world = World::new(self.seed, None, false, database, claimant, Vec::new());
        world.is_faulty.set(false);
        world.day = Some(DayShop::new());
        (world.plans_per, world.approves, world.pool) = (self.plans_per, self.approves, POOL);
        let world = Rc::new(world);
        let mut running = Running::new(&world);
        for event in self.events(&world) {
            running.until(event.at_ms);
            running.begin(event);
            if world.violation().is_some() {
                break;
            }
        }
        running.until(DAY_MS + 120_000);
        running.outcome()
    }

    /// Draws what happens, in order.
    fn events(self, world: &World) -> Vec<Event> {
        let returning = (self.visits * (100 - NEWCOMERS) / 100 / VISITS_PER_RETURNING).max(1);
        let visits = (0..self.visits).map(|number| {
            let visit = drawn(world, number, returning);
            // The sum of three is about noon more often than not.
            let at_ms = (0..3).map(|_| world.below(DAY_MS / 3)).sum();
            Event { at_ms, what: What::Visit(visit) }
        });
        let visits: Vec<_> = visits.collect();
        let changes =
            (0..self.changes).map(|number| Event { at_ms: world.below(DAY_MS), what: What::Change(number) });
        let looks = (0..if self.approves { DAY_MS / LOOK_MS } else { 0 })
            .map(|number| Event { at_ms: number * LOOK_MS, what: What::Look });
        let mut events: Vec<_> = visits.into_iter().chain(changes).chain(looks).collect();
        events.sort_by_key(|event| event.at_ms);
        events
    }
}

/// Draws a visit.
fn drawn(world: &World, number: u64, returning: u64) -> Visit {
    let is_newcomer = world.below(100) < NEWCOMERS;
    let person = if is_newcomer {
        format!("new-{number:018}")
    } else {
        format!("back-{:017}", world.below(returning))
    };
    // A shopper who returns has decided about their consent, and shops in one market.
    let own = person.bytes().fold(7_u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
    let consents = own % 100 < CONSENTS;
    Visit {
        visitor: consents.then_some(person),
        market: usize::try_from(own / 100 % 3).unwrap_or(0),
        page: any_page(world),
        views: if is_newcomer { 1 } else { 2 + world.below(5) },
    }
}

/// Draws the kind of page that a visit is on.
fn any_page(world: &World) -> PageKind {
    match world.below(10) {
        0..3 => PageKind::Home,
        3..5 => PageKind::Collection,
        5..8 => PageKind::Product,
        8 => PageKind::Search,
        _ => PageKind::Cart,
    }
}

struct Event {
    at_ms: u64,
    what: What,
}

enum What {
    Visit(Visit),
    Change(u64),
    /// The merchant looks at the plans that wait.
    Look,
}

/// A day in progress.
struct Running {
    world: Rc<World>,
    counts: Rc<Counts>,
    tasks: Vec<Task>,
    /// Newcomers who left, and whose pages nobody reads again.
    left: Rc<RefCell<Vec<Visit>>>,
}

impl Running {
    fn new(world: &Rc<World>) -> Self {
        let workers = (0..HOSTS).flat_map(|host| (0..WORKERS_PER_HOST).map(move |member| (host, member)));
        let tasks = workers.map(|(host, member)| worker::start(world, host, member)).collect();
        Self { world: world.clone(), counts: Rc::default(), tasks, left: Rc::default() }
    }

    fn begin(&mut self, event: Event) {
        let (world, host) = (self.world.clone(), self.world.random.borrow_mut().index(HOSTS));
        match event.what {
            What::Visit(it) => {
                let (counts, left) = (self.counts.clone(), self.left.clone());
                self.task(host, move |suspend| {
                    visit(&Actor::request(world, host, suspend), &it, &counts);
                    left.borrow_mut().push(it);
                });
            }
            What::Look => self.task(host, move |suspend| {
                let shop = ShopId::parse(SHOP).expect("an id");
                let decided = Actor::request(world.clone(), host, suspend).decide_about_plans(&shop);
                world.judge(decided);
            }),
            What::Change(number) => self.task(host, move |suspend| {
                world.day.as_ref().expect("it is a day").change(&mut world.random.borrow_mut());
                let id = format!("change-{number}");
                let webhook = Request::webhook("products/update", &id, SHOP, 0, r#"{"id":7}"#.to_owned());
                post(&Actor::request(world, host, suspend), "/webhooks", &webhook);
            }),
        }
    }

    fn task(&mut self, host: usize, body: impl FnOnce(&Suspend) + 'static) {
        let stack = self.world.stacks.borrow_mut().pop();
        self.tasks.push(Task::new(stack, host, true, body));
    }

    /// Lets everything go on until this time.
    fn until(&mut self, at_ms: u64) {
        loop {
            self.tasks.append(&mut self.world.spawned.borrow_mut());
            let now_ms = self.world.now_ms.get();
            let Some(next_ms) = self.tasks.iter().map(Task::ready_ms).min() else { break };
            if next_ms > at_ms.max(now_ms) {
                break;
            }
            self.world.now_ms.set(now_ms.max(next_ms));
            self.turn();
            self.forget();
        }
        self.world.now_ms.set(self.world.now_ms.get().max(at_ms));
    }

    /// Lets each task that can go on make one call.
    fn turn(&mut self) {
        let mut at = 0;
        while at < self.tasks.len() {
            let now_ms = self.world.now_ms.get();
            let task = &mut self.tasks[at];
            let is_over = task.is_dropped.get() || (task.ready_ms() <= now_ms && task.go_on());
            if is_over {
                let stack = self.tasks.swap_remove(at).end();
                self.world.stacks.borrow_mut().push(stack);
            } else {
                at += 1;
            }
        }
        self.world.now_ms.set(self.world.now_ms.get() + self.world.below(TURN_MS_MAX));
    }

    /// Drops the pages of newcomers who left, to spare memory.
    fn forget(&self) {
        for visit in self.left.take().into_iter().filter(|visit| visit.views == 1) {
            let Some(visitor) = visit.visitor else { continue };
            let (country, language) = MARKETS[visit.market];
            let market = Market::of(country, language).expect("a market");
            let person = ShopperId::visitor(&visitor).expect("an id");
            let page = person.at(visit.page).and_then(|id| id.in_market(&market)).expect("an id");
            let shop = ShopId::parse(SHOP).expect("an id");
            let mut blob = self.world.blob.borrow_mut();
            blob.remove(&Object::Page(&shop, &page).to_string());
            blob.remove(&Object::Plan(&shop, &page).to_string());
            let mut kv = self.world.kv.borrow_mut();
            for key in [Key::Page(&shop, &page), Key::Session(&shop, &person)] {
                kv.drop_unread(key.store(), &key.to_string());
            }
        }
    }

    fn outcome(self) -> Outcome {
        let day = self.world.day.as_ref().expect("it is a day");
        let made = day.made.borrow().iter().map(|(source, count)| (source.clone(), *count)).collect();
        let outcome = Outcome {
            visits: self.counts.visits.get(),
            at_once: self.counts.at_once.get(),
            generated: self.counts.generated.get(),
            calls: day.calls.get(),
            tokens_in: day.tokens_in.get(),
            tokens_out: day.tokens_out.get(),
            made,
            violation: self.world.violation(),
        };
        for task in self.tasks {
            task.end();
        }
        outcome
    }
}
