//! Measures the three hosts in one run on one machine, and prints a table of them.
//!
//! The host has one core, the load another, one host at a time. Figures are of this machine at this
//! time: only the comparison matters.
#![expect(clippy::disallowed_types, reason = "it measures how long requests take")]
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a developer's command, which may fail if its output is closed"
)]

mod artefacts;
mod column;
mod machine;

use clap::Parser;
use targets::Host;

use crate::column::Column;

/// Compares the hosts that this machine has.
#[derive(Parser)]
struct Cli {
    /// How long each load lasts, in seconds.
    #[arg(long, default_value_t = 10)]
    seconds: u32,
    /// Measure this host only: native, spin or workerd. May be given more than once.
    #[arg(long)]
    host: Vec<String>,
}

fn main() -> anyhow::Result<()> {
    let cli = Cli::parse();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut columns = Vec::new();
    for host in Host::ALL {
        if !cli.host.is_empty() && !cli.host.iter().any(|name| name == host.name()) {
            continue;
        }
        if let Some(why) = host.missing() {
            eprintln!("{why}");
            continue;
        }
        eprintln!("measuring {}", host.name());
        columns.push(runtime.block_on(column::measure(host, cli.seconds))?);
    }
    print(&columns);
    Ok(())
}

/// The cell of a row in a column.
type Cell = fn(&Column) -> String;

fn print(columns: &[Column]) {
    let rows: [(&str, Cell); 6] = [
        ("cache hits, one core", |it| format!("{:.0} requests/s", it.hits_per_second)),
        ("fallback page of a new shopper, median", |it| format!("{:.1} ms", it.miss_ms)),
        ("process start to first answer, median", |it| format!("{:.0} ms", it.start_ms)),
        ("the same, nothing compiled or stored before", |it| format!("{:.0} ms", it.cold_start_ms)),
        ("resident memory after the load", |it| format!("{:.0} MiB", it.memory_mib)),
        ("what is deployed (gzip)", |it| format!("{} ({})", kib(it.size.bytes), kib(it.size.gzip_bytes))),
    ];
    let names: Vec<_> = columns.iter().map(|column| column.host.name()).collect();
    println!("| what | {} |\n|---|{}", names.join(" | "), "---|".repeat(columns.len()));
    for (what, cell) in rows {
        let cells: Vec<_> = columns.iter().map(cell).collect();
        println!("| {what} | {} |", cells.join(" | "));
    }
}

fn kib(bytes: u64) -> String {
    format!("{} KiB", bytes.div_ceil(1024))
}
