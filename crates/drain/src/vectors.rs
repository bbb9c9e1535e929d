//! Holds the decisions to `tests/vectors/drain.json`. The Worker on Cloudflare is held to the same file.

use serde::Deserialize;

use crate::claims::{self, Claims, Policy};
use crate::run::{self, Run, Terms};

const VECTORS: &str = include_str!("../../../tests/vectors/drain.json");

#[derive(Deserialize)]
struct Vectors {
    claims: Vec<OfClaims>,
    runs: Vec<OfRun>,
}

#[derive(Deserialize)]
struct OfClaims {
    name: String,
    policy: Policy,
    begin: claims::Action,
    steps: Vec<Step<claims::Event, claims::Action>>,
}

#[derive(Deserialize)]
struct OfRun {
    name: String,
    terms: Terms,
    steps: Vec<Step<run::Event, run::Action>>,
}

/// An event and the action that follows.
#[derive(Deserialize)]
struct Step<E, A> {
    at_ms: u64,
    event: E,
    action: A,
}

fn vectors() -> Vectors {
    serde_json::from_str(VECTORS).expect("vectors in this form")
}

#[test]
fn claims_are_decided_as_the_vectors_say() {
    for OfClaims { name, policy, begin, steps } in vectors().claims {
        let mut claims = Claims::new(policy);
        assert_eq!(claims.begin(0), begin, "{name}");
        for Step { at_ms, event, action } in steps {
            assert_eq!(claims.handle(event, at_ms), action, "{name}: {event:?} at {at_ms} ms");
        }
    }
}

#[test]
fn runs_are_decided_as_the_vectors_say() {
    for OfRun { name, terms, steps } in vectors().runs {
        let mut run = Run::new(terms, 0);
        for Step { at_ms, event, action } in steps {
            assert_eq!(run.handle(event, at_ms), action, "{name}: {event:?} at {at_ms} ms");
        }
    }
}

/// Runs a job with this many parts, each of which takes a second, one thing at a time. Returns how it ended, and how
/// many parts and extensions there were.
fn run_parts(parts: u32, extended: run::Answer) -> (run::End, u32, u32) {
    let terms = Terms { extend_ms: 3_000, parts_max: None, complete_attempts: 4, complete_pause_ms: 250 };
    let (mut now_ms, mut run) = (0, Run::new(terms, 0));
    let (mut done, mut extensions) = (0, 0);
    let mut action = run::Action::Work;
    loop {
        let event = match action {
            run::Action::Work => {
                (now_ms, done) = (now_ms + 1_000, done + 1);
                if done == parts { run::Event::Ended } else { run::Event::Part }
            }
            run::Action::Extend => {
                extensions += 1;
                run::Event::Extended(extended)
            }
            run::Action::Complete | run::Action::GiveBack => run::Event::Completed(run::Answer::Ours),
            run::Action::Wait(until_ms) => {
                now_ms = until_ms;
                run::Event::Timeout
            }
            run::Action::Stop(end) => return (end, done, extensions),
        };
        action = run.handle(event, now_ms);
    }
}

#[test]
fn every_part_is_done_and_the_lease_is_extended_now_and_then() {
    assert_eq!(run_parts(10, run::Answer::Ours), (run::End::Completed, 10, 3));
}

#[test]
fn work_whose_lease_was_lost_is_dropped() {
    assert_eq!(run_parts(10, run::Answer::NotOurs), (run::End::LeaseLost, 3, 1));
}

#[test]
fn a_queue_that_does_not_answer_ends_nothing() {
    assert_eq!(run_parts(10, run::Answer::Unavailable), (run::End::Completed, 10, 3));
}
