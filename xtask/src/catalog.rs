//! `cargo xtask catalog`.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use xtask_dev::shell::{self, step};

/// Build a catalog component from a JSON file of products.
///
/// The file is as components/catalog-json/sample.json: `{"shops": {"<id>": {"currency", "products"}}}`,
/// where the id `*` stands for every other shop. Errors name the place of each mistake.
#[derive(Args)]
pub struct Catalog {
    /// The products.
    #[arg(value_parser = shell::absolute)]
    file: PathBuf,
    /// The file for the component.
    #[arg(long, default_value = "catalog.wasm", value_parser = shell::absolute)]
    out: PathBuf,
}

impl Catalog {
    pub fn run(self) -> anyhow::Result<()> {
        shell::add_target()?;
        step("building the catalog");
        let component = build(&self.file)?;
        std::fs::copy(&component, &self.out)
            .with_context(|| format!("cannot write {}", self.out.display()))?;
        println!("\n{} is a catalog. In wandstore.toml:\n", self.out.display());
        println!("    [components.catalog]\n    path = \"{}\"", self.out.display());
        Ok(())
    }
}

/// Builds the component as `host/runtime/build.rs` builds the others: in the same folder and with the same
/// flags, so that its bytes depend only on the file and the toolchain.
fn build(file: &Path) -> anyhow::Result<PathBuf> {
    let build = shell::build_wasm(&["catalog-json"], &[("CATALOG_JSON", file)])?;
    Ok(build.file("catalog-json"))
}
