//! When to claim the next job of a queue.

/// How a host drains a queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(test, derive(serde::Deserialize), serde(rename_all = "snake_case"))]
pub struct Policy {
    /// The most jobs that run at once.
    pub slots: usize,
    /// The most jobs that are begun; `None` for no limit.
    pub jobs_max: Option<u32>,
    /// No job is begun at this time or later; `None` for no limit.
    pub begin_before_ms: Option<u64>,
    /// What to do when no job is due.
    pub when_idle: WhenIdle,
}

/// What to do when no job is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(test, derive(serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum WhenIdle {
    /// Claim again when a job is announced or due, and after `look_ms` at the latest, because other processes announce
    /// nothing. Claim again `rest_ms` after a claim that failed. Never stop.
    Look {
        /// The longest wait.
        look_ms: u64,
        /// The wait after a claim that failed.
        rest_ms: u64,
    },
    /// Claim again when a job ends, is announced or is due. Stop when nothing runs, or when a claim failed.
    StopWhenNothingRuns,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(test, derive(serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Event {
    /// A job was claimed, and the host begins it.
    Claimed,
    /// No job is due before this time; `None` if no job waits.
    Idle(Option<u64>),
    /// The queue did not answer the claim.
    Failed,
    /// A job ended.
    Ended,
    /// A job was announced.
    Announced,
    /// The time that was waited for is there.
    Timeout,
}

/// What the host does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(test, derive(serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Action {
    /// Claim a job.
    Claim,
    /// Wait until a job ends or is announced, or until this time, if there is one.
    Wait(Option<u64>),
    /// Stop. The next job is due at this time, if that is known.
    Stop(Option<u64>),
}

/// The decisions about claims of one queue.
#[derive(Debug)]
pub struct Claims {
    policy: Policy,
    running: usize,
    begun: u32,
    /// The end of the wait after a claim that gave no job.
    idle_until_ms: Option<u64>,
}

impl Claims {
    /// Begins to drain a queue.
    pub fn new(policy: Policy) -> Self {
        Self { policy, running: 0, begun: 0, idle_until_ms: None }
    }

    /// Returns the first action.
    pub fn begin(&mut self, now_ms: u64) -> Action {
        self.next(now_ms)
    }

    /// Takes note of an event and returns what to do next. A host that runs one job at a time may ignore the action that
    /// follows [`Event::Claimed`], and report the job's end.
    pub fn handle(&mut self, event: Event, now_ms: u64) -> Action {
        match event {
            Event::Claimed => {
                self.running += 1;
                self.begun += 1;
                self.next(now_ms)
            }
            Event::Ended => {
                self.running = self.running.saturating_sub(1);
                match (self.policy.when_idle, self.idle_until_ms) {
                    (WhenIdle::Look { .. }, Some(until_ms)) => Action::Wait(Some(until_ms)),
                    _ => self.next(now_ms),
                }
            }
            Event::Announced | Event::Timeout => self.next(now_ms),
            Event::Idle(due_ms) => self.idle(due_ms, now_ms),
            Event::Failed => match self.policy.when_idle {
                WhenIdle::Look { rest_ms, .. } => self.wait_until(now_ms.saturating_add(rest_ms)),
                WhenIdle::StopWhenNothingRuns => Action::Stop(None),
            },
        }
    }

    fn next(&mut self, now_ms: u64) -> Action {
        self.idle_until_ms = None;
        if !self.may_begin(now_ms) {
            return if self.running > 0 { Action::Wait(None) } else { Action::Stop(None) };
        }
        if self.running < self.policy.slots { Action::Claim } else { Action::Wait(None) }
    }

    fn may_begin(&self, now_ms: u64) -> bool {
        let Policy { jobs_max, begin_before_ms, .. } = self.policy;
        jobs_max.is_none_or(|max| self.begun < max) && begin_before_ms.is_none_or(|end_ms| now_ms < end_ms)
    }

    fn idle(&mut self, due_ms: Option<u64>, now_ms: u64) -> Action {
        match self.policy.when_idle {
            WhenIdle::Look { look_ms, .. } => {
                let look_ms = now_ms.saturating_add(look_ms);
                self.wait_until(due_ms.map_or(look_ms, |due_ms| due_ms.clamp(now_ms, look_ms)))
            }
            _ if self.running > 0 => Action::Wait(due_ms),
            WhenIdle::StopWhenNothingRuns => Action::Stop(due_ms),
        }
    }

    fn wait_until(&mut self, until_ms: u64) -> Action {
        self.idle_until_ms = Some(until_ms);
        Action::Wait(Some(until_ms))
    }
}
