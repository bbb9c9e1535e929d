//! The same page from our host and from what others would build it on, one after the other, one core each.
//!
//! Only our host looks a page up; the others return bytes that they have from the start. Programs that are not
//! installed are left out, and said.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail};
use component_build::{Build, Profile};

use crate::client::Client;
use crate::floor;
use crate::hits::{self, Hits};
use crate::plot::{self, Bar};
use crate::quantile;
use crate::server::{Checks, Server, requests_per_second};

const ROUNDS: usize = 3;
/// The plot of the last run.
const PLOT: &str = "docs/benchmarks-peers.svg";
/// The name of our host.
const OURS: &str = "Wandstore";
/// The component without an application: `tests/bench/page`.
const COMPONENT: &str = "bench-page";

/// One server.
struct Peer {
    name: &'static str,
    version: String,
    server: Server,
    targets: Vec<String>,
}

/// The figures of a server: the medians of the rounds.
struct Figure {
    name: &'static str,
    version: String,
    per_second: f64,
    cpu_us: f64,
    memory_mib: f64,
}

/// Measures every peer, prints a table and writes the plot.
pub fn measure(seconds: u32) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let Hits { server, targets, answer } = hits::page(folder.path(), Server::wandstore_with)?;
    let file = folder.path().join("answer");
    floor::keep(&answer, &file)?;
    let ours = Peer { name: OURS, version: env!("CARGO_PKG_VERSION").to_owned(), server, targets };
    let mut figures = vec![figure(ours, seconds)?];
    for (name, start) in STARTS {
        match start(&file, folder.path()) {
            Ok(Some((version, server))) => {
                let targets = vec!["/".to_owned()];
                figures.push(figure(Peer { name, version, server, targets }, seconds)?);
            }
            Ok(None) => eprintln!("{name} is not installed: left out"),
            Err(error) => return Err(error.context(name)),
        }
    }
    figures.sort_by(|one, other| other.per_second.total_cmp(&one.per_second));
    println!("| what | version | requests/s | CPU of a request | memory |\n|---|---|---:|---:|---:|");
    for Figure { name, version, per_second, cpu_us, memory_mib } in &figures {
        println!("| {name} | {version} | {per_second:.0} | {cpu_us:.1} µs | {memory_mib:.0} MiB |");
    }
    let bar =
        |figure: &Figure| Bar { name: figure.name, length: figure.per_second, is_ours: figure.name == OURS };
    let bars: Vec<_> = figures.iter().map(bar).collect();
    std::fs::write(PLOT, plot::bars("Requests per second, one core, a page of 16 KiB", &bars))?;
    println!("\nplot: {PLOT}");
    Ok(())
}

fn figure(peer: Peer, seconds: u32) -> anyhow::Result<Figure> {
    let Peer { name, version, server, targets } = peer;
    Client::connect(server.address())?.get(&targets[0]).with_context(|| format!("{name} does not answer"))?;
    requests_per_second(server.address(), &targets, 2)?;
    let (mut rates, mut costs) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let before = server.cpu()?;
        let rate = requests_per_second(server.address(), &targets, seconds)?;
        rates.push(rate);
        costs.push(server.cpu()?.saturating_sub(before).as_secs_f64() * 1e6 / (rate * f64::from(seconds)));
    }
    let (per_second, cpu_us) = (quantile(&mut rates, 0.5), quantile(&mut costs, 0.5));
    Ok(Figure { name, version, per_second, cpu_us, memory_mib: server.memory_mib()? })
}

/// Starts a server that returns the response in a file, and gets a folder for its own files. Returns `None` if it is
/// not installed.
type Start = fn(&Path, &Path) -> anyhow::Result<Option<(String, Server)>>;

const STARTS: [(&str, Start); 6] = [
    ("bare hyper", hyper),
    ("Express on Node.js", express),
    ("workerd, plain JavaScript", workerd),
    ("wasmtime serve, WASI 0.2", wasmtime),
    ("Spin, WASI 0.2", spin_p2),
    ("Spin, WASI 0.3", spin_p3),
];

fn hyper(file: &Path, _: &Path) -> anyhow::Result<Option<(String, Server)>> {
    Ok(Some(("1".to_owned(), Server::floor_under(&[], file, Checks::Nothing)?)))
}

fn express(file: &Path, _: &Path) -> anyhow::Result<Option<(String, Server)>> {
    let Some(node) = version("node", &["--version"]) else { return Ok(None) };
    let folder = Path::new("tests/bench/peers/express");
    let installed = Command::new("npm").args(["ci", "--silent"]).current_dir(folder).status()?;
    if !installed.success() {
        bail!("npm ci failed in {}", folder.display());
    }
    let manifest = std::fs::read_to_string(folder.join("node_modules/express/package.json"))?;
    let express =
        manifest.lines().find_map(|line| line.trim().strip_prefix("\"version\": \"")).unwrap_or("?");
    let version = format!("{}, Node.js {node}", express.trim_end_matches(['"', ',']));
    let server = Server::of_program("node", |node| node.arg(folder.join("server.js")).arg(file))?;
    Ok(Some((version, server)))
}

fn workerd(file: &Path, folder: &Path) -> anyhow::Result<Option<(String, Server)>> {
    let program = std::path::absolute("targets/cloudflare/node_modules/.bin/workerd")?;
    let Some(version) = version(&program, &["--version"]) else { return Ok(None) };
    let answer = std::fs::read(file)?;
    let end = answer.windows(2).position(|pair| pair == b"\n\n").context("there is no empty line")?;
    std::fs::write(folder.join("fields"), &answer[..end])?;
    std::fs::write(folder.join("content"), &answer[end + 2..])?;
    std::fs::copy("tests/bench/peers/worker.js", folder.join("worker.js"))?;
    let port = free_port()?;
    let modules = "(name = \"worker\", esModule = embed \"worker.js\"), (name = \"fields\", text = embed \"fields\"), \
                   (name = \"content\", data = embed \"content\")";
    let config = format!(
        "using Workerd = import \"/workerd/workerd.capnp\";\nconst config :Workerd.Config = (\n\
         services = [(name = \"page\", worker = (compatibilityDate = \"2026-11-01\", modules = [{modules}]))],\n\
         sockets = [(name = \"page\", address = \"127.0.0.1:{port}\", http = (), service = \"page\")]);\n"
    );
    let path = folder.join("workerd.capnp");
    std::fs::write(&path, config)?;
    let server = Server::on_port(port, &program, |workerd| workerd.arg("serve").arg(&path))?;
    Ok(Some((version, server)))
}

fn wasmtime(file: &Path, _: &Path) -> anyhow::Result<Option<(String, Server)>> {
    let Some(version) = version("wasmtime", &["--version"]) else { return Ok(None) };
    let component = component("p2", file)?;
    let port = free_port()?;
    let address = format!("127.0.0.1:{port}");
    let server = Server::on_port(port, Path::new("wasmtime"), |wasmtime| {
        wasmtime.args(["serve", "--addr", &address]).arg(&component)
    })?;
    Ok(Some((version, server)))
}

fn spin_p2(file: &Path, folder: &Path) -> anyhow::Result<Option<(String, Server)>> {
    spin("p2", file, folder)
}

fn spin_p3(file: &Path, folder: &Path) -> anyhow::Result<Option<(String, Server)>> {
    spin("p3", file, folder)
}

fn spin(world: &str, file: &Path, folder: &Path) -> anyhow::Result<Option<(String, Server)>> {
    let program = std::env::var_os("WANDSTORE_SPIN").map_or_else(|| PathBuf::from("spin"), PathBuf::from);
    let Some(version) = version(&program, &["--version"]) else { return Ok(None) };
    let component = std::path::absolute(component(world, file)?)?;
    let manifest = folder.join(format!("{world}.toml"));
    let source = component.display();
    std::fs::write(
        &manifest,
        format!(
            "spin_manifest_version = 2\n[application]\nname = \"page\"\n[[trigger.http]]\nroute = \"/...\"\n\
             component = \"page\"\n[component.page]\nsource = \"{source}\"\n"
        ),
    )?;
    let port = free_port()?;
    let address = format!("127.0.0.1:{port}");
    let server = Server::on_port(port, &program, |spin| {
        spin.args(["up", "--listen", &address, "--from"]).arg(&manifest).arg("--state-dir").arg(folder)
    })?;
    Ok(Some((version, server)))
}

/// Builds the component that returns the response in a file.
fn component(world: &str, file: &Path) -> anyhow::Result<PathBuf> {
    let target_dir = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| "target".into(), PathBuf::from);
    let build = Build::new(Profile::Shipped, &std::env::current_dir()?, &target_dir);
    let mut cargo = build.command(&[COMPONENT]);
    let status = cargo.args(["--quiet", "--features", world]).env("BENCH_ANSWER", file).status()?;
    if !status.success() {
        bail!("{COMPONENT} for {world} did not build");
    }
    let component = build.file(COMPONENT);
    let kept = component.with_extension(format!("{world}.wasm"));
    std::fs::copy(component, &kept)?;
    Ok(kept)
}

/// Returns what a program says of its version; `None` if it is not installed.
fn version(program: impl AsRef<std::ffi::OsStr>, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).stderr(Stdio::null()).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let line = text.lines().next().filter(|_| output.status.success())?;
    Some(line.trim_start_matches(|c: char| !c.is_ascii_digit()).to_owned())
}

/// Returns a port that was free a moment ago, for programs that do not print the port that they chose.
fn free_port() -> anyhow::Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
