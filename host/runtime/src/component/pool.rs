//! The instances of one component. They are created on demand, reused for a bounded number of calls, never shared, and
//! dropped after any failure.

use std::future::poll_fn;
use std::ops::{Deref, DerefMut};
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use capabilities::Capabilities;
use metrics::Counter;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::error::Elapsed;
use wasmtime::component::Component;
use wasmtime::{Engine, Store, Trap, UpdateDeadline};

use super::record::Failure;
use super::trial::{TRIAL, TRIAL_CALLS, Trial, Watched};
use super::version::{Instance, Version};
use super::{Export, Links, Loaded, Role};
use crate::capability::log::Quota;
use crate::context::{Cause, Context};
use crate::engine::EPOCH;
use crate::trace::Span;

/// The limits of a component.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How many calls an instance serves before it is replaced; 1 gives each call a fresh one.
    pub calls_per_instance: u32,
    /// How many instances there may be at once.
    pub instances: usize,
    /// How long a call may compute. Waiting for the host does not count.
    pub compute: Duration,
    /// How long a call may take, all in all.
    pub wall: Duration,
    /// How much memory an instance may have, in bytes.
    pub memory_bytes: usize,
}

/// A version was not taken up.
#[derive(Debug, thiserror::Error)]
pub enum NotSwapped {
    /// The trial of the version before it is still under way.
    #[error("the component that was swapped in last is still on trial; try again in {} s", TRIAL.as_secs())]
    OnTrial,
    /// It does not fit.
    #[error("{0:#}")]
    Unfit(wasmtime::Error),
}

/// The instances of a component that exports `E`. The component can be replaced by another version while it is called:
/// calls that are under way end on the version that they began on, and new ones go to the new version.
pub struct Pool<E: Export> {
    role: Role,
    version: ArcSwap<Version<E>>,
    /// Held while the version changes.
    changing: Mutex<()>,
    capabilities: Arc<Capabilities>,
    links: Arc<Links>,
    limits: Limits,
    permits: Arc<Semaphore>,
    log_quota: Arc<Quota>,
    calls: Counter,
    failures: [Counter; Failure::ALL.len()],
}

impl<E: Export> Pool<E> {
    /// Creates a pool of `component`, which must fit its role.
    pub fn new(
        engine: &Engine,
        loaded: Loaded,
        component: &Component,
        capabilities: Arc<Capabilities>,
        links: Links,
        limits: Limits,
    ) -> wasmtime::Result<Self> {
        let role = loaded.role;
        let failure = |failure: Failure| metrics::counter!("wandstore_component_failures_total", "component" => role.name(), "failure" => failure.name());
        Ok(Self {
            role,
            version: ArcSwap::from_pointee(Version::new(engine, loaded, component, None)?),
            changing: Mutex::default(),
            capabilities,
            links: Arc::new(links),
            limits,
            permits: Arc::new(Semaphore::new(limits.instances)),
            log_quota: Arc::default(),
            calls: metrics::counter!("wandstore_component_calls_total", "component" => role.name()),
            failures: Failure::ALL.map(failure),
        })
    }

    /// Calls another component from now on, which must fit the role, and watches its first calls. If more of them fail
    /// than of those before, the version before is called again.
    pub fn swap(
        self: &Arc<Self>,
        engine: &Engine,
        loaded: Loaded,
        component: &Component,
    ) -> Result<Watched, NotSwapped> {
        let _changing = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let before = self.version.load_full();
        if before.trial.as_ref().is_some_and(Trial::is_pending) {
            return Err(NotSwapped::OnTrial);
        }
        let (trial, verdict) = Trial::begin(before.clone(), before.record.clone());
        let version = Version::new(engine, loaded, component, Some(trial)).map_err(NotSwapped::Unfit)?;
        let version = Arc::new(version);
        // First, so that its idle instances leave room for the others.
        before.retire();
        self.version.store(version.clone());
        let Loaded { role, origin, digest, .. } = &version.loaded;
        tracing::info!(component = role.name(), origin, %digest, "swapped a component");
        count_swap(*role, "taken_up");
        let pool = self.clone();
        Ok(Watched::new(verdict, move || pool.pass(&version)))
    }

    /// Returns the component that is called.
    pub fn loaded(&self) -> Loaded {
        self.version.load().loaded.clone()
    }

    /// Acquires an instance for one call, and creates one if none is idle. Fails while the component is skipped because
    /// it failed on every call.
    ///
    /// `function` is what is called ([`Trace::component`](crate::trace::Trace::component)), for the span that the call has if
    /// its cause is recorded.
    pub async fn acquire(&self, function: &'static str, cause: Cause) -> Result<Held<'_, E>, Failure> {
        let mut span = cause.trace().map(|trace| trace.component(self.role.name(), function));
        let cause = cause.during(span.as_ref());
        let held = self.acquire_during(cause, &mut span).await;
        if let Err(failure) = &held {
            fail(&mut span, *failure);
        }
        held
    }

    /// Acquires an instance likewise, and takes the span if that succeeds.
    async fn acquire_during(&self, cause: Cause, span: &mut Option<Span>) -> Result<Held<'_, E>, Failure> {
        if self.version.load().fuse.admit().is_err() {
            self.count(Failure::Skipped);
            return Err(Failure::Skipped);
        }
        let permit = match self.permits.clone().try_acquire_owned() {
            Ok(permit) => permit,
            Err(_) => self.queue_for_permit(&cause).await?,
        };
        let version = self.version.load_full();
        let mut instance = match version.take() {
            Some(instance) => instance,
            None => {
                self.instantiate(&version).await.map_err(|error| self.failed(&version, &cause, &error))?
            }
        };
        self.calls.increment(1);
        instance.calls += 1;
        let context = instance.store.data_mut();
        context.patience = cause.patience(self.limits.wall);
        context.cause = cause;
        context.ticks_left = ticks(self.limits.compute);
        context.log.begin_call();
        instance.store.set_epoch_deadline(1);
        Ok(Held { pool: self, version, instance, span: span.take(), _permit: permit })
    }

    /// Returns how long a call may take, all in all.
    pub fn wall(&self) -> Duration {
        self.limits.wall
    }

    /// Waits until the component is no longer skipped. Another caller may still be the next probe.
    pub async fn is_callable(&self) {
        while let Some(remaining) = { self.version.load().fuse.remaining() } {
            tokio::time::sleep(remaining).await;
        }
    }

    /// Drops the instances that were idle for `idle` or longer.
    pub fn shrink(&self, idle: Duration) {
        self.version.load().shrink(idle);
    }

    async fn queue_for_permit(&self, cause: &Cause) -> Result<OwnedSemaphorePermit, Failure> {
        let permit = tokio::time::timeout(self.limits.wall, self.permits.clone().acquire_owned()).await;
        let Ok(Ok(permit)) = permit else {
            // A busy pool does not mean that the component fails.
            return Err(self.log(cause, Failure::Busy, &"every instance is taken"));
        };
        Ok(permit)
    }

    async fn instantiate(&self, version: &Version<E>) -> wasmtime::Result<Instance<E>> {
        let mut context =
            Context::new(self.role, self.capabilities.clone(), self.links.clone(), self.limits.memory_bytes);
        context.log.quota = self.log_quota.clone();
        let mut store = Store::new(version.pre.engine(), context);
        store.limiter(|context| &mut context.handles.memory);
        // One call may pass at most as many bytes as its memory has. Without a limit, a list that names the same bytes
        // many times could pass more.
        store.set_hostcall_fuel(self.limits.memory_bytes);
        store.data_mut().ticks_left = ticks(self.limits.compute);
        store.set_epoch_deadline(1);
        store.epoch_deadline_callback(|mut store| {
            let left = &mut store.data_mut().ticks_left;
            *left = left.saturating_sub(1);
            if *left == 0 { Err(Trap::Interrupt.into()) } else { Ok(UpdateDeadline::Yield(1)) }
        });
        let instance = version.pre.instantiate_async(&mut store).await?;
        let guest = E::bind(&version.indices, &mut store, &instance)?;
        Ok(Instance { store, guest, calls: 0, used: Instant::now() })
    }

    fn failed(&self, version: &Arc<Version<E>>, cause: &Cause, error: &wasmtime::Error) -> Failure {
        let failure = match error.downcast_ref::<Trap>() {
            Some(Trap::Interrupt) => Failure::Compute,
            _ => Failure::Trap,
        };
        self.report(version, cause, failure, &format_args!("{error:#}"))
    }

    /// Logs a failure of a version, and draws the conclusions.
    fn report(
        &self,
        version: &Arc<Version<E>>,
        cause: &Cause,
        failure: Failure,
        detail: &dyn std::fmt::Display,
    ) -> Failure {
        self.log(cause, failure, detail);
        let calls = version.record.count(true);
        if let Some(before) = version.trial.as_ref().and_then(|trial| trial.fail(&version.record, failure)) {
            self.roll_back(version, before);
        }
        self.called(version, calls);
        if let Some(skipped) = version.fuse.failed() {
            let ms = skipped.as_millis();
            tracing::error!(
                component = self.role.name(),
                ms,
                "a component failed on every call; it is skipped"
            );
        }
        failure
    }

    /// Logs a failure, once, with its component and cause.
    fn log(&self, cause: &Cause, failure: Failure, detail: &dyn std::fmt::Display) -> Failure {
        self.count(failure);
        let first_line = detail.to_string().lines().next().unwrap_or_default().to_owned();
        tracing::error!(
            component = self.role.name(),
            failure = failure.name(),
            %cause,
            trace_id = cause.trace_id(),
            span_id = cause.span_id(),
            detail = first_line,
            "a component failed"
        );
        failure
    }

    /// Records a call that was answered.
    fn answered(&self, version: &Version<E>) {
        version.fuse.succeeded();
        self.called(version, version.record.count(false));
    }

    /// Ends the trial of a version after so many calls.
    fn called(&self, version: &Version<E>, calls: u64) {
        if calls == TRIAL_CALLS && version.trial.is_some() {
            self.pass(version);
        }
    }

    fn roll_back(&self, version: &Arc<Version<E>>, before: Arc<Version<E>>) {
        let _changing = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        if !Arc::ptr_eq(&self.version.load(), version) {
            // Another one has taken its place meanwhile.
            return;
        }
        version.retire();
        before.revive();
        self.version.store(before);
        let Loaded { role, origin, digest, .. } = &version.loaded;
        let [calls, failures] = version.record.counts();
        tracing::error!(component = role.name(), origin, %digest, calls, failures, "rolled back a component");
        count_swap(*role, "rolled_back");
    }

    fn pass(&self, version: &Version<E>) {
        if version.trial.as_ref().is_some_and(|trial| trial.pass(&version.record)) {
            tracing::info!(component = self.role.name(), "a swapped component passed its trial");
            count_swap(self.role, "kept");
        }
    }

    fn count(&self, failure: Failure) {
        let index = Failure::ALL.iter().position(|each| *each == failure).unwrap_or_default();
        self.failures[index].increment(1);
    }
}

fn count_swap(role: Role, outcome: &'static str) {
    metrics::counter!("wandstore_component_swaps_total", "component" => role.name(), "outcome" => outcome)
        .increment(1);
}

fn fail(span: &mut Option<Span>, failure: Failure) {
    if let Some(span) = span {
        span.fail(failure.name());
    }
}

/// An instance during one call.
pub struct Held<'a, E: Export> {
    pool: &'a Pool<E>,
    version: Arc<Version<E>>,
    instance: Instance<E>,
    /// The span of the call, if it is recorded. It ends with this.
    span: Option<Span>,
    _permit: OwnedSemaphorePermit,
}

impl<E: Export> Held<'_, E> {
    /// Returns the functions to call and the store to call them in.
    pub fn parts(&mut self) -> (&E, &mut Store<Context>) {
        (&self.instance.guest, &mut self.instance.store)
    }

    /// Ends the call: an instance that answered goes back to its pool, any other is dropped.
    pub fn finish<T>(mut self, outcome: Result<wasmtime::Result<T>, Elapsed>) -> Result<T, Failure> {
        let failure = match outcome {
            Ok(Ok(answer)) => {
                self.pool.answered(&self.version);
                let _ = self.give_back_request();
                self.release();
                return Ok(answer);
            }
            Ok(Err(error)) if self.handles.memory.exceeded() => {
                self.report(Failure::Memory, &format_args!("{error:#}"))
            }
            Ok(Err(error)) => self.pool.failed(&self.version, &self.cause, &error),
            Err(elapsed) => self.report(Failure::Wall, &elapsed),
        };
        fail(&mut self.span, failure);
        Err(failure)
    }

    fn report(&self, failure: Failure, detail: &dyn std::fmt::Display) -> Failure {
        self.pool.report(&self.version, &self.cause, failure, detail)
    }

    fn release(mut self) {
        self.instance.used = Instant::now();
        let worn = self.instance.calls >= self.pool.limits.calls_per_instance;
        if !worn && self.is_clean() {
            self.version.give_back(self.instance);
        }
    }
}

impl<E: Export> Deref for Held<'_, E> {
    type Target = Context;

    fn deref(&self) -> &Context {
        self.instance.store.data()
    }
}

impl<E: Export> DerefMut for Held<'_, E> {
    fn deref_mut(&mut self) -> &mut Context {
        self.instance.store.data_mut()
    }
}

/// Returns the result of `call` if it comes within `limit`. Most calls never wait, and only those that do need a timer.
pub async fn within<T>(limit: Duration, call: impl Future<Output = T>) -> Result<T, Elapsed> {
    let mut call = pin!(call);
    match poll_fn(|task| Poll::Ready(call.as_mut().poll(task))).await {
        Poll::Ready(answer) => Ok(answer),
        Poll::Pending => tokio::time::timeout(limit, call).await,
    }
}

pub(super) fn ticks(limit: Duration) -> u64 {
    let ticks = limit.as_millis().div_ceil(EPOCH.as_millis()).max(1);
    // One more: the first tick may come at once.
    u64::try_from(ticks).unwrap_or(u64::MAX).saturating_add(1)
}
