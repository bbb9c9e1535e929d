//! The instances of one component. They are created on demand, reused for a bounded number of calls, never shared, and
//! dropped after any failure.

use std::future::poll_fn;
use std::ops::{Deref, DerefMut};
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;
use std::time::{Duration, Instant};

use capabilities::Capabilities;
use metrics::Counter;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::error::Elapsed;
use wasmtime::component::{Component, InstancePre};
use wasmtime::{Engine, Store, Trap, UpdateDeadline};

use super::fuse::Fuse;
use super::{Export, Links, Role, world};
use crate::capability::log::Quota;
use crate::context::{Cause, Context};
use crate::engine::EPOCH;

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

/// The reason why a call failed. The failure is logged where it happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The component trapped.
    #[error("the component trapped")]
    Trap,
    /// The component computed for too long.
    #[error("the component exceeded its time limit")]
    Compute,
    /// The component waited for too long.
    #[error("the component did not answer in time")]
    Wall,
    /// The component asked for more memory than its limit.
    #[error("the component ran out of memory")]
    Memory,
    /// No instance was free.
    #[error("no instance of the component is free")]
    Busy,
    /// The component failed on every call before this one, and was not called.
    #[error("the component failed on every call and is skipped for a while")]
    Skipped,
}

impl Failure {
    /// Returns the name in metrics and logs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Trap => "trap",
            Self::Compute => "compute_deadline",
            Self::Wall => "wall_deadline",
            Self::Memory => "memory_limit",
            Self::Busy => "busy",
            Self::Skipped => "skipped",
        }
    }

    const ALL: [Self; 6] = [Self::Trap, Self::Compute, Self::Wall, Self::Memory, Self::Busy, Self::Skipped];
}

/// The instances of a component that exports `E`.
pub struct Pool<E: Export> {
    role: Role,
    pre: InstancePre<Context>,
    indices: E::Indices,
    capabilities: Arc<Capabilities>,
    links: Arc<Links>,
    limits: Limits,
    idle: Mutex<Vec<Instance<E>>>,
    permits: Arc<Semaphore>,
    fuse: Fuse,
    log_quota: Arc<Quota>,
    calls: Counter,
    failures: [Counter; Failure::ALL.len()],
}

struct Instance<E> {
    store: Store<Context>,
    guest: E,
    calls: u32,
    used: Instant,
}

impl<E: Export> Pool<E> {
    /// Creates a pool of `component`, which must fit `role`.
    pub fn new(
        engine: &Engine,
        role: Role,
        component: &Component,
        capabilities: Arc<Capabilities>,
        links: Links,
        limits: Limits,
    ) -> wasmtime::Result<Self> {
        let pre = world::linker(engine, role)?.instantiate_pre(component)?;
        let indices = E::find(&pre)?;
        let failure = |failure: Failure| metrics::counter!("wandstore_component_failures_total", "component" => role.name(), "failure" => failure.name());
        Ok(Self {
            role,
            pre,
            indices,
            capabilities,
            links: Arc::new(links),
            limits,
            idle: Mutex::default(),
            permits: Arc::new(Semaphore::new(limits.instances)),
            fuse: Fuse::new(),
            log_quota: Arc::default(),
            calls: metrics::counter!("wandstore_component_calls_total", "component" => role.name()),
            failures: Failure::ALL.map(failure),
        })
    }

    /// Acquires an instance for one call, and creates one if none is idle. Fails while the component is skipped because
    /// it failed on every call.
    pub async fn acquire(&self, cause: Cause) -> Result<Held<'_, E>, Failure> {
        if self.fuse.admit().is_err() {
            self.count(Failure::Skipped);
            return Err(Failure::Skipped);
        }
        let permit = match self.permits.clone().try_acquire_owned() {
            Ok(permit) => permit,
            Err(_) => self.queue_for_permit(&cause).await?,
        };
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut instance = match idle {
            Some(instance) => instance,
            None => self.instantiate().await.map_err(|error| self.failed(&cause, &error))?,
        };
        self.calls.increment(1);
        instance.calls += 1;
        let context = instance.store.data_mut();
        context.patience = cause.patience(self.limits.wall);
        context.cause = cause;
        context.ticks_left = ticks(self.limits.compute);
        context.log.begin_call();
        instance.store.set_epoch_deadline(1);
        Ok(Held { pool: self, instance, _permit: permit })
    }

    /// Returns how long a call may take, all in all.
    pub fn wall(&self) -> Duration {
        self.limits.wall
    }

    /// Waits until the component is no longer skipped. Another caller may still be the next probe.
    pub async fn is_callable(&self) {
        while let Some(remaining) = self.fuse.remaining() {
            tokio::time::sleep(remaining).await;
        }
    }

    /// Drops the instances that were idle for `idle` or longer.
    pub fn shrink(&self, idle: Duration) {
        let mut instances = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        instances.retain(|instance| instance.used.elapsed() < idle);
    }

    async fn queue_for_permit(&self, cause: &Cause) -> Result<OwnedSemaphorePermit, Failure> {
        let permit = tokio::time::timeout(self.limits.wall, self.permits.clone().acquire_owned()).await;
        let Ok(Ok(permit)) = permit else {
            return Err(self.report(cause, Failure::Busy, &"every instance is taken"));
        };
        Ok(permit)
    }

    async fn instantiate(&self) -> wasmtime::Result<Instance<E>> {
        let mut context =
            Context::new(self.role, self.capabilities.clone(), self.links.clone(), self.limits.memory_bytes);
        context.log.quota = self.log_quota.clone();
        let mut store = Store::new(self.pre.engine(), context);
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
        let instance = self.pre.instantiate_async(&mut store).await?;
        let guest = E::bind(&self.indices, &mut store, &instance)?;
        Ok(Instance { store, guest, calls: 0, used: Instant::now() })
    }

    fn failed(&self, cause: &Cause, error: &wasmtime::Error) -> Failure {
        let failure = match error.downcast_ref::<Trap>() {
            Some(Trap::Interrupt) => Failure::Compute,
            _ => Failure::Trap,
        };
        self.report(cause, failure, &format_args!("{error:#}"))
    }

    /// Logs a failure, once, with its component and cause.
    fn report(&self, cause: &Cause, failure: Failure, detail: &dyn std::fmt::Display) -> Failure {
        self.count(failure);
        let first_line = detail.to_string().lines().next().unwrap_or_default().to_owned();
        tracing::error!(component = self.role.name(), failure = failure.name(), %cause, detail = first_line, "a component failed");
        // A busy pool does not mean that the component fails.
        let skipped = if failure == Failure::Busy { None } else { self.fuse.failed() };
        if let Some(skipped) = skipped {
            let ms = skipped.as_millis();
            tracing::error!(
                component = self.role.name(),
                ms,
                "a component failed on every call; it is skipped"
            );
        }
        failure
    }

    fn count(&self, failure: Failure) {
        let index = Failure::ALL.iter().position(|each| *each == failure).unwrap_or_default();
        self.failures[index].increment(1);
    }
}

/// An instance during one call.
pub struct Held<'a, E: Export> {
    pool: &'a Pool<E>,
    instance: Instance<E>,
    _permit: OwnedSemaphorePermit,
}

impl<E: Export> Held<'_, E> {
    /// Returns the functions to call and the store to call them in.
    pub fn parts(&mut self) -> (&E, &mut Store<Context>) {
        (&self.instance.guest, &mut self.instance.store)
    }

    /// Ends the call: an instance that answered goes back to its pool, any other is dropped.
    pub fn finish<T>(mut self, outcome: Result<wasmtime::Result<T>, Elapsed>) -> Result<T, Failure> {
        match outcome {
            Ok(Ok(answer)) => {
                self.pool.fuse.succeeded();
                let _ = self.give_back_request();
                self.release();
                Ok(answer)
            }
            Ok(Err(error)) if self.handles.memory.exceeded() => {
                Err(self.pool.report(&self.cause, Failure::Memory, &format_args!("{error:#}")))
            }
            Ok(Err(error)) => Err(self.pool.failed(&self.cause, &error)),
            Err(elapsed) => Err(self.pool.report(&self.cause, Failure::Wall, &elapsed)),
        }
    }

    fn release(mut self) {
        self.instance.used = Instant::now();
        let worn = self.instance.calls >= self.pool.limits.calls_per_instance;
        if !worn && self.is_clean() {
            self.pool.idle.lock().unwrap_or_else(PoisonError::into_inner).push(self.instance);
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
