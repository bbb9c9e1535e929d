//! The rules of ARCHITECTURE.md and wit/README.md that the manifests, the sources and the tables in the documents show.

mod dependencies;
mod files;
mod package;

use std::collections::BTreeSet;

use model::Operation;
use runtime::component::Role;

/// Authors of components read there which keys a role may access.
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
