//! `wandstore components`.

mod index;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use artifacts::{Config as ArtifactConfig, Digest, Inspected, Reference};
use capabilities::swaps::Swaps;
use clap::{Args, Subcommand};
use host::backends;
use host::components::control::{self, Report};
use host::components::{self, CONFIGURED, artifacts, read_key};
use host::config::Config;
use runtime::component::{Binary, Role, TRIAL, TRIAL_CALLS, Verdict};
use runtime::engine::Interfaces;

use super::check;
use super::output::print;

/// How often the command looks how far the hosts are …
const LOOK: Duration = Duration::from_millis(500);
/// … and for how long.
const ALL_HOSTS: Duration = Duration::from_mins(10);

/// List the component of each role: its source, SHA-256 and imports. Or work with components in OCI registries, and
/// swap those of a running server.
///
/// A reference is `registry/repository:tag@sha256:digest`, where the digest is that of the manifest. `REGISTRY_CREDENTIALS`
/// has the user and the password of a registry.
#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Components {
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Subcommand)]
enum Action {
    /// Store a component in a registry, and print its reference with its digest.
    Push {
        /// The `.wasm` file.
        file: PathBuf,
        /// Where to, such as ghcr.io/acme/catalog:1.2; without a tag, it is found by its digest only.
        reference: String,
    },
    /// Fetch a component into the data folder, as the next start would, and verify it.
    Pull {
        /// The reference, with a digest.
        reference: String,
        /// Also write it to this file.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        /// The public key of cosign that it must be signed with.
        #[arg(long, value_name = "FILE")]
        public_key: Option<PathBuf>,
    },
    /// Print what a registry says about a component, without fetching it: its digest, size, imports and exports.
    Inspect {
        /// The reference; without tag and digest, that with the tag `latest`.
        reference: String,
    },
    /// List the components of an index that have all of these words in their name, role or description.
    Search {
        /// The words; without any, all components are listed.
        words: Vec<String>,
        #[command(flatten)]
        place: index::Place,
    },
    /// Fetch a component of an index, verify it, try it on the demo shop, and print the configuration that uses it.
    Add {
        /// Its name in the index.
        name: String,
        #[command(flatten)]
        place: index::Place,
    },
    /// Try a component on the demo shop, in memory: its fallback page, and a page for each persona.
    Try {
        /// The role and the component, as for `swap`.
        #[arg(value_name = "ROLE=COMPONENT")]
        component: String,
    },
    /// Add a component of a registry to an index, which is created if it is missing.
    Publish {
        /// The reference of the component, with a digest, as `push` prints it.
        reference: String,
        #[command(flatten)]
        about: index::About,
        #[command(flatten)]
        place: index::Place,
    },
    /// Replace a component of the running servers on this data folder, without dropping a request.
    ///
    /// It is checked against its role first. Its first 200 calls, or those of 30 seconds, are watched: if three fail, and
    /// a greater share than of the former component's, the former one is called again. Later starts take it too, until the
    /// configuration names another component for the role, or `<role>=configured` ends that.
    ///
    /// Hosts that share a database swap one after the other, and hosts that start later do so too, until another
    /// component is chosen.
    Swap {
        /// The role and the component: `routing=file.wasm@sha256:…`, `catalog=oci://registry/repository@sha256:…`, or
        /// `routing=configured` for the one in the configuration.
        #[arg(value_name = "ROLE=COMPONENT")]
        swap: String,
    },
}

impl Components {
    pub async fn run(self, config: &Config) -> anyhow::Result<()> {
        match self.action {
            None => check::components(config),
            Some(Action::Push { file, reference }) => push(config, &file, &reference).await,
            Some(Action::Pull { reference, out, public_key }) => {
                pull(config, &reference, out.as_deref(), public_key.as_deref()).await
            }
            Some(Action::Inspect { reference }) => inspect(config, &reference).await,
            Some(Action::Search { words, place }) => index::search(config, &place, &words).await,
            Some(Action::Add { name, place }) => index::add(config, &place, &name).await,
            Some(Action::Try { component }) => index::attempt(config, &component).await,
            Some(Action::Publish { reference, about, place }) => {
                index::publish(config, &place, about, &reference).await
            }
            Some(Action::Swap { swap: text }) => swap(config, &text).await,
        }
    }
}

async fn push(config: &Config, file: &Path, reference: &str) -> anyhow::Result<()> {
    let reference = Reference::parse(reference)?;
    if reference.digest().is_some() {
        bail!("{reference}: leave the digest out; it is computed from the component");
    }
    let binary = read(file, None)?;
    let Interfaces { imports, exports } = tokio::task::block_in_place(|| Interfaces::of(&binary))?;
    let about = ArtifactConfig::of_component(&binary.bytes, imports, exports);
    let digest = artifacts(config)?.push(&reference, binary.bytes.to_vec(), &about).await?;
    Ok(print(reference.at(digest))?)
}

async fn pull(
    config: &Config,
    reference: &str,
    out: Option<&Path>,
    key: Option<&Path>,
) -> anyhow::Result<()> {
    let reference = Reference::parse(reference)?;
    reference.pinned()?;
    let key = key.map(read_key).transpose()?;
    let pulled = artifacts(config)?.pull(&reference, key.as_ref()).await?;
    if let Some(out) = out {
        std::fs::write(out, &pulled.bytes).with_context(|| format!("cannot write {}", out.display()))?;
    }
    Ok(print(format_args!("{}  {} bytes", pulled.digest, pulled.bytes.len()))?)
}

async fn inspect(config: &Config, reference: &str) -> anyhow::Result<()> {
    let reference = Reference::parse(reference)?;
    let Inspected { manifest, component, config, signatures } =
        artifacts(config)?.inspect(&reference).await?;
    print(reference.at(manifest))?;
    print(format_args!("component   {}, {} bytes", component.digest.named(), component.size))?;
    for (name, interfaces) in [("imports", &config.component.imports), ("exports", &config.component.exports)]
    {
        for interface in interfaces {
            print(format_args!("{name:<10}  {}", interface.escape_debug()))?;
        }
    }
    Ok(print(format_args!("signatures  {signatures}, not verified"))?)
}

async fn swap(config: &Config, text: &str) -> anyhow::Result<()> {
    let (role, source) =
        text.split_once('=').context("name a role and a component, such as routing=file.wasm@sha256:…")?;
    let role = parse_role(role)?;
    if let Some(swaps) = backends::swaps(config)? {
        return choose(config, &swaps, role, source).await;
    }
    let is_configured = source == CONFIGURED;
    if is_configured && control::servers(&config.control_folder())? == 0 {
        components::swapped(config).forget(role)?;
        return Ok(print(format_args!("{role}: the next start takes the one in the configuration"))?);
    }
    let binary = tokio::task::block_in_place(|| component(config, role, source))?;
    let sha256 = components::store(config).write(&binary.bytes)?;
    let wanted = control::Swap { role, sha256, origin: binary.origin, is_configured };
    let say = |report: &Report| Ok(print(describe(role, report))?);
    control::swap(&config.control_folder(), &wanted, say).await?;
    Ok(print(if is_configured {
        format!("{role}: later starts take it too")
    } else {
        format!(
            "{role}: later starts take it too, until the configuration names another component or `wandstore components \
             swap {role}={CONFIGURED}` ends that"
        )
    })?)
}

/// Records a component for all hosts that share a database, and waits until each has taken it up in its turn.
async fn choose(config: &Config, swaps: &Swaps, role: Role, source: &str) -> anyhow::Result<()> {
    let reference = if source == CONFIGURED {
        None
    } else if Reference::is_announced(source) {
        let reference = Reference::parse(source)?;
        tokio::task::block_in_place(|| {
            components::check(config, role, components::pull(config, role, &reference)?)
        })?;
        Some(reference.to_string())
    } else {
        bail!(
            "the hosts of this deployment share no folder: push the component to a registry, and name it as oci://…"
        );
    };
    let number = swaps.choose(role.name(), reference).await.context("DATABASE_URL")?;
    let (began, mut said) = (Instant::now(), None);
    while began.elapsed() < ALL_HOSTS {
        let choices = swaps.all().await.context("DATABASE_URL")?;
        let choice = choices.into_iter().find(|choice| choice.role == role.name() && choice.number == number);
        let Some(choice) = choice else { bail!("another component was chosen meanwhile") };
        if let Some(failure) = choice.failure {
            bail!("{failure}; each host keeps its former component, or rolls back to it");
        }
        if said != Some((choice.taken, choice.live)) {
            said = Some((choice.taken, choice.live));
            print(format_args!("{role}: swapped by {} of {} hosts", choice.taken, choice.live))?;
        }
        if choice.taken >= choice.live {
            return Ok(print(format_args!("{role}: hosts that start later take it up too"))?);
        }
        tokio::time::sleep(LOOK).await;
    }
    bail!(
        "not every host has swapped within {} min; the others keep trying, and their logs say why",
        ALL_HOSTS.as_secs() / 60
    )
}

/// Returns the component to swap in.
fn component(config: &Config, role: Role, source: &str) -> anyhow::Result<Binary> {
    if source == CONFIGURED {
        return components::source(config, role)?.read(role);
    }
    if Reference::is_announced(source) {
        return components::pull(config, role, &Reference::parse(source)?);
    }
    if config.public_key(role).is_some() {
        bail!(
            "components.{role}.public_key is set: only a signed component of a registry is taken, and {source} is a file"
        );
    }
    let (path, digest) = source
        .rsplit_once('@')
        .with_context(|| format!("{source} names no digest: append @sha256:…, which `sha256sum` prints"))?;
    read(Path::new(path), Some(Digest::parse_named(digest).with_context(|| source.to_owned())?))
}

fn read(path: &Path, sha256: Option<Digest>) -> anyhow::Result<Binary> {
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let binary = Binary::new(path.display().to_string(), bytes.into());
    match sha256 {
        Some(wanted) if wanted != binary.digest => {
            bail!("{} has the SHA-256 {}, but {wanted} is required", path.display(), binary.digest)
        }
        _ => Ok(binary),
    }
}

fn parse_role(name: &str) -> anyhow::Result<Role> {
    let role = Role::named(name);
    role.with_context(|| {
        format!("there is no role `{name}`; there are {}", Role::ALL.map(Role::name).join(", "))
    })
}

fn describe(role: Role, report: &Report) -> String {
    match report {
        Report::TakenUp => format!(
            "{role}: swapped; its first {TRIAL_CALLS} calls are watched, for {} s at most",
            TRIAL.as_secs()
        ),
        Report::Ended(Verdict::Kept { calls, failures }) => {
            format!("{role}: kept; {failures} of {calls} calls failed")
        }
        Report::Ended(Verdict::RolledBack { .. }) => format!("{role}: rolled back"),
        Report::Refused(_) => format!("{role}: refused"),
    }
}
