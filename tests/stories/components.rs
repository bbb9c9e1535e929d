//! Components that trap, loop or use too much memory: the shopper still gets a page.

use std::time::{Duration, Instant};

use capabilities::jobs::Filter;
use runtime::component::Role;

use crate::harness::broken::{self, Flaw};
use crate::harness::{BUSY, Host, load};

fn config(role: Role, flaw: Flaw) -> String {
    let path = broken::component(role, flaw);
    format!("[components.{role}]\npath = {:?}\ncompute_ms = 50\nwall_ms = 500\n", path.display().to_string())
}

#[tokio::test]
async fn whatever_fails_in_a_component_a_shopper_gets_a_page() {
    for role in Role::ALL {
        for flaw in Flaw::ALL {
            let host = Host::builder().config(&config(role, flaw)).open().await;
            let page = host.visit("abc123").await;
            assert_eq!(page.status, 200, "{role} that {flaw:?}: {}", page.body);
            assert_eq!(page.header("x-cache"), "MISS", "{role} that {flaw:?}");
            assert!(page.body.contains("</html>"), "{role} that {flaw:?}");
            let status = host.get("/api/generation/status?store=magic-wands&shopper=abc123").await;
            assert_eq!(status.status, 200, "{role} that {flaw:?}: {}", status.body);
            let tracked = r#"{"store":"magic-wands","shopper":"abc123","events":[{"type":"visit"}]}"#;
            assert_eq!(host.post("/api/shopper/track", tracked).await.status, 200, "{role} that {flaw:?}");
            let in_theme = host.get("/proxy/fragment?shop=magic-wands.myshopify.com").await.status;
            assert!((400..500).contains(&in_theme), "a theme keeps what it shows: {in_theme}");
        }
    }
}

#[tokio::test]
async fn a_component_that_fails_on_each_call_is_skipped_at_no_cost() {
    for (role, flaw) in
        [(Role::Caching, Flaw::Loops), (Role::Routing, Flaw::Loops), (Role::Catalog, Flaw::Traps)]
    {
        let config =
            config(role, flaw).replace("compute_ms = 50\nwall_ms = 500", "compute_ms = 1000\nwall_ms = 5000");
        let host = Host::builder().config(&config).open().await;
        for visit in 0..3 {
            host.visit(&format!("first-{visit}")).await;
        }
        let mut took = Vec::new();
        for visit in 0..9 {
            let started = Instant::now();
            let page = host.visit(&format!("later-{visit}")).await;
            assert_eq!(page.status, 200, "{role} that {flaw:?}: {}", page.body);
            took.push(started.elapsed());
        }
        took.sort();
        let median = took[took.len() / 2];
        assert!(median < Duration::from_millis(50) * BUSY, "{role} that {flaw:?}: {took:?}");
    }
}

#[tokio::test]
async fn a_page_waits_for_a_generation_that_is_skipped_and_loses_no_attempt_to_it() {
    let host = Host::builder()
        .config(&config(Role::Generation, Flaw::Traps))
        .settings(|settings| {
            settings.pool.attempts_max = 3;
            settings.pool.backoff_ms = 1;
            settings.pool.backoff_ms_max = 1;
        })
        .open()
        .await;
    for shopper in 0..12 {
        host.visit(&format!("shopper-{shopper}")).await.is_fallback();
    }
    // Time advances so that due jobs are retried; but no attempt is made while generation is skipped.
    for _ in 0..50 {
        host.controls.clock.advance(Duration::from_secs(1));
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let jobs = host.deployment.capabilities.jobs.list(Filter::default(), 100).await.expect("jobs are listed");
    let dead = jobs.iter().filter(|job| job.state.name() == "dead").count();
    assert!(dead <= 4, "{dead} of {} jobs were given up on", jobs.len());
}

#[tokio::test]
async fn memory_held_by_the_host_for_a_component_counts() {
    // A host that is not optimised copies slowly: its time must not run out before its memory.
    let config =
        config(Role::Caching, Flaw::Keeps).replace("compute_ms = 50\nwall_ms = 500", "compute_ms = 5000");
    let host = Host::builder().config(&(config + "memory_mib = 4\n")).open().await;
    let before = failures(&host, "caching", "memory_limit").await;
    host.visit("abc123").await.is_fallback();
    assert!(failures(&host, "caching", "memory_limit").await > before, "it was not stopped for its memory");
}

#[tokio::test]
async fn a_page_for_which_routing_has_no_memory_does_not_count_as_a_failure_of_caching() {
    let host = Host::builder().config("[components.routing]\nmemory_mib = 1\n").open().await;
    let head = "<!--wand explorer 50 local job-1 1 99999999999999 0-->\n";
    // The largest page that storage accepts: a MiB, and routing has memory of its own.
    let rest = "<!doctype html>".to_owned() + &"x".repeat((1 << 20) - head.len() - 22) + "</html>";
    let page = format!("{head}{rest}");
    let kv = &host.deployment.capabilities.kv;
    kv.set("UI_CACHE", "ui:magic-wands:large", page.into(), None).await.expect("it is stored");
    let before = failures(&host, "routing", "memory_limit").await;
    for visit in 0..6 {
        assert_eq!(host.visit("large").await.status, 200, "visit {visit}");
    }
    assert!(failures(&host, "routing", "memory_limit").await > before, "the page fits into routing's memory");
    // Five failures in a row, and caching would be skipped.
    let kept = host::pages::content(&host.deployment, "magic-wands", "large").await;
    let (content, _) = kept.expect("caching is not skipped").expect("the page is there");
    assert!(content.len() > 1_000_000);
}

#[tokio::test]
async fn a_component_has_a_log_quota_per_call() {
    let config = config(Role::Catalog, Flaw::Talks).replace("compute_ms = 50", "compute_ms = 400");
    let host = Host::builder().config(&config).open().await;
    host.visit("abc123").await.is_fallback();
    let lines = host.controls.log.lines();
    let said = lines.iter().filter(|line| line.component == "catalog").count();
    assert!((100..=1_000).contains(&said), "{said} lines");
    assert!(lines.iter().all(|line| line.message.len() < 4_096), "and no line is long");
}

/// Returns how often a component has failed.
async fn failures(host: &Host, component: &str, failure: &str) -> u64 {
    let metrics = host.get("/metrics").await.body;
    let name =
        format!("wandstore_component_failures_total{{component=\"{component}\",failure=\"{failure}\"}} ");
    let line = metrics.lines().find_map(|line| line.strip_prefix(&name));
    line.and_then(|count| count.parse().ok()).unwrap_or_default()
}

#[tokio::test]
async fn a_failing_generation_is_retried_and_then_kept_as_a_dead_letter() {
    let host = Host::builder()
        .config(&config(Role::Generation, Flaw::Traps))
        .settings(|settings| {
            settings.pool.attempts_max = 2;
            settings.pool.backoff_ms = 1;
            settings.pool.backoff_ms_max = 1;
        })
        .open()
        .await;
    host.visit("abc123").await.is_fallback();
    loop {
        host.controls.clock.advance(std::time::Duration::from_secs(1));
        if host.status("abc123", 1).await == "failed" {
            break;
        }
    }
    let jobs =
        host.deployment.capabilities.jobs.list(Filter::default(), 10).await.expect("the jobs are listed");
    assert_eq!((jobs.len(), jobs[0].state.name(), jobs[0].attempt), (1, "dead", 2));
    let errors = host.get("/debug/errors").await;
    assert!(errors.body.contains("the component trapped"), "{}", errors.body);
}

#[test]
fn a_component_that_wants_more_than_its_role_is_refused_with_the_reason() {
    let path = broken::component(Role::Generation, Flaw::Traps);
    let config = format!("[components.caching]\npath = {:?}\n", path.display().to_string());
    let refusal = format!("{:#}", load(&config).err().expect("it is refused"));
    assert!(
        refusal.contains("the caching component imports `wandstore:capabilities/llm@0.1.0`"),
        "{refusal}"
    );
}

#[test]
fn a_catalog_that_could_close_shops_is_refused_when_it_is_loaded() {
    for interface in ["cache", "cache-control"] {
        let wanted = format!("import {interface};");
        let path = broken::component_of_other_wit(
            Role::Catalog,
            "import wandstore:capabilities/fetch@0.1.0;",
            &wanted,
        );
        let config = format!("[components.catalog]\npath = {:?}\n", path.display().to_string());
        let refusal = format!("{:#}", load(&config).err().expect("it is refused"));
        let named = format!("the catalog component imports `wandstore:storefront/{interface}@0.1.0`");
        assert!(refusal.contains(&named), "{refusal}");
    }
}

#[tokio::test]
async fn a_catalog_writes_its_own_keys_and_no_others() {
    let path = broken::hostile_catalog();
    let host = Host::builder()
        .config(&format!("[components.catalog]\npath = {:?}\n", path.display().to_string()))
        .open()
        .await;
    let kv = &host.deployment.capabilities.kv;
    let kept = "error:000000000000001:kept";
    kv.set("GENERATION_QUEUE", kept, "kept".into(), None).await.expect("it is written");
    for _ in 0..2 {
        let page = host.visit("abc123").await;
        assert_eq!(page.status, 200, "the shop is open: {}", page.body);
        assert!(!page.body.contains("0001 closed"), "{}", page.body);
    }
    let value =
        async |store: &str, key: &str| kv.get(store, key).await.expect("kv answers").map(|entry| entry.value);
    let own = value("UI_CACHE", "shopify:magic-wands:mine").await;
    assert_eq!(
        own.as_deref(),
        Some(&b"00000000000000000001 closed"[..]),
        "it was asked, and may keep what is its own"
    );
    for (store, key) in [
        ("UI_CACHE", "catalog:magic-wands"),
        ("UI_CACHE", "ui:magic-wands:abc123"),
        ("SHOPPER_SESSIONS", "session:magic-wands:abc123"),
    ] {
        assert_ne!(value(store, key).await, own, "{store} {key}");
    }
    assert_eq!(value("GENERATION_QUEUE", kept).await.as_deref(), Some(&b"kept"[..]));
}

#[test]
fn a_component_without_its_roles_export_is_refused_with_the_reason() {
    let imports = "import wandstore:capabilities/fetch@0.1.0;
    import wandstore:capabilities/clock@0.1.0;
    import wandstore:capabilities/log@0.1.0;
    import catalog-version;
";
    let path = broken::component_of_other_wit(Role::Catalog, imports, "");
    let config = format!("[components.routing]\npath = {:?}\n", path.display().to_string());
    let refusal = format!("{:#}", load(&config).err().expect("it is refused"));
    assert!(refusal.contains("does not export `wandstore:storefront/handler@0.1.0`"), "{refusal}");
}

#[test]
fn a_component_of_another_version_is_refused_with_both_versions() {
    let path = broken::component_of_other_wit(Role::Catalog, "@0.1.0", "@0.2.0");
    let config = format!("[components.catalog]\npath = {:?}\n", path.display().to_string());
    let refusal = format!("{:#}", load(&config).err().expect("it is refused"));
    assert!(refusal.contains("the catalog component has `wandstore:"), "{refusal}");
    assert!(
        refusal.contains("@0.2.0`, and this version of wandstore has `wandstore:")
            && refusal.ends_with("@0.1.0`: use a component that was built for it"),
        "{refusal}"
    );
}

#[test]
fn a_component_whose_records_differ_is_refused_with_the_field() {
    let path = broken::component_of_other_wit(Role::Catalog, "price: u64", "price: u32");
    let config = format!("[components.catalog]\npath = {:?}\n", path.display().to_string());
    let refusal = format!("{:#}", load(&config).err().expect("it is refused"));
    assert!(refusal.contains("does not fit") && refusal.contains("field price"), "{refusal}");
    assert!(refusal.contains("expected `u64` found `u32`"), "{refusal}");
}

#[test]
fn a_component_whose_imports_differ_is_refused_with_the_function() {
    let path =
        broken::component_of_other_wit(Role::Caching, "now-ms: func() -> u64", "now-ms: func() -> u32");
    let config = format!("[components.caching]\npath = {:?}\n", path.display().to_string());
    let refusal = format!("{:#}", load(&config).err().expect("it is refused"));
    assert!(refusal.contains("does not fit") && refusal.contains("now-ms"), "{refusal}");
}

#[test]
fn a_component_that_starts_with_more_memory_than_it_may_have_is_refused() {
    let path = broken::component_of_memory(Role::Catalog, 17);
    let config =
        |mib| format!("[components.catalog]\npath = {:?}\nmemory_mib = {mib}\n", path.display().to_string());
    let refusal = format!("{:#}", load(&config(1)).err().expect("it is refused"));
    assert!(refusal.contains("17 pages exceeds memory limits"), "{refusal}");
    assert!(load(&config(2)).is_ok());
}

#[test]
fn a_component_with_another_digest_is_refused() {
    let path = broken::component(Role::Catalog, Flaw::Traps);
    let config = format!(
        "[components.catalog]\npath = {:?}\nsha256 = \"{}\"\n",
        path.display().to_string(),
        "0".repeat(64)
    );
    let refusal = format!("{:#}", load(&config).err().expect("it is refused"));
    assert!(refusal.contains("is required"), "{refusal}");
}
