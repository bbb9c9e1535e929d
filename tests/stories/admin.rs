//! The admin shows the true state of the connection, and its settings take effect.

use std::path::Path;

use axum::Router;
use axum::http::StatusCode;
use axum::routing::post;

use crate::harness::process::wandstore;
use crate::harness::shopify::{CONSENT, SECRET, SHOP, now_s, signed, webhook_headers};
use crate::harness::{Answer, LlmServer, Process, Saying, eventually};
use crate::installation::{PUBLIC_URL, fragment, open_admin, session_token, shopify, start};
use crate::llm::plan;

/// The form of the page *Brand*.
const FORM: &str = "tone=dry&accent=%23112233&surface=&banned_words=&promises=";

/// A simulated Shopify that gives this answer to every token request.
async fn refusing(status: u16, error: &'static str) -> String {
    let status = StatusCode::from_u16(status).expect("a status");
    let answer = move || async move { (status, format!(r#"{{"error":"{error}"}}"#)) };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("there is a free port");
    let origin = format!("http://{}", listener.local_addr().expect("it is bound"));
    let routes = Router::new().route("/admin/oauth/access_token", post(answer));
    tokio::spawn(async move { axum::serve(listener, routes).await });
    origin
}

fn client() -> reqwest::Client {
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
    client.build().expect("a client needs nothing")
}

/// The form that the open page sends.
async fn save(host: &Process, form: &str) -> Answer {
    let request = client().post(format!("http://{}/admin/brand", host.address));
    let request = request.bearer_auth(session_token()).body(form.to_owned());
    Answer::read(request.send().await.expect("the host answers")).await
}

async fn open_page(host: &Process, own: &str) -> Answer {
    open_at(host, "/admin", own).await
}

async fn open_at(host: &Process, path: &str, own: &str) -> Answer {
    let target = format!("http://{}{path}?shop={SHOP}&id_token={}{own}", host.address, session_token());
    Answer::read(client().get(target).send().await.expect("the host answers")).await
}

fn log(host: &Process) -> String {
    std::fs::read_to_string(&host.log).expect("there is a log")
}

#[tokio::test]
async fn a_shop_that_shopify_gives_no_access_to_is_never_called_connected() {
    let folder = tempfile::tempdir().expect("a folder");
    for (status, error, told) in [
        (403, "access_denied", "did not give Wandstore access"),
        (401, "invalid_client", "does not accept Wandstore’s app secret"),
    ] {
        let origin = refusing(status, error).await;
        let host = start(folder.path(), &origin, &[]);
        for answer in [open_page(&host, "").await, save(&host, FORM).await] {
            assert!(answer.body.contains(">Not connected<") && answer.body.contains(told), "{}", answer.body);
            assert!(!answer.body.contains(">Connected<"), "{}", answer.body);
        }
        assert_eq!(save(&host, FORM).await.status, 409);
        if error == "invalid_client" {
            assert!(log(&host).contains("check SHOPIFY_API_KEY and SHOPIFY_API_SECRET"), "{}", log(&host));
        }
    }
}

#[tokio::test]
async fn a_tab_that_was_left_open_changes_nothing_once_the_app_is_uninstalled() {
    let (origin, _) = shopify().await;
    let folder = tempfile::tempdir().expect("a folder");
    let host = start(folder.path(), &origin, &[]);
    open_admin(&host).await;
    assert_eq!(save(&host, FORM).await.status, 200);
    let body = format!(r#"{{"id":1,"myshopify_domain":"{SHOP}"}}"#);
    let request = client().post(format!("http://{}/webhooks", host.address)).body(body.clone());
    let headers = webhook_headers(SECRET, "app/uninstalled", "w1", &body);
    let request = headers.into_iter().fold(request, |request, (name, value)| request.header(name, value));
    assert_eq!(request.send().await.expect("the host answers").status(), 200);

    // Whether or not its maintenance task is done.
    for _ in 0..3 {
        let answer = save(&host, &FORM.replace("dry", "loud")).await;
        assert_eq!(answer.status, 409, "{}", answer.body);
        assert!(
            answer.body.contains(">Not connected<") && answer.body.contains("uninstalled"),
            "{}",
            answer.body
        );
    }
    assert_eq!(fragment(&host).await.status, 404);
    eventually("the shop is connected again", async || {
        open_page(&host, "").await.body.contains(">Connected<").then_some(())
    })
    .await;
    let page = open_at(&host, "/admin/brand", "").await.body;
    assert!(page.contains(r#"value="dry""#), "{page}");
}

/// Returns the address that a page reloads from, if it does.
fn reload(answer: &Answer) -> Option<String> {
    let query = answer.header("location").split_once('?')?.1.to_owned();
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    pairs.find(|(name, _)| name == "shopify-reload").map(|(_, value)| value.into_owned())
}

#[tokio::test]
async fn a_session_token_that_is_always_refused_makes_the_page_reload_once() {
    let origin = refusing(400, "invalid_subject_token").await;
    let folder = tempfile::tempdir().expect("a folder");
    let host = start(folder.path(), &origin, &[]);
    let first = open_page(&host, "").await;
    assert_eq!(first.status, 302);
    let again = reload(&first).expect("it is sent to App Bridge");
    let own = again.split_once("bounced=").expect("it is known again").1;
    let second = open_page(&host, &format!("&bounced={own}")).await;
    assert!(second.status == 200 && second.body.contains(">Not connected<"), "{}", second.body);
    assert!(second.body.contains("Shopify rejected your session twice"), "{}", second.body);
}

#[tokio::test]
async fn behind_a_proxy_that_rewrites_host_the_page_comes_back_to_the_public_url() {
    let (origin, _) = shopify().await;
    let folder = tempfile::tempdir().expect("a folder");
    let host = start(folder.path(), &origin, &[]);
    for (name, value) in [
        ("host", "127.0.0.1:8787"),
        ("host", "evil.example"),
        ("x-forwarded-host", "evil.example"),
        ("forwarded", "host=evil.example"),
    ] {
        let request = client().get(format!("http://{}/admin?shop={SHOP}&host=aGk", host.address));
        let answer = Answer::read(request.header(name, value).send().await.expect("the host answers")).await;
        assert_eq!(answer.status, 302);
        let again = reload(&answer).expect("it is sent to App Bridge");
        assert!(again.starts_with(&format!("{PUBLIC_URL}/admin?shop={SHOP}&host=aGk&")), "{again}");
        let request = client().get(format!("http://{}{}", host.address, answer.header("location")));
        let bounce = request.header(name, value).send().await.expect("the host answers");
        assert_eq!(bounce.status(), 200);
    }
}

/// Returns the error output of a command that fails.
fn refused(folder: &Path, command: &str, public_url: Option<&str>) -> String {
    let mut command_line = wandstore(folder);
    command_line.env("SHOPIFY_API_KEY", "key").env("SHOPIFY_API_SECRET", SECRET).arg(command);
    command_line.envs(public_url.map(|url| ("WANDSTORE_PUBLIC_URL", url)));
    let output = command_line.output().expect("the binary is built");
    assert!(!output.status.success(), "{command}");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn an_admin_without_a_public_url_or_with_a_wrong_one_is_refused_at_the_start() {
    let folder = tempfile::tempdir().expect("a folder");
    for command in ["serve", "check"] {
        let told = refused(folder.path(), command, None);
        assert!(
            told.contains("server.public_url is not set") && told.contains("WANDSTORE_PUBLIC_URL"),
            "{told}"
        );
        let told = refused(folder.path(), command, Some("wandstore.example/admin"));
        assert!(told.contains(r#"server.public_url is "wandstore.example/admin": it must be"#), "{told}");
    }
}

#[tokio::test]
async fn a_saved_tone_makes_pages_planned_anew_and_a_saved_colour_rendered_again() {
    let (origin, _) = shopify().await;
    let model = LlmServer::open([Saying::Text(plan())]).await;
    let folder = tempfile::tempdir().expect("a folder");
    let host = start(folder.path(), &origin, &[("AI_GATEWAY_URL", &model.url), ("LLM_API_KEY", "sk")]);
    open_admin(&host).await;
    let hit = async || {
        let answer = fragment(&host).await;
        (answer.header("x-cache") == "HIT").then_some(answer)
    };
    fragment(&host).await;
    eventually("the page is made", hit).await;
    assert_eq!(model.requests().len(), 1);

    for (form, asked_times) in [
        (FORM.replace("dry", "warm+and+clear"), 1),
        (FORM.to_owned(), 2),
        (FORM.replace("banned_words=", "banned_words=cheap"), 3),
        (FORM.replace("banned_words=", "banned_words=cheap").replace("%23112233", "%23332211"), 3),
    ] {
        assert_eq!(save(&host, &form).await.status, 200);
        // The stored page is shown meanwhile.
        let meanwhile =
            host.get(&signed("/proxy/fragment", &CONSENT, now_s())).await.expect("the host answers");
        assert_eq!(meanwhile.header("x-cache"), "STALE", "{form}");
        eventually("the page is made again", hit).await;
        assert_eq!(model.requests().len(), asked_times, "{form}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_app_secret_is_found_by_check() {
    let folder = tempfile::tempdir().expect("a folder");
    for (status, error, told) in [
        (401, "invalid_client", "error: Shopify does not accept the app's client id and secret"),
        (400, "application_cannot_be_found", "error: Shopify does not accept the app's client id and secret"),
        (400, "invalid_request", "app secret: accepted by Shopify"),
        (503, "busy", "app secret: not checked"),
    ] {
        let origin = refusing(status, error).await;
        let mut check = wandstore(folder.path());
        check.envs([("SHOPIFY_API_KEY", "key"), ("SHOPIFY_API_SECRET", SECRET), ("SHOPIFY_STORE", SHOP)]);
        check.envs([("SHOPIFY_ORIGIN", &*origin), ("WANDSTORE_PUBLIC_URL", PUBLIC_URL)]).arg("check");
        let output = check.output().expect("the binary is built");
        let said =
            [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat();
        assert!(said.contains(told), "{said}");
        assert_eq!(output.status.success(), told.starts_with("app secret"), "{said}");
    }
}
