//! Sidekick is told what happens in the shop of the merchant who asks it, and of no other.

use axum::body::Body;
use serde_json::Value;

use crate::harness::{Bench, OTHER, SHOP};

const TOOLS: &str = include_str!("../../../../shopify/extensions/sidekick/tools.json");
/// "Under 4,000 tokens". A token has at least one byte.
const ANSWER_BYTES_MAX: usize = 4_000;

async fn ask(bench: &Bench, tool: &str) -> Value {
    let answer = bench.get(&format!("/admin/sidekick/{tool}"), Some(&bench.token(SHOP))).await;
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, "application/json"));
    assert_eq!(
        (answer.header("access-control-allow-origin"), answer.header("cache-control")),
        ("*", "no-store")
    );
    assert!(answer.text.len() < ANSWER_BYTES_MAX, "{}", answer.text);
    serde_json::from_str(&answer.text).unwrap()
}

/// Checks that an answer is what the extension says that it is.
fn check(tool: &Value, answer: &Value) {
    let properties = tool["outputSchema"]["properties"].as_object().unwrap();
    let answered = answer.as_object().unwrap();
    assert!(answered.keys().eq(properties.keys()), "{answer} {tool}");
    for (name, property) in properties {
        let value = &answered[name];
        let fits = match property["type"].as_str().unwrap() {
            "boolean" => value.is_boolean(),
            "string" => value.is_string(),
            "number" => value.is_number(),
            "integer" => value.is_u64(),
            "array" => value.is_array(),
            other => panic!("{other}"),
        };
        assert!(fits || value.is_null() && property["nullable"] == true, "{name}: {value}");
    }
}

#[tokio::test]
async fn every_tool_answers_as_the_extension_says() {
    let Some(bench) = Bench::start().await else { return };
    bench.visit(SHOP).await;
    let tools: Vec<Value> = serde_json::from_str(TOOLS).unwrap();
    let names: Vec<_> = tools.iter().map(|tool| tool["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["status", "cost", "effect"]);
    for tool in &tools {
        check(tool, &ask(&bench, tool["name"].as_str().unwrap()).await);
    }
}

#[tokio::test]
async fn it_is_told_what_waits_what_is_spent_and_where_to_go() {
    let Some(bench) = Bench::start().await else { return };
    bench.visit(SHOP).await;
    let form = "persona=explorer&approval=everything";
    bench.save_at("/admin/pages", Some(&bench.token(SHOP)), form).await;
    bench.submit("home_explorer_-", "fine");
    let status = ask(&bench, "status").await;
    assert_eq!((status["connected"].clone(), status["pages_waiting"].clone()), (true.into(), 1.into()));
    assert_eq!(status["links"][1]["title"], "Approval");
    let url = status["links"][1]["url"].as_str().unwrap();
    assert!(url.starts_with("https://admin.shopify.com/store/magic-wands/apps/"), "{url}");
    assert!(url.ends_with("/admin/approval"), "{url}");

    let cost = ask(&bench, "cost").await;
    assert_eq!((cost["today"].as_f64(), cost["month"].as_f64()), (Some(0.15), Some(17.0)));
    assert_eq!((cost["budget_per_day"].clone(), cost["is_spent"].clone()), (Value::Null, false.into()));
    let effect = ask(&bench, "effect").await;
    assert!(effect["rows"][0]["verdict"].as_str().is_some_and(|verdict| !verdict.is_empty()), "{effect}");
}

#[tokio::test]
async fn nobody_is_told_without_a_token_of_the_shop() {
    let Some(bench) = Bench::start().await else { return };
    bench.visit(SHOP).await;
    assert_eq!(bench.get("/admin/sidekick/cost", None).await.status, 401);
    assert_eq!(bench.get("/admin/sidekick/cost", Some("nonsense")).await.status, 401);
    let target = format!("/admin/sidekick/cost?shop={SHOP}");
    assert_eq!(bench.get(&target, Some(&bench.token(OTHER))).await.status, 403);
    assert_eq!(bench.get("/admin/sidekick/all", Some(&bench.token(SHOP))).await.status, 404);
    assert_eq!(
        bench.send("POST", "/admin/sidekick/cost", Some(&bench.token(SHOP)), Body::empty()).await.status,
        405
    );
    let preflight = bench.send("OPTIONS", "/admin/sidekick/cost", None, Body::empty()).await;
    assert_eq!(
        (preflight.status.as_u16(), preflight.header("access-control-allow-headers")),
        (204, "authorization, accept")
    );
}
