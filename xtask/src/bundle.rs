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

    /// Returns the path of the component that Spin runs.
    pub fn spin(self) -> PathBuf {
        Path::new(self.0).join("spin/wandstore.wasm")
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
pub const ADAPTERS: [&str; 5] = ["backends", "services", "spin-platform", "spin-requests", "spin-front"];

/// Exports the deployment that `config` describes from the `wandstore` binary, and composes it for
/// Spin and for Workers.
pub fn bundle(wandstore: &Path, config: Option<&Path>, place: Place) -> anyhow::Result<()> {
    export(wandstore, config, place)?;
    step("building the adapters");
    let adapters = Adapters(shell::build_wasm(&ADAPTERS, &[])?);
    step("composing for Spin and Cloudflare Workers");
    let for_spin = compose(spin_parts(&adapters, place)?, &["wasi:http/incoming-handler@0.2.0"], |import| {
        ["wasi:", "spin:", "fermyon:"].iter().any(|namespace| import.starts_with(namespace))
    })?;
    write(&place.spin(), &for_spin)?;
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
    for name in ["spin-platform", "backends", "services", "spin-requests"] {
        parts.push(adapters.part(name)?);
    }
    parts.extend(deployment_parts(place)?);
    parts.push(adapters.part("spin-front")?);
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
