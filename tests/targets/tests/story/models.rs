//! The story of the language model: however it fails, a shopper sees a page and no error.

use crate::chapters::{SHOP, chapters, ready, status, visit};
use crate::model::{HEADLINE, Saying};
use crate::step::{Chapter, Step, get};

chapters![
    model_plans,
    model_fails_once,
    model_breaks_off_once,
    model_refuses,
    model_talks_nonsense,
    model_answers_garbage,
    model_invents_products,
    model_is_slow,
    model_is_down,
];

fn model_plans() -> Chapter {
    Chapter::new()
        .model([Saying::Plan])
        .then(visit("abc123").fallback().does_not_say(HEADLINE))
        .then(ready("abc123"))
        .then(visit("abc123").hit("llm").says(HEADLINE).says("$64.00"))
        .then(status("abc123").member("source", "llm"))
        .then(Step::ModelWasAsked(1))
}

/// After any first failure, the model is asked again, and the shopper sees no error.
fn model_recovers(saying: Saying) -> Chapter {
    Chapter::new()
        .model([saying, Saying::Plan])
        .then(visit("abc123").fallback())
        .then(ready("abc123"))
        .then(visit("abc123").hit("llm").says(HEADLINE))
}

fn model_fails_once() -> Chapter {
    model_recovers(Saying::Status(503))
}

fn model_breaks_off_once() -> Chapter {
    model_recovers(Saying::Break)
}

/// If the model cannot be used, the page is planned without it, and the operator sees the reason.
fn planned_without(saying: Saying) -> Chapter {
    Chapter::new()
        .model([saying])
        .then(visit("abc123").fallback())
        .then(ready("abc123"))
        .then(visit("abc123").hit("local").does_not_say(HEADLINE))
        .then(Step::AskUntil(get("/debug/errors").status(200).says("\"reason\"").says(SHOP)))
}

fn model_refuses() -> Chapter {
    planned_without(Saying::Status(401))
}

fn model_talks_nonsense() -> Chapter {
    planned_without(Saying::Text("I am sorry, I cannot do that."))
}

fn model_answers_garbage() -> Chapter {
    planned_without(Saying::Garbage)
}

fn model_invents_products() -> Chapter {
    planned_without(Saying::Text(
        r#"{"title":"x","blocks":[{"type":"hero","headline":"<script>alert(1)</script>","text":"x","product":"none"}]}"#,
    ))
}

fn model_is_slow() -> Chapter {
    Chapter::new()
        .model([Saying::Hold])
        .then(visit("abc123").fallback().has("x-generation-triggered", "true"))
        .then(Step::ModelIsAsked)
        .then(status("abc123").member("state", "running"))
        .then(visit("abc123").fallback().has("x-generation-triggered", "true"))
        .then(Step::ModelSays(Saying::Plan))
        .then(ready("abc123"))
        .then(visit("abc123").hit("llm"))
}

fn model_is_down() -> Chapter {
    Chapter::new()
        .model([Saying::Status(500)])
        .then(visit("abc123").fallback())
        .then(Step::ModelIsAsked)
        .then(visit("abc123").fallback().has("x-generation-triggered", "true"))
        .then(status("abc123"))
        .then(Step::ModelSays(Saying::Plan))
        .then(ready("abc123"))
        .then(visit("abc123").hit("llm"))
}
