//! Dependencies: between the workspace's crates, and on others.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

/// The heading row of the table of dependencies in ARCHITECTURE.md.
const HEADING: &str = "| crates | depend on | their tests also on |";
/// Libraries that belong to the native host.
const OF_THE_HOST: [&str; 6] = ["axum", "hyper", "reqwest", "sqlx", "tokio", "wasmtime"];

/// A build dependency counts like any other. A dependency of tests is listed beside them, unless the crate itself has
/// it too.
#[test]
fn dependencies_point_one_way() {
    assert_eq!(dependencies_in_use(), dependencies_allowed());
}

#[test]
fn wasm_crates_depend_on_no_host_library() {
    for (folder, package) in members() {
        if ["adapters/", "components/", "crates/"].iter().any(|start| folder.starts_with(start)) {
            let used = dependencies(&package).filter(|dependency| !dependency.is_for_tests);
            let beyond: Vec<_> =
                used.map(|used| used.name).filter(|name| OF_THE_HOST.contains(&name.as_str())).collect();
            assert!(beyond.is_empty(), "{folder} depends on {beyond:?}");
        }
    }
}

#[test]
fn backends_and_the_admin_do_not_depend_on_wasmtime() {
    for (folder, package) in members() {
        if ["host/admin", "host/backends"].contains(&folder.as_str()) {
            let wasmtime = dependencies(&package).find(|dependency| dependency.name.starts_with("wasmtime"));
            assert!(wasmtime.is_none(), "{folder} depends on wasmtime");
        }
    }
}

/// `cargo deny check` checks more, but must be installed; this runs with every test.
#[test]
fn every_dependency_has_a_licence_that_is_allowed() {
    let rules: toml::Table = DENY.parse().expect("deny.toml parses");
    let allowed = rules["licenses"]["allow"].as_array().expect("a list");
    let allowed: Vec<_> = allowed
        .iter()
        .map(|name| spdx::Licensee::parse(name.as_str().expect("a name")).expect("an SPDX name"))
        .collect();
    let metadata = metadata(&["--all-features"]);
    let packages = metadata["packages"].as_array().expect("there are packages");
    assert!(packages.len() > 100, "dependencies are listed");
    for package in packages {
        let stated = package["license"].as_str().unwrap_or_default();
        let expression = spdx::Expression::parse_mode(stated, spdx::ParseMode::LAX);
        let expression = expression.unwrap_or_else(|error| panic!("{}: {error}", package["name"]));
        let fits = expression.evaluate(|wanted| allowed.iter().any(|licence| licence.satisfies(wanted)));
        assert!(fits, "{} is under {stated}", package["name"]);
    }
}

const DENY: &str = include_str!("../../../deny.toml");

/// The dependencies of a crate on others of the workspace, by folder.
#[derive(Debug, Default, PartialEq, Eq)]
struct Uses {
    by_code: BTreeSet<String>,
    by_tests: BTreeSet<String>,
}

/// Reads the table of ARCHITECTURE.md.
fn dependencies_allowed() -> BTreeMap<String, Uses> {
    let document = include_str!("../../../ARCHITECTURE.md");
    let rows = document.lines().skip_while(|line| *line != HEADING).skip(2);
    let mut allowed = BTreeMap::new();
    for row in rows.take_while(|line| line.starts_with('|')) {
        let [_, crates, code, tests, _] = row.split('|').collect::<Vec<_>>()[..] else {
            panic!("the row has three columns: {row}")
        };
        for folder in folders(crates) {
            let uses = Uses { by_code: folders(code).collect(), by_tests: folders(tests).collect() };
            assert!(allowed.insert(folder.clone(), uses).is_none(), "{folder} is in two rows");
        }
    }
    allowed
}

/// Returns the text between backticks.
fn folders(cell: &str) -> impl Iterator<Item = String> {
    cell.split('`').skip(1).step_by(2).map(str::to_owned)
}

fn dependencies_in_use() -> BTreeMap<String, Uses> {
    members().into_iter().map(|(folder, package)| (folder, uses(&package))).collect()
}

fn uses(package: &Value) -> Uses {
    let mut uses = Uses::default();
    for Dependency { folder, is_for_tests, .. } in dependencies(package) {
        let Some(folder) = folder else { continue };
        if is_for_tests {
            uses.by_tests.insert(folder)
        } else {
            uses.by_code.insert(folder)
        };
    }
    uses.by_tests.retain(|folder| !uses.by_code.contains(folder));
    uses
}

struct Dependency {
    name: String,
    /// The folder, if it is a crate of this workspace.
    folder: Option<String>,
    is_for_tests: bool,
}

fn dependencies(package: &Value) -> impl Iterator<Item = Dependency> {
    package["dependencies"].as_array().expect("a list").iter().map(|dependency| Dependency {
        name: text(&dependency["name"]).to_owned(),
        folder: dependency["path"].as_str().map(in_workspace),
        is_for_tests: dependency["kind"] == "dev",
    })
}

/// Returns the workspace's packages, by folder.
pub(super) fn members() -> Vec<(String, Value)> {
    let mut metadata = metadata(&["--no-deps"]);
    let packages = metadata["packages"].take();
    let folder = |package: &Value| {
        let manifest = text(&package["manifest_path"]);
        in_workspace(manifest.strip_suffix("/Cargo.toml").expect("a manifest has this name"))
    };
    let Value::Array(packages) = packages else { panic!("packages are a list") };
    packages.into_iter().map(|package| (folder(&package), package)).collect()
}

/// Returns a path as seen from the workspace's root.
fn in_workspace(path: &str) -> String {
    let root =
        concat!(env!("CARGO_MANIFEST_DIR"), "/").strip_suffix("host/").expect("the host is in this folder");
    path.strip_prefix(root).expect("the path is in the workspace").to_owned()
}

fn text(value: &Value) -> &str {
    value.as_str().expect("cargo names it")
}

/// Asks cargo about the workspace.
fn metadata(arguments: &[&str]) -> Value {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["metadata", "--locked", "--format-version", "1"]).args(arguments);
    let output = cargo.current_dir(env!("CARGO_MANIFEST_DIR")).output().expect("cargo is there");
    serde_json::from_slice(&output.stdout).expect("cargo prints JSON")
}
