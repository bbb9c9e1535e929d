//! The files of `deploy/` and GitHub's workflows, held to the binary. `cargo xtask deployment` lints them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::Command;

use host::config::{Chosen, Config, Environment};
use runtime::component::{Builtin, Role, Source};

use crate::harness::process::{self, Process};

const CONTAINERFILE: &str = include_str!("../../deploy/Containerfile");
const HOST: &str = include_str!("../../deploy/kubernetes/deployment.yaml");
const CONFIGURATION: &str = include_str!("../../deploy/kubernetes/wandstore.toml");
const KUSTOMIZATION: &str = include_str!("../../deploy/kubernetes/kustomization.yaml");
const README: &str = include_str!("../../deploy/README.md");
const SECRETS: &str = include_str!("../../.github/workflows/set-secrets.yml");

/// Alerts on a metric that does not exist never fire, and the panels stay empty.
#[tokio::test]
async fn alerts_and_dashboard_use_metrics_that_a_host_has() {
    let folder = tempfile::tempdir().expect("a folder");
    let host = Process::start(folder.path(), &[]);
    host.get("/s/magic-wands?shopper=abc123").await.expect("it serves");
    host.made("abc123").await.expect("the page is made");
    let there = metrics(&host).await;
    let files = [
        include_str!("../../deploy/monitoring/alerts.yaml"),
        include_str!("../../deploy/monitoring/alerts_test.yaml"),
        include_str!("../../deploy/monitoring/dashboard.json"),
    ];
    let used: BTreeSet<_> = files.into_iter().flat_map(names_in).collect();
    assert!(used.len() > 20, "{used:?}");
    let missing: Vec<_> = used.difference(&there).collect();
    assert!(missing.is_empty(), "a host has no {missing:?}");
}

/// Returns the metrics of a host, once its backends were probed.
async fn metrics(host: &Process) -> BTreeSet<String> {
    let probed = async || {
        let text = host.get("/metrics").await.expect("it serves").body;
        text.contains("wandstore_backend_up{").then(|| names_in(&text))
    };
    crate::harness::eventually("backends are probed", probed).await
}

fn names_in(text: &str) -> BTreeSet<String> {
    let is_name = |c: char| c.is_ascii_lowercase() || c == '_';
    let starts = text.match_indices("wandstore_").map(|(at, _)| &text[at..]);
    starts.map(|rest| rest.split(|c| !is_name(c)).next().unwrap_or_default().to_owned()).collect()
}

/// What an image is started with is in its file.
#[tokio::test]
async fn the_image_serves_with_its_own_variables_and_command() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut variables: BTreeMap<_, _> = lines_of("ENV ").filter_map(|line| line.split_once('=')).collect();
    assert_eq!(variables.insert("WANDSTORE_LISTEN", "127.0.0.1:0"), Some("0.0.0.0:8787"));
    assert_eq!(variables.insert("WANDSTORE_ADMIN_LISTEN", "127.0.0.1:0"), Some("0.0.0.0:8788"));
    let data = folder.path().join("data").display().to_string();
    assert_eq!(variables.insert("WANDSTORE_DATA_DIR", &data), Some("/data"));
    let arguments: Vec<String> =
        serde_json::from_str(lines_of("CMD ").next().expect("it has a command")).expect("it is a list");
    let mut command = Command::new(env!("CARGO_BIN_EXE_wandstore"));
    command.env_clear().envs(variables).args(arguments).current_dir(folder.path());
    let host = Process::run(&mut command, folder.path());
    assert_eq!(host.get("/health").await.expect("it serves").body, r#"{"status":"ok"}"#);
    assert_eq!(host.get("/metrics").await.expect("it serves").status, 404, "that port is published");
    assert_eq!(host.get("/s/magic-wands?shopper=abc123").await.expect("it serves").status, 200);
}

fn lines_of(instruction: &str) -> impl Iterator<Item = &'static str> {
    CONTAINERFILE.lines().filter_map(move |line| line.strip_prefix(instruction))
}

#[test]
fn the_manifests_give_each_host_the_secrets_that_its_configuration_needs() {
    let folder = tempfile::tempdir().expect("a folder");
    let secrets = folder.path().display().to_string();
    let mut variables = BTreeMap::new();
    for (name, file) in secret_files() {
        let content = match file.as_str() {
            "database-url" => "postgres://wandstore:hush@postgres/wandstore",
            "redis-url" => "redis://:hush@valkey",
            _ => "hush",
        };
        std::fs::write(folder.path().join(&file), content).expect("it is written");
        variables.insert(format!("{name}_FILE"), format!("{secrets}/{file}"));
    }
    let literals = KUSTOMIZATION.lines().filter_map(|line| line.trim().strip_prefix("- "));
    variables.extend(
        literals
            .filter_map(|line| line.split_once('='))
            .map(|(name, value)| (name.to_owned(), value.to_owned())),
    );
    let environment =
        Environment::from_lookup(|name| variables.get(name).cloned()).expect("all files are there");
    let config = Config::parse(CONFIGURATION, PathBuf::from("."), &environment).expect("it is right");
    assert!(config.database().expect("it has a database").is_some());
    assert!(config.redis().expect("it has a server").is_some());
    assert!(config.app().expect("it has an address").is_some());
    assert!(config.llm().is_some());
    let catalog = config.source(Role::Catalog).expect("there is one");
    assert_eq!(catalog, Chosen::Here(Source::Embedded(Builtin::Shopify)));
    assert_eq!(config.secrets.backends.len(), 2);
}

/// One of them alone would be a host that does not start.
#[test]
fn the_workflow_and_the_documentation_set_the_secrets_that_the_manifests_mount() {
    for (name, file) in secret_files() {
        assert!(SECRETS.contains(&format!("{name}: ${{{{ secrets.{name} }}}}")), "{name}");
        let (_, list) = SECRETS.split_once("for name in").expect("it goes through them");
        assert!(
            list.split("; do").next().is_some_and(|list| list.split_whitespace().any(|word| word == name))
        );
        assert!(README.contains(&format!("--from-file={file}")), "{file}");
        assert_eq!(file, name.to_lowercase().replace('_', "-"), "the workflow names files so");
    }
}

/// The variables of secrets in the manifest of a host, and the files that they name.
fn secret_files() -> Vec<(&'static str, String)> {
    const MOUNTED: &str = "/run/secrets/wandstore/";
    let mut lines = HOST.lines().map(str::trim);
    let mut found = Vec::new();
    while let Some(line) = lines.next() {
        let Some(name) = line.strip_prefix("- name: ").and_then(|name| name.strip_suffix("_FILE")) else {
            continue;
        };
        let value =
            lines.next().and_then(|line| line.strip_prefix("value: ")).expect("a variable has a value");
        found.push((name, value.strip_prefix(MOUNTED).expect("it is mounted there").to_owned()));
    }
    assert!(found.len() > 5, "{found:?}");
    found
}

#[test]
fn the_configuration_of_the_debian_package_is_right() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../deploy/debian/wandstore.toml");
    let output = process::run(folder.path(), &["--config", file, "check"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
