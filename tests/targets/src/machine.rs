//! Linux: cores, memory and load.

use std::fs;
use std::process::Command;

use anyhow::{Context as _, bail};
use rustix::thread::{CpuSet, sched_setaffinity};

/// The core that hosts run on.
pub const HOST_CORE: usize = 0;
/// The core that load comes from.
pub const LOAD_CORE: usize = 1;

/// Binds this thread and its future children to one core.
pub fn pin_to(core: usize) -> anyhow::Result<()> {
    let mut cores = CpuSet::new();
    cores.set(core);
    sched_setaffinity(None, &cores).context("two cores are needed")
}

/// Measures the requests per second of `url`, by `wrk` with 32 connections.
pub fn requests_per_second(url: &str, seconds: u32) -> anyhow::Result<f64> {
    let duration = format!("{seconds}s");
    let mut wrk = Command::new("wrk");
    wrk.args(["--threads", "1", "--connections", "32", "--timeout", "10s", "--duration", &duration, url]);
    let output = wrk.output().context("cannot run wrk")?;
    let text = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() || text.contains("Non-2xx") || text.contains("Socket errors") {
        bail!("some requests failed:\n{text}{}", String::from_utf8_lossy(&output.stderr));
    }
    let rate = text.lines().find_map(|line| line.strip_prefix("Requests/sec:"));
    Ok(rate.context("wrk printed no rate")?.trim().parse()?)
}

/// Returns the memory of a process group; shared memory counts once.
pub fn memory_mib(group: u32) -> anyhow::Result<f64> {
    let mut kib = 0.0;
    for entry in fs::read_dir("/proc")? {
        let folder = entry?.path();
        // A process may end while it is looked at.
        let Ok(stat) = fs::read_to_string(folder.join("stat")) else { continue };
        if group_in(&stat) == Some(group) {
            kib += share_kib(&fs::read_to_string(folder.join("smaps_rollup"))?)?;
        }
    }
    Ok(kib / 1024.0)
}

/// The fifth field, after a name in parentheses that may hold anything (`proc_pid_stat(5)`).
fn group_in(stat: &str) -> Option<u32> {
    let (_, rest) = stat.rsplit_once(") ")?;
    rest.split(' ').nth(2)?.parse().ok()
}

/// The proportional share of resident memory (`proc_pid_smaps(5)`).
fn share_kib(smaps: &str) -> anyhow::Result<f64> {
    let line = smaps.lines().find_map(|line| line.strip_prefix("Pss:"));
    let text = line.context("there is no Pss")?.trim().trim_end_matches(" kB");
    Ok(text.parse()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_found_by_its_group_whatever_its_name() {
        assert_eq!(group_in("7 (a (b) c) S 1 42 42 0 -1"), Some(42));
        assert_eq!(group_in("no stat"), None);
    }

    #[test]
    fn the_share_of_a_process_is_read_in_kib() {
        let share = share_kib("Rss:            2048 kB\nPss:             512 kB\nPss_Dirty: 3 kB\n");
        assert!(share.is_ok_and(|kib| (kib - 512.0).abs() < f64::EPSILON));
        assert!(share_kib("Rss: 1 kB\n").is_err());
    }
}
