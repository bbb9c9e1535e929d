//! What personal pages change and are worth, in the metrics.

use std::path::Path;

use experiments::{Aggregates, Arm, Cell, Earlier, Group};
use host::config::{Config, Environment};
use model::shop::Share;
use model::{Key, PageKind, Persona, ShopId};

use crate::harness::Process;
use crate::harness::process::warm;
use crate::harness::shopify::{SHOP, now_s};
use crate::installation::{open_admin, open_admin_at, shopify, start_with};

/// The demo shop, which strangers may open, beside shops that installed the app.
const CONFIG: &str = "[server]\nunsigned_routes = true\n\n[shops.magic-wands]\nname = \"Magic Wands\"\n\n";

/// Starts a host with an installed shop in which shoppers were counted, and has its merchant look at the comparison.
pub async fn compared(folder: &Path) -> Process {
    let (origin, _) = shopify().await;
    warm(folder);
    count_shoppers(folder).await;
    let host = start_with(CONFIG, folder, &origin, &[]);
    open_admin(&host).await;
    open_admin_at(&host, "/admin/experiments").await;
    host
}

/// Writes the sums of 60 days that ended two days ago, with a third more cart adds, into the storage in `folder`.
async fn count_shoppers(folder: &Path) {
    let mut config = Config::parse("", folder.to_owned(), &Environment::default()).expect("nothing is wrong");
    config.file.server.data_dir = folder.join("data");
    let capabilities = host::backends::open(&config).await.expect("it opens");
    let shop = ShopId::parse(SHOP).expect("it is an id");
    let today = experiments::day(now_s() * 1_000);
    for day in today - 61..today - 1 {
        let mut sums = Aggregates::default();
        for (arm, shoppers, carted) in [(Arm::Holdout, 500, 15), (Arm::Personal, 4_500, 180)] {
            let group = Group {
                day,
                share: Share::TENTH,
                arm,
                persona: Persona::Loyalist,
                page: Some(PageKind::Cart),
                earlier: Earlier::New,
                variant: None,
            };
            let cell =
                Cell { shoppers, carted, views: shoppers, views_squared: 2 * shoppers, ..Cell::default() };
            sums.add(group, cell).expect("it fits");
        }
        let key = Key::Effects(&shop, day, 0).to_string();
        let written = capabilities.kv.set("GENERATION_QUEUE", &key, sums.encode().into(), None).await;
        written.expect("it is written");
    }
}

/// Returns the value of a metric of the shop with these labels.
fn value(metrics: &str, name: &str, labels: &[(&str, &str)]) -> f64 {
    let labels: Vec<_> =
        labels.iter().chain(&[("shop", SHOP)]).map(|(key, value)| format!("{key}=\"{value}\"")).collect();
    let is_it = |line: &&str| {
        let found = line
            .strip_prefix(name)
            .and_then(|rest| rest.strip_prefix('{'))
            .and_then(|rest| rest.split_once('}'));
        found.is_some_and(|(found, _)| {
            found.split(',').count() == labels.len()
                && labels.iter().all(|label| found.contains(label.as_str()))
        })
    };
    let line = metrics.lines().find(is_it).unwrap_or_else(|| panic!("no {name} with {labels:?}: {metrics}"));
    line.rsplit(' ').next().and_then(|value| value.parse().ok()).expect("it has a value")
}

#[tokio::test]
async fn the_metrics_have_the_effect_and_the_worth_of_personal_pages() {
    let folder = tempfile::tempdir().expect("a folder");
    let host = compared(folder.path()).await;
    let metrics = host.get("/metrics").await.expect("it serves").body;
    let effect = |end| value(&metrics, "wandstore_effect", &[("measure", "cart adds"), ("end", end)]);
    let (low, difference, high) = (effect("low"), effect("difference"), effect("high"));
    // 3 % of those who were held out, and 4 % of the others.
    assert!((difference - 0.01).abs() < 1e-9, "{difference}");
    assert!(0.0 < low && low < difference && difference < high && high < 0.02, "{low} {high}");
    let worth = |what| {
        let line = [("page", "cart"), ("persona", "loyalist"), ("what", what)];
        value(&metrics, "wandstore_worth", &line)
    };
    assert!((worth("cart_adds") - 195.0).abs() < 1e-9, "of both groups on the last complete day");
    assert!(worth("orders").abs() < 1e-9);
    assert!(!metrics.contains("wandstore_variant_effect"), "no variant is tested");
}
