//! Components are swapped while they are called.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use runtime::component::{Binary, Builtin, Digest, Failure, Role, Source, Verdict, Watched};
use runtime::deployment::Deployment;

use crate::harness::broken::{self, Flaw};
use crate::harness::{Host, Process, eventually, process};

/// Returns a component of this build.
pub fn own(role: Role) -> Binary {
    Source::Embedded(Builtin::Demo).read(role).expect("the binary has it")
}

/// Returns the bytes of a component of this build with a custom section at their end, so that their digest differs.
pub fn other_bytes(role: Role) -> Vec<u8> {
    // The section's id, its length, the length of its name, and its name.
    [&own(role).bytes[..], &[0, 2, 1, b'x']].concat()
}

pub fn other(role: Role) -> Binary {
    Binary::new("the other version".into(), other_bytes(role).into())
}

fn flawed(role: Role) -> Binary {
    let path = broken::component(role, Flaw::Traps);
    Source::File { path, sha256: None }.read(role).expect("it was written")
}

async fn swap(deployment: &Arc<Deployment>, role: Role, binary: Binary) -> anyhow::Result<Watched> {
    let deployment = deployment.clone();
    tokio::task::spawn_blocking(move || deployment.swap(role, binary)).await.expect("it does not panic")
}

fn digest(deployment: &Deployment, role: Role) -> Digest {
    let loaded = deployment.loaded().into_iter().find(|loaded| loaded.role == role);
    loaded.expect("each role has one").digest
}

#[tokio::test(flavor = "multi_thread")]
async fn no_request_fails_while_components_are_swapped_back_and_forth() {
    let host = Arc::new(Host::open().await);
    host.visit("abc123").await;
    host.final_state("abc123").await;
    let stop = Arc::new(AtomicBool::new(false));
    let visitors: Vec<_> = (0..3)
        .map(|_| {
            let (host, stop) = (host.clone(), stop.clone());
            tokio::spawn(async move {
                let mut visits = 0;
                while !stop.load(Ordering::SeqCst) {
                    host.visit("abc123").await.is_hit();
                    visits += 1;
                }
                visits
            })
        })
        .collect();
    let mut calls_in_all = 0;
    for round in 0..6 {
        for role in [Role::Routing, Role::Caching] {
            let next = if round % 2 == 0 { other(role) } else { own(role) };
            let wanted = next.digest;
            let watched = swap(&host.deployment, role, next).await.expect("it fits");
            assert_eq!(digest(&host.deployment, role), wanted, "new calls go to it");
            let verdict = watched.verdict(Duration::from_millis(300)).await;
            let Verdict::Kept { calls, failures: 0 } = verdict else { panic!("{role}: {verdict:?}") };
            calls_in_all += calls;
        }
    }
    stop.store(true, Ordering::SeqCst);
    for visitor in visitors {
        let visits: u32 = visitor.await.expect("each visit is a hit");
        assert!(visits > 0);
    }
    assert!(calls_in_all > 50, "they were called while they were watched: {calls_in_all}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_component_that_traps_is_rolled_back_and_every_shopper_gets_a_page() {
    for role in [Role::Routing, Role::Caching, Role::Queueing] {
        let host = Host::open().await;
        host.visit("abc123").await;
        host.final_state("abc123").await;
        let before = digest(&host.deployment, role);
        let watched = swap(&host.deployment, role, flawed(role)).await.expect("it fits");
        assert_ne!(digest(&host.deployment, role), before);
        for visit in 0..20 {
            let page = host.visit(&format!("newcomer-{visit}")).await;
            assert!(
                page.status == 200 && page.body.contains("</html>"),
                "{role}: {} {}",
                page.status,
                page.body
            );
        }
        let verdict = watched.verdict(Duration::from_secs(30)).await;
        assert_eq!(verdict, Verdict::RolledBack { calls: 3, failures: 3, failure: Failure::Trap }, "{role}");
        assert_eq!(digest(&host.deployment, role), before, "{role}");
        host.visit("abc123").await.is_hit();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_is_under_way_ends_on_the_version_that_it_began_on() {
    let host = Host::open().await;
    host.controls.llm.hold();
    host.visit("abc123").await.is_fallback();
    eventually("the model is asked", async || (!host.controls.llm.requests().is_empty()).then_some(())).await;
    let watched = swap(&host.deployment, Role::Generation, flawed(Role::Generation)).await.expect("it fits");
    host.controls.llm.release();
    assert_eq!(host.final_state("abc123").await, "ready");
    let verdict = watched.verdict(Duration::ZERO).await;
    assert_eq!(verdict, Verdict::Kept { calls: 0, failures: 0 }, "the new version was not called");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_component_that_does_not_fit_is_refused_and_the_former_one_stays() {
    let host = Host::open().await;
    let before = host.deployment.loaded();
    let of_other_world = flawed(Role::Generation);
    let no_component = Binary::new("a text".into(), bytes::Bytes::from_static(b"no component"));
    for (binary, why) in [
        (of_other_world, "the catalog component imports `wandstore:capabilities/llm@0.1.0`"),
        (no_component, "a text is not a WebAssembly component"),
    ] {
        let refusal = swap(&host.deployment, Role::Catalog, binary).await.err().expect("it is refused");
        let refusal = format!("{refusal:#}");
        assert!(refusal.contains(why), "{refusal}");
        assert_eq!(host.deployment.loaded(), before);
    }
    // While a version is on trial, no other takes its place.
    let _watched = swap(&host.deployment, Role::Catalog, flawed(Role::Catalog)).await.expect("it fits");
    let refusal =
        swap(&host.deployment, Role::Catalog, own(Role::Catalog)).await.err().expect("it is refused");
    assert!(format!("{refusal:#}").contains("is still on trial"), "{refusal:#}");
}

#[tokio::test]
async fn the_command_swaps_a_component_of_a_running_server() {
    let folder = tempfile::tempdir().expect("a folder");
    process::warm(folder.path());
    let file = folder.path().join("caching.wasm");
    std::fs::write(&file, other_bytes(Role::Caching)).expect("the folder is there");
    let source = |digest: Digest| format!("caching=caching.wasm@{}", digest.named());
    let right = source(other(Role::Caching).digest);

    let refusal = refused(folder.path(), &right);
    assert!(refusal.contains("no server uses this data folder"), "{refusal}");
    let server = Process::start(folder.path(), &[]);
    let running = async || {
        let health = server.get("/health").await.expect("it serves");
        health.json("components")[1]["sha256"].as_str().expect("a digest").to_owned()
    };
    let before = running().await;
    for (source, why) in [
        (source(own(Role::Caching).digest), "is required"),
        ("caching=caching.wasm".to_owned(), "append @sha256:"),
        (
            right.replace("caching=", "catalog="),
            "the catalog component imports `wandstore:capabilities/blob@0.1.0`",
        ),
        (right.replace("caching=", "cashing="), "there is no role `cashing`"),
    ] {
        let refusal = refused(folder.path(), &source);
        assert!(refusal.contains(why) && refusal.lines().count() == 1, "{refusal}");
        assert_eq!(running().await, before);
    }

    // Calls end the trial before its time does.
    let visits = async {
        loop {
            server.get("/s/magic-wands?shopper=abc123").await.expect("it serves");
        }
    };
    let swapping = tokio::task::spawn_blocking({
        let (folder, right) = (folder.path().to_owned(), right.clone());
        move || process::command(&folder, &["components", "swap", &right])
    });
    let said = tokio::select! {
        said = swapping => said.expect("it does not panic"),
        () = visits => unreachable!("it visits for ever"),
    };
    assert!(
        said.contains("caching: swapped") && said.contains("caching: kept; 0 of 200 calls failed"),
        "{said}"
    );
    assert!(
        said.contains("caching: later starts take it too, until the configuration names another"),
        "{said}"
    );
    assert_eq!(running().await, other(Role::Caching).digest.to_string());
    let now = process::command(folder.path(), &["components"]);
    assert!(now.contains(&other(Role::Caching).digest.to_string()) && now.contains("swapped in"), "{now}");

    server.kill();
    let server = Process::start(folder.path(), &[]);
    assert_eq!(caching(&server).await, other(Role::Caching).digest.to_string(), "a crash does not undo it");
}

/// Runs a swap that is refused, and returns what it says.
fn refused(folder: &Path, source: &str) -> String {
    let output = process::run(folder, &["components", "swap", source]);
    assert!(!output.status.success(), "{source} is refused");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Returns the digest of the component that a server calls for caching.
pub async fn caching(server: &Process) -> String {
    let health = server.get("/health").await.expect("it serves");
    health.json("components")[1]["sha256"].as_str().expect("a digest").to_owned()
}
