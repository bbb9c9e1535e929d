//! A host in this process, with real components and scripted backends.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use capabilities::settings::Settings;
use capabilities::{Capabilities, Controls};
use host::client::TrustedProxies;
use host::config::{Config, Environment, Telemetry as TelemetrySettings};
use host::http::{Server, StreamTimes};
use host::otlp::Exports;
use host::telemetry::Telemetry;
use host::{Parts, backends, components};
use model::shop::PlansPer;
use runtime::component::Role;
use runtime::deployment::{Components, Deployment};
use tokio_util::sync::{CancellationToken, DropGuard};

use super::Answer;

/// A host that serves until this is dropped.
pub struct Host {
    pub address: String,
    /// Where the operator's side is, if it has an address of its own.
    pub admin_address: Option<String>,
    pub controls: Controls,
    pub deployment: Arc<Deployment>,
    client: reqwest::Client,
    /// Stops it, so that its instances of components are free for others.
    _stop: DropGuard,
}

/// A change of the backends.
type Change = Box<dyn FnOnce(&mut Capabilities)>;

/// The differences of a host from the default one.
pub struct HostBuilder {
    config: String,
    settings: Settings,
    changes: Vec<Change>,
    connections: [usize; 2],
    stream_times: StreamTimes,
    trusted: TrustedProxies,
    has_admin_address: bool,
    telemetry: TelemetrySettings,
}

impl Host {
    /// Starts a host with the demo shop, in development mode.
    pub async fn open() -> Self {
        Self::builder().open().await
    }

    /// Configures a host that differs from the default one. Each shopper has a plan of their own, so that each is a call
    /// of the model; `segments.rs` is about shared plans.
    pub fn builder() -> HostBuilder {
        let plans_per = PlansPer::Shopper;
        let settings = Settings { development: true, plans_per, ..Settings::default() };
        HostBuilder {
            config: String::new(),
            settings,
            changes: Vec::new(),
            connections: [1_000; 2],
            stream_times: StreamTimes::default(),
            trusted: TrustedProxies::default(),
            has_admin_address: false,
            telemetry: TelemetrySettings::default(),
        }
    }

    pub async fn get(&self, target: &str) -> Answer {
        self.get_at(&self.address, target).await
    }

    /// Asks on the operator's own side.
    pub async fn get_as_operator(&self, target: &str) -> Answer {
        self.get_at(self.admin_address.as_deref().expect("it has an address"), target).await
    }

    async fn get_at(&self, address: &str, target: &str) -> Answer {
        let response = self.client.get(format!("http://{address}{target}")).send().await;
        Answer::read(response.expect("the host answers")).await
    }

    pub async fn post(&self, target: &str, body: impl Into<reqwest::Body>) -> Answer {
        let response = self.client.post(format!("http://{}{target}", self.address)).body(body).send().await;
        Answer::read(response.expect("the host answers")).await
    }

    pub async fn request(
        &self,
        request: impl FnOnce(&reqwest::Client, String) -> reqwest::RequestBuilder,
    ) -> Answer {
        let response = request(&self.client, format!("http://{}", self.address)).send().await;
        Answer::read(response.expect("the host answers")).await
    }

    /// Opens the storefront as a shopper.
    pub async fn visit(&self, shopper: &str) -> Answer {
        self.get(&format!("/s/magic-wands?shopper={shopper}")).await
    }

    /// Returns the state of the shopper's page, as the open page polls it, after at most `wait` seconds.
    pub async fn status(&self, shopper: &str, wait: u32) -> String {
        let target = format!("/api/generation/status?store=magic-wands&shopper={shopper}&wait={wait}");
        self.get(&target).await.json("state").as_str().expect("a status").to_owned()
    }

    /// Waits until the shopper's job is completed, and returns the state of the page.
    pub async fn final_state(&self, shopper: &str) -> String {
        loop {
            let state = self.status(shopper, 20).await;
            if state != "queued" && state != "running" {
                return state;
            }
        }
    }
}

impl HostBuilder {
    /// Adds lines of `wandstore.toml`.
    pub fn config(mut self, lines: &str) -> Self {
        self.config.push_str(lines);
        self
    }

    /// Changes the operator's settings.
    pub fn settings(mut self, change: impl FnOnce(&mut Settings)) -> Self {
        change(&mut self.settings);
        self
    }

    /// Changes the backends.
    pub fn backends(mut self, change: impl FnOnce(&mut Capabilities) + 'static) -> Self {
        self.changes.push(Box::new(change));
        self
    }

    /// Limits the number of connections in total, and from one address.
    pub fn connections(self, max: usize, per_address_max: usize) -> Self {
        Self { connections: [max, per_address_max], ..self }
    }

    /// Trusts a proxy to name its clients.
    pub fn trusting(self, proxy: &str) -> Self {
        let trusted = serde_json::from_value([proxy].into()).expect("it is an address");
        Self { trusted, ..self }
    }

    /// Gives the operator's side an address of its own.
    pub fn admin_address(self) -> Self {
        Self { has_admin_address: true, ..self }
    }

    /// Sends to a collector. The log of a test is not sent.
    pub fn telemetry(self, telemetry: TelemetrySettings) -> Self {
        Self { telemetry, ..self }
    }

    /// Sets how long event streams last.
    pub fn stream_times(self, stream_times: StreamTimes) -> Self {
        Self { stream_times, ..self }
    }

    pub async fn open(self) -> Host {
        // Metrics recorded before the recorder is installed are lost.
        let telemetry = telemetry();
        let (mut capabilities, controls) = Capabilities::scripted();
        capabilities.settings = Arc::new(self.settings.into());
        self.changes.into_iter().for_each(|change| change(&mut capabilities));
        let mut config = config(&self.config).expect("the configuration is right");
        config.file.telemetry = self.telemetry;
        let (systems, runtime) = (backends::systems(&config), tokio::runtime::Handle::current());
        let exports = Exports::start(&config, systems, None, None, &runtime);
        let exports = exports.expect("the collector's address is right");
        let own = (!self.config.is_empty()).then(|| components::load(&config).expect("the components load"));
        let parts = Parts {
            components: own.as_ref().unwrap_or_else(|| usual_components()),
            backends: capabilities.into(),
            telemetry,
            exports,
            background: tokio::runtime::Handle::current(),
        };
        let host = host::Host::start(&config, parts).await.expect("the components fit together");
        let [connections_max, per_address_max] = self.connections;
        let server = Server::bind("127.0.0.1:0", connections_max).await.expect("there is a free port");
        let server = server
            .with_connections_per_address(per_address_max)
            .with_stream_times(self.stream_times)
            .with_trusted_proxies(self.trusted);
        let server = if self.has_admin_address {
            server.with_admin("127.0.0.1:0").await.expect("there is another free port")
        } else {
            server
        };
        let admin_address = server.admin_address().expect("it is bound").map(|address| address.to_string());
        let address = server.address().expect("it is bound").to_string();
        let deployment = host.deployment().clone();
        let stop = CancellationToken::new();
        tokio::spawn(host.serve(server, stop.clone().cancelled_owned()));
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
        let client = client.build().expect("a client needs nothing");
        Host { address, admin_address, controls, deployment, client, _stop: stop.drop_guard() }
    }
}

/// Parses a configuration, for a host among many in this process.
fn config(lines: &str) -> anyhow::Result<Config> {
    let mut config = Config::parse(lines, PathBuf::from("."), &Environment::default())?;
    config.file.server.data_dir = env!("CARGO_TARGET_TMPDIR").into();
    // Many engines at once would exhaust the memory maps of the process.
    for role in Role::ALL {
        config.file.components.entry(role).or_default().instances.get_or_insert(16);
    }
    Ok(config)
}

/// Loads the components of a configuration.
pub fn load(lines: &str) -> anyhow::Result<Components> {
    components::load(&config(lines)?)
}

/// Returns the components of this build, compiled once for all tests.
pub fn usual_components() -> &'static Components {
    static COMPONENTS: OnceLock<Components> = OnceLock::new();
    COMPONENTS.get_or_init(|| load("").expect("the components of this build load"))
}

fn telemetry() -> Telemetry {
    static TELEMETRY: OnceLock<Telemetry> = OnceLock::new();
    TELEMETRY.get_or_init(|| Telemetry::install().expect("nobody else counts")).clone()
}
