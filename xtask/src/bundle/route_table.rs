//! The table of routes, as JSON that the Worker reads.

use routes::{HEALTH, OnFailure, RULES, Rule, SHOP};
use serde_json::{Map, Value, json};

/// Returns the file's content.
pub fn document() -> Vec<u8> {
    let failures: Map<_, _> =
        OnFailure::ALL.iter().map(|failure| (failure.name().to_owned(), answer(*failure))).collect();
    let routes: Vec<_> = RULES.iter().map(route).collect();
    let document = json!({ "health": HEALTH, "shop": SHOP, "routes": routes, "failures": failures });
    format!("{document:#}\n").into_bytes()
}

fn route(rule: &Rule) -> Value {
    json!({
        "paths": rule.paths,
        "trustsForwarded": rule.trusts_forwarded,
        "hasEvents": rule.has_events,
        "onFailure": rule.on_failure.name(),
    })
}

fn answer(failure: OnFailure) -> Value {
    let answer = failure.answer();
    json!({ "status": answer.status, "headers": answer.headers, "body": answer.body })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worker_gets_every_route_and_every_answer() {
        let document: Value = serde_json::from_slice(&document()).unwrap();
        let routes = document["routes"].as_array().unwrap();
        assert_eq!(routes.len(), RULES.len());
        for (route, rule) in routes.iter().zip(&RULES) {
            assert_eq!(route["paths"], json!(rule.paths));
            let answer = &document["failures"][route["onFailure"].as_str().unwrap()];
            assert_eq!(answer["body"], rule.on_failure.answer().body);
        }
    }
}
