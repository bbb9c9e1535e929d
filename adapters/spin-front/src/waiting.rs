//! Waiting for a better answer. The front is not notified of a job's outcome, so it asks again. Decisions only: nothing
//! here waits.

/// The pause before the storefront is asked again: short at first, then longer, because each question costs two reads of
/// the database.
const PAUSE_MS_MIN: u64 = 250;
const PAUSE_MS_MAX: u64 = 2_000;
/// The longest wait for one answer, whatever a request asks for.
const WAIT_MS_MAX: u64 = 25_000;
/// After this much silence a stream of events sends a heartbeat, which also shows whether the shopper is still there.
const SILENCE_MS_MAX: u64 = 15_000;
/// The longest stream of events. A browser reconnects by itself (WHATWG HTML, section 9.2).
const STREAM_MS_MAX: u64 = 300_000;
/// How often a waiting page has jobs started: a job whose worker died is taken over when its lease ends.
const JOBS_MS: u64 = 5_000;

/// A request that waits.
#[derive(Debug, Clone, Copy)]
pub struct Waiting {
    started_ms: u64,
    jobs_ms: u64,
}

impl Waiting {
    /// Begins to wait.
    pub fn new(now_ms: u64) -> Self {
        Self { started_ms: now_ms, jobs_ms: now_ms }
    }

    /// Returns the pause before the next question, or `None` if the wait for an answer is over.
    pub fn pause_ms(&self, now_ms: u64, wait_ms: u64) -> Option<u64> {
        let left_ms =
            wait_ms.min(WAIT_MS_MAX).checked_sub(self.waited_ms(now_ms)).filter(|left_ms| *left_ms > 0)?;
        Some(self.next_pause_ms(now_ms).min(left_ms))
    }

    fn next_pause_ms(&self, now_ms: u64) -> u64 {
        (self.waited_ms(now_ms) / 4).clamp(PAUSE_MS_MIN, PAUSE_MS_MAX)
    }

    fn waited_ms(&self, now_ms: u64) -> u64 {
        now_ms.saturating_sub(self.started_ms)
    }

    /// Returns whether to start jobs now.
    pub fn starts_jobs(&mut self, now_ms: u64) -> bool {
        let is_due = now_ms.saturating_sub(self.jobs_ms) >= JOBS_MS;
        if is_due {
            self.jobs_ms = now_ms;
        }
        is_due
    }
}

/// A stream of server-sent events.
#[derive(Debug)]
pub struct Events {
    waiting: Waiting,
    spoke_ms: u64,
    last: Option<Vec<u8>>,
}

/// The next step of a stream.
#[derive(Debug, PartialEq, Eq)]
pub struct Step {
    /// What to send.
    pub send: Option<Vec<u8>>,
    /// The pause before the next question, or `None` if the stream ends.
    pub pause_ms: Option<u64>,
}

impl Events {
    /// Begins a stream.
    pub fn new(now_ms: u64) -> Self {
        Self { waiting: Waiting::new(now_ms), spoke_ms: now_ms, last: None }
    }

    /// Takes an answer. Each answer that differs from the one before is sent, and after a long silence a heartbeat.
    pub fn take(&mut self, text: &[u8], is_last: bool, now_ms: u64) -> Step {
        let is_new = self.last.as_deref() != Some(text);
        let is_silent = now_ms.saturating_sub(self.spoke_ms) >= SILENCE_MS_MAX;
        let send = if is_new {
            self.last = Some(text.to_owned());
            Some([b"data: ", text, b"\n\n"].concat())
        } else {
            is_silent.then(|| b":\n\n".to_vec())
        };
        if send.is_some() {
            self.spoke_ms = now_ms;
        }
        let ends = is_last || self.waiting.waited_ms(now_ms) >= STREAM_MS_MAX;
        Step { send, pause_ms: (!ends).then(|| self.waiting.next_pause_ms(now_ms)) }
    }

    /// Returns whether to start jobs now.
    pub fn starts_jobs(&mut self, now_ms: u64) -> bool {
        self.waiting.starts_jobs(now_ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_end_with_the_wait() {
        let waiting = Waiting::new(1_000);
        assert_eq!(waiting.pause_ms(1_000, 20_000), Some(250));
        assert_eq!(waiting.pause_ms(5_000, 20_000), Some(1_000));
        assert_eq!(waiting.pause_ms(15_000, 20_000), Some(2_000));
        assert_eq!(waiting.pause_ms(20_900, 20_000), Some(100));
        assert_eq!(waiting.pause_ms(21_000, 20_000), None);
        assert_eq!(waiting.pause_ms(26_000, u64::MAX), None);
    }

    #[test]
    fn a_waiting_page_starts_jobs_every_five_seconds() {
        let mut waiting = Waiting::new(0);
        let started: Vec<_> = (0..=12_000).step_by(500).filter(|ms| waiting.starts_jobs(*ms)).collect();
        assert_eq!(started, [5_000, 10_000]);
    }

    /// Plays a stream of these answers, the last one for ever. Returns what was sent, and how long it took.
    fn play(answers: &[&str]) -> (Vec<String>, u64) {
        let (mut now_ms, mut sent) = (1_000, Vec::new());
        let mut events = Events::new(now_ms);
        for n in 0.. {
            let text = answers[n.min(answers.len() - 1)];
            let step = events.take(text.as_bytes(), text == "ready", now_ms);
            sent.extend(step.send.map(|bytes| String::from_utf8(bytes).unwrap()));
            let Some(pause_ms) = step.pause_ms else { break };
            now_ms += pause_ms;
        }
        (sent, now_ms - 1_000)
    }

    #[test]
    fn each_state_is_sent_once() {
        let (sent, ms) = play(&["queued", "queued", "running", "running", "ready"]);
        assert_eq!(sent, ["data: queued\n\n", "data: running\n\n", "data: ready\n\n"]);
        assert_eq!(ms, 1_000);
    }

    #[test]
    fn an_answer_that_is_there_is_not_waited_for() {
        assert_eq!(play(&["ready"]), (vec!["data: ready\n\n".to_owned()], 0));
    }

    #[test]
    fn a_silent_stream_shows_that_it_lives_and_ends_at_last() {
        let (sent, ms) = play(&["queued"]);
        assert_eq!(sent[..3], ["data: queued\n\n", ":\n\n", ":\n\n"]);
        assert!((STREAM_MS_MAX..STREAM_MS_MAX + PAUSE_MS_MAX).contains(&ms), "{ms}");
    }
}
