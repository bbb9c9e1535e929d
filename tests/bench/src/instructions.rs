//! The instructions of a hit in user space, counted by callgrind, so that the figures do not depend on the machine's
//! speed or on what else it does.

use std::collections::HashMap;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, bail};

use crate::client::Client;
use crate::floor;
use crate::hits::{self, Hits};
use crate::server::{Checks, Server};

/// The requests that are counted, after as many that are not.
const REQUESTS: usize = 2_000;
/// The document with the recorded figures.
const RECORD: &str = "docs/benchmarks.md";
/// How much more than recorded a hit may cost.
const MORE_MAX: f64 = 1.05;

/// Counts both kinds of hit and their floors, and compares them with the record.
pub fn measure() -> anyhow::Result<()> {
    let record = std::fs::read_to_string(RECORD).with_context(|| format!("cannot read {RECORD}"))?;
    println!("| instructions of a hit | {} | in all |", Part::ALL.map(Part::name).join(" | "));
    println!("|---|{}", "---:|".repeat(Part::ALL.len() + 1));
    let mut more = Vec::new();
    for (name, is_signed) in [("a page", false), ("a signed fragment", true)] {
        let (hit, floor) = count(is_signed)?;
        println!("{}", hit.row(name));
        println!("{}", floor.row(&format!("{name}, bare hyper")));
        match recorded(&record, name) {
            Some(before) if hit.total() > before * MORE_MAX => {
                more.push(format!("{name} costs {:.0} instructions, recorded are {before:.0}", hit.total()));
            }
            Some(_) => {}
            None => more.push(format!("{RECORD} has no row `{name}`")),
        }
    }
    if !more.is_empty() {
        bail!("{}; find the cause, or record the new figures", more.join("; "));
    }
    Ok(())
}

/// Returns the last column of a row of the recorded table.
fn recorded(record: &str, name: &str) -> Option<f64> {
    let row = record.lines().find(|line| line.starts_with(&format!("| {name} | ")))?;
    let total = row.trim_end_matches(['|', ' ']).rsplit('|').next()?;
    total.replace(' ', "").parse().ok()
}

/// Counts a hit and its floor.
fn count(is_signed: bool) -> anyhow::Result<(Cost, Cost)> {
    let folder = tempfile::tempdir()?;
    let counts = folder.path().join("counts");
    let start = |data: &Path, variables: &[(&str, &str)]| {
        // Each instance reserves gibibytes of address space, and valgrind has little.
        let mut config = OpenOptions::new().append(true).create(true).open(data.join("wandstore.toml"))?;
        for role in ["routing", "caching", "queueing", "generation", "catalog"] {
            writeln!(config, "[components.{role}]\ninstances = 1")?;
        }
        Server::wandstore_under(&valgrind(&counts), data, variables)
    };
    let Hits { server, targets, answer } =
        if is_signed { hits::signed(folder.path(), start) } else { hits::page(folder.path(), start) }?;
    let targets: Vec<_> = targets.iter().cycle().take(REQUESTS).cloned().collect();
    let hit = cost_of(&server, &targets, &targets, &counts)?;
    drop(server);

    let file = folder.path().join("answer");
    floor::keep(&answer, &file)?;
    let counts = folder.path().join("floor-counts");
    let checks = if is_signed { Checks::Signature } else { Checks::Nothing };
    let server = Server::floor_under(&valgrind(&counts), &file, checks)?;
    let floor = cost_of(&server, &targets, &targets, &counts)?;
    Ok((hit, floor))
}

/// Returns the command under which a server is counted.
pub fn valgrind(counts: &Path) -> Vec<String> {
    let file = format!("--callgrind-out-file={}", counts.display());
    let arguments = ["valgrind", "--quiet", "--tool=callgrind", "--instr-atstart=no", &file];
    arguments.map(str::to_owned).to_vec()
}

/// Returns how many instructions one of these requests takes, after others that are not counted.
pub fn run(server: &Server, before: &[String], targets: &[String], counts: &Path) -> anyhow::Result<f64> {
    Ok(cost_of(server, before, targets, counts)?.total())
}

/// Sends requests over one connection, and has callgrind count the `targets`.
fn cost_of(server: &Server, before: &[String], targets: &[String], counts: &Path) -> anyhow::Result<Cost> {
    let mut client = Client::connect(server.address())?;
    let mut send = |targets: &[String]| targets.iter().try_for_each(|target| client.get(target).map(drop));
    send(before)?;
    control(server, &["--instr=on"])?;
    send(targets)?;
    control(server, &["--instr=off"])?;
    control(server, &["--dump=hits"])?;
    let dump = counts.with_extension("1");
    let dump = std::fs::read_to_string(&dump).with_context(|| format!("cannot read {}", dump.display()))?;
    Ok(Cost::of(&dump, targets.len()))
}

fn control(server: &Server, arguments: &[&str]) -> anyhow::Result<()> {
    let mut control = Command::new("callgrind_control");
    let output = control.args(arguments).arg(server.id().to_string()).output()?;
    if !output.status.success() {
        bail!("callgrind_control failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(())
}

/// A part of the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// Compiled components, and the adapters that wasmtime compiles around them.
    Components,
    /// wasmtime, and the conversions that it generates.
    Wasmtime,
    /// Our own host.
    Host,
    /// hyper, tokio and what they use.
    Hyper,
    /// The allocator.
    Allocator,
    /// The C library, mostly copies.
    Libc,
}

impl Part {
    const ALL: [Self; 6] =
        [Self::Components, Self::Wasmtime, Self::Host, Self::Hyper, Self::Allocator, Self::Libc];

    fn name(self) -> &'static str {
        match self {
            Self::Components => "components",
            Self::Wasmtime => "wasmtime",
            Self::Host => "host",
            Self::Hyper => "hyper, tokio",
            Self::Allocator => "allocator",
            Self::Libc => "libc",
        }
    }

    /// Returns the part that a function belongs to. Compiled components have no file and no names.
    fn of(object: &str, function: &str) -> Self {
        const WASMTIME: [&str; 3] = ["wasmtime", "runtime::bindings", "cranelift"];
        const HOST: [&str; 8] =
            ["host", "runtime", "capabilities", "model", "routes", "metrics", "bench", "hmac"];
        let has = |names: &[&str]| names.iter().any(|name| function.contains(&format!("{name}::")));
        let is_libc = object.contains("/libc") || object.contains("/ld-") || object.contains("vgpreload");
        if object.is_empty() || object.contains("???") {
            Self::Components
        } else if is_libc {
            Self::Libc
        } else if function.starts_with("mi_")
            || function.starts_with("_mi_")
            || function.contains("alloc::alloc")
        {
            Self::Allocator
        } else if has(&WASMTIME) {
            Self::Wasmtime
        } else if has(&HOST) {
            Self::Host
        } else {
            Self::Hyper
        }
    }
}

/// The instructions of some requests, by part.
#[derive(Debug)]
struct Cost {
    parts: Vec<(Part, u64)>,
    requests: usize,
}

impl Cost {
    /// Reads a dump of callgrind (<https://valgrind.org/docs/manual/cl-format.html>): for each function its name, and
    /// lines of a position and a cost. The line after `calls=` is the cost of the called function.
    fn of(dump: &str, requests: usize) -> Self {
        let mut names = Names::default();
        let (mut object, mut part) = (String::new(), Part::Hyper);
        let mut lines = dump.lines();
        let mut cost = Self { parts: Vec::new(), requests };
        while let Some(line) = lines.next() {
            if let Some(named) = line.strip_prefix("ob=") {
                object = names.resolve("ob", named);
            } else if let Some(named) = line.strip_prefix("fn=") {
                part = Part::of(&object, &names.resolve("fn", named));
            } else if let Some(named) = line.strip_prefix("cob=") {
                names.resolve("ob", named);
            } else if let Some(named) = line.strip_prefix("cfn=") {
                names.resolve("fn", named);
            } else if line.starts_with("calls=") {
                lines.next();
            } else if line.starts_with(|c: char| c.is_ascii_digit() || "+-*".contains(c)) {
                let instructions = line.split_whitespace().nth(1).and_then(|cost| cost.parse().ok());
                cost.add(part, instructions.unwrap_or(0));
            }
        }
        cost
    }

    fn add(&mut self, part: Part, instructions: u64) {
        match self.parts.iter_mut().find(|(of, _)| *of == part) {
            Some((_, sum)) => *sum += instructions,
            None => self.parts.push((part, instructions)),
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
    fn of_part(&self, part: Part) -> f64 {
        let sum: u64 = self.parts.iter().filter(|(of, _)| *of == part).map(|(_, sum)| *sum).sum();
        sum as f64 / self.requests as f64
    }

    fn total(&self) -> f64 {
        Part::ALL.map(|part| self.of_part(part)).iter().sum()
    }

    fn row(&self, name: &str) -> String {
        let parts = Part::ALL.map(|part| format!("{:.0}", self.of_part(part))).join(" | ");
        format!("| {name} | {parts} | {:.0} |", self.total())
    }
}

/// Names, which a dump states once and then refers to by number.
#[derive(Default)]
struct Names(HashMap<(&'static str, String), String>);

impl Names {
    fn resolve(&mut self, kind: &'static str, text: &str) -> String {
        let Some((number, name)) = text.strip_prefix('(').and_then(|text| text.split_once(')')) else {
            return text.to_owned();
        };
        let known = self.0.entry((kind, number.to_owned())).or_default();
        if !name.trim().is_empty() {
            name.trim().clone_into(known);
        }
        known.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dump_is_read_by_part_and_calls_do_not_count_twice() {
        let dump = "events: Ir\n\
                    ob=(1) /bin/wandstore\nfn=(1) host::http::answer\n12 4000\n\
                    cob=(2) ???\ncfn=(2) 0x1\ncalls=1 0\n12 999999\n+1 2000\n\
                    ob=(2)\nfn=(2)\n0 6000\n\
                    ob=(1)\nfn=(3) wasmtime::call\n* 8000\n";
        let cost = Cost::of(dump, 2_000);
        assert_eq!(cost.parts, [(Part::Host, 6000), (Part::Components, 6000), (Part::Wasmtime, 8000)]);
        assert_eq!(cost.row("a page"), "| a page | 3 | 4 | 3 | 0 | 0 | 0 | 10 |");
        assert_eq!(recorded(&cost.row("a page"), "a page"), Some(10.0));
    }
}
