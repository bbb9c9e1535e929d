//! The binary with its databases and folder: a customer's data is gone after redaction, and the
//! operator can show it.

use std::path::Path;

use capabilities::Capabilities;
use host::backends;
use host::config::{Config, Environment};

use crate::harness::process::{audited, command, run};
use crate::harness::shopify::{
    CONSENT, SECRET, SHOP, all_that_is_kept, idle, now_s, signed, webhook_headers,
};
use crate::harness::{Answer, Process, eventually};

/// No other data contains this number, so a plain search finds every trace of it.
const NUMBER: &str = "70921846350917";
const CUSTOMER: [(&str, &str); 3] = [CONSENT[0], CONSENT[1], ("logged_in_customer_id", NUMBER)];

fn start(folder: &Path) -> Process {
    std::fs::write(folder.join("wandstore.toml"), "[components.catalog]\nbuiltin = \"demo\"\n")
        .expect("the folder is there");
    Process::start(folder, &[("SHOPIFY_STORE", SHOP), ("SHOPIFY_API_SECRET", SECRET)])
}

async fn proxy(host: &Process, path: &str, own: &[(&str, &str)]) -> Answer {
    host.get(&signed(path, own, now_s())).await.expect("the host answers")
}

async fn post(host: &Process, target: &str, headers: Vec<(String, String)>, body: &str) -> Answer {
    let request =
        reqwest::Client::new().post(format!("http://{}{target}", host.address)).body(body.to_owned());
    let request = headers.into_iter().fold(request, |request, (name, value)| request.header(name, value));
    Answer::read(request.send().await.expect("the host answers")).await
}

/// A customer of the shop, with a session, a page and a plan.
async fn shop_as_customer(host: &Process) {
    let own: Vec<_> = CUSTOMER.into_iter().chain([("nonce", "n1")]).collect();
    let events = r#"{"events":[{"type":"search","term":"unicorn hair"}]}"#;
    let json = vec![("content-type".to_owned(), "application/json".to_owned())];
    let looked = post(host, &signed("/proxy/track", &own, now_s()), json, events).await;
    assert_eq!(looked.json("stored"), 1, "{}", looked.body);
    assert_eq!(proxy(host, "/proxy/fragment", &CUSTOMER).await.status, 200);
    let wait: Vec<_> = CUSTOMER.into_iter().chain([("wait", "20")]).collect();
    while proxy(host, "/proxy/status", &wait).await.json("state") != "ready" {}
}

async fn tell(host: &Process, topic: &str, id: &str) {
    let body = format!(
        r#"{{"shop_id":1,"shop_domain":"{SHOP}","customer":{{"id":{NUMBER}}},"data_request":{{"id":9}}}}"#
    );
    let told = post(host, "/webhooks", webhook_headers(SECRET, topic, id, &body), &body).await;
    assert_eq!((told.status, told.json("taken")), (200, true.into()), "{}", told.body);
}

/// Opens the storage in `folder` beside the binary.
async fn storage_of(folder: &Path) -> Capabilities {
    let mut config = Config::parse("", folder.to_owned(), &Environment::default()).expect("nothing is wrong");
    config.file.server.data_dir = folder.join("data");
    backends::open(&config).await.expect("it opens beside the server")
}

fn names_in(folder: &Path) -> Vec<String> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        names.push(entry.file_name().to_string_lossy().into_owned());
        names.extend(names_in(&entry.path()));
    }
    names
}

#[tokio::test]
async fn a_customer_is_reported_and_then_redacted_and_the_operator_can_show_both() {
    let folder = tempfile::tempdir().expect("a folder");
    let blobs = folder.path().join("data/blobs");
    let flat = blobs.join("UI_STORAGE/generated");
    std::fs::create_dir_all(&flat).expect("it is made");
    let left_before = flat.join(format!("{SHOP}:customer-{NUMBER}_DE-DE.html"));
    std::fs::write(&left_before, "a page of an earlier version").expect("it is written");
    let host = start(folder.path());
    shop_as_customer(&host).await;
    assert!(!left_before.exists(), "it is in the shop's own folder");
    assert!(names_in(&blobs).iter().any(|name| name.contains(NUMBER)), "{:?}", names_in(&blobs));

    tell(&host, "customers/data_request", "w1").await;
    audited(folder.path(), "customers/data_request").await;
    let report = command(folder.path(), &["report", SHOP, "w1"]);
    assert!(report.contains("unicorn hair"), "{report}");

    tell(&host, "customers/redact", "w2").await;
    let record = audited(folder.path(), "customers/redact").await;
    assert!(record.contains("w2") && !record.contains(NUMBER), "{record}");
    assert!(!names_in(&blobs).iter().any(|name| name.contains(NUMBER)), "{:?}", names_in(&blobs));
    let capabilities = storage_of(folder.path()).await;
    idle(&capabilities).await;
    let kept = all_that_is_kept(&capabilities).await;
    // A mark of the deletion stays for five minutes, so that a page under way is not stored.
    let mark = format!("UI_CACHE forgotten:{SHOP}:customer-{NUMBER} ");
    let left: Vec<_> =
        kept.lines().filter(|line| line.contains(NUMBER) && !line.starts_with(&mark)).collect();
    assert!(left.is_empty(), "{left:#?}");
    assert!(kept.contains(&mark), "it was looked for where it can be: {kept}");
    let page = proxy(&host, "/proxy/fragment", &CUSTOMER).await;
    assert_eq!(page.header("x-generated"), "false", "nothing is known of them any more");
}

#[tokio::test]
async fn the_operator_exports_and_erases_one_shopper_and_nobody_else() {
    let folder = tempfile::tempdir().expect("a folder");
    let host = Process::start(folder.path(), &[]);
    let report =
        r#"{"store":"magic-wands","shopper":"SHOPPER","events":[{"type":"search","term":"unicorn hair"}]}"#;
    for shopper in ["abc123", "abc124"] {
        let json = vec![("content-type".to_owned(), "application/json".to_owned())];
        let told = post(&host, "/api/shopper/track", json, &report.replace("SHOPPER", shopper)).await;
        assert_eq!(told.status, 200, "{}", told.body);
        let page = format!("/s/magic-wands?shopper={shopper}");
        assert_eq!(host.get(&page).await.expect("it serves").status, 200);
        host.made(shopper).await.expect("the page is made");
    }
    let exported = command(folder.path(), &["shopper", "export", "magic-wands", "abc123"]);
    let document: serde_json::Value = serde_json::from_str(&exported).expect("it is JSON");
    assert_eq!(
        (&document["customer"], &document["pages"][0]["shopper"]),
        (&"abc123".into(), &"abc123".into())
    );
    assert!(exported.contains("unicorn hair"), "{exported}");

    let erased = command(folder.path(), &["shopper", "erase", "magic-wands", "abc123"]);
    let capabilities = storage_of(folder.path()).await;
    idle(&capabilities).await;
    let kept = all_that_is_kept(&capabilities).await;
    // Of the erased one there is a mark for five minutes, so that a page under way is not stored.
    let of = |shopper: &str| kept.lines().filter(|line| line.contains(shopper)).collect::<Vec<_>>();
    let left = of("abc123");
    assert!(left.iter().all(|line| line.starts_with("UI_CACHE forgotten:magic-wands:abc123 ")), "{left:#?}");
    assert!(of("abc124").len() >= 2, "{kept}");
    let names = names_in(&folder.path().join("data/blobs"));
    assert!(!names.iter().any(|name| name.contains("abc123")), "{names:?}");
    assert!(names.iter().any(|name| name.contains("abc124")), "{names:?}");

    let records = command(folder.path(), &["audit", "--shop", "magic-wands"]);
    let cause = erased.split_whitespace().last().expect("it names its record");
    assert!(
        records.contains(cause) && records.contains("shopper/erase") && records.contains("shopper/export")
    );
    assert!(!records.contains("abc12"), "{records}");
    let page = host.get("/s/magic-wands?shopper=abc124").await.expect("it serves");
    assert_eq!(page.header("x-generated"), "true");
}

#[tokio::test]
async fn the_operator_closes_a_shop_and_opens_it_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let host = start(folder.path());
    assert_eq!(proxy(&host, "/proxy/fragment", &CONSENT).await.status, 200);
    for (done, status) in [("close", 404), ("reopen", 200)] {
        command(folder.path(), &["shop", done, SHOP]);
        let answers =
            async || (proxy(&host, "/proxy/fragment", &CONSENT).await.status == status).then_some(());
        eventually(&format!("{status} after {done}"), answers).await;
    }
}

#[test]
fn an_unknown_report_is_an_error() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = run(folder.path(), &["report", SHOP, "w1"]);
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && text.contains("there is no report w1"), "{text}");
}
