//! Worlds: what components may import, and what they reach through each other.

use std::collections::BTreeSet;
use std::path::Path;

use runtime::component::{Role, world};
use wit_component::DecodedWasm;
use wit_parser::{Resolve, WorldId, WorldItem, WorldKey};

/// Every component with its world and its file. A catalog's role has a wider world (`catalog-online`).
const COMPONENTS: [(&str, &str, &str); 7] = [
    ("caching", "caching", env!("COMPONENT_CACHING")),
    ("catalog-demo", "catalog-demo", env!("COMPONENT_CATALOG_DEMO")),
    ("catalog-json", "catalog-demo", env!("COMPONENT_CATALOG_JSON")),
    ("catalog-shopify", "catalog-online", env!("COMPONENT_CATALOG_SHOPIFY")),
    ("generation", "generation", env!("COMPONENT_GENERATION")),
    ("queueing", "queueing", env!("COMPONENT_QUEUEING")),
    ("routing", "routing", env!("COMPONENT_ROUTING")),
];
const LLM: &str = "wandstore:capabilities/llm@0.1.0";

#[test]
fn each_component_imports_nothing_but_what_its_own_world_names_and_exports_all_of_it() {
    for (component, name, file) in COMPONENTS {
        let (built, world) = (built(file), named(name));
        let beyond: Vec<_> = built.imports.difference(&world.imports).collect();
        assert!(beyond.is_empty(), "{component} imports {beyond:?}");
        assert_eq!(built.exports, world.exports, "{component}");
    }
}

#[test]
fn every_component_with_a_guest_is_held_to_its_world() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../components");
    let entries =
        std::fs::read_dir(folder).expect("the folder is there").map(|entry| entry.expect("it is listed"));
    let with_guest = entries.filter(|entry| entry.path().join("src/guest.rs").exists());
    let with_guest: BTreeSet<_> =
        with_guest.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    assert_eq!(with_guest, BTreeSet::from(COMPONENTS.map(|(component, ..)| component.to_owned())));
}

#[test]
fn the_host_supplies_each_role_with_exactly_its_world() {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    for role in Role::ALL {
        let supplied =
            Interfaces { imports: names(world::imports(role)), exports: names(world::exports(role)) };
        let name = if role == Role::Catalog { "catalog-online" } else { role.name() };
        assert_eq!(supplied, named(name), "{role}");
    }
}

/// An import may lead on: whoever serves it has imports too.
#[test]
fn no_interface_that_routing_reaches_leads_to_the_model() {
    let reached = reached_from("routing");
    assert!(reached.contains("wandstore:capabilities/blob@0.1.0"), "routing reaches blobs through caching");
    assert!(!reached.contains(LLM), "routing reaches the model");
    assert!(reached_from("generation").contains(LLM), "generation has the model");
}

/// The interfaces that a world imports, and those that it reaches through any world that serves one of them.
fn reached_from(world: &str) -> BTreeSet<String> {
    let mut reached = named(world).imports;
    loop {
        let before = reached.len();
        for server in all_worlds() {
            if !server.exports.is_disjoint(&reached) {
                reached.extend(server.imports);
            }
        }
        if reached.len() == before {
            return reached;
        }
    }
}

/// The interfaces of a component or of a world.
#[derive(Debug, PartialEq, Eq)]
struct Interfaces {
    imports: BTreeSet<String>,
    exports: BTreeSet<String>,
}

impl Interfaces {
    fn of(resolve: &Resolve, world: WorldId) -> Self {
        let name = |(key, item): (&WorldKey, &WorldItem)| match (key, item) {
            (WorldKey::Interface(id), WorldItem::Interface { .. }) => resolve.id_of(*id),
            _ => Some(resolve.name_world_key(key)),
        };
        let world = &resolve.worlds[world];
        Self {
            imports: world.imports.iter().filter_map(name).collect(),
            exports: world.exports.iter().filter_map(name).collect(),
        }
    }
}

fn built(file: &str) -> Interfaces {
    let bytes = std::fs::read(file).expect("the build of the host built it");
    match wit_component::decode(&bytes).expect("it is a component") {
        DecodedWasm::Component(resolve, world) => Interfaces::of(&resolve, world),
        DecodedWasm::WitPackage(..) => panic!("{file} has no code"),
    }
}

fn named(world: &str) -> Interfaces {
    let (resolve, worlds) = wit();
    let id = worlds.into_iter().find(|id| resolve.worlds[*id].name == world).expect("there is such a world");
    Interfaces::of(&resolve, id)
}

fn all_worlds() -> Vec<Interfaces> {
    let (resolve, worlds) = wit();
    worlds.into_iter().map(|id| Interfaces::of(&resolve, id)).collect()
}

/// The worlds of components and adapters.
fn wit() -> (Resolve, Vec<WorldId>) {
    let mut resolve = Resolve::default();
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../wit"));
    let mut push = |name: &str| resolve.push_dir(folder.join(name)).expect("it parses").0;
    push("capabilities");
    let packages = [push("platform"), push("storefront"), push("spin")];
    let worlds =
        packages.map(|package| resolve.packages[package].worlds.values().copied().collect::<Vec<_>>());
    (resolve, worlds.concat())
}
