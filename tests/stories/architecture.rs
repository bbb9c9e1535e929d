//! The lines that the design draws, held by the code.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;

use model::Operation;
use runtime::component::{Role, world};
use wit_parser::{Resolve, WorldItem, WorldKey};

use crate::harness::usual_components;

const COMPONENTS: [&str; 7] =
    ["routing", "caching", "queueing", "generation", "catalog-demo", "catalog-json", "catalog-shopify"];
const ADAPTERS: [&str; 5] = ["backends", "services", "spin-platform", "spin-requests", "spin-front"];

#[test]
fn each_built_component_imports_nothing_but_what_its_world_names() {
    for loaded in &usual_components().loaded {
        let world = world_imports(loaded.role);
        let beyond: Vec<_> = loaded.imports.iter().filter(|name| !world.contains(*name)).collect();
        assert!(beyond.is_empty(), "{} imports {beyond:?}", loaded.role);
    }
}

#[test]
fn the_host_supplies_each_role_with_exactly_its_world() {
    for role in Role::ALL {
        let supplied: BTreeSet<_> = world::imports(role).iter().map(|name| (*name).to_owned()).collect();
        assert_eq!(supplied, world_imports(role), "{role}");
    }
}

/// Who writes a component reads there what it may do with which keys.
#[test]
fn the_readme_of_wit_says_which_keys_each_role_reaches() {
    let readme = include_str!("../../wit/README.md");
    let mut expected = BTreeSet::new();
    for role in Role::ALL {
        let names =
            |operations: &[Operation]| operations.iter().map(|o| o.name()).collect::<Vec<_>>().join(", ");
        let row = |place: &str, prefix: &str, operations| {
            format!("| `{role}` | `{place}` | `{prefix}…` | {} |", names(operations))
        };
        let access = role.access();
        expected.extend(
            access.entries.iter().map(|grant| row(grant.place.name(), grant.prefix, grant.operations)),
        );
        expected.extend(
            access.objects.iter().map(|grant| row(grant.place.name(), grant.prefix, grant.operations)),
        );
    }
    let rows: BTreeSet<_> = readme.lines().filter(|line| line.contains("…` |")).map(str::to_owned).collect();
    assert_eq!(rows, expected);
}

#[test]
fn the_documents_name_files_that_exist() {
    const FOLDERS: [&str; 10] = [
        "adapters",
        "components",
        "crates",
        "docs",
        "host",
        "migrations",
        "shopify",
        "tests",
        "wit",
        "xtask",
    ];
    let root = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    let is_path = |piece: &&str| {
        let folder = piece.split_once('/').map(|(folder, _)| folder);
        folder.is_some_and(|folder| FOLDERS.contains(&folder)) && !piece.contains(['*', '{', '<', ' ', '\n'])
    };
    for document in ["ARCHITECTURE.md", "CONTRIBUTING.md", "README.md", "docs/glossary.md"] {
        let text = std::fs::read_to_string(root.join(document)).expect("the document is there");
        // Every second piece is between two backticks.
        let paths: Vec<_> = text.split('`').skip(1).step_by(2).filter(is_path).collect();
        let lost: Vec<_> = paths.iter().filter(|path| !root.join(path).exists()).collect();
        assert!(lost.is_empty(), "{document} names {lost:?}");
    }
}

#[test]
fn dependencies_point_one_way() {
    for package in packages() {
        let on = |names: &[&str]| -> Vec<String> {
            package.dependencies.iter().filter(|name| names.contains(&name.as_str())).cloned().collect()
        };
        let name = package.name.as_str();
        if COMPONENTS.contains(&name) {
            let others: Vec<_> = COMPONENTS.into_iter().filter(|other| *other != name).collect();
            assert_eq!(on(&others), Vec::<String>::new(), "{name} meets other components through WIT only");
            assert_eq!(
                on(&["host", "capabilities", "wasmtime", "tokio"]),
                Vec::<String>::new(),
                "{name} knows no host"
            );
        }
        if name == "host" {
            assert_eq!(on(&COMPONENTS), Vec::<String>::new(), "the host knows no component's crate");
        }
        if ADAPTERS.contains(&name) || ["llm", "secrets", "settings", "sql", "upstream"].contains(&name) {
            assert_eq!(on(&COMPONENTS), Vec::<String>::new(), "{name} knows no component's crate");
            assert_eq!(
                on(&["host", "capabilities", "wasmtime", "reqwest"]),
                Vec::<String>::new(),
                "{name} knows nothing of the native host"
            );
        }
        if name == "admin" {
            assert_eq!(on(&["host", "wasmtime"]), Vec::<String>::new(), "the admin knows no host");
            assert_eq!(on(&COMPONENTS), Vec::<String>::new(), "the admin knows no component's crate");
        }
        if name == "runtime" {
            let others = on(&["host", "admin", "axum", "hyper", "clap", "toml"]);
            assert_eq!(others, Vec::<String>::new(), "the runtime serves no HTTP and reads no configuration");
            assert_eq!(on(&COMPONENTS), Vec::<String>::new(), "the runtime knows no component's crate");
        }
        if name == "capabilities" {
            assert_eq!(
                on(&["host", "wasmtime"]),
                Vec::<String>::new(),
                "backends know nothing of WebAssembly"
            );
        }
    }
}

/// `cargo deny check` says more, where it is installed; this says it wherever tests run.
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

const DENY: &str = include_str!("../../deny.toml");

struct Package {
    name: String,
    dependencies: Vec<String>,
}

/// What cargo knows of the workspace.
fn metadata(arguments: &[&str]) -> serde_json::Value {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["metadata", "--locked", "--format-version", "1"]).args(arguments);
    let output = cargo.current_dir(env!("CARGO_MANIFEST_DIR")).output().expect("cargo is there");
    serde_json::from_slice(&output.stdout).expect("cargo prints JSON")
}

fn packages() -> Vec<Package> {
    let metadata = metadata(&["--no-deps"]);
    let name = |value: &serde_json::Value| value["name"].as_str().expect("everything has a name").to_owned();
    let packages = metadata["packages"].as_array().expect("there are packages");
    packages
        .iter()
        .map(|package| Package {
            name: name(package),
            dependencies: package["dependencies"].as_array().expect("a list").iter().map(name).collect(),
        })
        .collect()
}

/// The interfaces that a role's world imports, as `wit/` says.
fn world_imports(role: Role) -> BTreeSet<String> {
    let mut resolve = Resolve::default();
    let wit = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../wit"));
    resolve.push_dir(wit.join("capabilities")).expect("the capabilities parse");
    let (storefront, _) = resolve.push_dir(wit.join("storefront")).expect("the storefront parses");
    let name = if role == Role::Catalog { "catalog-online" } else { role.name() };
    let world = resolve.select_world(&[storefront], Some(name)).expect("the role has a world");
    let interfaces = resolve.worlds[world].imports.iter().filter_map(|(key, item)| match (key, item) {
        (WorldKey::Interface(id), WorldItem::Interface { .. }) => resolve.id_of(*id),
        _ => None,
    });
    interfaces.collect()
}
