//! `cargo xtask fuzz`: fuzzes the parsers of network input.
//!
//! The targets are those of `cargo fuzz` (`fuzz/`). Here the regular compiler compiles them, with its own
//! coverage instrumentation and without a sanitizer: code without `unsafe` fails by panics, overflows,
//! hangs and excessive memory use, which this finds. A new machine needs no other toolchain, only a C++
//! compiler for libFuzzer.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail};
use clap::Args;
use xtask_dev::shell::{self, step};

const MANIFEST: &str = "fuzz/Cargo.toml";
/// The instrumentation that libFuzzer reads: the edges taken and the values compared.
const COVERAGE: &str = "--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1";
/// The maximum size of an input: longer than any meaningful input, and short enough to try many.
const INPUT_BYTES_MAX: usize = 4096;
/// An input that takes longer counts as a hang, even on a busy machine.
const HANGING_S: u32 = 20;
/// An input that needs more memory counts as a failure.
const MEMORY_MIB_MAX: u32 = 1024;

/// Fuzz the parsers of network input.
#[derive(Args)]
pub struct Fuzz {
    /// How long to fuzz each target, in seconds.
    #[arg(long, default_value_t = 5)]
    seconds: u32,
    /// Fuzz only this target.
    target: Option<String>,
}

impl Fuzz {
    pub fn run(self) -> anyhow::Result<()> {
        let targets = match self.target {
            Some(target) => vec![target],
            None => targets()?,
        };
        shell::install("g++", "g++")?;
        step("building the fuzz targets");
        let programs = build(&targets)?;
        step(&format!("fuzzing, {} s each", self.seconds));
        targets.iter().try_for_each(|target| feed(&programs.join(target), target, self.seconds))
    }
}

/// Checks formatting and runs every target briefly, for `cargo xtask test`.
pub fn check() -> anyhow::Result<()> {
    step("formatting of the fuzz targets");
    shell::run("cargo", &["fmt", "--manifest-path", MANIFEST, "--check"])?;
    Fuzz { seconds: 5, target: None }.run()
}

/// Returns the names of all targets, in order.
fn targets() -> anyhow::Result<Vec<String>> {
    let files = std::fs::read_dir("fuzz/fuzz_targets")?.collect::<Result<Vec<_>, _>>()?;
    let stem = |file: &std::fs::DirEntry| Some(file.path().file_stem()?.to_str()?.to_owned());
    let mut names: Vec<_> = files.iter().filter_map(stem).collect();
    names.sort();
    Ok(names)
}

/// Builds targets, and returns the output folder. It names the target triple, so that build scripts
/// and macros are not instrumented.
fn build(targets: &[String]) -> anyhow::Result<PathBuf> {
    let triple = host_triple()?;
    let folder = folder()?;
    let mut cargo = Command::new("cargo");
    cargo.args(["build", "--release", "--locked", "--manifest-path", MANIFEST, "--target", &triple]);
    cargo.arg("--target-dir").arg(&folder).env("RUSTFLAGS", COVERAGE);
    cargo.args(targets.iter().flat_map(|target| ["--bin", target]));
    shell::check(&mut cargo, "cargo build of the fuzz targets")?;
    Ok(folder.join(triple).join("release"))
}

/// Runs a target from its seeds. The inputs that it discovers stay in a build folder, outside version control.
fn feed(program: &Path, target: &str, seconds: u32) -> anyhow::Result<()> {
    let folder = folder()?;
    let learnt = folder.join("corpus").join(target);
    std::fs::create_dir_all(&learnt)?;
    let failure = folder.join(format!("failure-{target}"));
    let output = Command::new(program)
        .args([format!("-max_total_time={seconds}"), format!("-max_len={INPUT_BYTES_MAX}")])
        .args([format!("-timeout={HANGING_S}"), format!("-rss_limit_mb={MEMORY_MIB_MAX}")])
        .args(["-print_final_stats=1", &format!("-exact_artifact_path={}", failure.display())])
        .args([learnt, Path::new("fuzz/seeds").join(target)])
        .stdout(Stdio::null())
        .output()
        .with_context(|| format!("cannot run {}", program.display()))?;
    let told = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        bail!("{told}\n`{target}` failed. To see it again: {} {}", program.display(), failure.display());
    }
    println!("{target}: {} inputs", statistic(&told, "number_of_executed_units").unwrap_or("no"));
    Ok(())
}

/// Returns one of the statistics that libFuzzer prints at the end.
fn statistic<'a>(told: &'a str, name: &str) -> Option<&'a str> {
    let line = told.lines().find(|line| line.starts_with("stat::") && line.contains(name))?;
    line.split_whitespace().last()
}

fn folder() -> std::io::Result<PathBuf> {
    std::path::absolute(shell::target_dir().join("fuzz"))
}

/// Returns the compiler's default target.
fn host_triple() -> anyhow::Result<String> {
    let output = Command::new("rustc").arg("-vV").output().context("cannot run `rustc -vV`")?;
    let told = String::from_utf8(output.stdout)?;
    let triple = told.lines().find_map(|line| line.strip_prefix("host: "));
    triple.map(str::to_owned).context("`rustc -vV` names no host")
}
