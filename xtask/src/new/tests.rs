use std::process::Command;

use tempfile::TempDir;
use wac_graph::types::{Package, Types};

use super::*;

fn component(role: Role, folder: &Path) -> Component {
    Component { role, folder: folder.to_owned() }
}

/// Returns the imports and exports of a new crate's component.
fn built(role: Role) -> (Vec<String>, Vec<String>) {
    shell::in_workspace().expect("the workspace is there");
    let parent = TempDir::new().expect("a folder");
    let name = format!("{}-of-my-own", role.name());
    let new = component(role, &parent.path().join(&name));
    new.write().expect("the folder is new");
    // All crates share one target folder, kept between runs, because their dependencies are the same.
    let target = shell::absolute(&shell::target_dir().join("tmp/new").display().to_string()).expect("a path");
    for arguments in [&["test"][..], &["build", "--target", TARGET]] {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(arguments).args(["--quiet", "--offline", "--release", "--target-dir"]).arg(&target);
        cargo.current_dir(&new.folder).env_remove("RUSTFLAGS");
        assert!(cargo.status().expect("cargo is there").success(), "{role:?}: {arguments:?}");
    }
    let file = name.replace('-', "_") + ".wasm";
    interfaces(fs::read(target.join(TARGET).join("release").join(file)).expect("cargo wrote it"))
}

fn interfaces(component: Vec<u8>) -> (Vec<String>, Vec<String>) {
    let mut types = Types::default();
    let package = Package::from_bytes("of-my:own", None, component, &mut types).expect("it is a component");
    let world = &types[package.ty()];
    (world.imports.keys().cloned().collect(), world.exports.keys().cloned().collect())
}

#[test]
fn a_new_catalog_builds_and_imports_nothing_but_types() {
    let (imports, exports) = built(Role::Catalog);
    assert_eq!(imports, ["wandstore:storefront/catalog-types@0.1.0"]);
    assert_eq!(exports, ["wandstore:storefront/catalog@0.1.0"]);
}

#[test]
fn a_new_generation_builds_and_imports_no_more_than_it_uses() {
    let (mut imports, exports) = built(Role::Generation);
    imports.sort();
    let expected = [
        "wandstore:capabilities/clock@0.1.0",
        "wandstore:capabilities/settings@0.1.0",
        "wandstore:capabilities/values@0.1.0",
        "wandstore:storefront/cache@0.1.0",
        "wandstore:storefront/catalog-types@0.1.0",
        "wandstore:storefront/catalog-version@0.1.0",
        "wandstore:storefront/catalog@0.1.0",
        "wandstore:storefront/job-types@0.1.0",
        "wandstore:storefront/page-types@0.1.0",
        "wandstore:storefront/shopper-types@0.1.0",
    ];
    assert_eq!(imports, expected);
    let expected = ["wandstore:storefront/generator@0.1.0", "wandstore:storefront/reviewer@0.1.0"];
    assert_eq!(exports, expected);
}

#[test]
fn nothing_in_a_new_crate_is_left_to_be_filled_in() {
    for role in Role::value_variants() {
        for (path, text) in template::files(*role, "of-my-own") {
            assert!(!text.contains("{{") && !text.trim().is_empty(), "{path}: {text}");
        }
    }
}

#[test]
fn an_existing_folder_is_not_changed() {
    let folder = TempDir::new().expect("a folder");
    let there = folder.path().join("there");
    fs::create_dir(&there).expect("it is ours");
    let refusal = component(Role::Catalog, &there).write().expect_err("it is there").to_string();
    assert!(refusal.contains("already exists"), "{refusal}");
    assert_eq!(fs::read_dir(&there).expect("it is there").count(), 0);
}

#[test]
fn a_folder_whose_name_is_not_a_crate_name_is_refused() {
    for name in ["My-Shop", "my shop", "1st", "-", "métier", ".hidden"] {
        let refusal = component(Role::Catalog, &std::env::temp_dir().join(name)).write();
        let refusal = refusal.expect_err("it is no name").to_string();
        assert!(refusal.contains("cannot be the name of a crate"), "{refusal}");
    }
}

#[test]
fn a_folder_among_the_members_of_the_workspace_is_refused() {
    shell::in_workspace().expect("the workspace is there");
    let folder = shell::absolute("components/of-my-own").expect("a path");
    let refusal = component(Role::Catalog, &folder).write().expect_err("it is ours").to_string();
    assert!(refusal.contains("belong to this workspace"), "{refusal}");
    assert!(!folder.exists());
}
