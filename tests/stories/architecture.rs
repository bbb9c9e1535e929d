//! The rules of ARCHITECTURE.md that can be read from WIT, built components and `cargo metadata`.

mod dependencies;
mod package;

use std::collections::BTreeSet;
use std::path::PathBuf;

use host::component::{Role, world};
use model::Operation;
use wit_parser::{Resolve, WorldItem, WorldKey};

use crate::harness::usual_components;

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
