//! The rules of ARCHITECTURE.md that can be read from WIT, built components and `cargo metadata`.

mod dependencies;
mod invariants;
mod package;

use std::collections::BTreeSet;
use std::path::PathBuf;

use model::Operation;
use runtime::component::Role;

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
