//! Composes components into one: the exports of earlier components supply the imports of later
//! ones. The components' bytes are wrapped but not changed.

use anyhow::{Context as _, bail};
use wac_graph::types::Package;
use wac_graph::{CompositionGraph, EncodeOptions, NodeId, PackageId};

/// A component that goes into a composition.
pub struct Part {
    /// Its name in messages: `components.routing`, `adapters/services`.
    pub name: String,
    /// The component.
    pub bytes: Vec<u8>,
}

/// Returns one component that contains `parts`, each linked to the exports of the parts before it, and that
/// exports their interfaces `exported`. An interface that no part exports remains an import, which
/// `may_import` must allow.
pub fn compose(
    parts: Vec<Part>,
    exported: &[&str],
    may_import: impl Fn(&str) -> bool,
) -> anyhow::Result<Vec<u8>> {
    let mut composition = Composition::default();
    for part in parts {
        composition.add(part, &may_import)?;
    }
    for interface in exported {
        composition.export(interface)?;
    }
    composition.encode()
}

#[derive(Default)]
struct Composition {
    graph: CompositionGraph,
    instances: Vec<Instance>,
}

struct Instance {
    node: NodeId,
    name: String,
    exports: Vec<String>,
}

impl Composition {
    fn add(&mut self, part: Part, may_import: &impl Fn(&str) -> bool) -> anyhow::Result<()> {
        let Part { name, bytes } = part;
        let package = Package::from_bytes(&package_name(&name), None, bytes, self.graph.types_mut())
            .with_context(|| format!("{name} is not a WebAssembly component"))?;
        let package = self.graph.register_package(package)?;
        let (imports, exports) = self.interfaces(package);
        let node = self.graph.instantiate(package);
        for import in imports {
            match self.supplier(&import) {
                Some((supplier, supplier_name)) => {
                    let export = self.graph.alias_instance_export(supplier, &import)?;
                    self.graph.set_instantiation_argument(node, &import, export).with_context(|| {
                        format!("{name} does not fit: its import `{import}` differs from what {supplier_name} exports")
                    })?;
                }
                None if may_import(&import) => {}
                None => bail!("{name} does not fit: it imports `{import}`, which nothing here supplies"),
            }
        }
        self.instances.push(Instance { node, name, exports });
        Ok(())
    }

    fn interfaces(&self, package: PackageId) -> (Vec<String>, Vec<String>) {
        let world = &self.graph.types()[self.graph[package].ty()];
        (world.imports.keys().cloned().collect(), world.exports.keys().cloned().collect())
    }

    /// Returns the last part that exports an interface, so that an adapter can wrap an earlier one.
    fn supplier(&self, interface: &str) -> Option<(NodeId, String)> {
        let exports = |instance: &&Instance| instance.exports.iter().any(|export| export == interface);
        self.instances.iter().rev().find(exports).map(|instance| (instance.node, instance.name.clone()))
    }

    fn export(&mut self, interface: &str) -> anyhow::Result<()> {
        let (node, _) = self.supplier(interface).with_context(|| {
            let names: Vec<_> = self.instances.iter().map(|instance| instance.name.as_str()).collect();
            format!("none of {} exports `{interface}`", names.join(", "))
        })?;
        let export = self.graph.alias_instance_export(node, interface)?;
        self.graph.export(export, interface)?;
        Ok(())
    }

    fn encode(&self) -> anyhow::Result<Vec<u8>> {
        self.graph.encode(EncodeOptions::default()).context("the composition is not valid")
    }
}

/// Returns a valid package name: `wandstore:` and the letters of the part's name.
fn package_name(name: &str) -> String {
    let plain: String = name.chars().map(|c| if c.is_ascii_lowercase() { c } else { '-' }).collect();
    format!("wandstore:{}", plain.trim_matches('-'))
}
