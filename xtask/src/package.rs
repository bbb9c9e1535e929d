//! `cargo xtask package` and `cargo xtask sbom`: what a release consists of besides the binary.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, ensure};
use clap::Args;
use xtask_dev::shell::{self, step};

/// The lists of dependencies, below cargo's target folder.
const SBOMS: &str = "sbom";

/// Build the Debian package, unpack it and start what is in it.
#[derive(Default, Args)]
pub struct Package {
    /// Package the unoptimised binary of `cargo xtask dev`, to try the package itself.
    #[arg(long)]
    quick: bool,
}

impl Package {
    pub fn run(self) -> anyhow::Result<()> {
        need("deb")?;
        let profile = if self.quick { "quick" } else { "release" };
        if !self.quick {
            shell::build_release()?;
        }
        step("the Debian package");
        let folder = std::path::absolute(shell::target_dir())?.join("debian");
        let mut deb = Command::new("cargo");
        deb.args(["deb", "--package", "host", "--no-build", "--profile", profile, "--output"]).arg(&folder);
        shell::check(&mut deb, "cargo deb")?;
        let package = newest(&folder, "deb").context("cargo deb wrote no package")?;
        step("starting what is in it");
        try_out(&package)?;
        println!("{}", package.display());
        Ok(())
    }
}

/// Unpacks the package into a folder, and serves from there.
fn try_out(package: &Path) -> anyhow::Result<()> {
    let root = package.with_extension("root");
    let _ = fs::remove_dir_all(&root);
    let mut unpack = Command::new("dpkg-deb");
    shell::check(unpack.arg("--extract").arg(package).arg(&root), "dpkg-deb --extract")?;
    for file in ["usr/bin/wandstore", "etc/wandstore/wandstore.toml", "lib/systemd/system/wandstore.socket"] {
        let there = root.join(file).is_file() || root.join("usr").join(file).is_file();
        ensure!(there, "the package has no {file}");
    }
    let mut server = serve(&root)?;
    let health = health(&mut server);
    server.kill()?;
    server.wait()?;
    let health = health?;
    ensure!(health.contains("200 OK") && health.contains("\"status\":\"ok\""), "it does not serve: {health}");
    fs::remove_dir_all(&root)?;
    Ok(())
}

fn serve(root: &Path) -> anyhow::Result<Child> {
    let mut command = Command::new(root.join("usr/bin/wandstore"));
    command.env_clear().arg("--config").arg(root.join("etc/wandstore/wandstore.toml"));
    command.arg("--data-dir").arg(root.join("var/lib/wandstore")).args(["serve", "--listen", "127.0.0.1:0"]);
    command.stdout(Stdio::piped()).spawn().context("cannot start the packaged binary")
}

/// Asks the server whether it is well. It prints the address of a page first.
fn health(server: &mut Child) -> anyhow::Result<String> {
    let mut line = String::new();
    let output = server.stdout.take().context("its output is piped")?;
    BufReader::new(output).read_line(&mut line)?;
    let address = line.strip_prefix("http://").and_then(|rest| rest.split('/').next());
    let address = address.with_context(|| format!("it did not start: {line:?}"))?;
    let mut connection = TcpStream::connect(address)?;
    write!(connection, "GET /health HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n")?;
    let mut answer = String::new();
    connection.read_to_string(&mut answer)?;
    Ok(answer)
}

/// Lists the dependencies of the host and of each component (`CycloneDX`), and writes the lists into one folder.
pub fn sbom() -> anyhow::Result<()> {
    need("cyclonedx")?;
    step("lists of dependencies");
    let folder = std::path::absolute(shell::target_dir())?.join(SBOMS);
    fs::create_dir_all(&folder)?;
    list("host/Cargo.toml", None, &folder.join("wandstore.cdx.json"))?;
    for component in component_build::COMPONENTS {
        let manifest = format!("components/{component}/Cargo.toml");
        list(&manifest, Some(component_build::TARGET), &folder.join(format!("{component}.cdx.json")))?;
    }
    println!("{}", folder.display());
    Ok(())
}

/// Writes the list of a package. `cargo cyclonedx` writes one beside the manifest of each package of the workspace.
fn list(manifest: &str, target: Option<&str>, to: &Path) -> anyhow::Result<()> {
    let mut cyclonedx = Command::new("cargo");
    cyclonedx.args(["cyclonedx", "--quiet", "--format", "json", "--spec-version", "1.5"]);
    cyclonedx.args(["--manifest-path", manifest, "--override-filename", SBOMS]);
    cyclonedx.args(target.iter().flat_map(|target| ["--target", target]));
    shell::check(&mut cyclonedx, "cargo cyclonedx")?;
    let written = Path::new(manifest).with_file_name(format!("{SBOMS}.json"));
    fs::copy(&written, to).with_context(|| format!("{} was not written", written.display()))?;
    for left in crate::documents::tracked(&format!("*/{SBOMS}.json"))? {
        fs::remove_file(left)?;
    }
    Ok(())
}

/// Fails with what to do if a command of cargo is missing.
fn need(command: &str) -> anyhow::Result<()> {
    let mut version = Command::new("cargo");
    let version = version.args([command, "--version"]).stdout(Stdio::null()).stderr(Stdio::null()).status();
    let is_there = version.is_ok_and(|status| status.success());
    ensure!(
        is_there,
        "`cargo {command}` is missing; install it with: cargo install --locked cargo-{command}"
    );
    Ok(())
}

/// Returns the newest file with an extension in a folder.
fn newest(folder: &Path, extension: &str) -> Option<PathBuf> {
    let files = fs::read_dir(folder).ok()?.flatten().map(|entry| entry.path());
    let of_kind = files.filter(|path| path.extension().is_some_and(|found| found == extension));
    of_kind.max_by_key(|path| fs::metadata(path).and_then(|metadata| metadata.modified()).ok())
}
