//! The lines that the design draws, held by the code.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;

use host::component::{Role, world};
use wit_parser::{Resolve, WorldItem, WorldKey};

use crate::harness::load;

const COMPONENTS: [&str; 5] = ["routing", "caching", "queueing", "generation", "catalog-demo"];

#[test]
fn each_built_component_imports_nothing_but_what_its_world_names() {
    for loaded in load("").expect("the components of this build load").loaded {
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
            assert_eq!(on(&["host", "capabilities", "wasmtime", "tokio"]), Vec::<String>::new(), "{name} knows no host");
        }
        if name == "host" {
            assert_eq!(on(&COMPONENTS), Vec::<String>::new(), "the host knows no component's crate");
        }
        if name == "capabilities" {
            assert_eq!(on(&["host", "wasmtime"]), Vec::<String>::new(), "backends know nothing of WebAssembly");
        }
    }
}

struct Package {
    name: String,
    dependencies: Vec<String>,
}

fn packages() -> Vec<Package> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["metadata", "--no-deps", "--offline", "--format-version", "1"]);
    let output = cargo.current_dir(env!("CARGO_MANIFEST_DIR")).output().expect("cargo is there");
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).expect("cargo prints JSON");
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
    let name = if role == Role::Catalog { "catalog-demo" } else { role.name() };
    let world = resolve.select_world(&[storefront], Some(name)).expect("the role has a world");
    let interfaces = resolve.worlds[world].imports.iter().filter_map(|(key, item)| match (key, item) {
        (WorldKey::Interface(id), WorldItem::Interface { .. }) => resolve.id_of(*id),
        _ => None,
    });
    interfaces.collect()
}
