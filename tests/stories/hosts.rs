//! Several hosts on one database of PostgreSQL: the binary twice, with a data folder for each.

use std::path::Path;

use capabilities::postgres::server::Schema;
use serde_json::Value;
use tempfile::TempDir;
use tokio::task::JoinSet;

use crate::harness::process::wandstore;
use crate::harness::shopify::{SECRET, SHOP, webhook_headers};
use crate::harness::{Answer, Process, eventually};
use crate::installation::{fragment, open_admin, open_admin_at, session_token, shopify, start_with};

/// The key of merchants' tokens, which the hosts share.
const KEY: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

const ALL_IN_POSTGRES: &str = "
[backends]
kv.kind = 'postgres'
jobs.kind = 'postgres'
shops.kind = 'postgres'
budget.kind = 'postgres'
";

/// Two hosts of one deployment, and the simulated Shopify's count of requests for tokens.
struct Hosts {
    one: Process,
    two: Process,
    folders: [TempDir; 2],
    schema: Schema,
}

impl Hosts {
    /// Returns none if there is no server.
    async fn start() -> Option<Self> {
        let schema = Schema::create().await?;
        let (origin, _) = shopify().await;
        let folders = [(); 2].map(|()| tempfile::tempdir().expect("a folder"));
        let url = schema.url().to_string();
        let variables = [("DATABASE_URL", url.as_str()), ("WANDSTORE_ENCRYPTION_KEY", KEY)];
        let [one, two] =
            [0, 1].map(|host: usize| start_with(ALL_IN_POSTGRES, folders[host].path(), &origin, &variables));
        Some(Self { one, two, folders, schema })
    }

    /// Runs a command on the data of both. Returns whether it succeeded, and its lines of either output.
    fn command(&self, arguments: &[&str]) -> (bool, String) {
        let mut command = wandstore(self.folders[0].path());
        let url = self.schema.url().to_string();
        let output =
            command.args(arguments).env("DATABASE_URL", url).env("WANDSTORE_ENCRYPTION_KEY", KEY).output();
        let output = output.expect("the binary is built");
        let lines = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8_lossy(&lines).into_owned())
    }
}

async fn serves(host: &Process) -> bool {
    fragment(host).await.status == 200
}

/// Returns whether the visitor gets a page of their own.
async fn shows_own(host: &Process) -> bool {
    fragment(host).await.header("x-cache") == "HIT"
}

/// Saves settings as a merchant does, on two pages.
async fn save(host: &Process, tone: &str, paused: bool) {
    let brand = format!("tone={tone}&accent=&surface=&banned_words=&promises=");
    let settings = if paused { "paused=on" } else { "" };
    for (page, form) in [("brand", brand), ("settings", settings.to_owned())] {
        let request = reqwest::Client::new().post(format!("http://{}/admin/{page}", host.address));
        let request = request.header("authorization", format!("Bearer {}", session_token())).body(form);
        let answer = Answer::read(request.send().await.expect("the host answers")).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
    }
}

/// Sends a webhook. Returns whether it was new, or none if Shopify is to repeat it.
async fn tell(address: String, topic: &'static str, id: String) -> Option<bool> {
    let body = format!(
        r#"{{"shop_id":1,"shop_domain":"{SHOP}","customer":{{"id":7041}},"data_request":{{"id":9}}}}"#
    );
    let headers = webhook_headers(SECRET, topic, &id, &body);
    let request = reqwest::Client::new().post(format!("http://{address}/webhooks")).body(body);
    let request = headers.into_iter().fold(request, |request, (name, value)| request.header(name, value));
    let told = Answer::read(request.send().await.expect("the host answers")).await;
    match told.status {
        200 => Some(told.json("taken") == Value::Bool(true)),
        503 => None,
        _ => panic!("{}: {}", told.status, told.body),
    }
}

#[tokio::test]
async fn a_merchants_action_on_one_host_applies_on_the_other() {
    let Some(hosts) = Hosts::start().await else { return };
    let Hosts { one, two, .. } = &hosts;
    assert!(!serves(one).await && !serves(two).await);
    open_admin(one).await;
    eventually("the other host serves it", async || serves(two).await.then_some(())).await;

    save(one, "dry", false).await;
    assert!(open_admin_at(two, "/admin/brand").await.contains(r#"value="dry""#));
    eventually("the visitor's page is made", async || {
        (shows_own(one).await && shows_own(two).await).then_some(())
    })
    .await;
    // A paused shop shows everybody the same.
    save(two, "dry", true).await;
    eventually("the shop is paused here too", async || (!shows_own(one).await).then_some(())).await;
    save(one, "dry", false).await;
    eventually("and goes on there too", async || shows_own(two).await.then_some(())).await;

    assert_eq!(tell(two.address.clone(), "app/uninstalled", "gone".to_owned()).await, Some(true));
    eventually("it is gone here too", async || (!serves(one).await).then_some(())).await;
    let is_through = async || hosts.command(&["audit"]).1.contains("gone").then_some(());
    eventually("the uninstallation is through", is_through).await;
    for host in [one, two] {
        open_admin(host).await;
        eventually("it is back", async || (serves(one).await && serves(two).await).then_some(())).await;
    }
}

#[tokio::test]
async fn a_webhook_that_arrives_at_two_hosts_is_done_once() {
    let Some(hosts) = Hosts::start().await else { return };
    open_admin(&hosts.one).await;
    let addresses = [&hosts.one, &hosts.two].map(|host| host.address.clone());
    for round in 0..8 {
        let mut deliveries = JoinSet::new();
        for address in addresses.iter().cycle().take(4).cloned() {
            deliveries.spawn(tell(address, "customers/data_request", format!("request-{round}")));
        }
        let taken: Vec<_> = deliveries.join_all().await;
        assert_eq!(taken.iter().filter(|taken| **taken == Some(true)).count(), 1, "{taken:?}");
    }
    let last = "request-7".to_owned();
    let told = eventually("all are done", async || {
        let told = hosts.command(&["audit"]).1;
        (0..8).all(|round| told.contains(&format!("request-{round}"))).then_some(told)
    })
    .await;
    assert_eq!(told.lines().filter(|line| line.contains("data_request")).count(), 8, "{told}");
    for address in addresses {
        assert_eq!(tell(address, "customers/data_request", last.clone()).await, Some(false));
    }
}

#[tokio::test]
async fn commands_say_what_is_in_the_database_and_refuse_that_of_another_deployment() {
    let Some(hosts) = Hosts::start().await else { return };
    let (is_fine, told) = hosts.command(&["check"]);
    assert!(is_fine && told.contains("its tables are up to date"), "{told}");
    let (is_fine, told) = hosts.command(&["migrate"]);
    assert!(is_fine && told.contains(": up to date"), "{told}");

    rename(hosts.folders[0].path(), "another");
    let (is_fine, told) = hosts.command(&["check"]);
    assert!(!is_fine && told.contains("whose name is `wandstore` and not `another`"), "{told}");
    assert_eq!(told.lines().count(), 1, "{told}");
    let (is_fine, told) = hosts.command(&["serve", "--listen", "127.0.0.1:0"]);
    assert!(!is_fine && told.contains("belongs to another deployment"), "{told}");
    let (is_fine, told) = hosts.command(&["migrate", "--take-over"]);
    assert!(is_fine, "{told}");
    assert!(hosts.command(&["check"]).0);
}

/// Gives the deployment another name in the configuration of a host.
fn rename(folder: &Path, name: &str) {
    let path = folder.join("wandstore.toml");
    let before = std::fs::read_to_string(&path).expect("it is there");
    std::fs::write(path, format!("[server]\ndeployment = '{name}'\n{before}")).expect("it is writable");
}
