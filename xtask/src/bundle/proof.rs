//! `cargo xtask proof`: proves that every host runs the same components, byte for byte.
//!
//! It trusts no build record. The native host reports what it runs; the components are extracted from the
//! composition that Spin runs and from the one that the Worker is built from; and the core modules in the
//! Worker's bundle must be those of the components. The Worker's table of routes must be that of routing.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, bail, ensure};
use sha2::{Digest as _, Sha256};
use wasmparser::{Encoding, Parser, Payload};

use super::{DEPLOYED, ROLES, read, route_table};

/// The folder in which the Worker's build leaves its core modules.
const MODULES: &str = "targets/cloudflare/generated";

/// Prints the digest of each role's component, and fails unless they are the same on all hosts.
pub fn prove(wandstore: &Path, config: Option<&Path>) -> anyhow::Result<()> {
    let native = native_digests(wandstore, config)?;
    let spin = Contents::of(&read(&DEPLOYED.spin())?)?;
    let storefront = Contents::of(&read(&DEPLOYED.storefront())?)?;
    let shipped = shipped_modules(Path::new(MODULES))?;
    prove_routes(&Path::new(MODULES).join("routes.json"))?;
    println!("{:<10}  {:<64}  {:<6}  {:<6}  {:<6}", "role", "sha256", "native", "spin", "worker");
    let mut differing = Vec::new();
    for (role, digest) in &native {
        let in_spin = spin.component(digest).is_some();
        let in_worker = storefront.component(digest).is_some_and(|modules| modules.is_subset(&shipped));
        let say = |same| if same { "same" } else { "DIFFERS" };
        println!("{role:<10}  {digest}  {:<6}  {:<6}  {:<6}", "same", say(in_spin), say(in_worker));
        if !(in_spin && in_worker) {
            differing.push(role.as_str());
        }
    }
    ensure!(
        differing.is_empty(),
        "not the same bytes everywhere: {}; build all hosts anew (cargo xtask build, then npm run build in targets/cloudflare)",
        differing.join(", ")
    );
    Ok(())
}

/// Fails unless the Worker reads the routes that routing answers.
fn prove_routes(shipped: &Path) -> anyhow::Result<()> {
    ensure!(
        read(shipped)? == route_table::document(),
        "{} is not the table in crates/routes: build the Worker anew (cargo xtask build, then npm run build in \
         targets/cloudflare)",
        shipped.display()
    );
    Ok(())
}

/// Returns the role and digest of each component, as the native host reports them.
fn native_digests(wandstore: &Path, config: Option<&Path>) -> anyhow::Result<Vec<(String, String)>> {
    let mut command = Command::new(wandstore);
    command.args(["--data-dir", "target/export-data", "components"]);
    if let Some(config) = config {
        command.arg("--config").arg(config);
    }
    let output = command.output().with_context(|| format!("cannot run {}", wandstore.display()))?;
    ensure!(output.status.success(), "wandstore components: {}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8_lossy(&output.stdout);
    let mut digests = Vec::new();
    for line in text.lines() {
        if let [role, digest, ..] = line.split_whitespace().collect::<Vec<_>>()[..]
            && ROLES.contains(&role)
        {
            digests.push((role.to_owned(), digest.to_owned()));
        }
    }
    ensure!(digests.len() == ROLES.len(), "wandstore components does not name every role:\n{text}");
    Ok(digests)
}

/// The components in a composition, and the core modules in each.
struct Contents(Vec<(String, BTreeSet<String>)>);

impl Contents {
    fn of(composition: &[u8]) -> anyhow::Result<Self> {
        let mut components = Vec::new();
        for payload in Parser::new(0).parse_all(composition) {
            // `parse_all` also descends into nested components. The range of a section holds the
            // bytes of its component.
            if let Payload::ComponentSection { unchecked_range, .. } = payload? {
                let bytes = slice(composition, unchecked_range)?;
                components.push((sha256(bytes), core_modules(bytes)?));
            }
        }
        ensure!(!components.is_empty(), "there is no component in the composition");
        Ok(Self(components))
    }

    fn component(&self, digest: &str) -> Option<&BTreeSet<String>> {
        self.0.iter().find(|(each, _)| each == digest).map(|(_, modules)| modules)
    }
}

fn core_modules(component: &[u8]) -> anyhow::Result<BTreeSet<String>> {
    let mut modules = BTreeSet::new();
    for payload in Parser::new(0).parse_all(component) {
        match payload? {
            Payload::ModuleSection { unchecked_range, .. } => {
                modules.insert(sha256(slice(component, unchecked_range)?));
            }
            Payload::Version { encoding: Encoding::Module, range, .. } if range.start == 0 => {
                bail!("expected a component, found a core module")
            }
            _ => {}
        }
    }
    Ok(modules)
}

/// Returns the digests of the core modules in the Worker's bundle.
fn shipped_modules(folder: &Path) -> anyhow::Result<BTreeSet<String>> {
    let how = "build the Worker: npm ci && npm run build in targets/cloudflare";
    let entries =
        std::fs::read_dir(folder).with_context(|| format!("there is no {}; {how}", folder.display()))?;
    let mut modules = BTreeSet::new();
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            modules.extend(shipped_modules(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "wasm") {
            modules.insert(sha256(&read(&path)?));
        }
    }
    Ok(modules)
}

fn slice(bytes: &[u8], range: std::ops::Range<u64>) -> anyhow::Result<&[u8]> {
    let (start, end) = (usize::try_from(range.start)?, usize::try_from(range.end)?);
    bytes.get(start..end).context("a section goes past the end")
}

fn sha256(bytes: &[u8]) -> String {
    let digits = |byte: &u8| {
        [byte >> 4, byte & 15].map(|digit| char::from_digit(digit.into(), 16).unwrap_or_default())
    };
    Sha256::digest(bytes).iter().flat_map(digits).collect()
}

#[cfg(test)]
mod tests {
    use super::super::compose::{Part, compose};
    use super::*;

    /// Returns a component with one core module.
    fn component(text: &str) -> Vec<u8> {
        wat::parse_str(format!(
            "(component (core module (func (export \"{text}\"))) (instance (export \"a:b/{text}\")))"
        ))
        .unwrap()
    }

    #[test]
    fn a_component_is_found_in_a_composition_by_its_own_bytes() {
        let [one, two] = ["one", "two"].map(component);
        let parts = [("first", &one), ("second", &two)]
            .map(|(name, bytes)| Part { name: name.to_owned(), bytes: bytes.clone() });
        let composition = compose(parts.into(), &["a:b/one"], |_| false).unwrap();
        let contents = Contents::of(&composition).unwrap();
        for bytes in [&one, &two] {
            let modules = contents.component(&sha256(bytes)).unwrap();
            assert_eq!(*modules, core_modules(bytes).unwrap());
            assert_eq!(modules.len(), 1);
        }
    }

    #[test]
    fn a_component_that_differs_in_a_byte_is_not_found() {
        let composition = {
            let part = Part { name: "first".to_owned(), bytes: component("one") };
            compose(vec![part], &["a:b/one"], |_| false).unwrap()
        };
        let contents = Contents::of(&composition).unwrap();
        assert!(contents.component(&sha256(&component("ones"))).is_none());
    }

    #[test]
    fn a_missing_import_is_named() {
        let wishing = wat::parse_str(r#"(component (import "a:b/wish" (instance)))"#).unwrap();
        let part = Part { name: "components.generation".to_owned(), bytes: wishing };
        let error = compose(vec![part], &[], |_| false).unwrap_err().to_string();
        assert_eq!(
            error,
            "components.generation does not fit: it imports `a:b/wish`, which nothing here supplies"
        );
    }
}
