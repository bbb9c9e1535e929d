//! What to do for a claimed job, from its first part to its completion.

/// A maintenance task with more parts continues in another attempt.
pub const PARTS_MAX: u32 = 10_000;

/// The terms on which a job runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(test, derive(serde::Deserialize), serde(rename_all = "snake_case"))]
pub struct Terms {
    /// How often the lease is extended, in milliseconds.
    pub extend_ms: u64,
    /// A job with more parts is given back for another attempt; `None` for no limit.
    pub parts_max: Option<u32>,
    /// How often completing the job is tried before its lease is left to expire.
    pub complete_attempts: u32,
    /// The pause between two tries, in milliseconds.
    pub complete_pause_ms: u64,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(test, derive(serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Event {
    /// A part of the job is done, and others are left.
    Part,
    /// The job ended: there is an outcome.
    Ended,
    /// The time that was waited for is there, or that of [`Run::extend_at_ms`].
    Timeout,
    /// The answer to [`Action::Extend`].
    Extended(Answer),
    /// The answer to [`Action::Complete`] or [`Action::GiveBack`].
    Completed(Answer),
}

/// The queue's answer to a call with a lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(test, derive(serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Answer {
    /// The caller holds the lease, and the call was carried out.
    Ours,
    /// The caller no longer holds the lease.
    NotOurs,
    /// The call is invalid and can never succeed.
    Invalid,
    /// The queue did not answer.
    Unavailable,
}

/// What the host does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(test, derive(serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Action {
    /// Run the job, or its next part. A host that can do several things at once reports a timeout at
    /// [`Run::extend_at_ms`] meanwhile.
    Work,
    /// Extend the lease. Running work continues.
    Extend,
    /// Complete the job with its outcome. A running extension is dropped.
    Complete,
    /// Complete the job for another attempt, because it has more parts than one attempt may have.
    GiveBack,
    /// Continue running work, until this time at the latest.
    Wait(u64),
    /// Stop. Running work is dropped.
    Stop(End),
}

/// How the run of a job ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(test, derive(serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum End {
    /// The job is completed.
    Completed,
    /// The lease was lost during the work.
    LeaseLost,
    /// Another worker completed the job, or has it.
    TakenOver,
    /// The job could not be completed, and its lease is left to expire.
    NotCompleted,
}

/// The decisions about one job. The first action is [`Action::Work`].
#[derive(Debug)]
pub struct Run {
    terms: Terms,
    extend_at_ms: u64,
    parts: u32,
    is_working: bool,
    is_extending: bool,
    /// The action that completes the job, once it is known.
    completing: Option<Action>,
    failed_completions: u32,
}

impl Run {
    /// Begins a job that was claimed at `now_ms`.
    pub fn new(terms: Terms, now_ms: u64) -> Self {
        Self {
            terms,
            extend_at_ms: now_ms.saturating_add(terms.extend_ms),
            parts: 0,
            is_working: true,
            is_extending: false,
            completing: None,
            failed_completions: 0,
        }
    }

    /// Returns when to extend the lease. While it is being extended, that is the time of the next extension.
    pub fn extend_at_ms(&self) -> u64 {
        self.extend_at_ms
    }

    /// Takes note of an event and returns what to do next.
    pub fn handle(&mut self, event: Event, now_ms: u64) -> Action {
        match event {
            Event::Part => {
                self.is_working = false;
                self.parts += 1;
                if self.terms.parts_max.is_some_and(|max| self.parts >= max) {
                    return self.complete_by(Action::GiveBack);
                }
                self.go_on(now_ms)
            }
            Event::Ended => self.complete_by(Action::Complete),
            Event::Timeout => self.completing.unwrap_or_else(|| self.go_on(now_ms)),
            Event::Extended(answer) => self.extended(answer, now_ms),
            Event::Completed(answer) => self.completed(answer, now_ms),
        }
    }

    /// Extends the lease if it is due, and otherwise begins the next part, unless one is running.
    fn go_on(&mut self, now_ms: u64) -> Action {
        if now_ms >= self.extend_at_ms {
            self.extend_at_ms = now_ms.saturating_add(self.terms.extend_ms);
            if !std::mem::replace(&mut self.is_extending, true) {
                return Action::Extend;
            }
        }
        if self.is_working {
            return Action::Wait(self.extend_at_ms);
        }
        self.is_working = true;
        Action::Work
    }

    fn complete_by(&mut self, action: Action) -> Action {
        self.completing = Some(action);
        action
    }

    /// If the queue does not answer, the lease may still be valid: completing the job finds out.
    fn extended(&mut self, answer: Answer, now_ms: u64) -> Action {
        self.is_extending = false;
        if answer == Answer::NotOurs {
            return Action::Stop(End::LeaseLost);
        }
        self.extend_at_ms = now_ms.saturating_add(self.terms.extend_ms);
        self.go_on(now_ms)
    }

    /// A call that the queue refuses as invalid stays invalid, so only one without an answer is repeated.
    fn completed(&mut self, answer: Answer, now_ms: u64) -> Action {
        match answer {
            Answer::Ours => Action::Stop(End::Completed),
            Answer::NotOurs => Action::Stop(End::TakenOver),
            Answer::Invalid => Action::Stop(End::NotCompleted),
            Answer::Unavailable => {
                self.failed_completions += 1;
                if self.failed_completions >= self.terms.complete_attempts {
                    return Action::Stop(End::NotCompleted);
                }
                Action::Wait(now_ms.saturating_add(self.terms.complete_pause_ms))
            }
        }
    }
}
