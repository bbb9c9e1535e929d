//! Takes up the components that an operator chose for all hosts of a deployment, in the database that they share. It is
//! one host's turn at a time, so that a component that fails on the first is taken up by no other.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use artifacts::Reference;
use capabilities::swaps::{Choice, Ending, Swaps};
use runtime::component::{Binary, NotSwapped, Role, TRIAL, Watched};
use runtime::deployment::{Components, Deployment};
use tokio::runtime::Handle;

use super::Puller;
use crate::config::Config;

/// How often a host looks.
const LOOK: Duration = Duration::from_secs(1);
/// How long a host waits after it could not fetch a component.
const PAUSE: Duration = Duration::from_secs(30);

/// A host that follows the choices.
pub struct Following {
    deployment: Arc<Deployment>,
    swaps: Swaps,
    /// This host's id.
    host: String,
    puller: Puller,
    /// The component of each role in the configuration.
    configured: HashMap<Role, Binary>,
    /// The component of each role that was taken up last.
    current: HashMap<Role, Binary>,
    /// The component that each role had before.
    former: HashMap<Role, Binary>,
    /// The choice of each role that this host has dealt with.
    done: HashMap<Role, i64>,
    paused_until: Option<Instant>,
    background: Handle,
}

impl Following {
    /// Creates the host with this id.
    pub fn new(
        config: &Config,
        components: &Components,
        deployment: Arc<Deployment>,
        swaps: Swaps,
        host: String,
        background: Handle,
    ) -> anyhow::Result<Self> {
        let configured: HashMap<_, _> = components.binaries.iter().cloned().collect();
        Ok(Self {
            deployment,
            swaps,
            host,
            puller: Puller::new(config)?,
            current: configured.clone(),
            configured,
            former: HashMap::new(),
            done: HashMap::new(),
            paused_until: None,
            background,
        })
    }

    /// Looks and follows, for ever.
    pub async fn run(mut self) {
        loop {
            tokio::time::sleep(LOOK).await;
            // A failure shows in the health check, and the next look catches up.
            for choice in self.swaps.all().await.unwrap_or_default() {
                if let Some(role) = Role::named(&choice.role) {
                    self.follow(role, &choice).await;
                }
            }
        }
    }

    async fn follow(&mut self, role: Role, choice: &Choice) {
        let is_done = self.done.get(&role) == Some(&choice.number);
        match &choice.failure {
            Some(_) if is_done => self.go_back(role).await,
            None if !is_done && self.paused_until.is_none_or(|until| until < Instant::now()) => {
                // Without an answer, the turn may be this host's; it is again when it looks next.
                if let Ok(true) = self.swaps.begin(choice, &self.host).await {
                    self.take_turn(role, choice).await;
                }
            }
            _ => {}
        }
    }

    async fn take_turn(&mut self, role: Role, choice: &Choice) {
        let ending = self.take_up(role, choice).await;
        if ending == Ending::Postponed {
            self.paused_until = Some(Instant::now() + PAUSE);
        } else {
            self.done.insert(role, choice.number);
        }
        if let Err(error) = self.swaps.end(choice, &self.host, &ending).await {
            tracing::warn!(component = role.name(), %error, "cannot tell other hosts whether a component was taken");
            self.done.remove(&role);
        }
    }

    async fn take_up(&mut self, role: Role, choice: &Choice) -> Ending {
        let binary = match self.chosen(role, choice).await {
            Ok(binary) => binary,
            Err(error) => {
                let why = format!("{error:#}");
                tracing::warn!(
                    component = role.name(),
                    why,
                    "cannot fetch the chosen component; trying again"
                );
                return Ending::Postponed;
            }
        };
        if self.current.get(&role).is_some_and(|current| current.digest == binary.digest) {
            return Ending::Taken;
        }
        let watched = match self.swap(role, binary.clone()).await {
            Ok(watched) => watched,
            Err(error) if matches!(error.downcast_ref(), Some(NotSwapped::OnTrial)) => {
                return Ending::Postponed;
            }
            Err(error) => {
                let why = format!("{error:#}");
                tracing::warn!(component = role.name(), why, "refused a component; the former one stays");
                return Ending::Failed(why);
            }
        };
        if let Some(why) = watched.verdict(TRIAL).await.failure() {
            return Ending::Failed(why);
        }
        let former = self.current.insert(role, binary);
        self.former.extend(former.map(|former| (role, former)));
        Ending::Taken
    }

    /// Returns the component that was chosen.
    async fn chosen(&self, role: Role, choice: &Choice) -> anyhow::Result<Binary> {
        match &choice.reference {
            Some(reference) => self.puller.pull(role, &Reference::parse(reference)?).await,
            None => self.configured.get(&role).cloned().context("the role has no component"),
        }
    }

    /// Takes up the former component, because the one that was chosen failed on another host.
    async fn go_back(&mut self, role: Role) {
        let Some(former) = self.former.remove(&role) else { return };
        match self.swap(role, former.clone()).await {
            Ok(_watched) => {
                self.current.insert(role, former);
            }
            Err(error) => {
                let why = format!("{error:#}");
                tracing::warn!(
                    component = role.name(),
                    why,
                    "cannot roll back to the former component; trying again"
                );
                self.former.insert(role, former);
            }
        }
    }

    async fn swap(&self, role: Role, binary: Binary) -> anyhow::Result<Watched> {
        super::swap(self.deployment.clone(), &self.background, role, move || Ok(binary)).await
    }
}
