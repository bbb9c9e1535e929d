//! What the host stops doing while memory is short, so that it can go on serving stored pages.

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use capabilities::limits::{DiskNearlyFull, Limits};
use model::limits::{Allowance, Taker};

/// Work that is shed, in the order in which it is shed. Hits and fallback pages never are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// Jobs: none is claimed, and no new page is planned.
    Generations,
    /// Requests that wait for a page: they get the current state at once.
    Waits,
    /// Reports of events, and new sessions: they are refused with 429.
    Reports,
}

impl Work {
    const ALL: [Self; 3] = [Self::Generations, Self::Waits, Self::Reports];

    /// Returns the part of the memory, in percent, from which on this is shed.
    fn threshold_percent(self) -> u64 {
        match self {
            Self::Generations => 80,
            Self::Waits => 90,
            Self::Reports => 95,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Generations => "no pages are planned",
            Self::Waits => "no request waits",
            Self::Reports => "no reports are stored",
        }
    }
}

/// The memory of this process.
#[derive(Debug, Default)]
pub struct Overload {
    bytes_max: u64,
    used_bytes: AtomicU64,
}

impl Overload {
    /// Watches the memory of this process, which may use `mib_max`; 0 stands for the limit of its control group. Without
    /// either, nothing is shed.
    pub fn watching(mib_max: u64) -> Arc<Self> {
        let of_group = || control_group_limit(Path::new("/proc/self/cgroup"), Path::new("/sys/fs/cgroup"));
        let bytes_max = Some(mib_max.saturating_mul(1 << 20)).filter(|max| *max > 0).or_else(of_group);
        Arc::new(Self { bytes_max: bytes_max.unwrap_or(0), used_bytes: AtomicU64::new(0) })
    }

    /// Returns whether there is a limit.
    pub fn has_limit(&self) -> bool {
        self.bytes_max > 0
    }

    /// Returns whether this work is shed now.
    pub fn sheds(&self, work: Work) -> bool {
        let used = u128::from(self.used_bytes.load(Ordering::Relaxed));
        self.has_limit() && used * 100 >= u128::from(self.bytes_max) * u128::from(work.threshold_percent())
    }

    /// Measures the memory in use. Fails while work is shed. Called about once a second.
    pub fn probe(&self) -> Result<(), MemoryShort> {
        self.measured(resident_bytes())
    }

    fn measured(&self, used_bytes: Option<u64>) -> Result<(), MemoryShort> {
        self.used_bytes.store(used_bytes.unwrap_or(0), Ordering::Relaxed);
        let shed: Vec<_> = Work::ALL.into_iter().filter(|work| self.sheds(*work)).collect();
        if shed.is_empty() {
            return Ok(());
        }
        Err(MemoryShort { used_bytes: used_bytes.unwrap_or(0), bytes_max: self.bytes_max, shed })
    }

    /// Lets `limits` refuse what is shed.
    pub fn shedding(self: &Arc<Self>, limits: Arc<dyn Limits>) -> Arc<dyn Limits> {
        Arc::new(Shedding { overload: self.clone(), limits })
    }
}

/// Memory is short.
#[derive(Debug)]
pub struct MemoryShort {
    used_bytes: u64,
    bytes_max: u64,
    shed: Vec<Work>,
}

impl std::error::Error for MemoryShort {}

impl fmt::Display for MemoryShort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shed: Vec<_> = self.shed.iter().map(|work| work.name()).collect();
        let (used, max) = (self.used_bytes >> 20, self.bytes_max >> 20);
        write!(f, "{used} MiB of {max} MiB of memory are in use, so {}", shed.join(", "))
    }
}

struct Shedding {
    overload: Arc<Overload>,
    limits: Arc<dyn Limits>,
}

#[async_trait]
impl Limits for Shedding {
    async fn take(&self, allowances: &[Allowance], by: &Taker<'_>) -> bool {
        let is_shed = |allowance: &Allowance| {
            let work = if allowance.is_of_generations() { Work::Generations } else { Work::Reports };
            self.overload.sheds(work)
        };
        !allowances.iter().any(is_shed) && self.limits.take(allowances, by).await
    }

    fn watches_disk(&self) -> bool {
        self.limits.watches_disk()
    }

    async fn probe(&self) -> Result<(), DiskNearlyFull> {
        self.limits.probe().await
    }
}

/// Returns how many bytes of this process are in memory, if the system reports it.
fn resident_bytes() -> Option<u64> {
    let pages = std::fs::read_to_string("/proc/self/statm").ok()?.split(' ').nth(1)?.parse::<u64>().ok()?;
    Some(pages.saturating_mul(rustix::param::page_size() as u64))
}

/// Returns the memory limit of the control group (version 2) that `membership` names, if it has one.
fn control_group_limit(membership: &Path, groups: &Path) -> Option<u64> {
    let membership = std::fs::read_to_string(membership).ok()?;
    let group = membership.lines().find_map(|line| line.strip_prefix("0::/"))?;
    let limit = std::fs::read_to_string(groups.join(group).join("memory.max")).ok()?;
    // "max" is no limit.
    limit.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_is_shed_in_the_order_of_its_worth() {
        let overload = Overload { bytes_max: 1_000 << 20, ..Overload::default() };
        for (used_mib, shed, said) in [
            (0, 0, None),
            (799, 0, None),
            (800, 1, Some("800 MiB of 1000 MiB of memory are in use, so no pages are planned")),
            (
                900,
                2,
                Some("900 MiB of 1000 MiB of memory are in use, so no pages are planned, no request waits"),
            ),
            (5_000, 3, None),
        ] {
            let outcome = overload.measured(Some(used_mib << 20));
            assert_eq!(
                Work::ALL.map(|work| overload.sheds(work)),
                [shed > 0, shed > 1, shed > 2],
                "{used_mib}"
            );
            assert_eq!(outcome.is_err(), shed > 0);
            assert!(said.is_none_or(|said| outcome.unwrap_err().to_string() == said));
        }
        assert!(overload.measured(Some(1)).is_ok(), "it ends by itself");
        assert!(overload.measured(None).is_ok());
    }

    #[test]
    fn without_a_limit_nothing_is_shed() {
        let overload = Overload::default();
        assert!(overload.measured(Some(u64::MAX)).is_ok() && !overload.sheds(Work::Generations));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn this_process_has_memory() {
        assert!(resident_bytes().is_some_and(|bytes| (1 << 20..1 << 40).contains(&bytes)));
    }

    #[test]
    fn the_limit_is_that_of_the_control_group() {
        let folder = tempfile::tempdir().unwrap();
        let (membership, group) =
            (folder.path().join("cgroup"), folder.path().join("system.slice/wandstore.service"));
        std::fs::create_dir_all(&group).unwrap();
        let limit = || control_group_limit(&membership, folder.path());
        assert_eq!(limit(), None);
        std::fs::write(&membership, "1:name=systemd:/x\n0::/system.slice/wandstore.service\n").unwrap();
        assert_eq!(limit(), None);
        for (text, expected) in [("max\n", None), ("536870912\n", Some(512 << 20)), ("", None)] {
            std::fs::write(group.join("memory.max"), text).unwrap();
            assert_eq!(limit(), expected);
        }
    }
}
