//! `cargo xtask new`: creates a new component from the templates in `xtask/templates`.
//!
//! The new crate is self-contained: it needs a copy of `wit/` and nothing else from this workspace.

mod template;
#[cfg(test)]
mod tests;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail, ensure};
use clap::{Args, Subcommand, ValueEnum};
use component_build::TARGET;
use xtask_dev::shell;

/// Create a component from a template.
#[derive(Subcommand)]
pub enum New {
    /// A component for a role of the storefront, as a crate in a new folder.
    Component(Component),
}

/// A component for a role of the storefront, as a crate in a new folder.
///
/// It is complete: it builds, fits its role and does something small. For another role, start from
/// the crate of that name in components/.
#[derive(Args)]
pub struct Component {
    /// The component's role.
    role: Role,
    /// The folder, which must not exist. Its name becomes the crate's name.
    #[arg(value_parser = shell::absolute)]
    folder: PathBuf,
}

/// A role with a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Role {
    /// Makes pages.
    Generation,
    /// Supplies products.
    Catalog,
}

impl New {
    pub fn run(self) -> anyhow::Result<()> {
        let Self::Component(component) = self;
        component.write()?;
        println!("{}", component.next_steps()?);
        Ok(())
    }
}

impl Component {
    fn write(&self) -> anyhow::Result<()> {
        let name = self.name()?;
        ensure!(!self.folder.exists(), "{} already exists; name a new folder", self.folder.display());
        self.check_place()?;
        for (path, text) in template::files(self.role, name) {
            write(&self.folder.join(path), &text)?;
        }
        for package in ["capabilities", "storefront"] {
            copy_files(&Path::new("wit").join(package), &self.folder.join("wit").join(package))?;
        }
        // Use the versions that this workspace is tested with; cargo drops the unused ones.
        fs::copy("Cargo.lock", self.folder.join("Cargo.lock")).context("cannot copy Cargo.lock")?;
        Ok(())
    }

    /// Returns the name of the crate.
    fn name(&self) -> anyhow::Result<&str> {
        let name = self.folder.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let is_name = name.bytes().all(fits) && name.starts_with(|c: char| c.is_ascii_lowercase());
        ensure!(is_name, "{name:?} cannot be the name of a crate; name the folder like `my-generation`");
        Ok(name)
    }

    /// Checks that the folder is not in a folder whose subfolders are all members of this workspace, because the new
    /// crate has its own workspace.
    fn check_place(&self) -> anyhow::Result<()> {
        let parent = self.folder.parent().and_then(|parent| parent.canonicalize().ok());
        for taken in ["components", "crates", "adapters"] {
            let ours = Path::new(taken).canonicalize().ok();
            if ours.is_some() && ours == parent {
                bail!(
                    "crates in {taken}/ belong to this workspace; name a folder elsewhere, such as ../my-component"
                );
            }
        }
        Ok(())
    }

    fn next_steps(&self) -> anyhow::Result<String> {
        let (role, folder) = (self.role.name(), self.folder.display());
        let component = self.folder.join(template::component(self.name()?));
        Ok(format!(
            "{folder} is a {role} component. Build it:\n\n    \
             cd {folder}\n    \
             cargo build --release --target {}\n\n\
             In wandstore.toml:\n\n    \
             [components.{role}]\n    \
             path = \"{}\"\n\n\
             `wandstore check` says whether it fits.",
            TARGET,
            component.display()
        ))
    }
}

fn copy_files(from: &Path, to: &Path) -> anyhow::Result<()> {
    for entry in fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))? {
        let path = entry?.path();
        let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        write(&to.join(path.file_name().unwrap_or_default()), &text)?;
    }
    Ok(())
}

fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    let folder = path.parent().context("a file is in a folder")?;
    fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}
