//! Strangers who ask for more than a shop wants to pay for.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use capabilities::jobs::Filter;
use capabilities::limits::InMemory;
use model::limits::Limits;
use model::shop::ShopSettings;

use crate::harness::shopify::{CONSENT, shop};
use crate::harness::{Answer, Host, Process, eventually};

/// The binary with its default limits, which it starts with unless it is told otherwise.
const LIMITED: [(&str, &str); 1] = [("LIMITS", "on")];

/// Visits a shop from an address of this machine.
async fn visit(process: &Process, from: [u8; 4], shopper: &str, forwarded: Option<&str>) -> Answer {
    let client = reqwest::Client::builder().local_address(IpAddr::from(Ipv4Addr::from(from)));
    let target = format!("http://{}/s/magic-wands?shopper={shopper}", process.address);
    let request = client.build().expect("a client").get(target);
    let request =
        forwarded.into_iter().fold(request, |request, hops| request.header("x-forwarded-for", hops));
    Answer::read(request.send().await.expect("it serves")).await
}

fn is_limited(answer: &Answer) -> bool {
    answer.header("x-generation-refused") == "limited"
}

fn is_triggered(answer: &Answer) -> bool {
    answer.header("x-generation-triggered") == "true"
}

#[tokio::test]
async fn one_client_who_invents_shoppers_gets_a_few_pages_made_and_the_others_all_theirs() {
    let folder = tempfile::tempdir().expect("a folder");
    let process = Process::start(folder.path(), &LIMITED);
    let mut allowed = 0;
    for number in 0..100 {
        let page = visit(&process, [127, 0, 0, 66], &format!("invented-{number}"), Some("203.0.113.9")).await;
        page.is_fallback();
        allowed += usize::from(!is_limited(&page));
    }
    assert!((30..=33).contains(&allowed), "{allowed} pages were allowed for one address");
    for number in 0..5 {
        let shopper = format!("honest-{number}");
        let ordered = async || {
            let page = visit(&process, [127, 0, 0, 2], &shopper, None).await;
            assert!(!is_limited(&page));
            // A busy machine may answer before the job is enqueued.
            is_triggered(&page).then_some(())
        };
        eventually("the page is ordered", ordered).await;
        process.made(&shopper).await.expect("the page is made");
    }
}

#[tokio::test]
async fn a_disk_that_is_nearly_full_costs_shoppers_nothing_but_new_pages() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = "[retention]\ndisk_free_mib_min = 1000000000\n";
    std::fs::write(folder.path().join("wandstore.toml"), config).expect("it is written");
    let process = Process::start(folder.path(), &LIMITED);
    let told = async || {
        let health = process.get("/health").await.expect("it serves");
        let failing = health.json("checks")["disk"] == "failing";
        (failing && health.json("status") == "degraded").then_some(())
    };
    eventually("the disk is nearly full", told).await;
    let page = process.get("/s/magic-wands?shopper=newcomer").await.expect("it serves");
    page.is_fallback();
    assert!(is_limited(&page));
}

#[tokio::test]
async fn one_client_creates_few_sessions_and_is_told_to_wait() {
    let folder = tempfile::tempdir().expect("a folder");
    let process = Process::start(folder.path(), &LIMITED);
    let (mut stored, mut refused) = (0, 0);
    for number in 0..60 {
        let report = format!(
            r#"{{"store":"magic-wands","shopper":"invented-{number}","events":[{{"type":"visit"}}]}}"#
        );
        let request = reqwest::Client::new().post(format!("http://{}/api/shopper/track", process.address));
        let answer = Answer::read(request.body(report).send().await.expect("it serves")).await;
        if answer.status == 200 {
            stored += 1;
        } else {
            assert_eq!((answer.status, answer.header("retry-after")), (429, "30"), "{}", answer.body);
            refused += 1;
        }
    }
    assert!((30..=33).contains(&stored) && refused >= 27, "{stored} stored, {refused} refused");
}

#[tokio::test]
async fn behind_a_trusted_proxy_each_client_has_limits_of_its_own_whatever_it_claims() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = "[server]\ntrusted_proxies = [\"127.0.0.0/8\"]\n[limits]\ngenerations_per_client = 1\n";
    std::fs::write(folder.path().join("wandstore.toml"), config).expect("it is written");
    let process = Process::start(folder.path(), &LIMITED);
    let mut of_client = [0, 0];
    for number in 0..20 {
        for (client, allowed) in of_client.iter_mut().enumerate() {
            let hops = format!("192.0.2.{number}, 203.0.113.{client}, 127.0.0.1");
            let page = visit(&process, [127, 0, 0, 1], &format!("of-{client}-{number}"), Some(&hops)).await;
            page.is_fallback();
            *allowed += usize::from(!is_limited(&page));
        }
    }
    assert_eq!(of_client, [5, 5], "five minutes' worth each");
}

#[tokio::test]
async fn invented_visitors_of_a_shop_cost_few_model_calls_and_no_more_jobs_than_the_shop_allows() {
    let limits = Limits { newcomers_per_shop: 4, generations_per_shop: 10, ..Limits::default() };
    let host =
        shop().backends(move |backends| backends.limits = Arc::new(InMemory::new(&limits))).open().await;
    for number in 0..60 {
        let visitor = format!("an-invented-visitor-{number:04}");
        let place = [("visitor", &*visitor), CONSENT[1], ("country", "DE"), ("language", "DE")];
        let page = host.proxy("/proxy/fragment", &place).await;
        assert_eq!(page.status, 200, "{}", page.body);
        if is_triggered(&page) {
            assert_eq!(host.ready(&place).await, "ready");
        }
    }
    let jobs = host.deployment.capabilities.jobs.list(Filter::default(), 100).await.expect("they are listed");
    assert_eq!(jobs.len(), 50, "five minutes' worth");
    assert_eq!(host.controls.llm.requests().len(), 20, "those of shoppers without signals");
}

#[tokio::test]
async fn a_flood_of_one_shop_leaves_the_shoppers_of_another_their_pages() {
    let host = Host::builder()
        .settings(|settings| {
            settings.shops.insert("tea-house".to_owned(), ShopSettings::default());
            settings.pool.size = 4;
        })
        .open()
        .await;
    host.controls.llm.hold();
    let triggered = async |shop: &str, shoppers: usize| {
        let mut triggered = 0;
        for shopper in 0..shoppers {
            let page = host.get(&format!("/s/{shop}?shopper=shopper-{shopper}")).await;
            page.is_fallback();
            triggered += usize::from(is_triggered(&page));
        }
        triggered
    };
    assert_eq!(triggered("magic-wands", 450).await, 400, "the queues are full");
    assert_eq!(triggered("tea-house", 40).await, 40);
    host.controls.llm.release();
    for shopper in 0..40 {
        let target = format!("/api/generation/status?store=tea-house&shopper=shopper-{shopper}&wait=20");
        let ready = async || (host.get(&target).await.json("state") == "ready").then_some(());
        eventually("a promised page is made", ready).await;
    }
}

#[tokio::test]
async fn while_memory_is_short_stored_pages_are_served_and_nothing_is_made() {
    let folder = tempfile::tempdir().expect("a folder");
    let process = Process::start(folder.path(), &[]);
    visit(&process, [127, 0, 0, 1], "known", None).await.is_fallback();
    process.made("known").await.expect("a promised page is made");
    process.terminate();

    std::fs::write(folder.path().join("wandstore.toml"), "[server]\nmemory_mib_max = 1\n")
        .expect("it is written");
    let process = Process::start(folder.path(), &[]);
    let short = async || {
        let health = process.get("/health").await.expect("it serves");
        (health.json("status") == "degraded" && health.json("checks")["memory"] == "failing").then_some(())
    };
    eventually("the health check says so", short).await;

    visit(&process, [127, 0, 0, 1], "known", None).await.is_hit();
    let page = visit(&process, [127, 0, 0, 1], "new", None).await;
    page.is_fallback();
    assert!(is_limited(&page));
    let report = r#"{"store":"magic-wands","shopper":"known","events":[{"type":"visit"}]}"#;
    let request = reqwest::Client::new().post(format!("http://{}/api/shopper/track", process.address));
    let answer = Answer::read(request.body(report).send().await.expect("it serves")).await;
    assert_eq!((answer.status, answer.header("retry-after")), (429, "30"), "{}", answer.body);
}
