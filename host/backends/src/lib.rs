//! The backends behind the capabilities that a host supplies to components: key-value and blob
//! storage, jobs, a language model, upstreams, limits, signatures, time, randomness, settings and the log.
//!
//! Each is a trait with a real and a scripted implementation. Key-value storage, blobs and jobs have backends of several
//! [`kind`]s, which a deployment selects by name. Nothing here knows WebAssembly, the environment or a configuration
//! file.
//!
//! ```
//! use std::path::Path;
//! use std::sync::Arc;
//!
//! use capabilities::kind::{NotOpened, Selection, Site};
//! use capabilities::{clock, kv, random};
//!
//! async fn open(folder: &Path) -> Result<Arc<dyn kv::Kv>, NotOpened> {
//!     let site = Site {
//!         folder: folder.to_owned(),
//!         clock: Arc::new(clock::System),
//!         random: Arc::new(random::System),
//!         process: None,
//!         secrets: [].into(),
//!         database: None,
//!         redis: None,
//!         replaces_damaged: false,
//!     };
//!     kv::open(&Selection::of("sqlite"), &site).await
//! }
//! ```
#![expect(clippy::disallowed_types, reason = "backends measure how long others take to answer")]

#[cfg(test)]
mod battery;
pub mod blob;
pub mod breaker;
pub mod clock;
pub mod data_folder;
pub mod disk;
pub mod faults;
pub mod fetch;
mod hidden;
mod innermost;
pub mod jobs;
pub mod kind;
pub mod kv;
pub mod limits;
mod live;
pub mod llm;
pub mod log;
pub mod postgres;
pub mod processes;
pub mod random;
pub mod redis;
pub mod shops;
pub mod sqlite;
pub mod swaps;
pub mod tables;
mod unavailable;
mod watch;
#[cfg(test)]
mod wire;

/// The settings of the operator and the merchants.
pub mod settings {
    pub use ::settings::*;

    pub use crate::live::Live;
}

use std::sync::Arc;

pub use ::secrets::{self, Secret, signatures};
pub use ::settings::document;

pub use innermost::innermost;

use clock::Clock;
use faults::Faults;
use random::Random;
use settings::Live;

/// The backends of a deployment.
#[derive(Clone)]
pub struct Capabilities {
    /// Short-term storage.
    pub kv: Arc<dyn kv::Kv>,
    /// Long-term storage.
    pub blob: Arc<dyn blob::Blob>,
    /// Durable jobs.
    pub jobs: Arc<dyn jobs::Jobs>,
    /// The language model.
    pub llm: Arc<dyn llm::Llm>,
    /// Upstreams.
    pub fetch: Arc<dyn fetch::Fetch>,
    /// How much strangers can make the deployment do.
    pub limits: Arc<dyn limits::Limits>,
    /// Checks against secrets.
    pub signatures: Arc<dyn signatures::Signatures>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
    /// The operator's settings, which merchants change at run time.
    pub settings: Arc<Live>,
    /// Events for the operator.
    pub log: Arc<dyn log::Log>,
}

/// The controls of scripted [`Capabilities`].
#[derive(Clone)]
pub struct Controls {
    /// Moves the time.
    pub clock: Arc<clock::Scripted>,
    /// Breaks short-term storage.
    pub kv: Arc<Faults>,
    /// Breaks long-term storage.
    pub blob: Arc<Faults>,
    /// Breaks the jobs.
    pub jobs: Arc<Faults>,
    /// Answers for the language model.
    pub llm: Arc<llm::Scripted>,
    /// Answers for upstreams.
    pub fetch: Arc<fetch::Scripted>,
    /// The recorded log events.
    pub log: Arc<log::Recorded>,
}

/// Lets the metrics of all backends start at 0.
pub fn register_metrics() {
    fetch::register_metrics();
    limits::register_metrics();
    llm::register_metrics();
}

/// The key of scripted secret fingerprints. It need not be unguessable.
const SCRIPTED_KEY: [u8; 32] = [0; 32];
/// The initial time of a scripted clock: the evening of 14 November 2023.
const SCRIPTED_START_MS: u64 = 1_700_000_000_000;

impl Capabilities {
    /// Returns capabilities in memory, with default settings, no secrets, and a model that is not
    /// configured until it is given answers. Any field may be replaced.
    pub fn scripted() -> (Self, Controls) {
        let clock = Arc::new(clock::Scripted::new(SCRIPTED_START_MS));
        let random: Arc<dyn Random> = Arc::new(random::Scripted::new(0));
        let controls = Controls {
            clock: clock.clone(),
            kv: Arc::default(),
            blob: Arc::default(),
            jobs: Arc::default(),
            llm: Arc::default(),
            fetch: Arc::default(),
            log: Arc::default(),
        };
        let capabilities = Self {
            kv: Arc::new(kv::Scripted::new(Arc::new(kv::Memory::new(clock.clone())), controls.kv.clone())),
            blob: Arc::new(blob::Scripted::new(Arc::new(blob::Memory::default()), controls.blob.clone())),
            jobs: Arc::new(jobs::Scripted::new(
                Arc::new(jobs::Memory::new(random.clone())),
                controls.jobs.clone(),
            )),
            llm: controls.llm.clone(),
            fetch: controls.fetch.clone(),
            limits: Arc::new(limits::Unlimited),
            signatures: Arc::new(signatures::Secrets::new(SCRIPTED_KEY, [])),
            clock,
            random,
            settings: Arc::default(),
            log: controls.log.clone(),
        };
        (capabilities, controls)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn scripted_capabilities_obey_their_strings() {
        let (capabilities, controls) = Capabilities::scripted();
        let ttl = Some(Duration::from_secs(1));
        capabilities.kv.set("S", "k", "v".into(), ttl).await.unwrap();

        controls.kv.break_all();
        assert!(capabilities.kv.get("S", "k").await.is_err());
        controls.kv.restore();
        assert!(capabilities.kv.get("S", "k").await.unwrap().is_some());

        controls.clock.advance(Duration::from_secs(1));
        assert_eq!(capabilities.kv.get("S", "k").await, Ok(None));
    }
}
