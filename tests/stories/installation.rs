//! A merchant installs the app, sees what pages cost, uninstalls the app and returns: the binary, beside a
//! simulated Shopify that issues tokens.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::routing::post;
use serde_json::json;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Row as _};

use crate::harness::process::{audited, wandstore, warm};
use crate::harness::shopify::{CONSENT, SECRET, SHOP, VISITOR, now_s, signed, webhook_headers};
use crate::harness::{Answer, LlmServer, Process, Saying, eventually};
use crate::llm::plan;

pub const KEY: &str = "the-client-id";
pub const PUBLIC_URL: &str = "https://wandstore.example";

/// Starts a simulated Shopify. Returns its address and a counter of token requests.
pub async fn shopify() -> (String, Arc<AtomicUsize>) {
    let asked = Arc::<AtomicUsize>::default();
    let counted = asked.clone();
    let tokens = move || {
        let pair = counted.fetch_add(1, Ordering::SeqCst) + 1;
        let answer = json!({
            "access_token": format!("shpat_{pair}"),
            "scope": "unauthenticated_read_product_listings,unauthenticated_read_product_tags,write_app_proxy",
            "expires_in": 3600,
            "refresh_token": format!("shprt_{pair}"),
            "refresh_token_expires_in": 7_776_000,
        });
        async move { ([(CONTENT_TYPE, "application/json")], answer.to_string()) }
    };
    let routes = Router::new().route("/admin/oauth/access_token", post(tokens));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("there is a free port");
    let origin = format!("http://{}", listener.local_addr().expect("it is bound"));
    tokio::spawn(async move { axum::serve(listener, routes).await });
    (origin, asked)
}

pub fn session_token() -> String {
    signing::session_token(SECRET, &signing::claims(KEY, SHOP, now_s()))
}

/// Starts the binary on `folder`, with the demo catalog.
pub fn start(folder: &Path, origin: &str, more: &[(&str, &str)]) -> Process {
    start_with("", folder, origin, more)
}

/// Starts the binary with more configuration.
pub fn start_with(config: &str, folder: &Path, origin: &str, more: &[(&str, &str)]) -> Process {
    let config = format!("{config}[components.catalog]\nbuiltin = \"demo\"\n");
    std::fs::write(folder.join("wandstore.toml"), config).expect("the folder is there");
    let app = [
        ("SHOPIFY_API_KEY", KEY),
        ("SHOPIFY_API_SECRET", SECRET),
        ("SHOPIFY_ORIGIN", origin),
        ("WANDSTORE_PUBLIC_URL", PUBLIC_URL),
    ];
    Process::start(folder, &[&app, more].concat())
}

/// Returns the admin page.
pub async fn open_admin(host: &Process) -> String {
    open_admin_at(host, "/admin").await
}

/// Returns a page of the admin.
pub async fn open_admin_at(host: &Process, path: &str) -> String {
    let page = host.get(&format!("{path}?shop={SHOP}&id_token={}", session_token())).await;
    let page = page.expect("the host answers");
    assert!(page.status == 200 && !page.body.contains("Not connected"), "{} {}", page.status, page.body);
    page.body
}

pub async fn fragment(host: &Process) -> Answer {
    host.get(&signed("/proxy/fragment", &CONSENT, now_s())).await.expect("the host answers")
}

async fn served(host: &Process) -> u16 {
    fragment(host).await.status
}

/// Sends a webhook. Returns whether it was new.
async fn tell(host: &Process, topic: &str, id: &str) -> bool {
    tell_of(host, topic, id, None).await
}

/// Sends a webhook with the time of its event.
async fn tell_of(host: &Process, topic: &str, id: &str, triggered_at: Option<&str>) -> bool {
    let body = format!(r#"{{"shop_id":1,"shop_domain":"{SHOP}"}}"#);
    let mut headers = webhook_headers(SECRET, topic, id, &body);
    headers.extend(triggered_at.map(|time| ("x-shopify-triggered-at".to_owned(), time.to_owned())));
    let request = reqwest::Client::new().post(format!("http://{}/webhooks", host.address)).body(body);
    let request = headers.into_iter().fold(request, |request, (name, value)| request.header(name, value));
    let told = Answer::read(request.send().await.expect("the host answers")).await;
    assert_eq!(told.status, 200, "{}", told.body);
    told.json("taken") == true
}

#[tokio::test]
async fn a_shop_that_was_uninstalled_and_installed_again_is_served_and_stays() {
    let (origin, asked) = shopify().await;
    let folder = tempfile::tempdir().expect("a folder");
    let host = start(folder.path(), &origin, &[]);
    assert_eq!(served(&host).await, 404);
    open_admin(&host).await;
    assert_eq!(served(&host).await, 200);

    assert!(tell(&host, "app/uninstalled", "uninstalled-1").await);
    assert_eq!(served(&host).await, 404);
    audited(folder.path(), "uninstalled-1").await;
    assert_eq!(served(&host).await, 404);

    open_admin(&host).await;
    assert_eq!((served(&host).await, asked.load(Ordering::SeqCst)), (200, 2));
    assert!(!tell(&host, "app/uninstalled", "uninstalled-1").await, "the second delivery is not new");
    assert!(tell(&host, "shop/redact", "redact-1").await, "two days after it had been uninstalled");
    audited(folder.path(), "redact-1").await;
    open_admin(&host).await;
    assert_eq!((served(&host).await, asked.load(Ordering::SeqCst)), (200, 2));

    let before = Some("2026-01-01T00:00:00.123456789Z");
    assert!(tell_of(&host, "app/uninstalled", "uninstalled-late", before).await, "it is news, and old");
    audited(folder.path(), "uninstalled-late").await;
    assert_eq!((served(&host).await, asked.load(Ordering::SeqCst)), (200, 2));
}

/// Keys that encrypt tokens: 32 bytes in base64.
const OLD_KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const NEW_KEY: &str = "Hx4dHBsaGRgXFhUUExIREA8ODQwLCgkIBwYFBAMCAQA=";

/// Rotates keys, and returns whether it succeeded and what it said.
fn rotate(folder: &Path, keys: &str) -> (bool, String) {
    let mut command = wandstore(folder);
    command.envs([
        ("SHOPIFY_API_KEY", KEY),
        ("SHOPIFY_API_SECRET", SECRET),
        ("WANDSTORE_PUBLIC_URL", PUBLIC_URL),
    ]);
    let output = command.env("WANDSTORE_ENCRYPTION_KEY", keys).args(["keys", "rotate"]).output();
    let output = output.expect("the binary is built");
    let said = [output.stdout, output.stderr].map(|said| String::from_utf8_lossy(&said).into_owned());
    (output.status.success(), said.concat())
}

#[tokio::test]
async fn the_command_rotates_the_key_of_stored_tokens_and_the_old_key_is_not_needed_any_more() {
    let (origin, asked) = shopify().await;
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    warm(folder);
    let serve = |keys: &str| start(folder, &origin, &[("WANDSTORE_ENCRYPTION_KEY", keys)]);
    let both = format!("{NEW_KEY},{OLD_KEY}");

    let host = serve(OLD_KEY);
    open_admin(&host).await;
    assert_eq!((served(&host).await, asked.load(Ordering::SeqCst)), (200, 1));
    host.terminate();
    // The new key alone decrypts nothing yet, and the command says so and changes nothing.
    let (is_done, said) = rotate(folder, NEW_KEY);
    assert!(!is_done && said.contains(&format!("decrypts the tokens of {SHOP}")), "{said}");

    // While a host serves with both keys.
    let host = serve(&both);
    let (is_done, said) = rotate(folder, &both);
    assert!(is_done && said.contains("encrypted with the first key: 1 shops now, 0 before\n"), "{said}");
    assert!(said.contains("the other keys can be removed"), "{said}");
    assert_eq!(served(&host).await, 200);
    let (is_done, said) = rotate(folder, &both);
    assert!(is_done && said.contains("encrypted with the first key: 0 shops now, 1 before\n"), "{said}");
    host.terminate();

    let host = serve(NEW_KEY);
    open_admin(&host).await;
    assert_eq!(served(&host).await, 200);
    assert_eq!(asked.load(Ordering::SeqCst), 1, "its tokens were read, and Shopify was asked for no others");
    host.terminate();
    // With the old key alone they cannot be read: Shopify has to be asked for new ones.
    let host = serve(OLD_KEY);
    open_admin(&host).await;
    assert_eq!(asked.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_merchant_sees_the_cost_of_failed_attempts_too() {
    let (origin, _) = shopify().await;
    let model = LlmServer::open([Saying::Text(plan())]).await;
    let folder = tempfile::tempdir().expect("a folder");
    let host = start(folder.path(), &origin, &[("AI_GATEWAY_URL", &model.url), ("LLM_API_KEY", "sk")]);
    open_admin(&host).await;
    // A folder has the name of the page's file: the plan is stored, and the attempt fails.
    let pages = blocked(folder.path());
    assert_eq!(fragment(&host).await.header("x-generation-triggered"), "true");
    eventually("the merchant sees it", async || {
        (figures(&host).await == ["0", "1,000", "200"]).then_some(())
    })
    .await;
    let log = std::fs::read_to_string(&host.log).expect("there is a log");
    assert!(log.contains("the cache failed"), "{log}");

    for page in &pages {
        std::fs::remove_dir(page).expect("it is there, and empty");
    }
    eventually("the page is made", async || (figures(&host).await == ["1", "1,000", "200"]).then_some(()))
        .await;
    assert_eq!((fragment(&host).await.header("x-cache"), model.requests().len()), ("HIT", 1));
}

/// Creates a folder at every path where the visitor's page could be stored.
fn blocked(folder: &Path) -> Vec<PathBuf> {
    let shop = folder.join(format!("data/blobs/UI_STORAGE/generated/{SHOP}:"));
    let pages = (0..=255).map(|shelf| shop.join(format!("{shelf:02x}/visitor-{VISITOR}.html")));
    let pages: Vec<_> = pages.collect();
    for page in &pages {
        std::fs::create_dir_all(page).expect("it is made");
    }
    pages
}

/// Returns the numbers of pages and tokens that the merchant sees.
async fn figures(host: &Process) -> [String; 3] {
    let page = open_admin(host).await;
    ["Pages made", "Tokens read", "Tokens written"].map(|name| {
        let (_, number) = page.split_once(&format!("<dt>{name}</dt><dd>")).expect("it is there");
        number.split('<').next().unwrap_or_default().to_owned()
    })
}

/// Returns the answers to an unsigned caller who knows the shop's domain: the storefront, a status, and a report.
async fn told_to_a_stranger(host: &Process, shop: &str) -> Vec<(u16, String)> {
    let page = host.get(&format!("/s/{shop}?shopper=abc123")).await.expect("the host answers");
    let status = format!("/api/generation/status?store={shop}&shopper=abc123");
    let status = host.get(&status).await.expect("the host answers");
    let report = format!(r#"{{"store":"{shop}","shopper":"abc123","events":[{{"type":"visit"}}]}}"#);
    let track =
        reqwest::Client::new().post(format!("http://{}/api/shopper/track", host.address)).body(report);
    let track = Answer::read(track.send().await.expect("the host answers")).await;
    [page, status, track].map(|answer| (answer.status, answer.body)).into()
}

#[tokio::test]
async fn a_stranger_finds_an_installed_shop_only_where_the_operator_opened_it_or_named_it() {
    let (origin, _) = shopify().await;
    // One folder, so that components are compiled once.
    let folder = tempfile::tempdir().expect("a folder");
    for (config, variables, is_open) in [
        ("", &[][..], false),
        ("[server]\nunsigned_routes = true\n", &[], true),
        ("", &[("ENVIRONMENT", "development")], true),
        ("", &[("SHOPIFY_STORE", SHOP)], true),
    ] {
        let host = start_with(config, folder.path(), &origin, variables);
        let unknown = told_to_a_stranger(&host, "unknown.myshopify.com").await;
        assert!(unknown.iter().all(|(status, _)| *status == 404), "{unknown:?}");
        open_admin(&host).await;
        let told = told_to_a_stranger(&host, SHOP).await;
        if is_open {
            assert!(told.iter().all(|(status, _)| *status == 200), "{config} {variables:?}: {told:?}");
        } else {
            assert_eq!(told, unknown, "it is as if it were not here");
        }
        assert_eq!(served(&host).await, 200, "Shopify's own requests are answered in any case");
    }
}

/// Returns every row of every table of a deployment's SQLite files, one a line, and the names of its other files.
async fn stored(folder: &Path) -> Vec<String> {
    let mut stored = Vec::new();
    let mut folders = vec![folder.join("data")];
    while let Some(folder) = folders.pop() {
        for file in std::fs::read_dir(&folder).expect("the folder is there") {
            let file = file.expect("it is read").path();
            if file.is_dir() {
                folders.push(file);
            } else if file.extension().is_some_and(|extension| extension == "db") {
                stored.extend(rows(&file).await);
            } else {
                stored.push(file.display().to_string());
            }
        }
    }
    stored
}

async fn rows(file: &Path) -> Vec<String> {
    let options = SqliteConnectOptions::new().filename(file);
    let mut connection = options.connect().await.expect("it is opened");
    let tables: Vec<String> = sqlx::query_scalar("SELECT name FROM sqlite_master WHERE type = 'table'")
        .fetch_all(&mut connection)
        .await
        .expect("the tables are listed");
    let mut rows = Vec::new();
    for table in tables {
        let query = sqlx::AssertSqlSafe(format!("SELECT * FROM \"{table}\""));
        for row in sqlx::query(query).fetch_all(&mut connection).await.expect("it is read") {
            let cells = (0..row.len()).filter_map(|at| row.try_get_unchecked::<Vec<u8>, _>(at).ok());
            let cells: Vec<_> = cells.map(|cell| String::from_utf8_lossy(&cell).into_owned()).collect();
            rows.push(format!("{table}: {}", cells.join(" ")));
        }
    }
    rows
}

/// Reports what a shopper of the shop does, and opens their page.
async fn shop_as(host: &Process, visitor: &str) {
    let own = [("visitor", visitor), ("consent", "1"), ("nonce", visitor)];
    let target = format!("http://{}{}", host.address, signed("/proxy/track", &own, now_s()));
    let events = r#"{"events":[{"type":"seen"},{"type":"search","term":"unicorn hair"}]}"#;
    let report = reqwest::Client::new().post(target).header(CONTENT_TYPE, "application/json").body(events);
    assert_eq!(report.send().await.expect("the host answers").status(), 200);
    let ready = signed("/proxy/status", &[&own[..2], &[("wait", "20")]].concat(), now_s());
    let target = signed("/proxy/fragment", &own[..2], now_s());
    assert_eq!(host.get(&target).await.expect("the host answers").status, 200);
    eventually("a page is made", async || {
        let status = host.get(&ready).await.expect("the host answers");
        (status.json("state") == "ready").then_some(())
    })
    .await;
}

#[tokio::test]
async fn an_uninstalled_and_redacted_shop_leaves_records_of_that_and_of_its_cost_and_nothing_else() {
    const RECORDS: [&str; 4] =
        ["budgets: ", " UI_CACHE catalog:", " GENERATION_QUEUE audit:", " GENERATION_QUEUE tally:"];
    let (origin, _) = shopify().await;
    let model = LlmServer::open([Saying::Text(plan())]).await;
    let folder = tempfile::tempdir().expect("a folder");
    let host = start(folder.path(), &origin, &[("AI_GATEWAY_URL", &model.url), ("LLM_API_KEY", "sk")]);
    open_admin(&host).await;
    for visitor in ["the-first-of-its-shoppers", "the-second-of-its-shoppers"] {
        shop_as(&host, visitor).await;
    }
    let of_shop = async || {
        let all = stored(folder.path()).await.into_iter();
        all.filter(|row| row.contains(SHOP) || row.contains("unicorn hair")).collect::<Vec<_>>()
    };
    let before = of_shop().await;
    for kept in ["shops: ", " ui:", " session:", " unit:", " effects:", "/blobs/UI_STORAGE/"] {
        assert!(before.iter().any(|row| row.contains(kept)), "{kept}: {before:#?}");
    }

    for (topic, id) in [("app/uninstalled", "uninstalled-1"), ("shop/redact", "redact-1")] {
        assert!(tell(&host, topic, id).await);
        audited(folder.path(), id).await;
    }
    host.terminate();
    let after = of_shop().await;
    let is_record = |row: &&String| {
        let is_task = row.starts_with("jobs: ") && row.contains(&format!(" errand/{SHOP}/"));
        is_task || RECORDS.iter().any(|kind| row.contains(kind))
    };
    let left: Vec<_> = after.iter().filter(|row| !is_record(row)).collect();
    assert!(left.is_empty(), "{left:#?}");
    assert!(!after.iter().any(|row| row.contains("its-shoppers")), "{after:#?}");
}
