//! Waiting for a better answer. An instance is not notified of what another one did, so it polls routing.

use routes::Route;

use crate::Answer;

/// The pause between two polls. Each costs two reads of the database.
const PAUSE_MS: u32 = 250;
/// The longest wait, whatever a request asks for.
const WAIT_MS_MAX: u32 = 25_000;
/// After this much silence a stream of events sends a heartbeat, which also shows whether the shopper is still there.
const SILENCE_MS_MAX: u64 = 15_000;
/// The longest stream of events. A browser reconnects by itself (WHATWG HTML, section 9.2).
const STREAM_MS_MAX: u64 = 300_000;

/// Routing's reply to a request.
#[derive(Debug)]
pub struct Asked<V> {
    /// The answer: the final one, or an interim one.
    pub answer: Answer<V>,
    /// If the answer is an interim one, how many milliseconds to wait for a better one.
    pub wait_ms: Option<u32>,
    /// The route of the request.
    pub route: Option<Route>,
    /// Whether the request may have enqueued a job.
    pub may_have_enqueued: bool,
}

impl<V> Asked<V> {
    /// Returns whether the answer can be sent as a server-sent event.
    pub fn is_event(&self) -> bool {
        self.answer.status == 200 && self.route.is_some_and(|route| route.rule().has_events)
    }

    /// Returns whether a job may wait now.
    pub fn may_leave_job(&self) -> bool {
        self.wait_ms.is_some() || self.may_have_enqueued
    }
}

/// One request that routing can be asked about more than once.
pub trait Asker {
    /// Bytes that storage holds.
    type Value;

    /// Asks routing.
    fn ask(&self) -> Asked<Self::Value>;

    /// Returns the milliseconds since the epoch.
    fn now_ms(&self) -> u64;

    /// Waits this many milliseconds.
    fn sleep(&self, ms: u32);
}

/// Returns the final reply, or the interim one when the wait is over.
pub fn last_answer<A: Asker>(routing: &A, first: Asked<A::Value>) -> Asked<A::Value> {
    let started_ms = routing.now_ms();
    let mut asked = first;
    while let Some(wait_ms) = asked.wait_ms {
        let waited_ms = routing.now_ms().saturating_sub(started_ms);
        if waited_ms >= u64::from(wait_ms.min(WAIT_MS_MAX)) {
            break;
        }
        routing.sleep(PAUSE_MS);
        asked = routing.ask();
    }
    asked
}

/// Sends each answer that differs from the one before as a server-sent event, until the last one or until `send` finds
/// that the client is gone. Returns whether a better answer was still awaited.
pub fn events<A: Asker>(routing: &A, first: Asked<A::Value>, mut send: impl FnMut(&[u8]) -> bool) -> bool {
    let started_ms = routing.now_ms();
    let mut spoke_ms = started_ms;
    let mut last_sent = None;
    let mut asked = first;
    loop {
        let is_last = asked.wait_ms.is_none();
        let now_ms = routing.now_ms();
        let text = asked.answer.event().to_vec();
        if last_sent.as_ref() != Some(&text) {
            if !send(&event(&text)) {
                return !is_last;
            }
            spoke_ms = now_ms;
            last_sent = Some(text);
        } else if now_ms.saturating_sub(spoke_ms) >= SILENCE_MS_MAX {
            if !send(b":\n\n") {
                return !is_last;
            }
            spoke_ms = now_ms;
        }
        if is_last || now_ms.saturating_sub(started_ms) >= STREAM_MS_MAX {
            return !is_last;
        }
        routing.sleep(PAUSE_MS);
        asked = routing.ask();
    }
}

fn event(text: &[u8]) -> Vec<u8> {
    [b"data: ", text, b"\n\n"].concat()
}

#[cfg(test)]
mod tests {
    use std::cell::{Cell, RefCell};
    use std::collections::VecDeque;

    use super::*;
    use crate::Content;

    /// Answers in turn, the last one for ever. Time passes only by sleeping.
    struct Script {
        now_ms: Cell<u64>,
        states: RefCell<VecDeque<&'static str>>,
    }

    impl Script {
        fn new(states: &[&'static str]) -> Self {
            Self { now_ms: Cell::new(1_000), states: RefCell::new(states.iter().copied().collect()) }
        }

        fn passed_ms(&self) -> u64 {
            self.now_ms.get() - 1_000
        }
    }

    impl Asker for Script {
        type Value = ();

        fn ask(&self) -> Asked<()> {
            let mut states = self.states.borrow_mut();
            let state = if states.len() > 1 { states.pop_front() } else { states.front().copied() };
            let state = state.unwrap_or("ready");
            let content = Content::Bytes(state.into());
            Asked {
                answer: Answer { status: 200, headers: String::new(), content },
                wait_ms: (state != "ready").then_some(20_000),
                route: Some(Route::Status),
                may_have_enqueued: false,
            }
        }

        fn now_ms(&self) -> u64 {
            self.now_ms.get()
        }

        fn sleep(&self, ms: u32) {
            self.now_ms.set(self.now_ms.get() + u64::from(ms));
        }
    }

    fn sent(script: &Script, patience: usize) -> (Vec<String>, bool) {
        let mut sent_events = Vec::new();
        let awaited = events(script, script.ask(), |text| {
            sent_events.push(String::from_utf8_lossy(text).into_owned());
            sent_events.len() < patience
        });
        (sent_events, awaited)
    }

    #[test]
    fn an_answer_that_is_there_is_not_waited_for() {
        let script = Script::new(&["ready"]);
        let asked = last_answer(&script, script.ask());
        assert_eq!((asked.answer.event(), asked.may_leave_job()), (&b"ready"[..], false));
        assert_eq!(script.passed_ms(), 0);
    }

    #[test]
    fn the_better_answer_is_given_once_it_is_there() {
        let script = Script::new(&["queued", "running", "ready"]);
        let asked = last_answer(&script, script.ask());
        assert_eq!((asked.answer.event(), asked.may_leave_job()), (&b"ready"[..], false));
        assert_eq!(script.passed_ms(), 500);
    }

    #[test]
    fn when_the_wait_is_over_the_newest_interim_answer_is_given() {
        let script = Script::new(&["queued", "running"]);
        let asked = last_answer(&script, script.ask());
        assert_eq!((asked.answer.event(), asked.may_leave_job()), (&b"running"[..], true));
        assert_eq!(script.passed_ms(), 20_000);
    }

    #[test]
    fn each_state_is_sent_once() {
        let script = Script::new(&["queued", "queued", "running", "running", "ready"]);
        let (sent_events, awaited) = sent(&script, usize::MAX);
        assert_eq!(sent_events, ["data: queued\n\n", "data: running\n\n", "data: ready\n\n"]);
        assert!(!awaited);
    }

    #[test]
    fn a_silent_stream_shows_that_it_lives_and_ends_at_last() {
        let script = Script::new(&["queued"]);
        let (sent_events, awaited) = sent(&script, usize::MAX);
        assert_eq!(sent_events[..3], ["data: queued\n\n", ":\n\n", ":\n\n"]);
        assert!(awaited);
        assert_eq!(script.passed_ms(), STREAM_MS_MAX);
    }

    #[test]
    fn nothing_is_sent_to_a_closed_client() {
        let (sent_events, awaited) = sent(&Script::new(&["queued", "running", "ready"]), 1);
        assert_eq!(sent_events, ["data: queued\n\n"]);
        assert!(awaited);
    }

    #[test]
    fn only_the_status_of_a_page_is_an_event() {
        for (route, status, is_event) in [
            (Some(Route::Status), 200, true),
            (Some(Route::ProxyStatus), 200, true),
            (Some(Route::Status), 404, false),
            (Some(Route::Page), 200, false),
            (None, 200, false),
        ] {
            let answer = Answer { status, headers: String::new(), content: Content::Value(()) };
            let asked = Asked { answer, wait_ms: None, route, may_have_enqueued: false };
            assert_eq!(asked.is_event(), is_event, "{route:?} {status}");
        }
    }
}
