//! Why a page is as it is, and the same page again: what is recorded with a plan, and what is left of it when the catalog, the
//! settings or the shopper's data are gone.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::harness::process::{command, run, wandstore};
use crate::harness::{LlmServer, Process, Saying};
use crate::llm::plan;

const SHOPPER: &str = "magic-wands abc123";

/// A served shop whose segments share plans of a model, and a shopper with a page of one.
async fn page_of_a_model(folder: &Path) -> (LlmServer, Process) {
    let server = LlmServer::open([Saying::Text(plan())]).await;
    let environment = [("LLM_BASE_URL", &*server.url), ("LLM_MODEL", "quill"), ("PLANS_PER", "segment")];
    let host = Process::start(folder, &environment);
    visit(&host, "abc123").await;
    (server, host)
}

/// Visits as a shopper who looked at two products before.
async fn visit(host: &Process, shopper: &str) {
    let views = r#"{"type":"view","product":"willow-whisper"},{"type":"view","product":"ember-plume"}"#;
    let body = format!(r#"{{"store":"magic-wands","shopper":"{shopper}","events":[{views}]}}"#);
    let post = reqwest::Client::new().post(format!("http://{}/api/shopper/track", host.address));
    let told = post.header("content-type", "application/json").body(body).send().await;
    assert_eq!(told.expect("it answers").status(), 200);
    host.get(&format!("/s/magic-wands?shopper={shopper}")).await.expect("it serves");
    host.made(shopper).await.expect("the page is made");
}

fn arguments(before: &'static str) -> Vec<&'static str> {
    before.split(' ').chain(SHOPPER.split(' ')).collect()
}

/// Returns the failure of a replay.
fn refused(folder: &Path) -> String {
    let output = run(folder, &arguments("replay"));
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Returns the file of a shopper's plan.
fn plan_file(folder: &Path) -> PathBuf {
    let mut folders = vec![folder.join("data/blobs")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("it is a folder").flatten() {
            let (path, name) = (entry.path(), entry.file_name());
            if path.is_dir() {
                folders.push(path);
            } else if name.to_string_lossy().contains("abc123") && name.to_string_lossy().ends_with(".json") {
                return path;
            }
        }
    }
    panic!("there is no plan")
}

#[tokio::test]
async fn a_page_says_who_planned_it_what_it_cost_and_why() {
    let folder = tempfile::tempdir().expect("a folder");
    let (_server, host) = page_of_a_model(folder.path()).await;
    let shown = command(folder.path(), &arguments("cache show"));
    for said in [
        "planned by       the language model\n",
        "plan             by the language model ",
        "(configured: quill)",
        "shared by        the segment home_explorer_",
        "prompt           version ",
        "for 1 call, ",
        "refused          nothing",
        "approved by      nobody",
        "why this persona ",
        "shown instead    the shop's fallback page",
        "rendered by      generation ",
    ] {
        assert!(shown.contains(said), "{said:?} is not in:\n{shown}");
    }
    assert!(!shown.contains("You plan one page"), "{shown}");
    let asked = command(folder.path(), &[&arguments("cache show")[..], &["--question"]].concat());
    assert!(asked.contains("\nsystem:\nYou plan one page of an online shop"), "{asked}");
    assert!(asked.contains("every shopper who is best described as"), "{asked}");

    // The plan is what the model answered: one block for each that the page shows.
    assert!(!shown.contains("Something for curious"), "{shown}");
    let planned = command(folder.path(), &[&arguments("cache show")[..], &["--plan"]].concat());
    let (facts, plan) = planned.split_once("\nplan:\n").expect("the plan follows the facts");
    assert_eq!(facts.trim_end(), shown.trim_end());
    let plan: Value = serde_json::from_str(plan).expect("it is JSON, formatted");
    let blocks = plan["blocks"].as_array().expect("it has blocks");
    assert!(blocks.len() > 1 && plan.to_string().contains("Something for curious"), "{plan}");
    let served = host.get("/s/magic-wands?shopper=abc123").await.expect("it serves").body;
    assert!(served.contains(plan["title"].as_str().expect("it has a title")), "{plan}\n{served}");

    let json = command(folder.path(), &[&arguments("cache show")[..], &["--json"]].concat());
    let with_plan = command(folder.path(), &[&arguments("cache show")[..], &["--json", "--plan"]].concat());
    let with_plan: Value = serde_json::from_str(&with_plan).expect("it is JSON");
    assert_eq!(with_plan["plan"], plan);
    let found: Value = serde_json::from_str(&json).expect("it is JSON");
    assert!(found.get("plan").is_none(), "without --plan there is none: {found}");
    let told = &found["told"];
    assert_eq!((&told["origin"]["planner"], &told["origin"]["model"]["calls"]), (&"model".into(), &1.into()));
    assert!(told["origin"]["model"]["cost_microdollars"].as_u64() > Some(0), "{told}");
    assert!(told["page"]["reasons"].as_array().is_some_and(|reasons| !reasons.is_empty()), "{told}");
}

#[tokio::test]
async fn a_page_is_made_again_byte_for_byte_after_catalog_and_settings_changed() {
    let folder = tempfile::tempdir().expect("a folder");
    let (_server, host) = page_of_a_model(folder.path()).await;
    let identical = command(folder.path(), &arguments("replay"));
    assert!(identical.starts_with("identical: "), "{identical}");
    let printed = command(folder.path(), &[&arguments("replay")[..], &["--print"]].concat());
    let served = host.get("/s/magic-wands?shopper=abc123").await.expect("it serves").body;
    assert_eq!(printed.trim_end_matches('\n'), served.trim_end_matches('\n'));
    assert!(served.contains("Seen before"), "what the shopper viewed is theirs: {served}");

    host.terminate();
    let other = "[components.catalog]\nbuiltin = \"shopify\"\n\n\
                 [shops.magic-wands]\nname = \"Lamps\"\nlanguage = \"de\"\npromises = [\"Others\"]\n";
    std::fs::write(folder.path().join("wandstore.toml"), other).expect("the folder is there");
    assert_eq!(command(folder.path(), &arguments("replay")), identical);
}

#[tokio::test]
async fn a_record_that_was_changed_is_reported() {
    let folder = tempfile::tempdir().expect("a folder");
    let (_server, host) = page_of_a_model(folder.path()).await;
    host.terminate();
    let file = plan_file(folder.path());
    let stored = std::fs::read_to_string(&file).expect("it is a file");
    for (from, to) in
        [("\"p\":6400", "\"p\":6300"), ("quill", "quull"), ("Something for curious", "Nothing for curious")]
    {
        assert!(stored.contains(from), "{from}: {stored}");
        std::fs::write(&file, stored.replacen(from, to, 1)).expect("it is written");
        assert!(refused(folder.path()).contains("was changed after it was written"), "{from}");
    }
    std::fs::write(&file, stored).expect("it is written");
    assert!(command(folder.path(), &arguments("replay")).starts_with("identical"));
}

#[tokio::test]
async fn nothing_of_a_record_is_left_of_a_shopper_who_is_erased() {
    let folder = tempfile::tempdir().expect("a folder");
    let (_server, host) = page_of_a_model(folder.path()).await;
    visit(&host, "abc124").await;
    let reported = command(folder.path(), &arguments("shopper export"));
    assert!(
        reported.contains("looks into several categories") || reported.contains("looks at many products"),
        "{reported}"
    );
    command(folder.path(), &arguments("shopper erase"));
    assert!(refused(folder.path()).contains("there is no page for abc123"));
    let shown = command(folder.path(), &arguments("cache show"));
    assert!(shown.starts_with("there is no page"), "{shown}");
    let other = wandstore(folder.path()).args(["replay", "magic-wands", "abc124"]).output().expect("it runs");
    assert!(other.status.success(), "{}", String::from_utf8_lossy(&other.stderr));
}
