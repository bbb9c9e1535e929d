//! The data in the store of a component's instance: the host's side of one call.

mod handles;
pub(crate) mod request;
pub(crate) mod value;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use capabilities::Capabilities;
pub use capabilities::llm::Spent;

use crate::capability::log::allowance::Allowance;
use crate::component::{Links, Role};
use crate::patience::Patience;
use crate::trace::{Span, Trace};

pub use handles::Handles;
pub use request::{Request, RequestBody};
pub use value::Value;

/// The cause of a component call. It is passed on from component to component and into every log line.
#[derive(Debug, Clone)]
pub enum Cause {
    /// A request: its id, the client's address if it is known, how long it may wait for storage, and its trace if it is
    /// recorded.
    Request(u64, Option<IpAddr>, Arc<Patience>, Option<Trace>),
    /// A job: its id, what it has spent so far, and its trace if it is recorded.
    Job(Arc<str>, Arc<Spent>, Option<Trace>),
    /// The operator, or the host itself.
    Operator,
}

impl Cause {
    /// Returns how long a call, which may take `wall` in all, may wait for storage. Where no client waits, each call
    /// has its own time, which ends early enough that slow storage does not count as a failure of the component.
    pub fn patience(&self, wall: Duration) -> Arc<Patience> {
        match self {
            Self::Request(_, _, patience, _) => patience.clone(),
            Self::Job(..) | Self::Operator => Arc::new(Patience::new(wall * 4 / 5)),
        }
    }

    /// Returns the client's address. It is passed on to a shop's APIs and nowhere else.
    pub fn client(&self) -> Option<IpAddr> {
        match self {
            Self::Request(_, client, ..) => *client,
            Self::Job(..) | Self::Operator => None,
        }
    }

    /// Returns the trace that the call belongs to, if it is recorded.
    pub fn trace(&self) -> Option<&Trace> {
        match self {
            Self::Request(.., trace) | Self::Job(.., trace) => trace.as_ref(),
            Self::Operator => None,
        }
    }

    /// Returns the id of the trace for a log line.
    pub fn trace_id(&self) -> Option<String> {
        self.trace().map(|trace| trace.id().to_string())
    }

    /// Returns the id of the span for a log line.
    pub fn span_id(&self) -> Option<String> {
        self.trace().map(|trace| trace.span_id().to_string())
    }

    /// Returns the cause of calls during `span`.
    #[must_use]
    pub fn during(mut self, span: Option<&Span>) -> Self {
        if let (Some(span), Self::Request(.., trace) | Self::Job(.., trace)) = (span, &mut self) {
            *trace = Some(span.trace());
        }
        self
    }
}

impl std::fmt::Display for Cause {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Request(id, ..) => write!(f, "request {id:016x}"),
            Self::Job(id, ..) => write!(f, "job {id}"),
            Self::Operator => f.write_str("operator"),
        }
    }
}

/// The data of an instance's store.
pub struct Context {
    /// The component's role.
    pub role: Role,
    /// The backends.
    pub capabilities: Arc<Capabilities>,
    /// The components that this one may call.
    pub links: Arc<Links>,
    /// The cause of the current call.
    pub cause: Cause,
    /// How long the current call may wait for storage.
    pub patience: Arc<Patience>,
    /// The current request, while routing handles one.
    pub request: Request,
    /// The values that the component holds, and the memory of the instance.
    pub handles: Handles,
    /// Whether the instance was refused a key before. Only the first refusal is logged.
    pub was_refused: bool,
    /// Epochs that the current call may still run for.
    pub ticks_left: u64,
    /// The instance's remaining log quota.
    pub log: Allowance,
}

impl Context {
    /// Creates the context of a new instance.
    pub fn new(
        role: Role,
        capabilities: Arc<Capabilities>,
        links: Arc<Links>,
        memory_bytes_max: usize,
    ) -> Self {
        Self {
            role,
            capabilities,
            links,
            cause: Cause::Operator,
            patience: Arc::new(Patience::new(Duration::ZERO)),
            request: Request::default(),
            handles: Handles::new(memory_bytes_max),
            was_refused: false,
            ticks_left: 0,
            log: Allowance::default(),
        }
    }

    /// Sets the request of the next call.
    pub fn give_request(&mut self, request: Request) -> wasmtime::Result<()> {
        self.handles.memory.hold(request.body.held_bytes())?;
        self.request = request;
        Ok(())
    }

    /// Takes the request back.
    pub fn give_back_request(&mut self) -> Request {
        let request = std::mem::take(&mut self.request);
        self.handles.memory.release(request.body.held_bytes());
        request
    }

    /// Returns whether the component gave back every handle it was lent.
    pub fn is_clean(&self) -> bool {
        self.handles.is_empty()
    }
}

#[cfg(test)]
mod tests;
