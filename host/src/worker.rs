//! The workers: each pool member claims jobs, runs them and completes them. Generation makes the pages, and routing
//! runs the maintenance tasks.
//!
//! A member claims jobs only while it has a slot in this process: several hosts share the slots out among themselves.
//! The queueing component decides which job is next, when it is tried again and when it is given up; the `drain` crate
//! decides when to claim, extend and complete.

mod spare;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use capabilities::Capabilities;
use capabilities::clock::millis;
use capabilities::llm::budget::Limits;
use capabilities::processes::Slots;
use drain::claims::{self, Claims, Policy, WhenIdle};
use drain::run::{self, Answer, End, Run, Terms};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use metrics::{Counter, Histogram};
use model::{ShopId, ShopperId};
use runtime::bindings::wandstore::storefront::job_types::{
    Claimed, Job, Lease, Outcome, Progress, QueueError, Retry, Task, Trouble,
};
use runtime::call;
use runtime::changes::Topic;
use runtime::component::Failure;
use runtime::context::{Cause, Spent};
use runtime::deployment::Deployment;
use runtime::trace::Span;
use tokio::runtime::{Handle, Runtime};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::event::{Event, Events, NotReady};
use crate::overload::{self, Overload};
use crate::takeover::Here;

/// How often a member looks for jobs by itself, in milliseconds. It is woken for all jobs but those whose look failed
/// ([`spare`]).
const LOOK_MS: u64 = 30_000;
/// How long a member rests when the queue does not answer, in milliseconds.
const REST_MS: u64 = 1_000;
/// The niceness of background threads, which give way to shoppers (`setpriority(2)`: 19 gives way most).
#[cfg(target_os = "linux")]
const BACKGROUND_NICENESS: i32 = 15;
/// How often completing a job is tried before its lease is left to expire.
const COMPLETE_ATTEMPTS: u32 = 5;
/// How long shutdown waits for jobs that are dropped.
const DROP: Duration = Duration::from_millis(500);

/// Creates the threads for background work. The system prefers the threads that serve shoppers.
pub fn background() -> std::io::Result<Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .thread_name("background")
        .on_thread_start(|| {
            // Only Linux has a priority for each thread. Where it cannot be set, all threads are equal.
            #[cfg(target_os = "linux")]
            let _ = rustix::process::setpriority_process(None, BACKGROUND_NICENESS);
        })
        .enable_all()
        .build()
}

/// The workers of a deployment, until they are stopped.
pub struct Workers {
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Workers {
    /// Starts a task for each member on `runtime`; each works on at most as many jobs at once as it has slots.
    pub fn start(
        deployment: &Arc<Deployment>,
        events: &Events,
        overload: &Arc<Overload>,
        here: &Here,
        slots: &Arc<Slots>,
        runtime: &Handle,
    ) -> Self {
        let workers = Self { stop: CancellationToken::new(), tasks: TaskTracker::new() };
        for name in slots.members() {
            let member = Member {
                name,
                deployment: deployment.clone(),
                events: events.clone(),
                overload: overload.clone(),
                here: here.clone(),
                slots: slots.clone(),
                tasks: workers.tasks.clone(),
                stop: workers.stop.clone(),
            };
            workers.tasks.spawn_on(member.run(), runtime);
        }
        let (stop, capabilities) = (workers.stop.clone(), deployment.capabilities.clone());
        let is_due = move || {
            let capabilities = capabilities.clone();
            let look = async move { capabilities.jobs.is_due(capabilities.clock.now_ms()).await };
            // If jobs do not answer, members look for themselves later.
            look.map(|is_due| is_due.unwrap_or(false)).boxed()
        };
        let watching = spare::watch(deployment.changes.clone(), is_due);
        let watching = async move {
            let _ = stop.run_until_cancelled(watching).await;
        };
        workers.tasks.spawn_on(watching, runtime);
        workers
    }

    /// Stops claiming, and drops the running jobs: jobs are durable, and the worker that takes them up continues them.
    /// Waits for `DROP` at most for jobs that are computing right now.
    pub async fn stop(self) {
        self.stop.cancel();
        self.tasks.close();
        let _ = tokio::time::timeout(DROP, self.tasks.wait()).await;
    }
}

struct Member {
    name: String,
    deployment: Arc<Deployment>,
    events: Events,
    overload: Arc<Overload>,
    here: Here,
    slots: Arc<Slots>,
    tasks: TaskTracker,
    stop: CancellationToken,
}

impl Member {
    async fn run(self) {
        tokio::select! {
            () = self.stop.cancelled() => {}
            () = self.drain() => {}
        }
    }

    async fn drain(&self) {
        let clock = Clock::start();
        let when_idle = WhenIdle::Look { look_ms: LOOK_MS, rest_ms: REST_MS };
        let slots = self.slots.per_member();
        let mut claims = Claims::new(Policy { slots, jobs_max: None, begin_before_ms: None, when_idle });
        let (ended, mut endings) = mpsc::unbounded_channel();
        let mut announced = self.announced();
        let mut action = claims.begin(clock.now_ms());
        loop {
            let event = match action {
                claims::Action::Claim => {
                    // Created before the claim, so that no announcement is missed meanwhile.
                    announced = self.announced();
                    // A panic is logged where it happens. It must not end the member.
                    let claim = AssertUnwindSafe(self.claim(&clock, &ended)).catch_unwind();
                    claim.await.unwrap_or(claims::Event::Failed)
                }
                claims::Action::Wait(until_ms) => tokio::select! {
                    () = &mut announced => {
                        announced = self.announced();
                        claims::Event::Announced
                    }
                    Some(()) = endings.recv() => claims::Event::Ended,
                    () = clock.sleep_until(until_ms) => claims::Event::Timeout,
                },
                claims::Action::Stop(_) => return,
            };
            action = claims.handle(event, clock.now_ms());
        }
    }

    /// Returns once a job of this member is announced, or one that another member has not taken.
    fn announced(&self) -> BoxFuture<'_, ()> {
        let changes = &self.deployment.changes;
        let (own, spare) = (changes.next(Topic::Queue(&self.name)), changes.next(Topic::Spare));
        Box::pin(async {
            tokio::select! {
                () = own => {}
                () = spare => {}
            }
        })
    }

    /// Claims a job, and begins it.
    async fn claim(&self, clock: &Clock, ended: &mpsc::UnboundedSender<()>) -> claims::Event {
        if self.overload.sheds(overload::Work::Generations) {
            return claims::Event::Idle(None);
        }
        // Before the claim, so that no job escapes the end of the term or the count of slots.
        let (term, slot) = (self.here.term(), self.slots.take(&self.name));
        let Some(slot) = slot else { return claims::Event::Idle(None) };
        let pool = &self.deployment.queueing;
        let answer =
            call!(pool, Cause::Operator, |guest, instance| guest.leases.call_claim(instance, &self.name));
        match answer {
            Ok(Ok(Claimed::Job(job))) => {
                let (deployment, events) = (self.deployment.clone(), self.events.clone());
                let (stop, ending) = (self.stop.clone(), TellsEnd(ended.clone()));
                self.tasks.spawn(async move {
                    let (_ending, _slot) = (ending, slot);
                    let work = term.run_until_cancelled(Box::pin(work(&deployment, &events, job)));
                    let _ = stop.run_until_cancelled(work).await;
                });
                claims::Event::Claimed
            }
            Ok(Ok(Claimed::Idle(due_ms))) => {
                let wall_ms = self.deployment.capabilities.clock.now_ms();
                let due_ms = due_ms.map(|due_ms| clock.now_ms() + due_ms.saturating_sub(wall_ms));
                claims::Event::Idle(due_ms)
            }
            Ok(Err(error)) => {
                tracing::warn!(member = self.name, error = %describe(&error), "cannot claim a job");
                claims::Event::Failed
            }
            Err(_logged) => claims::Event::Failed,
        }
    }
}

/// Tells a member that a job ended, also if its task panicked.
struct TellsEnd(mpsc::UnboundedSender<()>);

impl Drop for TellsEnd {
    fn drop(&mut self) {
        let _ = self.0.send(());
    }
}

/// Milliseconds since a start, which only go forward.
struct Clock(Instant);

impl Clock {
    fn start() -> Self {
        Self(Instant::now())
    }

    fn now_ms(&self) -> u64 {
        millis(self.0.elapsed())
    }

    async fn sleep_until(&self, until_ms: Option<u64>) {
        match until_ms {
            Some(until_ms) => {
                tokio::time::sleep(Duration::from_millis(until_ms.saturating_sub(self.now_ms()))).await;
            }
            None => std::future::pending().await,
        }
    }
}

/// Runs one job and completes it, and logs the outcome only afterwards.
async fn work(deployment: &Deployment, events: &Events, job: Job) {
    let (started, spent) = (Instant::now(), Arc::new(spent(deployment, shop_of(&job))));
    let lease = &job.lease;
    let mut span = deployment.recorder.as_ref().and_then(|recorder| recorder.job(&lease.id, task_name(&job)));
    let cause = Cause::Job(lease.id.as_str().into(), spent.clone(), span.as_ref().map(Span::trace));
    hold(deployment, &job, &spent);
    let outcome = attempt(deployment, events, &job, &cause).await;
    rate(deployment, &job, outcome.as_ref(), &spent);
    report(events, &job, outcome.as_ref(), &spent);
    let Some(outcome) = outcome else {
        tracing::warn!(
            job = lease.id,
            trace_id = cause.trace_id(),
            span_id = cause.span_id(),
            "lost the lease; dropped its work"
        );
        if let Some(span) = &mut span {
            span.fail("lease_lost");
        }
        return;
    };
    let name = match &outcome {
        Outcome::Done(None) => "done",
        Outcome::Done(Some(_)) => "done_with_error",
        Outcome::Retry(_) => "retry",
        Outcome::Postponed(_) => "postponed",
        Outcome::Failed(_) => "failed",
    };
    let took = match &job.task {
        Task::Page(_) => generation_seconds(name),
        Task::Maintenance(_) => maintenance_seconds(name),
    };
    took.record(started.elapsed().as_secs_f64());
    if let Some(span) = &mut span {
        write_end(span, &job, &outcome, name);
    }
    tracing::info!(
        job = lease.id,
        trace_id = cause.trace_id(),
        span_id = cause.span_id(),
        attempt = job.attempt,
        outcome = name,
        ms = started.elapsed().as_millis(),
        "a job ended"
    );
}

/// The outcomes of a job, as metrics name them.
const OUTCOMES: [&str; 5] = ["done", "done_with_error", "retry", "postponed", "failed"];

fn generation_seconds(outcome: &'static str) -> Histogram {
    metrics::histogram!("wandstore_generation_seconds", "outcome" => outcome)
}

fn maintenance_seconds(outcome: &'static str) -> Histogram {
    metrics::histogram!("wandstore_maintenance_seconds", "outcome" => outcome)
}

fn plan_troubles(cause: model::Cause) -> Counter {
    metrics::counter!("wandstore_plan_troubles_total", "cause" => cause.name())
}

/// Starts the metrics at 0. Otherwise a series would begin with its first failure, and no alert would see it rise.
pub(crate) fn register_metrics() {
    for outcome in OUTCOMES {
        drop((generation_seconds(outcome), maintenance_seconds(outcome)));
    }
    for cause in model::Cause::ALL {
        plan_troubles(cause).increment(0);
    }
}

fn task_name(job: &Job) -> &'static str {
    match &job.task {
        Task::Page(_) => "page",
        Task::Maintenance(_) => "maintenance",
    }
}

/// Writes how a job ended into its span.
fn write_end(span: &mut Span, job: &Job, outcome: &Outcome, name: &'static str) {
    span.set("wandstore.shop", shop_of(job).to_owned());
    span.set("wandstore.job.attempt", i64::from(job.attempt));
    span.set("wandstore.job.outcome", name);
    if matches!(outcome, Outcome::Retry(_) | Outcome::Failed(_)) {
        span.fail(name);
    }
}

/// Returns the shop of a job.
fn shop_of(job: &Job) -> &str {
    match &job.task {
        Task::Page(request) => &request.shop,
        Task::Maintenance(task) => &task.shop,
    }
}

/// Returns the account of a job, within the budget and the pricing plan that the shop has now.
fn spent(deployment: &Deployment, shop: &str) -> Spent {
    let settings = &deployment.capabilities.settings;
    let found =
        settings.look(|settings| settings.shops.get(shop).map(|shop| (Limits::from(shop), shop.has_model)));
    let (limits, has_model) = found.unwrap_or((Limits::default(), true));
    let spent = Spent::of_shop(shop).within(limits);
    if has_model { spent } else { spent.without_model() }
}

/// Keeps the model from being asked for a page of a shop for which its answers are useless.
fn hold(deployment: &Deployment, job: &Job, spent: &Spent) {
    let Task::Page(request) = &job.task else { return };
    let Capabilities { llm, clock, .. } = &*deployment.capabilities;
    let held = llm.usefulness().and_then(|usefulness| usefulness.held(&request.shop, clock.now_ms()));
    if let Some(failed) = held {
        metrics::counter!("wandstore_llm_held_total", "cause" => failed.cause.name()).increment(1);
        spent.hold(failed);
    }
}

/// Records whether the answers for a page, if there were any, were useful.
fn rate(deployment: &Deployment, job: &Job, outcome: Option<&Outcome>, spent: &Spent) {
    let (Task::Page(request), Capabilities { llm, clock, .. }) = (&job.task, &*deployment.capabilities)
    else {
        return;
    };
    let cause = match outcome {
        Some(Outcome::Done(Some(trouble)) | Outcome::Retry(Retry { trouble, .. })) => trouble.cause,
        _ => None,
    };
    let cause: Option<model::Cause> = cause.map(Into::into);
    if let Some(cause) = cause {
        plan_troubles(cause).increment(1);
    }
    let Some(usefulness) = llm.usefulness().filter(|_| spent.tokens() != (0, 0)) else { return };
    match (outcome, cause) {
        (Some(Outcome::Done(None)), _) => usefulness.useful(&request.shop),
        (_, Some(cause)) => usefulness.useless(&request.shop, cause, clock.now_ms()),
        _ => {}
    }
}

/// Reports the cost of an attempt at a page, and the final outcome of the page unless the work was dropped. An attempt
/// that is followed by another one is not final.
fn report(events: &Events, job: &Job, outcome: Option<&Outcome>, spent: &Spent) {
    let Task::Page(request) = &job.task else { return };
    let shop = || ShopId::parse(&request.shop).ok();
    let page = || ShopperId::parse(&request.shopper).map(|shopper| shopper.page()).unwrap_or_default();
    let (calls, (tokens_in, tokens_out)) = (spent.calls(), spent.tokens());
    events.report(|| Some(Event::AttemptEnded { shop: shop()?, page: page(), calls, tokens_in, tokens_out }));
    let is_made = match outcome {
        Some(Outcome::Done(_)) => true,
        Some(Outcome::Failed(_)) => false,
        Some(Outcome::Retry(_)) if job.last => false,
        Some(Outcome::Retry(_) | Outcome::Postponed(_)) | None => return,
    };
    events.report(|| Some(Event::PageEnded { shop: shop()?, page: page(), is_made }));
}

/// Runs a job, extends its lease meanwhile and completes it. Returns the outcome, or `None` if the lease was lost.
async fn attempt(deployment: &Deployment, events: &Events, job: &Job, cause: &Cause) -> Option<Outcome> {
    let clock = Clock::start();
    let mut run = Run::new(terms(deployment), clock.now_ms());
    let (mut under_way, mut outcome) = (UnderWay::default(), None);
    let mut action = run::Action::Work;
    let mut is_first = true;
    loop {
        let event = match action {
            run::Action::Work => {
                // The listener is called once, before the first part.
                let listener = std::mem::take(&mut is_first).then_some(events);
                under_way.part = Some(part(deployment, job, cause, listener));
                under_way.event(&clock, run.extend_at_ms(), &mut outcome).await
            }
            run::Action::Extend => {
                under_way.extension = Some(Box::pin(extend(deployment, &job.lease, cause)));
                under_way.event(&clock, run.extend_at_ms(), &mut outcome).await
            }
            run::Action::Wait(until_ms) => under_way.event(&clock, until_ms, &mut outcome).await,
            run::Action::Complete | run::Action::GiveBack => {
                under_way = UnderWay::default();
                let outcome = outcome.get_or_insert_with(too_many_parts);
                run::Event::Completed(complete(deployment, &job.lease, outcome, cause).await)
            }
            run::Action::Stop(End::LeaseLost) => return None,
            run::Action::Stop(End::Completed | End::TakenOver | End::NotCompleted) => return outcome,
        };
        action = run.handle(event, clock.now_ms());
    }
}

fn terms(deployment: &Deployment) -> Terms {
    Terms {
        extend_ms: u64::from(deployment.capabilities.settings.now().pool.lease_ms) / 3,
        parts_max: Some(run::PARTS_MAX),
        complete_attempts: COMPLETE_ATTEMPTS,
        complete_pause_ms: REST_MS,
    }
}

/// The next event that a job waits for.
#[derive(Default)]
struct UnderWay<'a> {
    part: Option<BoxFuture<'a, Progress>>,
    extension: Option<BoxFuture<'a, Answer>>,
}

impl UnderWay<'_> {
    /// Returns what happens first: the end of a part or an extension, or this time. Keeps the outcome of the last part.
    async fn event(&mut self, clock: &Clock, until_ms: u64, outcome: &mut Option<Outcome>) -> run::Event {
        tokio::select! {
            progress = end_of(&mut self.part) => match progress {
                Progress::More => run::Event::Part,
                Progress::Over(over) => {
                    *outcome = Some(over);
                    run::Event::Ended
                }
            },
            answer = end_of(&mut self.extension) => run::Event::Extended(answer),
            () = clock.sleep_until(Some(until_ms)) => run::Event::Timeout,
        }
    }
}

/// Waits for the future, if there is one, and removes it.
async fn end_of<T>(future: &mut Option<BoxFuture<'_, T>>) -> T {
    let Some(under_way) = future else { return std::future::pending().await };
    let end = under_way.await;
    *future = None;
    end
}

/// Runs the next part of a job. A page has one part.
fn part<'a>(
    deployment: &'a Deployment,
    job: &'a Job,
    cause: &'a Cause,
    listener: Option<&'a Events>,
) -> BoxFuture<'a, Progress> {
    let part = async move {
        match &job.task {
            Task::Page(_) => Progress::Over(generate(deployment, job, cause).await),
            Task::Maintenance(maintenance) => {
                if let Some(events) = listener
                    && let Err(error) = events.maintenance_begins(maintenance).await
                {
                    return Progress::Over(not_ready(&error));
                }
                run_part(deployment, job, cause).await
            }
        }
    };
    let panicked = |_| Progress::Over(again("the host panicked"));
    Box::pin(AssertUnwindSafe(part).catch_unwind().map(move |progress| progress.unwrap_or_else(panicked)))
}

async fn generate(deployment: &Deployment, job: &Job, cause: &Cause) -> Outcome {
    loop {
        let pool = &deployment.generation;
        match call!(pool, cause.clone(), |guest, instance| guest.generator.call_generate(instance, job)) {
            Ok(outcome) => return outcome,
            // The job was not tried, so this costs no attempt.
            Err(Failure::Skipped) => pool.is_callable().await,
            Err(failure) => return again(&failure.to_string()),
        }
    }
}

fn not_ready(error: &NotReady) -> Outcome {
    match error {
        NotReady::Invalid(invalid) => Outcome::Failed(invalid.to_string()),
        NotReady::Failed(_) | NotReady::Stopping => again(&error.to_string()),
    }
}

/// Runs one part of a maintenance task, so that no instance is held for longer than one part takes.
async fn run_part(deployment: &Deployment, job: &Job, cause: &Cause) -> Progress {
    loop {
        match call!(deployment.routing, cause.clone(), |guest, instance| guest
            .maintenance
            .call_run(instance, job))
        {
            Ok(progress) => return progress,
            Err(Failure::Skipped) => deployment.routing.is_callable().await,
            Err(failure) => return Progress::Over(again(&failure.to_string())),
        }
    }
}

fn too_many_parts() -> Outcome {
    again("the maintenance task exceeded the limit of parts for one attempt")
}

fn again(reason: &str) -> Outcome {
    let trouble = Trouble { cause: None, reason: reason.to_owned() };
    Outcome::Retry(Retry { after_ms: None, trouble })
}

async fn extend(deployment: &Deployment, lease: &Lease, cause: &Cause) -> Answer {
    answer(&call!(deployment.queueing, cause.clone(), |guest, instance| guest
        .leases
        .call_extend(instance, lease)))
}

async fn complete(deployment: &Deployment, lease: &Lease, outcome: &Outcome, cause: &Cause) -> Answer {
    let pool = &deployment.queueing;
    let completed =
        call!(pool, cause.clone(), |guest, instance| guest.leases.call_complete(instance, lease, outcome));
    match &completed {
        Ok(Ok(true)) | Err(_) => {}
        Ok(Ok(false)) => tracing::warn!(job = lease.id, "another worker completed the job"),
        Ok(Err(error)) => {
            tracing::warn!(job = lease.id, error = %describe(error), "cannot complete the job");
        }
    }
    answer(&completed)
}

fn answer(result: &Result<Result<bool, QueueError>, Failure>) -> Answer {
    match result {
        Ok(Ok(true)) => Answer::Ours,
        Ok(Ok(false)) => Answer::NotOurs,
        Ok(Err(QueueError::Invalid(_))) => Answer::Invalid,
        Ok(Err(QueueError::Unavailable(_))) | Err(_) => Answer::Unavailable,
    }
}

fn describe(error: &QueueError) -> &str {
    match error {
        QueueError::Invalid(reason) | QueueError::Unavailable(reason) => reason,
    }
}
