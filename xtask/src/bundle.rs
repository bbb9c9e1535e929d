//! Builds the deployment for Spin and Cloudflare Workers: the components that `wandstore export`
//! wrote, composed with each platform's adapters. No component is recompiled or changed.

mod compose;
pub mod proof;
mod route_table;

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use component_build::Build;
use xtask_dev::shell::{self, step};

use compose::{Part, compose};

/// The folder of a bundle.
#[derive(Debug, Clone, Copy)]
pub struct Place(&'static str);

/// The bundle that is deployed: `spin.toml` and `targets/cloudflare` read it.
pub const DEPLOYED: Place = Place("target");
/// The bundle of a Shopify shop, for the story on every host.
pub const OF_SHOPIFY: Place = Place("target/shopify");

impl Place {
    /// Returns the folder of the exported deployment.
    pub fn deployment(self) -> PathBuf {
        Path::new(self.0).join("wandstore")
    }

    /// Returns the path of a role's exported component.
    pub fn exported(self, role: &str) -> PathBuf {
        self.deployment().join(format!("{role}.wasm"))
    }

    /// Returns the path of the component that Spin runs behind its front.
    pub fn spin(self) -> PathBuf {
        Path::new(self.0).join("spin/storefront.wasm")
    }

    /// Returns the path of the component that faces the network in Spin.
    fn spin_front(self) -> PathBuf {
        Path::new(self.0).join("spin/front.wasm")
    }

    /// Returns the path of the component that the Worker is built from.
    pub fn storefront(self) -> PathBuf {
        Path::new(self.0).join("cloudflare/storefront.wasm")
    }

    /// Returns the path of the table of routes that the Worker reads.
    fn routes(self) -> PathBuf {
        Path::new(self.0).join("cloudflare/routes.json")
    }

    /// Returns the path of the storage component of its Durable Objects.
    fn backends(self) -> PathBuf {
        Path::new(self.0).join("cloudflare/backends.wasm")
    }
}

/// The roles, each after the roles that it imports.
pub const ROLES: [&str; 5] = ["caching", "queueing", "catalog", "routing", "generation"];

/// The adapters that are composed with a deployment's components.
pub const ADAPTERS: [&str; 5] = ["backends", "services", "spin-platform", "spin-storefront", "spin-front"];

/// The interface by which Spin passes requests on.
const SPIN_HANDLER: &str = "wasi:http/handler@0.3.0";

/// The interfaces that the adapters for Spin may import: what Spin 4.1 supplies of its own, of WASI 0.2 up to 0.2.6, and
/// of WASI 0.3.0.
const SPIN_IMPORTS: [&str; 18] = [
    "fermyon:spin/variables@2.0.0",
    "spin:sqlite/sqlite@3.0.0",
    "wasi:cli/stderr@0.2",
    "wasi:cli/stdin@0.3.0",
    "wasi:cli/types@0.3.0",
    "wasi:clocks/monotonic-clock@0.2",
    "wasi:clocks/monotonic-clock@0.3.0",
    "wasi:clocks/types@0.3.0",
    "wasi:clocks/wall-clock@0.2",
    "wasi:http/client@0.3.0",
    "wasi:http/outgoing-handler@0.2",
    "wasi:http/types@0.2",
    "wasi:http/types@0.3.0",
    "wasi:io/error@0.2",
    "wasi:io/poll@0.2",
    "wasi:io/streams@0.2",
    "wasi:random/random@0.2",
    "wasi:random/random@0.3.0",
];

/// Exports the deployment that `config` describes from the `wandstore` binary, and composes it for
/// Spin and for Workers.
pub fn bundle(wandstore: &Path, config: Option<&Path>, place: Place) -> anyhow::Result<()> {
    export(wandstore, config, place)?;
    step("building the adapters");
    let adapters = Adapters(shell::build_wasm(&ADAPTERS, &[])?);
    step("composing for Spin and Cloudflare Workers");
    let for_spin = compose(spin_parts(&adapters, place)?, &[SPIN_HANDLER], supplied_by_spin)?;
    write(&place.spin(), &for_spin)?;
    let front = compose(vec![adapters.part("spin-front")?], &[SPIN_HANDLER], supplied_by_spin)?;
    write(&place.spin_front(), &front)?;
    let exported = ["handler", "maintenance", "leases", "generator"]
        .map(|name| format!("wandstore:storefront/{name}@0.1.0"));
    let for_workers = compose(
        workers_parts(&adapters, place)?,
        &exported.each_ref().map(String::as_str),
        supplied_by_workers,
    )?;
    write(&place.storefront(), &for_workers)?;
    write(&place.routes(), &route_table::document())?;
    write(&place.backends(), &adapters.part("backends")?.bytes)
}

fn export(wandstore: &Path, config: Option<&Path>, place: Place) -> anyhow::Result<()> {
    step("exporting the deployment");
    let mut command = std::process::Command::new(wandstore);
    command.args(["--data-dir", "target/export-data", "export"]).arg(place.deployment());
    if let Some(config) = config {
        command.arg("--config").arg(config);
    }
    shell::check(&mut command, "wandstore export")
}

fn spin_parts(adapters: &Adapters, place: Place) -> anyhow::Result<Vec<Part>> {
    let mut parts = Vec::new();
    parts.push(adapters.part("spin-platform")?);
    parts.extend(deployment_parts(place)?);
    parts.push(adapters.part("spin-storefront")?);
    Ok(parts)
}

fn workers_parts(adapters: &Adapters, place: Place) -> anyhow::Result<Vec<Part>> {
    let mut parts = vec![adapters.part("services")?];
    parts.extend(deployment_parts(place)?);
    Ok(parts)
}

fn deployment_parts(place: Place) -> anyhow::Result<Vec<Part>> {
    let part = |role| Ok(Part { name: format!("components.{role}"), bytes: read(&place.exported(role))? });
    ROLES.into_iter().map(part).collect()
}

/// The adapters that were built.
struct Adapters(Build);

impl Adapters {
    fn part(&self, name: &str) -> anyhow::Result<Part> {
        Ok(Part { name: format!("adapters/{name}"), bytes: read(&self.0.file(name))? })
    }
}

/// Returns whether Spin 4.1 supplies an import.
fn supplied_by_spin(import: &str) -> bool {
    // Versions of 0.2 differ in their last part only, and the later ones contain the earlier ones.
    let (interface, patch) = import.rsplit_once('.').unwrap_or((import, ""));
    let is_of_0_2 = interface.ends_with("@0.2") && patch.parse().is_ok_and(|patch: u8| patch <= 6);
    SPIN_IMPORTS.contains(if is_of_0_2 { &interface } else { &import })
}

/// Returns whether the Worker's own glue supplies an import, or the import holds only types and needs no supplier.
fn supplied_by_workers(import: &str) -> bool {
    import.starts_with("wandstore:capabilities/")
        || import.starts_with("wandstore:platform/")
        || import.starts_with("wandstore:storefront/") && import.contains("-types@")
}

fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

fn write(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    std::fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))?;
    println!("{}: {} KiB", path.display(), bytes.len() / 1024);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_import_that_spin_does_not_supply_is_noticed() {
        for import in ["wasi:io/poll@0.2.0", "wasi:io/poll@0.2.6", "wasi:http/types@0.3.0"] {
            assert!(supplied_by_spin(import), "{import}");
        }
        for import in ["wasi:io/poll@0.2.7", "wasi:http/types@0.3.1", "wasi:nn/graph@0.2.0", ""] {
            assert!(!supplied_by_spin(import), "{import}");
        }
    }
}
