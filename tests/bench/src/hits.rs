//! Deployments with stored pages, whose requests are hits.

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::bail;
use capabilities::blob::{Blob as _, ObjectStore};

use crate::client::{Answer, Client};
use crate::floor::SECRET;
use crate::server::Server;

/// The page size that the performance target refers to.
pub const PAGE_BYTES: usize = 16 << 10;
/// How many shoppers request their pages through the app proxy.
const SHOPPERS: usize = 200;
const DOMAIN: &str = "magic-wands.myshopify.com";

/// A server with pages in its cache, and the targets that return them.
pub struct Hits {
    /// The server.
    pub server: Server,
    /// The targets.
    pub targets: Vec<String>,
    /// The response to the first.
    pub answer: Answer,
}

/// Starts a server with the page of one shopper, in `folder`.
pub fn page(
    folder: &Path,
    start: impl Fn(&Path, &[(&str, &str)]) -> anyhow::Result<Server>,
) -> anyhow::Result<Hits> {
    store(folder, "magic-wands", &["bench".to_owned()])?;
    let server = start(folder, &[])?;
    Hits::cached(server, vec!["/s/magic-wands?shopper=bench".to_owned()])
}

/// Starts a server with the pages of 200 shoppers of a shop on Shopify. Their requests are signed, as its app proxy
/// forwards them: the theme's block asks for them.
pub fn signed(
    folder: &Path,
    start: impl Fn(&Path, &[(&str, &str)]) -> anyhow::Result<Server>,
) -> anyhow::Result<Hits> {
    let visitors: Vec<_> = (0..SHOPPERS).map(|at| format!("visitor-of-this-shop-{at:04}")).collect();
    let shoppers: Vec<_> = visitors.iter().map(|visitor| format!("visitor-{visitor}_DE-DE")).collect();
    store(folder, DOMAIN, &shoppers)?;
    let config = format!("[shops.\"{DOMAIN}\"]\nname = \"Magic Wands\"\nholdout = 0\n");
    std::fs::write(folder.join("wandstore.toml"), config)?;
    let server = start(folder, &[("SHOPIFY_API_SECRET", SECRET)])?;
    // A signature is valid for a minute and a half, also before its time.
    let now_s = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs() + 60;
    Hits::cached(server, visitors.iter().map(|visitor| fragment_of(visitor, now_s)).collect())
}

/// Returns the signed request for a visitor's fragment.
fn fragment_of(visitor: &str, now_s: u64) -> String {
    let timestamp = now_s.to_string();
    let parameters = [
        ("context", "home"),
        ("visitor", visitor),
        ("consent", "1"),
        ("country", "DE"),
        ("language", "DE"),
        ("shop", DOMAIN),
        ("logged_in_customer_id", ""),
        ("path_prefix", "/apps/wand"),
        ("timestamp", &timestamp),
    ];
    let signature = signing::proxy(SECRET, &parameters);
    let query = parameters.map(|(name, value)| format!("{name}={}", value.replace('/', "%2F"))).join("&");
    format!("/proxy/fragment?{query}&signature={signature}")
}

/// Puts a page of 16 KiB for each shopper into long-term storage, as caching would.
fn store(folder: &Path, shop: &str, shoppers: &[String]) -> anyhow::Result<()> {
    let document = format!("<!doctype html>{}", "x".repeat(PAGE_BYTES));
    let head = "<!--wand explorer 50 local bench 1 99999999999999 0-->\n<!--part 15 16384-->\n";
    std::fs::create_dir_all(folder.join("blobs"))?;
    let blob = ObjectStore::folder(&folder.join("blobs"))?;
    let runtime = tokio::runtime::Builder::new_multi_thread().build()?;
    for shopper in shoppers {
        let key = format!("generated/{shop}:{shopper}.html");
        runtime.block_on(blob.put("UI_STORAGE", &key, [head, &document].concat().into()))?;
    }
    Ok(())
}

impl Hits {
    /// Requests each page twice, so that memory has it.
    fn cached(server: Server, targets: Vec<String>) -> anyhow::Result<Self> {
        let mut client = Client::connect(server.address())?;
        let mut last = None;
        for target in targets.iter().chain(&targets) {
            last = Some(client.get(target)?);
        }
        let Some(answer) = last.filter(|answer| answer.header("x-cache") == Some("HIT")) else {
            bail!("the page is not a hit");
        };
        Ok(Self { server, targets, answer })
    }
}
