//! A worker: the loop of the crate `drain`, with the real queue.

use std::cell::RefCell;
use std::rc::Rc;

use drain::claims::{self, Claims, Policy, WhenIdle};
use drain::run::{self, Answer, PARTS_MAX, Run, Terms};
use model::jobs::{Outcome, Trouble};
use queueing::{Claimed, Error, Failure, Job, Pool, Task as Work, member_name};
use routing::Progress;

use crate::Bug;
use crate::actor::Actor;
use crate::generation::generate;
use crate::ledger::Ledger;
use crate::task::{Ended, Pause, Task};
use crate::world::World;

const IDLE: WhenIdle = WhenIdle::Look { look_ms: 15_000, rest_ms: 500 };

fn terms(pool: Pool) -> Terms {
    Terms {
        extend_ms: u64::from(pool.lease_ms) / 3,
        parts_max: Some(PARTS_MAX),
        complete_attempts: 4,
        complete_pause_ms: 250,
    }
}

/// The most time that a part of a job takes, by the host's limit. A mark of a deletion lasts longer.
const PART_MS_MAX: u64 = 120_000;

/// Starts a worker of a pool member.
pub(crate) fn start(world: &Rc<World>, host: usize, member: u32) -> Task {
    let (stack, world) = (world.stacks.borrow_mut().pop(), world.clone());
    Task::new(stack, host, false, move |suspend| {
        drain(&Actor::job(world, host, suspend, None), &member_name(member));
    })
}

fn drain(actor: &Actor<'_>, member: &str) {
    let now_ms = || actor.world.now_ms.get();
    let policy = Policy { slots: 1, jobs_max: None, begin_before_ms: None, when_idle: IDLE };
    let mut claims = Claims::new(policy);
    let mut announced = actor.world.announcement(actor.host);
    let mut action = claims.begin(now_ms());
    loop {
        let event = match action {
            claims::Action::Claim => match actor.queue().claim(member, actor.world.pool, actor.wall_ms()) {
                Ok(Claimed::Job(job)) => {
                    actor.world.judge(actor.world.ledger.borrow().jobs.handed_out(&job, actor.world.pool));
                    claims.handle(claims::Event::Claimed, now_ms());
                    Attempt { actor, job: Rc::new(*job), part: None }.work();
                    claims::Event::Ended
                }
                Ok(Claimed::Idle(due_ms)) => {
                    let wait_ms = |due_ms: u64| due_ms.saturating_sub(actor.wall_ms());
                    claims::Event::Idle(due_ms.map(|due_ms| now_ms() + wait_ms(due_ms)))
                }
                Err(_) => claims::Event::Failed,
            },
            claims::Action::Wait(until_ms) => {
                actor.pause(Pause::EndOf(announced.clone(), until_ms.unwrap_or(u64::MAX)));
                let is_announced = announced.get();
                announced = actor.world.announcement(actor.host);
                if is_announced { claims::Event::Announced } else { claims::Event::Timeout }
            }
            claims::Action::Stop(_) => return,
        };
        action = claims.handle(event, now_ms());
    }
}

/// The work on a claimed job.
struct Attempt<'a, 'b> {
    actor: &'a Actor<'b>,
    job: Rc<Job>,
    part: Option<Part>,
}

/// A part of a job, which runs beside its worker.
struct Part {
    ended: Ended,
    progress: Rc<RefCell<Option<Progressed>>>,
    is_dropped: Rc<std::cell::Cell<bool>>,
    until_ms: u64,
}

/// The end of a part.
enum Progressed {
    More,
    Over(Outcome),
}

impl Attempt<'_, '_> {
    fn work(mut self) {
        let mut run = Run::new(terms(self.actor.world.pool), self.now_ms());
        let mut outcome = None;
        let mut action = run::Action::Work;
        loop {
            let event = match action {
                run::Action::Work => {
                    self.part = Some(self.begin());
                    self.next(run.extend_at_ms(), &mut outcome)
                }
                run::Action::Extend => {
                    let lease = &self.job.lease;
                    let extended =
                        self.actor.queue().extend_lease(lease, self.actor.world.pool, self.actor.wall_ms());
                    run::Event::Extended(answer(&extended))
                }
                run::Action::Wait(until_ms) => self.next(until_ms, &mut outcome),
                run::Action::Complete | run::Action::GiveBack => {
                    self.drop_part();
                    let outcome = outcome.get_or_insert_with(|| again("too many parts"));
                    let random = self.actor.world.random.borrow_mut().next();
                    let lease = &self.job.lease;
                    let completed = self.actor.queue().complete(
                        lease,
                        outcome,
                        self.actor.world.pool,
                        self.actor.wall_ms(),
                        random,
                    );
                    run::Event::Completed(answer(&completed))
                }
                run::Action::Stop(_) => return self.drop_part(),
            };
            action = run.handle(event, self.now_ms());
        }
    }

    fn now_ms(&self) -> u64 {
        self.actor.world.now_ms.get()
    }

    /// Waits until the part ends, or until this time.
    fn next(&mut self, until_ms: u64, outcome: &mut Option<Outcome>) -> run::Event {
        let Some(part) = &self.part else {
            self.actor.pause(Pause::Until(until_ms));
            return run::Event::Timeout;
        };
        self.actor.pause(Pause::EndOf(part.ended.clone(), until_ms.min(part.until_ms)));
        let progressed = part.progress.borrow_mut().take();
        match progressed {
            Some(progressed) => {
                self.part = None;
                match progressed {
                    Progressed::More => run::Event::Part,
                    Progressed::Over(over) => {
                        *outcome = Some(over);
                        run::Event::Ended
                    }
                }
            }
            None if self.now_ms() >= part.until_ms => {
                self.drop_part();
                *outcome = Some(again("it took too long"));
                run::Event::Ended
            }
            None => run::Event::Timeout,
        }
    }

    fn drop_part(&mut self) {
        if let Some(part) = self.part.take() {
            part.is_dropped.set(true);
        }
    }

    /// Begins a part in a task of its own.
    fn begin(&self) -> Part {
        let (world, host, job) = (self.actor.world.clone(), self.actor.host, self.job.clone());
        let part = Part {
            ended: Ended::default(),
            progress: Rc::default(),
            is_dropped: Rc::default(),
            until_ms: self.now_ms() + PART_MS_MAX,
        };
        let (ended, progress, stack) =
            (part.ended.clone(), part.progress.clone(), world.stacks.borrow_mut().pop());
        let at_work = AtWork::begin(&world, &job.lease.id);
        let spawned = world.clone();
        let mut task = Task::new(stack, host, true, move |suspend| {
            let _at_work = at_work;
            let shop = job.task.shop().clone();
            let actor = Actor::job(world, host, suspend, Some(shop));
            let progressed = run_part(&actor, &job);
            progress.replace(Some(progressed));
            ended.set(true);
        });
        task.is_dropped = part.is_dropped.clone();
        spawned.spawned.borrow_mut().push(task);
        part
    }
}

fn run_part(actor: &Actor<'_>, job: &Job) -> Progressed {
    match &job.task {
        Work::Page(request) if actor.world.day.is_some() => {
            Progressed::Over(crate::actor::make_page(actor, job, request))
        }
        Work::Page(request) => Progressed::Over(generate(actor, job, request)),
        Work::Maintenance(task) => match routing::run_maintenance(actor, task) {
            Progress::More => Progressed::More,
            Progress::Later(_) if actor.world.has(Bug::RedactionEndsEarly) => {
                Progressed::Over(Outcome::Done(None))
            }
            Progress::Later(after_ms) => Progressed::Over(Outcome::Postponed(after_ms)),
            Progress::Done => Progressed::Over(Outcome::Done(None)),
            Progress::Retry(reason) => Progressed::Over(again(&reason)),
            Progress::Impossible(reason) => Progressed::Over(Outcome::Failed(reason)),
        },
    }
}

/// Marks a job as worked on, until the part ends, however it ends.
struct AtWork {
    world: Rc<World>,
    job: String,
}

impl AtWork {
    fn begin(world: &Rc<World>, job: &str) -> Self {
        if let Some(facts) = world.ledger.borrow_mut().jobs.get(job) {
            facts.at_work += 1;
            facts.is_contested |= facts.at_work > 1;
        }
        Self { world: world.clone(), job: job.to_owned() }
    }
}

impl Drop for AtWork {
    fn drop(&mut self) {
        let mut ledger = self.world.ledger.borrow_mut();
        let Ledger { jobs, .. } = &mut *ledger;
        if let Some(facts) = jobs.get(&self.job) {
            facts.at_work -= 1;
        }
    }
}

fn answer(result: &Result<bool, Error>) -> Answer {
    match result {
        Ok(true) => Answer::Ours,
        Ok(false) => Answer::NotOurs,
        Err(Error::Storage(Failure::Unavailable(_))) => Answer::Unavailable,
        Err(_) => Answer::Invalid,
    }
}

fn again(reason: &str) -> Outcome {
    Outcome::Retry { after_ms: None, trouble: Trouble { cause: None, reason: reason.to_owned() } }
}
