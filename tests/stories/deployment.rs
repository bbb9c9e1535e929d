//! The files of `deploy/` and GitHub's workflows, held to the binary. `cargo xtask deployment` lints them.

use std::collections::{BTreeMap, BTreeSet};
#[cfg(unix)]
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use host::config::{Chosen, Config, Environment};
use runtime::component::{Builtin, Role, Source};
use serde_json::Value;

use crate::harness::process::{self, Process};

const CONTAINERFILE: &str = include_str!("../../deploy/Containerfile");
const HOST: &str = include_str!("../../deploy/kubernetes/deployment.yaml");
const CONFIGURATION: &str = include_str!("../../deploy/kubernetes/wandstore.toml");
const KUSTOMIZATION: &str = include_str!("../../deploy/kubernetes/kustomization.yaml");
const README: &str = include_str!("../../deploy/README.md");
const DEPLOY: &str = include_str!("../../.github/workflows/deploy-container.yml");
const TEST: &str = include_str!("../../.github/workflows/test.yml");
const OPERATING: &str = include_str!("../../docs/operating.md");
const TOOLCHAIN: &str = include_str!("../../rust-toolchain.toml");
const SECRETS: &str = include_str!("../../.github/workflows/set-secrets.yml");

/// Alerts on a metric that does not exist never fire, and the panels stay empty.
#[tokio::test]
async fn alerts_and_dashboard_use_metrics_that_a_host_has() {
    let folder = tempfile::tempdir().expect("a folder");
    let host = crate::measured::compared(folder.path()).await;
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
    let arguments = strings_of("CMD ");
    let mut command = Command::new(env!("CARGO_BIN_EXE_wandstore"));
    command.env_clear().envs(variables).args(arguments).current_dir(folder.path());
    let host = Process::run(&mut command, folder.path());
    assert_eq!(host.get("/health").await.expect("it serves").body, r#"{"status":"ok"}"#);
    assert_eq!(host.get("/metrics").await.expect("it serves").status, 404, "that port is published");
    assert_eq!(host.get("/s/magic-wands?shopper=abc123").await.expect("it serves").status, 200);
}

/// An image has nothing but what its file copies into it. The files of the base image, a C library and certificates, are those
/// of this machine.
#[cfg(unix)]
#[test]
fn what_the_image_contains_is_all_that_the_binary_needs() {
    let image = tempfile::tempdir().expect("a folder");
    let image = image.path();
    let built: BTreeMap<&str, &str> = [("/out/usr/bin/wandstore", "binary"), ("/out/volume/", "data")].into();
    for copy in lines_of("COPY --from=build ") {
        let words: Vec<_> = copy.split_whitespace().filter(|word| !word.starts_with("--")).collect();
        let [from, to] = words[..] else { panic!("{copy}") };
        let to = image.join(to.trim_start_matches('/'));
        match built.get(from) {
            Some(&"binary") => {
                std::fs::create_dir_all(to.parent().expect("it is in a folder")).expect("it is made");
                std::fs::copy(env!("CARGO_BIN_EXE_wandstore"), to).expect("the binary is built");
            }
            Some(_) => {
                assert!(CONTAINERFILE.contains("install -d -m 0700 /out/volume/data"));
                let data = std::fs::DirBuilder::new().mode(0o700).create(to.join("data"));
                data.expect("it is made");
            }
            None => panic!("the build does not put {from} there"),
        }
    }
    let [entry]: [String; 1] = strings_of("ENTRYPOINT ").try_into().expect("it starts one program");
    process::warm(image);
    let mut variables: BTreeMap<_, _> = lines_of("ENV ").filter_map(|line| line.split_once('=')).collect();
    let data = image.join("data").display().to_string();
    assert_eq!(variables.insert("WANDSTORE_DATA_DIR", &data), Some("/data"));
    let work = lines_of("WORKDIR ").last().expect("it has a folder to start in");
    let in_image = |path: &str| image.join(path.trim_start_matches('/'));
    let mut check = Command::new(in_image(&entry));
    check.env_clear().envs(variables).arg("check").current_dir(in_image(work));
    let output = check.output().expect("it starts");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    for role in Role::ALL {
        assert!(said.contains(&format!("{role}: ")), "{role}: {said}");
    }
    // It wrote to its volume and nowhere else.
    let top = |path: &Path| -> BTreeSet<String> {
        let entries =
            std::fs::read_dir(path).expect("it is a folder").map(|entry| entry.expect("it is listed"));
        entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
    };
    assert_eq!(top(image), ["data".to_owned(), "usr".to_owned()].into());
    assert_eq!(top(&image.join("usr/bin")), ["wandstore".to_owned()].into());
}

/// Returns the list of an instruction of the image's file.
fn strings_of(instruction: &str) -> Vec<String> {
    let list = lines_of(instruction).next().expect("it has one");
    serde_json::from_str(list).expect("it is a list")
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

#[test]
fn the_workflow_pushes_and_deploys_nothing_before_the_tests_have_passed() {
    let jobs = jobs_of(DEPLOY);
    assert!(jobs["test"].iter().any(|line| line.starts_with("uses: ./.github/workflows/test.yml")));
    assert!(
        TEST.contains("\n  workflow_call:\n")
            && TEST.contains("run: sudo --preserve-env=CI,PATH,HOME .ci/run")
    );
    let needs = |name: &str| -> Vec<String> {
        let line = jobs[name].iter().find_map(|line| line.strip_prefix("needs: "));
        let names = line.unwrap_or_default().trim_matches(['[', ']']).split(", ");
        names.filter(|name| !name.is_empty()).map(str::to_owned).collect()
    };
    for name in jobs.keys().filter(|name| **name != "test") {
        let (mut waiting_for, mut before) = (vec![(*name).to_owned()], BTreeSet::new());
        while let Some(name) = waiting_for.pop() {
            waiting_for.extend(needs(&name));
            before.insert(name);
        }
        assert!(before.contains("test"), "{name} does not wait for the tests");
        // With `always()` or `!cancelled()`, a job would start although the tests failed.
        assert!(!jobs[name].iter().any(|line| line.starts_with("if: ")), "{name}");
    }
    assert_eq!(needs("deploy"), ["components", "image"]);
}

/// Returns the lines of each job of a workflow, without comments.
fn jobs_of(workflow: &'static str) -> BTreeMap<&'static str, BTreeSet<&'static str>> {
    let (_, lines) = workflow.split_once("\njobs:\n").expect("it has jobs");
    let mut jobs = BTreeMap::<_, BTreeSet<_>>::new();
    let mut job = "";
    for line in lines.lines().filter(|line| !line.trim().is_empty() && !line.trim().starts_with('#')) {
        match line.strip_prefix("  ").filter(|rest| !rest.starts_with(' ')) {
            Some(name) => job = name.trim_end_matches(':'),
            None => _ = jobs.entry(job).or_default().insert(line.trim()),
        }
    }
    jobs
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

/// `cargo install` takes every binary of a package. A build takes minutes, so cargo is asked what it would install.
#[test]
fn what_the_documentation_installs_is_the_binary_that_it_starts() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let install =
        OPERATING.lines().find_map(|line| line.trim().strip_prefix("cargo install --locked --path "));
    let folder = root.join(install.expect("it says how"));
    let mut metadata = Command::new(env!("CARGO"));
    metadata
        .args(["metadata", "--offline", "--locked", "--no-deps", "--format-version=1"])
        .current_dir(&folder);
    let output = metadata.output().expect("cargo built this test");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
    let manifest = folder.join("Cargo.toml").canonicalize().expect("there is a package");
    let is_it =
        |package: &&Value| package["manifest_path"].as_str().is_some_and(|path| Path::new(path) == manifest);
    let package = metadata["packages"].as_array().and_then(|packages| packages.iter().find(is_it));
    let targets = package.expect("cargo knows it")["targets"].as_array().expect("it has targets");
    let binaries: Vec<_> = targets.iter().filter(|target| target["kind"][0] == "bin").collect();
    let names: Vec<_> = binaries.iter().map(|binary| &binary["name"]).collect();
    assert_eq!(names, ["wandstore"], "nothing else is installed");
    assert_eq!(binaries[0].get("required-features"), None, "or it would be left out");
    // The build script has cargo build the components for this target, which rustup installs with the toolchain.
    assert!(TOOLCHAIN.contains("targets = [\"wasm32-unknown-unknown\"]"), "{TOOLCHAIN}");
    assert!(OPERATING.contains("target/release/wandstore serve"));
}

#[test]
fn the_configuration_of_the_debian_package_is_right() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../deploy/debian/wandstore.toml");
    let output = process::run(folder.path(), &["--config", file, "check"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
