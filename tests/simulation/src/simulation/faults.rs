//! Faults of hosts and of their clocks.

use storage::Value;

use super::{MARK_MS, Simulation};
use crate::kv::Platform;
use crate::worker;
use crate::world::{HOSTS, POOL};

const WORKERS_PER_HOST: u32 = 2;
/// The longest that a host is down, and that others take to find out that it died.
const DOWN_MS_MAX: u64 = 3_000;
const FOUND_OUT_MS_MAX: u64 = 4_000;
/// The farthest that the clocks are set forward, once in [`MARK_MS`]: a redaction relies on a mark for that long.
const FORWARD_MS_MAX: u64 = 150_000;
/// The farthest that the clocks are set back.
const BACK_MS_MAX: u64 = 1_000_000;

impl Simulation {
    /// Returns a host that is up.
    pub(super) fn host(&self) -> Option<usize> {
        let host = self.world.random.borrow_mut().index(HOSTS);
        (0..HOSTS).map(|other| (host + other) % HOSTS).find(|host| self.restarts_ms[*host].is_none())
    }

    /// Lets something happen to a host that is up.
    pub(super) fn some_host(&mut self, happen: impl FnOnce(&mut Self, usize)) {
        if let Some(host) = self.host() {
            happen(self, host);
        }
    }

    /// Lets a host die with all that it does.
    pub(super) fn die(&mut self, host: usize) {
        let process = self.end_host(host, "dies");
        let found_ms = self.world.now_ms.get() + self.world.below(FOUND_OUT_MS_MAX);
        self.dead.push((found_ms, process));
    }

    /// Lets a host stop, which gives its jobs back.
    pub(super) fn stop(&mut self, host: usize) {
        let process = self.end_host(host, "stops");
        self.release(&process, 0);
    }

    pub(super) fn end_host(&mut self, host: usize, how: &str) -> String {
        self.world.note(|| format!("host {host} {how}"));
        self.end_tasks(|task| task.host == host);
        self.world.spawned.borrow_mut().retain(|task| task.host != host);
        self.world.kv.borrow_mut().host_ended(host);
        self.restarts_ms[host] = Some(self.world.now_ms.get() + self.world.below(DOWN_MS_MAX));
        let next = format!("process-{host}-{}", self.world.step.get());
        std::mem::replace(&mut self.world.processes.borrow_mut()[host], next)
    }

    pub(super) fn start_hosts(&mut self) {
        let now_ms = self.world.now_ms.get();
        for host in 0..HOSTS {
            if self.restarts_ms[host].is_some_and(|restart_ms| restart_ms <= now_ms) {
                self.restarts_ms[host] = None;
                let members = (0..WORKERS_PER_HOST).map(|worker| worker % POOL.size);
                self.tasks.extend(members.map(|member| worker::start(&self.world, host, member)));
            }
        }
    }

    /// Lets other processes find out which ones died. On Workers none can, and leases expire.
    pub(super) fn find_out(&mut self) {
        let now_ms = self.world.now_ms.get();
        let found: Vec<_> = self.dead.extract_if(.., |(at_ms, _)| *at_ms <= now_ms).collect();
        for (_, process) in &found {
            self.release(process, 1);
        }
    }

    /// Ends the leases of a process, as the native host does.
    pub(super) fn release(&self, process: &str, crashes: u64) {
        if self.world.platform == Platform::Native {
            let parameters: [Value; 3] = [process.into(), self.world.true_wall_ms().into(), crashes.into()];
            self.world.database.execute(sql::jobs::RELEASE, &parameters).expect("the table exists");
            self.world.ledger.borrow_mut().jobs.released(process);
            self.world.note(|| format!("the leases of {process} are ended"));
        }
    }

    pub(super) fn set_clocks(&mut self) {
        let (now_ms, set_ms) = (self.world.now_ms.get(), self.world.set_ms.get());
        if self.world.one_in(2) {
            let by_ms = self.world.below(BACK_MS_MAX);
            self.world.note(|| format!("the clocks are set back by {by_ms} ms"));
            self.world.set_ms.set(set_ms - by_ms);
            self.back_ms += by_ms;
            let mut ledger = self.world.ledger.borrow_mut();
            ledger.jobs.set_back(by_ms);
            ledger.plannings.set_back();
        } else if now_ms >= self.forward_again_ms {
            let by_ms = self.world.below(FORWARD_MS_MAX);
            self.world.note(|| format!("the clocks are set forward by {by_ms} ms"));
            self.world.set_ms.set(set_ms + by_ms);
            self.forward_again_ms = now_ms + MARK_MS;
        }
    }

    pub(super) fn stall(&mut self, host: usize, by_ms: u64) {
        self.world.note(|| format!("host {host} stands still for {by_ms} ms"));
        self.stalled_until_ms[host] = self.world.now_ms.get() + by_ms;
    }
}
