//! The story of shoppers and operators. Each chapter is a deployment of its own.

use http::Method;

use crate::model::{HEADLINE, Saying};
use crate::step::{Ask, Chapter, Expected, Step, get, send, track};

pub const SHOP: &str = "magic-wands";
const TOKEN: &str = "a token that nobody guesses";

/// Every chapter of a macro's list, by its name.
macro_rules! chapters {
    ($($name:ident),* $(,)?) => {
        /// Every chapter in this file, by its name.
        pub fn all() -> Vec<crate::Named> {
            vec![$((stringify!($name), $name)),*]
        }
    };
}
pub(crate) use chapters;

chapters![
    first_visit,
    status_until_ready,
    hit,
    server_sent_events,
    stale_after_the_catalog_changed,
    tracking,
    shopper_of_their_own,
    unknown_shop,
    full_pool,
    page_requested_by_hand,
    debug_in_production,
    debug_without_a_token,
    restart,
];

pub fn visit(shopper: &str) -> Ask {
    get(format!("/s/{SHOP}?shopper={shopper}"))
}

pub fn status(shopper: &str) -> Ask {
    get(format!("/api/generation/status?store={SHOP}&shopper={shopper}")).status(200)
}

/// The open fallback page waits for the shopper's page.
pub fn ready(shopper: &str) -> Step {
    let wait = get(format!("/api/generation/status?store={SHOP}&shopper={shopper}&wait=20"));
    Step::AskUntil(wait.status(200).member("state", "ready"))
}

fn bump_catalog_version() -> Ask {
    send(Method::POST, format!("/debug/bump-catalog-version?store={SHOP}"))
}

fn report(shopper: &str, events: &str) -> Ask {
    track(format!(r#"{{"store":"{SHOP}","shopper":"{shopper}","events":[{events}]}}"#))
}

fn first_visit() -> Chapter {
    Chapter::new()
        .then(visit("abc123").fallback().has("x-generation-triggered", "true").says("Magic Wands"))
        .then(send(Method::HEAD, format!("/s/{SHOP}?shopper=def456")).status(200).has("x-cache", "MISS"))
        .then(get("/").status(302).has("location", "/s/magic-wands?shopper=demo"))
}

fn status_until_ready() -> Chapter {
    Chapter::new()
        .then(status("abc123").member("state", "none").member("source", serde_json::Value::Null))
        .then(visit("abc123").fallback())
        .then(ready("abc123"))
        .then(status("abc123").member("source", "local").member("persona", "explorer"))
        .then(status("nobody").member("state", "none"))
}

fn hit() -> Chapter {
    Chapter::new()
        .then(visit("abc123").fallback().expect([Expected::Keep("fallback")]))
        .then(ready("abc123"))
        .then(visit("abc123").hit("local").expect([Expected::OtherThan("fallback"), Expected::Keep("page")]))
        .then(
            visit("abc123").hit("local").has("x-generation-triggered", "").expect([Expected::SameAs("page")]),
        )
}

fn server_sent_events() -> Chapter {
    let stream = get(format!("/api/generation/status?store={SHOP}&shopper=abc123&wait=20"))
        .header("accept", "text/event-stream");
    Chapter::new()
        .then(visit("abc123").fallback())
        .then(
            stream
                .status(200)
                .has("content-type", "text/event-stream")
                .says("data: ")
                .says(r#""state":"ready""#),
        )
        .then(visit("abc123").hit("local"))
}

fn stale_after_the_catalog_changed() -> Chapter {
    Chapter::new()
        .model([Saying::Plan])
        .then(visit("abc123").fallback())
        .then(ready("abc123"))
        .then(visit("abc123").hit("llm"))
        .then(Step::ModelWasAsked(1))
        .then(bump_catalog_version().status(200).member("store", SHOP).member("version", 1))
        .then(Step::InvalidationTakesEffect)
        .then(
            visit("abc123")
                .page()
                .has("x-cache", "STALE")
                .has("x-generation-triggered", "true")
                .says(HEADLINE),
        )
        .then(ready("abc123"))
        .then(visit("abc123").hit("llm").says(HEADLINE))
        .then(Step::ModelWasAsked(1))
        .then(bump_catalog_version().status(200).member("version", 2))
        .then(Step::InvalidationTakesEffect)
        .then(visit("abc123").page().has("x-cache", "STALE"))
}

fn tracking() -> Chapter {
    let hunts = r#"{"type":"search","term":"sale"},{"type":"sort","value":"price-asc"},{"type":"filter","value":"discount"}"#;
    let visits = [r#"{"type":"visit"}"#; 12].join(",");
    let comes_back = format!(r#"{visits},{{"type":"purchase","product":"willow-whisper"}}"#);
    Chapter::new()
        .then(report("hunter", hunts).status(200).member("stored", 3))
        .then(report("regular", &comes_back).status(200).member("stored", 13))
        .then(visit("hunter").status(200))
        .then(visit("regular").status(200))
        .then(ready("hunter"))
        .then(ready("regular"))
        .then(visit("hunter").hit("local").has("x-wand-persona", "dealhunter"))
        .then(visit("regular").hit("local").has("x-wand-persona", "loyalist"))
}

fn shopper_of_their_own() -> Chapter {
    let others = ["alic", "alice2", "ALICE", "-alice", "alice_"];
    Chapter::new()
        .then(visit("alice").fallback())
        .then(ready("alice"))
        .then(visit("alice").hit("local"))
        .then_all(others.map(|other| visit(other).fallback()))
}

fn unknown_shop() -> Chapter {
    let nowhere = r#"{"store":"nowhere","shopper":"a","events":[{"type":"visit"}]}"#;
    Chapter::new()
        .then(get("/s/nowhere?shopper=abc123").refused(404))
        .then(get("/api/generation/status?store=nowhere&shopper=abc123").refused(404))
        .then(track(nowhere).refused(404))
        .then(send(Method::POST, "/debug/generate?store=nowhere&shopper=abc123").refused(404))
        .then(send(Method::POST, "/debug/bump-catalog-version?store=nowhere").refused(404))
}

fn full_pool() -> Chapter {
    let refused = visit("second").fallback().has("x-generation-triggered", "false");
    let refused = refused.has("x-generation-refused", "queue-full").has("retry-after", "30");
    let by_hand = format!("/debug/generate?store={SHOP}&shopper=second");
    Chapter::new()
        .with("POOL_SIZE", "1")
        .with("MAX_QUEUE_DEPTH", "1")
        .model([Saying::Hold])
        .then(visit("first").fallback().has("x-generation-triggered", "true"))
        .then(Step::ModelIsAsked)
        .then(refused.clone())
        .then(refused)
        .then(get(by_hand).refused(429).has("retry-after", "30"))
        .then(visit("first").fallback().has("x-generation-triggered", "true"))
        .then(Step::ModelSays(Saying::Plan))
        .then(ready("first"))
        .then(visit("first").hit("llm"))
        .then(visit("second").fallback().has("x-generation-triggered", "true"))
        .then(ready("second"))
        .then(visit("second").hit("llm"))
}

fn page_requested_by_hand() -> Chapter {
    Chapter::new()
        .with("POOL_SIZE", "2")
        .then(get("/debug/pool").status(200).says("\"pool-0\"").says("\"pool-1\"").does_not_say("pool-2"))
        .then(get("/debug/errors?limit=5").status(200).says("[]"))
        .then(send(Method::POST, format!("/debug/generate?store={SHOP}&shopper=abc123")).status(202))
        .then(ready("abc123"))
        .then(visit("abc123").hit("local"))
}

/// The operator's routes, with their answers to an operator.
fn operators() -> [(Ask, u16); 4] {
    [
        (get("/debug/pool"), 200),
        (get("/debug/errors"), 200),
        (get(format!("/debug/generate?store={SHOP}&shopper=abc123")), 202),
        (bump_catalog_version(), 200),
    ]
}

fn debug_in_production() -> Chapter {
    let routes = operators().into_iter().flat_map(|(ask, status)| {
        let wrong = ask.clone().header("authorization", "Bearer a token that somebody guessed");
        let right = ask.clone().header("authorization", format!("Bearer {TOKEN}"));
        [ask.refused(404), wrong.refused(404), right.status(status)]
    });
    Chapter::new()
        .with("ENVIRONMENT", "production")
        .with("DEBUG_TOKEN", TOKEN)
        .then(get("/").refused(404))
        .then_all(routes)
}

fn debug_without_a_token() -> Chapter {
    let routes = operators().into_iter().flat_map(|(ask, _)| {
        let empty = ask.clone().header("authorization", "Bearer ");
        [ask.refused(404), empty.refused(404)]
    });
    Chapter::new().with("ENVIRONMENT", "production").then_all(routes).then(visit("abc123").fallback())
}

fn restart() -> Chapter {
    Chapter::new()
        .model([Saying::Plan])
        .then(visit("abc123").fallback())
        .then(ready("abc123"))
        .then(visit("abc123").hit("llm").expect([Expected::Keep("page")]))
        .then(Step::Restart)
        .then(visit("abc123").hit("llm").expect([Expected::SameAs("page")]))
        .then(status("abc123").member("state", "ready"))
        .then(Step::ModelWasAsked(1))
}
