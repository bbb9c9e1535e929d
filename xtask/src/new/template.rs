//! The files of a new component. They are compiled into this program, so that missing sources
//! fail its build.

use std::path::PathBuf;

use component_build::TARGET;

use super::Role;

const MANIFEST: &str = include_str!("../../templates/component/Cargo.toml");
const README: &str = include_str!("../../templates/component/README.md");
const CARGO_CONFIG: &str = include_str!("../../templates/component/config.toml");
const TOOLCHAIN: &str = include_str!("../../../rust-toolchain.toml");
/// The workspace manifest, which holds the version of wit-bindgen.
const WORKSPACE: &str = include_str!("../../../Cargo.toml");

impl Role {
    /// Returns its name in configuration.
    pub fn name(self) -> &'static str {
        match self {
            Self::Generation => "generation",
            Self::Catalog => "catalog",
        }
    }

    /// Returns the world in `wit/storefront/worlds.wit` for a component with this role.
    fn world(self) -> &'static str {
        match self {
            Self::Generation => "generation",
            Self::Catalog => "catalog-demo",
        }
    }

    fn export(self) -> &'static str {
        match self {
            Self::Generation => "wandstore:storefront/generator@0.1.0",
            Self::Catalog => "wandstore:storefront/catalog@0.1.0",
        }
    }

    fn notes(self) -> &'static str {
        match self {
            Self::Generation => include_str!("../../templates/generation/NOTES.md"),
            Self::Catalog => "",
        }
    }

    fn sources(self) -> Vec<(&'static str, &'static str)> {
        match self {
            Self::Generation => vec![
                ("src/lib.rs", include_str!("../../templates/generation/lib.rs")),
                ("src/page.rs", include_str!("../../templates/generation/page.rs")),
                ("src/currency.rs", include_str!("../../../crates/model/src/decimals.rs")),
                ("src/wand.css", page::STYLE),
                ("src/wand.js", page::SCRIPT),
            ],
            Self::Catalog => vec![("src/lib.rs", include_str!("../../templates/catalog/lib.rs"))],
        }
    }
}

/// Returns the path and text of every file except the copies of `wit/` and `Cargo.lock`.
pub fn files(role: Role, name: &str) -> Vec<(&'static str, String)> {
    let mut files: Vec<_> = role.sources().into_iter().map(|(path, text)| (path, text.to_owned())).collect();
    files.extend([
        ("Cargo.toml", filled(MANIFEST, role, name)),
        ("README.md", filled(README, role, name).trim_end().to_owned() + "\n"),
        (".cargo/config.toml", CARGO_CONFIG.to_owned()),
        (".gitignore", "/target\n".to_owned()),
        ("rust-toolchain.toml", TOOLCHAIN.to_owned()),
    ]);
    files
}

/// Returns the path of the built component, relative to the crate's folder.
pub fn component(name: &str) -> PathBuf {
    PathBuf::from("target").join(TARGET).join("release").join(name.replace('-', "_") + ".wasm")
}

fn filled(text: &str, role: Role, name: &str) -> String {
    let wit_bindgen = WORKSPACE.lines().find(|line| line.starts_with("wit-bindgen = ")).unwrap_or_default();
    text.replace("{{wit-bindgen}}", wit_bindgen)
        .replace("{{name}}", name)
        .replace("{{role}}", role.name())
        .replace("{{world}}", role.world())
        .replace("{{export}}", role.export())
        .replace("{{path}}", &component(name).display().to_string())
        .replace("{{notes}}", role.notes())
}
