//! What the store of a component's instance holds: the host's side of one call.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use capabilities::Capabilities;
pub use capabilities::llm::Spent;
use http::HeaderMap;
use hyper::body::Incoming;
use wasmtime::ResourceLimiter;
use wasmtime::component::{Resource, ResourceTable};

use crate::component::{Links, Role};
use crate::patience::Patience;

/// Bytes that a component holds by handle.
pub type Value = Bytes;

/// What is left of a shopper's request once method and target were handed over.
#[derive(Debug, Default)]
pub struct Request {
    /// The header fields.
    pub headers: HeaderMap,
    /// The body, until it is read; then what was read of it, since a request may be asked about twice.
    pub body: RequestBody,
}

/// The body of a request.
#[derive(Debug, Default)]
pub enum RequestBody {
    /// There is none.
    #[default]
    Empty,
    /// Not read yet.
    Unread(Incoming),
    /// Read whole.
    Read(Bytes),
    /// It was larger than asked for.
    TooLarge,
    /// It broke off, or reading it was given up.
    Broken,
}

/// Why a component is called: carried along from component to component, and into every log line.
#[derive(Debug, Clone)]
pub enum Cause {
    /// A request, by its id, where it is from, if that is known, and how long it waits for storage.
    Request(u64, Option<IpAddr>, Arc<Patience>),
    /// A job, by its id, and what it spent so far.
    Job(Arc<str>, Arc<Spent>),
    /// The operator, or the host itself.
    Operator,
}

impl Cause {
    /// A job about which it does not matter what it spends.
    pub fn job(id: &str) -> Self {
        Self::Job(id.into(), Arc::default())
    }

    /// How long a call waits for storage that may take `wall` in all. Where nobody waits, each call has time of its
    /// own, and ends before it counts as a failure of its component.
    pub fn patience(&self, wall: Duration) -> Arc<Patience> {
        match self {
            Self::Request(.., patience) => patience.clone(),
            Self::Job(..) | Self::Operator => Arc::new(Patience::new(wall * 4 / 5)),
        }
    }

    /// The address of the one who asks. It is passed on to a shop's APIs, and nowhere else.
    pub fn client(&self) -> Option<IpAddr> {
        match self {
            Self::Request(_, client, _) => *client,
            Self::Job(..) | Self::Operator => None,
        }
    }
}

impl std::fmt::Display for Cause {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Request(id, ..) => write!(f, "request {id:016x}"),
            Self::Job(id, _) => write!(f, "job {id}"),
            Self::Operator => f.write_str("operator"),
        }
    }
}

/// The data of an instance's store.
pub struct Context {
    /// Which component this is.
    pub role: Role,
    /// The backends.
    pub capabilities: Arc<Capabilities>,
    /// The components that this one may call.
    pub links: Arc<Links>,
    /// Why the current call was made.
    pub cause: Cause,
    /// How long the current call waits for storage.
    pub patience: Arc<Patience>,
    /// The request under way, while routing handles one.
    pub request: Request,
    /// Values that the component holds.
    pub values: ResourceTable,
    /// How much memory it may have.
    pub memory: Memory,
    /// Whether it was refused a key before: it is logged once.
    pub was_refused: bool,
    /// Epochs that the current call may still run for, and those it is given when it starts.
    pub ticks_left: u64,
}

impl Context {
    /// A context for a new instance.
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
            values: ResourceTable::new(),
            memory: Memory { bytes_max: memory_bytes_max, exceeded: false },
            was_refused: false,
            ticks_left: 0,
        }
    }

    /// Gives the component a handle to `value`.
    pub fn lend(&mut self, value: Value) -> wasmtime::Result<Resource<Value>> {
        Ok(self.values.push(value)?)
    }

    /// Takes a value back from the component.
    pub fn take(&mut self, handle: Resource<Value>) -> wasmtime::Result<Value> {
        Ok(self.values.delete(handle)?)
    }

    /// The value behind a handle that the component keeps.
    pub fn value(&self, handle: &Resource<Value>) -> wasmtime::Result<&Value> {
        Ok(self.values.get(handle)?)
    }

    /// Whether the component gave back every handle it was lent.
    pub fn is_clean(&self) -> bool {
        self.values.is_empty()
    }
}

/// How much memory an instance may have, and whether it ever wanted more.
#[derive(Debug)]
pub struct Memory {
    bytes_max: usize,
    exceeded: bool,
}

impl Memory {
    /// Whether the instance wanted more than it may have.
    pub fn exceeded(&self) -> bool {
        self.exceeded
    }
}

impl ResourceLimiter for Memory {
    fn memory_growing(&mut self, _now: usize, wanted: usize, _max: Option<usize>) -> wasmtime::Result<bool> {
        self.exceeded |= wanted > self.bytes_max;
        Ok(wanted <= self.bytes_max)
    }

    fn table_growing(&mut self, _now: usize, wanted: usize, _max: Option<usize>) -> wasmtime::Result<bool> {
        const TABLE_ENTRIES_MAX: usize = 100_000;
        Ok(wanted <= TABLE_ENTRIES_MAX)
    }
}
