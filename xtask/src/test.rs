//! `cargo xtask test`.

mod model;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context as _;
use clap::Args;
use component_build::{COMPONENTS, TARGET};
use xtask_dev::shell::{self, step};

use crate::endurance::Chaos;
use crate::{bundle, deployment, fuzz};

/// The configuration of a Shopify shop's deployment, for the story on every host.
const OF_SHOPIFY: &str = "tests/targets/shopify.toml";

/// Run all tests.
#[derive(Args)]
pub struct Test {
    /// Skip what needs Node.js and Chromium, and install nothing: the Worker, the story on every host, the browser test.
    #[arg(long)]
    no_browser: bool,
    /// Plan twenty pages with a real language model instead, SmolLM2-135M, and print what became of them.
    #[arg(long, conflicts_with = "no_browser")]
    model: bool,
    /// The threads of that model; one for each processor by default.
    #[arg(long, requires = "model")]
    threads: Option<usize>,
}

impl Test {
    /// Runs all tests.
    pub fn all() -> anyhow::Result<()> {
        Self { no_browser: false, model: false, threads: None }.run()
    }

    pub fn run(self) -> anyhow::Result<()> {
        if self.model {
            return model::run(self.threads);
        }
        shell::add_target()?;
        step("formatting");
        shell::run("cargo", &["fmt", "--all", "--check"])?;
        step("lints");
        shell::run("cargo", &["clippy", "--workspace", "--all-targets", "--", "--deny", "warnings"])?;
        step("lints of the components as WebAssembly");
        lint_wasm()?;
        step("documentation of the crates");
        document()?;
        if shell::has("cargo-deny") {
            step("licences and sources of dependencies");
            shell::run("cargo", &["deny", "--all-features", "check", "licenses", "bans", "sources"])?;
        }
        if self.no_browser {
            step("tests");
            shell::run("cargo", &["test", "--workspace", "--exclude", "targets"])?;
        } else {
            step("building the tests, and the host that they drive");
            shell::run("cargo", &["test", "--workspace", "--no-run"])?;
            every_host()?;
            shell::install("docker-registry", "docker-registry")?;
            collector()?;
            deployment::of_prometheus("prometheus")?;
            step("tests");
            shell::run("cargo", &["test", "--workspace", "--no-fail-fast"])?;
            languages()?;
            queries()?;
            theme()?;
            browser()?;
            deployment::run()?;
        }
        Chaos::test()?;
        fuzz::check()?;
        step("everything passed");
        Ok(())
    }
}

/// Lints code that is compiled for wasm only, which no other lint sees.
fn lint_wasm() -> anyhow::Result<()> {
    let mut arguments = vec!["clippy", "--target", TARGET];
    arguments.extend(COMPONENTS.iter().chain(&bundle::ADAPTERS).flat_map(|name| ["--package", name]));
    arguments.extend(["--", "--deny", "warnings"]);
    shell::run("cargo", &arguments)
}

/// Builds the crates' documentation, without warnings.
fn document() -> anyhow::Result<()> {
    let mut cargo = Command::new("cargo");
    cargo.args(["doc", "--workspace", "--no-deps", "--quiet"]).env("RUSTDOCFLAGS", "--deny warnings");
    shell::check(&mut cargo, "cargo doc")
}

/// Bundles the components for Spin and the Worker from the binary that `cargo test` built, runs the Worker's own
/// tests, and proves that all hosts run the same components.
fn every_host() -> anyhow::Result<()> {
    let wandstore = shell::target_dir().join("debug/wandstore");
    bundle::bundle(&wandstore, Some(Path::new(OF_SHOPIFY)), bundle::OF_SHOPIFY)?;
    bundle::bundle(&wandstore, None, bundle::DEPLOYED)?;
    shell::install("node", "nodejs")?;
    shell::install("npm", "npm")?;
    step("packages of the Worker");
    shell::npm("targets/cloudflare", &["ci", "--no-fund", "--no-audit"])?;
    step("the Worker of a shop at Shopify");
    shell::npm("targets/cloudflare", &["run", "bundle:shopify"])?;
    step("the Worker, in workerd");
    shell::npm("targets/cloudflare", &["test"])?;
    step("the same components on every host");
    bundle::proof::prove(&wandstore, None)
}

/// Fetches a collector of OpenTelemetry from `PyPI`, which the stories of traces send to.
fn collector() -> anyhow::Result<()> {
    step("a collector of OpenTelemetry");
    python_packages("tests/collector", "collector").map(drop)
}

/// Installs the Python packages that `requirements.txt` in `folder` lists below cargo's target folder, and returns where.
fn python_packages(folder: &str, name: &str) -> anyhow::Result<PathBuf> {
    shell::install("python3", "python3-pip")?;
    let packages = std::path::absolute(shell::target_dir())?.join(name);
    let mut pip = Command::new("python3");
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--upgrade", "--target"]);
    pip.arg(&packages).args(["--requirement", "requirements.txt"]).current_dir(folder);
    shell::check(&mut pip, "python3 -m pip install").with_context(|| {
        format!(
            "{folder}/requirements.txt is installed from PyPI, which must be reachable; if pip is missing: apt-get \
             install python3-pip"
        )
    })?;
    Ok(packages)
}

/// Tests components in other languages, in the binary that `cargo test` built.
fn languages() -> anyhow::Result<()> {
    javascript()?;
    python()
}

fn javascript() -> anyhow::Result<()> {
    let folder = "tests/languages/catalog-js";
    step("packages of the catalog in JavaScript");
    shell::npm(folder, &["ci", "--no-fund", "--no-audit"])?;
    step("the catalog in JavaScript");
    shell::npm(folder, &["run", "build"])?;
    shell::npm(folder, &["test"])
}

fn python() -> anyhow::Result<()> {
    let folder = "tests/languages/catalog-py";
    step("packages of the catalog in Python");
    let packages = python_packages(folder, "catalog-py")?;
    step("the catalog in Python");
    for script in ["build.py", "test_catalog.py"] {
        let mut python = Command::new("python3");
        python.arg(script).env("PYTHONPATH", &packages).current_dir(folder);
        shell::check(&mut python, script)?;
    }
    Ok(())
}

/// Checks the catalog's queries against Shopify's own schema.
fn queries() -> anyhow::Result<()> {
    let folder = "tests/schema";
    step("packages of the schema");
    shell::npm(folder, &["ci", "--no-fund", "--no-audit"])?;
    step("queries against Shopify's schema");
    shell::npm(folder, &["test"])
}

/// Runs Shopify's own linter on the theme extension, and compares the built script with its source.
fn theme() -> anyhow::Result<()> {
    let folder = "tests/theme";
    step("packages of the theme check");
    shell::npm(folder, &["ci", "--no-fund", "--no-audit"])?;
    step("the theme extension");
    shell::npm(folder, &["test"])
}

/// The folder of the browser test.
pub const BROWSER_FOLDER: &str = "tests/browser";

/// Installs what the browser test needs.
pub fn browser_packages() -> anyhow::Result<()> {
    shell::install("chromium", "chromium")?;
    step("packages of the browser test");
    shell::npm(BROWSER_FOLDER, &["ci", "--no-fund", "--no-audit"])
}

/// Runs the browser test against the binary that `cargo test` built.
fn browser() -> anyhow::Result<()> {
    browser_packages()?;
    step("browser test");
    shell::check(
        Command::new("node").args(["--test", "--test-reporter=spec"]).current_dir(BROWSER_FOLDER),
        "node --test",
    )
}
