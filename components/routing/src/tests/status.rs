//! The open page asks for the status of the next page.

use model::jobs::State;
use model::pages::{Cached, Staleness};
use serde_json::json;

use crate::fakes::{Fake, PAGE};

const TARGET: &str = "/api/generation/status?store=magic-wands&shopper=abc123";

fn state(shop: &Fake) -> String {
    let answer = shop.get(TARGET);
    assert_eq!(answer.status(), 200);
    answer.json()["state"].as_str().expect("a text").to_owned()
}

#[test]
fn a_stored_page_is_ready_and_described() {
    let shop = Fake { state: Some(State::Done), cached: Cached::Fresh(PAGE), ..Fake::default() };
    let answer = shop.get(TARGET);
    assert_eq!(
        answer.json(),
        json!({
            "store": "magic-wands", "shopper": "abc123", "state": "ready",
            "source": "llm", "persona": "dealhunter", "generated_ms": 1_700_000_000_000_u64,
        })
    );
    assert_eq!(answer.header("cache-control"), "no-store");
}

#[test]
fn a_page_that_is_not_there_has_no_particulars() {
    assert_eq!(
        Fake::default().get(TARGET).json(),
        json!({
            "store": "magic-wands", "shopper": "abc123", "state": "none",
            "source": null, "persona": null, "generated_ms": null,
        })
    );
}

#[test]
fn the_state_follows_from_the_newest_job_and_the_cache() {
    let stale = || Cached::Stale(PAGE, Staleness::Expired);
    for (job, cached, expected) in [
        (None, Cached::Miss, "none"),
        (None, Cached::Fresh(PAGE), "ready"),
        (None, stale(), "ready"),
        (Some(State::Queued), Cached::Miss, "queued"),
        (Some(State::Queued), Cached::Fresh(PAGE), "queued"),
        (Some(State::Running), Cached::Miss, "running"),
        (Some(State::Running), stale(), "running"),
        (Some(State::Done), Cached::Miss, "none"),
        (Some(State::Done), Cached::Fresh(PAGE), "ready"),
        (Some(State::Dead), Cached::Miss, "failed"),
        (Some(State::Dead), stale(), "ready"),
    ] {
        let shop = Fake { state: job, cached: cached.clone(), ..Fake::default() };
        assert_eq!(state(&shop), expected, "{job:?} {cached:?}");
    }
}

#[test]
fn a_live_job_is_worth_waiting_for() {
    for job in [Some(State::Queued), Some(State::Running)] {
        let shop = Fake { state: job, ..Fake::default() };
        for (wait, wait_ms) in [("1", 1_000), ("25", 25_000), ("26", 25_000), ("99999999999", 25_000)] {
            let answer = shop.get(&format!("{TARGET}&wait={wait}"));
            assert_eq!(answer.pending, Some(("magic-wands:abc123".to_owned(), wait_ms)), "{wait}");
            assert_eq!(
                answer.json(),
                shop.get(TARGET).json(),
                "the interim answer is the one without a wait"
            );
        }
        assert_eq!(shop.get(TARGET).pending, None);
        assert_eq!(shop.get(&format!("{TARGET}&wait=0")).pending, None);
    }
}

#[test]
fn nothing_else_is_worth_waiting_for() {
    for (job, cached) in
        [(None, Cached::Miss), (Some(State::Done), Cached::Fresh(PAGE)), (Some(State::Dead), Cached::Miss)]
    {
        let shop = Fake { state: job, cached, ..Fake::default() };
        assert_eq!(shop.get(&format!("{TARGET}&wait=25")).pending, None, "{job:?}");
    }
}

#[test]
fn an_unreadable_status_is_unknown_and_logged_once() {
    for part in ["cache", "queue"] {
        let shop = Fake { down: vec![part], ..Fake::default() };
        assert_eq!(state(&shop), "unknown");
        assert_eq!(shop.warnings.borrow().len(), 1);
        assert_eq!(shop.get(&format!("{TARGET}&wait=25")).pending, None);
    }
}
