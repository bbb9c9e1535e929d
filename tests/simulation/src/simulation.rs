//! One run: shoppers, Shopify and faults, drawn from a seed, and then no faults until everything is drained.

mod faults;
mod shoppers;

use std::cell::RefCell;
use std::rc::Rc;

use corosensei::stack::DefaultStack;
use storage::Database;

use crate::Bug;
use crate::delivery::{Delivery, Event};
use crate::shop::Shop;
use crate::sqlite::Sqlite;
use crate::task::Task;
use crate::world::{HOSTS, STALL_MS_MAX, World};

/// Two shops whose ids begin alike.
const SHOPS: [&str; 2] = ["tea.myshopify.com", "tea-house.myshopify.com"];
/// How much happens in a run.
const ACTIONS: u32 = 40;
/// The longest pauses between two actions, short and long. One in [`LONG_ONE_IN`] is a long one.
const PAUSE_MS_MAX: u64 = 500;
const LONG_PAUSE_MS_MAX: u64 = 90_000;
const LONG_ONE_IN: u64 = 12;
/// The longest that one turn takes.
const TURN_MS_MAX: u64 = 8;
/// A run without faults that takes more turns does not drain.
const TURNS_MAX: u32 = 60_000;
/// How long the mark of a redaction lasts.
const MARK_MS: u64 = 300_000;
/// How many calls are made between two audits, at least.
const AUDIT_EVERY: u64 = 100;

/// A run in progress.
pub(crate) struct Simulation {
    pub(crate) world: Rc<World>,
    tasks: Vec<Task>,
    shops: Vec<Shop>,
    deliveries: Vec<Delivery>,
    events: u64,
    next_action_ms: u64,
    actions_left: u32,
    stalled_until_ms: [u64; HOSTS],
    /// When a host that is down starts again.
    restarts_ms: [Option<u64>; HOSTS],
    /// Processes that died, and when another one finds out.
    dead: Vec<(u64, String)>,
    forward_again_ms: u64,
    /// How far the clocks were set back in all.
    back_ms: u64,
    audited: u64,
}

impl Simulation {
    pub(crate) fn new(
        seed: u64,
        bug: Option<Bug>,
        is_recorded: bool,
        database: &Rc<Database<Sqlite>>,
        claimant: &Rc<RefCell<Option<String>>>,
        stacks: Vec<DefaultStack>,
    ) -> Self {
        for statement in ["DELETE FROM jobs", "DELETE FROM budgets"] {
            database.execute(statement, &[]).expect("the table exists");
        }
        let world = Rc::new(World::new(seed, bug, is_recorded, database.clone(), claimant.clone(), stacks));
        let mut simulation = Self {
            world,
            tasks: Vec::new(),
            shops: SHOPS.map(|_| Shop::new()).into(),
            deliveries: Vec::new(),
            events: 0,
            next_action_ms: 0,
            actions_left: ACTIONS,
            stalled_until_ms: [0; HOSTS],
            restarts_ms: [Some(0); HOSTS],
            dead: Vec::new(),
            forward_again_ms: 0,
            back_ms: 0,
            audited: 0,
        };
        simulation.start_hosts();
        simulation
    }

    /// Runs to the end. Returns the violation that ended it, if any.
    pub(crate) fn run(&mut self) -> Option<String> {
        while self.actions_left > 0 && self.world.violation().is_none() {
            self.turn();
        }
        self.world.note(|| "the faults stop".to_owned());
        self.world.is_faulty.set(false);
        self.restarts_ms = self.restarts_ms.map(|restart| restart.map(|_| 0));
        self.drain();
        self.check_redactions();
        self.visit_until_current();
        self.world.judge(self.world.audit());
        self.world.violation()
    }

    /// Ends all tasks and returns their stacks.
    pub(crate) fn end(self) -> (World, Vec<DefaultStack>) {
        let Self { world, tasks, .. } = self;
        let mut stacks: Vec<_> = tasks.into_iter().map(Task::end).collect();
        stacks.extend(world.spawned.take().into_iter().map(Task::end));
        stacks.append(&mut world.stacks.borrow_mut());
        (Rc::into_inner(world).expect("no task is left"), stacks)
    }

    /// Lets one task make one call, or time pass.
    fn turn(&mut self) {
        let now_ms = self.world.now_ms.get();
        self.start_hosts();
        self.find_out();
        if self.actions_left > 0 && now_ms >= self.next_action_ms {
            self.act();
        }
        self.send();
        self.tasks.append(&mut self.world.spawned.borrow_mut());
        self.end_tasks(|task| task.is_dropped.get());
        let is_ready = |task: &Task| task.ready_ms() <= now_ms && self.stalled_until_ms[task.host] <= now_ms;
        let ready: Vec<usize> = (0..self.tasks.len()).filter(|at| is_ready(&self.tasks[*at])).collect();
        if ready.is_empty() {
            self.audit();
            self.world.now_ms.set(self.next_ms().max(now_ms + 1));
            return;
        }
        let at = ready[self.world.random.borrow_mut().index(ready.len())];
        if self.tasks[at].go_on() {
            let stack = self.tasks.swap_remove(at).end();
            self.world.stacks.borrow_mut().push(stack);
        }
        if let Some((host, by_ms)) = self.world.stalls.take() {
            self.stall(host, by_ms);
        }
        if let Some(host) = self.world.dies.take() {
            self.die(host);
        }
        self.world.now_ms.set(now_ms + self.world.below(TURN_MS_MAX));
    }

    /// Checks everything that is stored now and then, while nothing is under way.
    fn audit(&mut self) {
        let is_quiet = self.world.spawned.borrow().is_empty() && !self.tasks.iter().any(|task| task.ends);
        if is_quiet && self.world.step.get() - self.audited >= AUDIT_EVERY {
            self.audited = self.world.step.get();
            self.world.judge(self.world.audit());
        }
    }

    /// Returns the next time at which something can happen.
    fn next_ms(&self) -> u64 {
        let tasks = self.tasks.iter().map(|task| task.ready_ms().max(self.stalled_until_ms[task.host]));
        let deliveries =
            self.deliveries.iter().filter(|delivery| !delivery.is_over()).map(|delivery| delivery.next_ms);
        let action = (self.actions_left > 0).then_some(self.next_action_ms);
        let restarts = self.restarts_ms.iter().flatten().copied();
        let dead = self.dead.iter().map(|(at_ms, _)| *at_ms);
        tasks.chain(deliveries).chain(action).chain(restarts).chain(dead).min().unwrap_or(u64::MAX)
    }

    fn end_tasks(&mut self, ends: impl Fn(&Task) -> bool) {
        let mut at = 0;
        while at < self.tasks.len() {
            if ends(&self.tasks[at]) {
                let stack = self.tasks.swap_remove(at).end();
                self.world.stacks.borrow_mut().push(stack);
            } else {
                at += 1;
            }
        }
    }

    fn send(&mut self) {
        let now_ms = self.world.now_ms.get();
        for delivery in
            self.deliveries.iter_mut().filter(|delivery| delivery.next_ms <= now_ms && !delivery.is_over())
        {
            let host = self.world.random.borrow_mut().index(HOSTS);
            if self.restarts_ms[host].is_some() {
                delivery.next_ms = now_ms + 500;
            } else if let Some(task) = delivery.send(&self.world, host) {
                self.tasks.push(task);
            }
        }
    }

    /// Does something that is drawn from the seed.
    fn act(&mut self) {
        self.actions_left -= 1;
        let is_long = self.world.one_in(LONG_ONE_IN);
        let pause_ms = self.world.below(if is_long { LONG_PAUSE_MS_MAX } else { PAUSE_MS_MAX });
        self.next_action_ms = self.world.now_ms.get() + pause_ms;
        let shop = self.world.random.borrow_mut().index(SHOPS.len());
        match self.world.below(40) {
            0 => self.some_host(Self::die),
            1 => self.some_host(Self::stop),
            2 => self.set_clocks(),
            3 => self
                .some_host(|simulation, host| simulation.stall(host, simulation.world.below(STALL_MS_MAX))),
            4..7 => self.ask(shop, Event::ProductsChanged),
            7..10 => {
                let customer = self.customer();
                self.ask(shop, Event::RedactCustomer(customer));
            }
            10 => {
                let customer = self.customer();
                self.ask(shop, Event::ReportCustomer(customer));
            }
            11..14 => {
                if let Some(event) = self.shops[shop].next(&self.world, &self.deliveries) {
                    self.ask(shop, event);
                }
            }
            14..22 => self.report(SHOPS[shop]),
            _ => self.visit(SHOPS[shop]),
        }
    }

    /// Lets Shopify or the operator ask for something.
    fn ask(&mut self, shop: usize, event: Event) {
        self.events += 1;
        let duplicates = u32::from(self.world.one_in(if event == Event::Uninstalled { 2 } else { 4 }));
        let delivery = Delivery::new(event, SHOPS[shop], self.events, self.world.now_ms.get(), duplicates);
        let asked = |person| {
            let mut ledger = self.world.ledger.borrow_mut();
            ledger.data.redaction_asked(&delivery.id, SHOPS[shop], person, self.world.step.get());
        };
        match event {
            Event::RedactCustomer(customer) => asked(Some(format!("customer-{customer}"))),
            Event::RedactShop => asked(None),
            Event::ProductsChanged => {
                *self.world.products.borrow_mut().entry(SHOPS[shop].to_owned()).or_default() += 1;
            }
            _ => {}
        }
        self.world.note(|| format!("{event:?} {} of {} happens", delivery.id, SHOPS[shop]));
        self.shops[shop].asked(&delivery);
        self.deliveries.push(delivery);
    }

    /// Runs until nothing is under way.
    fn drain(&mut self) {
        for _ in 0..TURNS_MAX {
            if self.world.violation().is_some() {
                return;
            }
            let is_idle = self.world.spawned.borrow().is_empty()
                && !self.tasks.iter().any(|task| task.ends)
                && self.deliveries.iter().all(Delivery::is_over)
                && self.world.ledger.borrow().jobs.live().next().is_none();
            if is_idle {
                return;
            }
            self.turn();
        }
        let live: Vec<String> = self
            .world
            .ledger
            .borrow()
            .jobs
            .live()
            .map(|(id, facts)| format!("{id}: {:?}", facts.subject))
            .collect();
        self.world.judge(Err(format!("not drained: {live:?}")));
    }

    /// Lets time pass while nothing is under way.
    fn wait(&mut self, for_ms: u64) {
        while self.tasks.iter().any(|task| task.ready_ms() == 0) && self.world.violation().is_none() {
            self.turn();
        }
        self.world.now_ms.set(self.world.now_ms.get() + for_ms);
    }

    /// Checks that each maintenance task that was asked for is done.
    fn check_redactions(&self) {
        for delivery in self.deliveries.iter().filter(|delivery| delivery.has_task()) {
            let is_done = self.world.ledger.borrow().jobs.is_done(&delivery.id);
            let verdict = if is_done { Ok(()) } else { Err(format!("{delivery:?} is not done")) };
            self.world.judge(verdict);
        }
    }
}
