//! What personal pages change: who is held out, what is counted, and the reports on it.

use std::path::Path;
use std::time::Duration;

use experiments::{Aggregates, Arm, Cell, Earlier, Group, Report, Rollout, Rollouts};
use host::config::{Config, Environment};
use model::shop::{Share, VariantArm};
use model::{Key, PageKind, Persona, ShopId};

use crate::harness::process::{command, run};
use crate::harness::shopify::{CONSENT, SHOP, VISITOR, now_s, shop};
use crate::harness::{Host, eventually};

/// A visitor who is held out if a tenth is. `VISITOR` is not.
const HELD_OUT: [(&str, &str); 2] = [("visitor", "held-out-shopper-00001"), ("consent", "1")];
const SEEN: &str = r#"{"events":[{"type":"seen"}]}"#;
const CARTED: &str = r#"{"events":[{"type":"add-to-cart","product":"wand-1"}]}"#;
const VISITS: &str = r#"{"events":[{"type":"visit"},{"type":"visit"},{"type":"visit"},{"type":"visit"}]}"#;

async fn comparing() -> Host {
    // On a developer's machine nothing is compared. A tenth is the default.
    shop().settings(|settings| settings.development = false).open().await
}

fn set_holdout(host: &Host, basis_points: u16) {
    let settings = &host.deployment.capabilities.settings;
    let open = settings.now().shops[SHOP].clone();
    let holdout = Share::of_basis_points(basis_points).expect("it is a share");
    settings.set_shop(SHOP, model::shop::ShopSettings { holdout, ..open });
}

async fn sums(host: &Host) -> Aggregates {
    let shop = ShopId::parse(SHOP).expect("it is an id");
    host::effects::sums(&*host.deployment.capabilities.kv, &shop).await.expect("they are read")
}

/// Returns what was counted of an arm, under every share.
async fn counted(host: &Host, arm: Arm) -> Cell {
    let mut sum = Cell::default();
    sums(host).await.groups().filter(|(group, _)| group.arm == arm).for_each(|(_, cell)| sum += *cell);
    sum
}

#[tokio::test]
async fn a_holdout_shopper_sees_the_unpersonalised_page_always_and_causes_no_job() {
    let host = comparing().await;
    for round in 0..3 {
        let page = host.proxy("/proxy/fragment", &HELD_OUT).await;
        assert_eq!((page.status, page.header("x-generated")), (200, "false"), "{round}");
        assert_eq!(page.header("x-generation-triggered"), "false");
        let place = [HELD_OUT[0], HELD_OUT[1], ("country", "FR"), ("language", "FR")];
        let in_theme = host.proxy("/proxy", &place).await;
        assert!(in_theme.body.contains("data-generated=\"false\""), "{}", in_theme.body);
        assert_eq!(host.report(&HELD_OUT, ["n1", "n2", "n3"][round], VISITS).await.json("stored"), 4);
        assert_eq!(host.ready(&HELD_OUT).await, "none");
    }
    let kept = host.all_that_is_kept().await;
    assert!(!kept.contains("job ") && !kept.contains(" ui:"), "no job and no page: {kept}");
    host.fragment().await;
    assert_eq!(host.ready(&CONSENT).await, "ready", "the others get theirs");
}

#[tokio::test]
async fn the_arm_is_the_same_after_a_restart_and_on_every_host() {
    for _ in ["a host", "the host after a restart, or another"] {
        let host = comparing().await;
        assert_eq!(host.proxy("/proxy/fragment", &HELD_OUT).await.header("x-generation-triggered"), "false");
        assert_eq!(host.fragment().await.header("x-generation-triggered"), "true");
    }
}

#[tokio::test]
async fn replayed_forged_and_early_events_count_once_or_not_at_all() {
    let host = comparing().await;
    assert_eq!(host.report(&CONSENT, "n0", CARTED).await.json("stored"), 1);
    assert_eq!(counted(&host, Arm::Personal).await, Cell::default(), "before they saw the block");
    assert_eq!(host.report(&CONSENT, "n1", SEEN).await.json("stored"), 1);
    assert_eq!(host.report(&CONSENT, "n1", SEEN).await.status, 409, "replayed");
    for nonce in ["n2", "n3"] {
        host.report(&CONSENT, nonce, SEEN).await;
        host.report(&CONSENT, &format!("{nonce}c"), CARTED).await;
    }
    let unsigned = format!(r#"{{"store":"{SHOP}","shopper":"forged","events":[{{"type":"seen"}}]}}"#);
    host.post("/api/shopper/track", unsigned).await;
    let wrong =
        format!("/proxy/track?shop={SHOP}&visitor={VISITOR}&consent=1&nonce=x&signature={}", "0".repeat(64));
    assert_eq!(host.post(&wrong, SEEN).await.status, 401);
    assert_eq!(counted(&host, Arm::Personal).await, Cell { shoppers: 1, carted: 1, ..Cell::default() });
    assert_eq!(counted(&host, Arm::Holdout).await, Cell::default());
}

#[tokio::test]
async fn without_consent_nothing_is_stored_and_nobody_is_held_out() {
    let host = comparing().await;
    let refusing = [HELD_OUT[0], ("logged_in_customer_id", "7")];
    assert_eq!(host.report(&refusing, "n1", SEEN).await.json("stored"), 0);
    assert_eq!(host.all_that_is_kept().await, "");
    host.proxy("/proxy/fragment", &refusing).await;
    assert_eq!(host.ready(&refusing).await, "ready", "they share the page of their context");
    assert!(!host.all_that_is_kept().await.contains("held-out-shopper"));
}

#[tokio::test]
async fn a_holdout_that_is_changed_in_between_starts_a_comparison_of_its_own() {
    let host = comparing().await;
    host.report(&HELD_OUT, "n1", SEEN).await;
    host.report(&CONSENT, "n2", SEEN).await;
    set_holdout(&host, 500);
    let page = host.proxy("/proxy/fragment", &HELD_OUT).await;
    assert_eq!(page.header("x-generation-triggered"), "true", "they are not held out any more");
    host.report(&HELD_OUT, "n3", SEEN).await;
    host.report(&HELD_OUT, "n4", CARTED).await;
    assert_eq!(counted(&host, Arm::Holdout).await, Cell { shoppers: 1, ..Cell::default() });
    let newcomer = [("visitor", "personal-page-shopper-1"), CONSENT[1]];
    host.report(&newcomer, "n5", SEEN).await;
    let shop = ShopId::parse(SHOP).expect("it is an id");
    let kv = &*host.deployment.capabilities.kv;
    let share = sums(&host).await.last_share().expect("somebody was counted");
    assert_eq!(share.basis_points(), 500);
    let report: Report = host::effects::report(kv, &shop, share, now_s() * 1_000).await.expect("it is read");
    assert_eq!((report.sizes.holdout, report.sizes.personal, report.others), (0, 1, 2));
    assert!(
        report.notes().iter().any(|note| note.starts_with("2 shoppers were counted")),
        "{:?}",
        report.notes()
    );
    set_holdout(&host, 0);
    host.report(&[("visitor", "personal-page-shopper-9"), CONSENT[1]], "n6", SEEN).await;
    assert_eq!(counted(&host, Arm::Personal).await.shoppers, 2, "without a holdout nobody is counted");
}

#[tokio::test]
async fn a_redaction_deletes_who_was_counted_and_that_of_a_shop_the_sums_too() {
    let host = comparing().await;
    let customer = [CONSENT[0], CONSENT[1], ("logged_in_customer_id", "7")];
    host.report(&customer, "n1", SEEN).await;
    host.report(&customer, "n2", CARTED).await;
    assert!(host.all_that_is_kept().await.contains(&format!("unit:{SHOP}:customer-7")));
    let body =
        format!(r#"{{"shop_id":1,"shop_domain":"{SHOP}","customer":{{"id":7}},"data_request":{{"id":9}}}}"#);
    host.webhook("customers/data_request", "w1", &body).await;
    host.audited("customers/data_request").await;
    let kept = host.all_that_is_kept().await;
    let report = kept.lines().find(|line| line.contains(" report:")).expect("there is a report");
    assert!(report.contains(r#""counted":{"#) && report.contains(r#""carted":true"#), "{report}");

    host.webhook("customers/redact", "w2", &body).await;
    host.audited("customers/redact").await;
    let kept = host.all_that_is_kept().await;
    // The mark of the redaction stays for five minutes.
    let named = kept.lines().filter(|line| line.contains("customer-7") && !line.contains(" forgotten:"));
    assert_eq!(named.collect::<Vec<_>>(), [""; 0]);
    assert_eq!(counted(&host, Arm::Personal).await.carted, 1, "sums name nobody");

    host.webhook("shop/redact", "w3", &body).await;
    host.audited("shop/redact").await;
    let gone = async || (!host.all_that_is_kept().await.contains("effects:")).then_some(());
    eventually("the sums are gone", gone).await;
}

/// Writes the sums of 60 days that ended two days ago, with a fifth more cart adds, into the storage in `folder`.
async fn write_sums(folder: &Path) {
    let mut config = Config::parse("", folder.to_owned(), &Environment::default()).expect("nothing is wrong");
    config.file.server.data_dir = folder.join("data");
    let capabilities = host::backends::open(&config).await.expect("it opens");
    let shop = ShopId::parse("magic-wands").expect("it is an id");
    let today = experiments::day(now_s() * 1_000);
    for day in today - 61..today - 1 {
        let mut sums = Aggregates::default();
        let side = |has_variant| Some(VariantArm { test: 7, has_variant });
        for (arm, variant, shoppers, carted) in [
            (Arm::Holdout, side(false), 500, 15),
            (Arm::Personal, side(false), 2_250, 81),
            (Arm::Personal, side(true), 2_250, 120),
        ] {
            let group = Group {
                day,
                share: Share::TENTH,
                arm,
                persona: Persona::Loyalist,
                page: Some(PageKind::Cart),
                earlier: Earlier::New,
                variant,
            };
            sums.add(
                group,
                Cell { shoppers, carted, views: shoppers, views_squared: 2 * shoppers, ..Cell::default() },
            )
            .expect("it fits");
        }
        let key = Key::Effects(&shop, day, 0).to_string();
        capabilities
            .kv
            .set("GENERATION_QUEUE", &key, sums.encode().into(), None)
            .await
            .expect("it is written");
    }
}

/// Writes a Rollout that began ten days before the last complete one and goes on.
async fn write_rollout(folder: &Path) {
    let mut config = Config::parse("", folder.to_owned(), &Environment::default()).expect("nothing is wrong");
    config.file.server.data_dir = folder.join("data");
    let capabilities = host::backends::open(&config).await.expect("it opens");
    let shop = ShopId::parse("magic-wands").expect("it is an id");
    let today_ms = now_s() / 86_400 * 86_400_000;
    let sale = Rollout::new("Summer sale", today_ms - 11 * 86_400_000, None);
    let kept = host::effects::keep_rollouts(&*capabilities.kv, &shop, &Rollouts::of([sale])).await;
    kept.expect("they are written");
}

#[tokio::test]
async fn the_operator_reads_the_report_as_a_table_and_as_csv() {
    let folder = tempfile::tempdir().expect("a folder");
    let nobody = run(folder.path(), &["report", "effects", "magic-wands"]);
    assert!(!nobody.status.success(), "nobody was counted");
    assert!(
        String::from_utf8_lossy(&nobody.stderr).contains("no shopper of magic-wands has been counted yet")
    );
    write_sums(folder.path()).await;

    let table = command(folder.path(), &["report", "effects", "magic-wands"]);
    assert!(table.starts_with("holdout 10 %, 60 complete days\n"), "{table}");
    let all = table.lines().find(|line| line.starts_with("All shoppers")).expect("there is a row");
    assert!(all.contains("3.00 % of 30000") && all.contains("3.60 % of 135000"), "{table}");
    assert!(all.contains("More with personal pages: between 0."), "{table}");
    assert!(table.contains("well over a year for 3 %"), "{table}");
    assert!(table.contains("\nvariant 00000007, 60 complete days\n"), "{table}");
    let (_, variant) = table.split_once("without it").expect("there is a table of the variant");
    assert!(variant.contains("3.60 % of 135000") && variant.contains("5.33 % of 135000"), "{table}");
    assert!(variant.contains("More with the variant: between 1."), "{table}");

    let csv = command(folder.path(), &["report", "effects", "magic-wands", "--csv"]);
    let fields: Vec<Vec<_>> = csv.lines().map(|line| line.split(',').collect()).collect();
    assert!(fields.len() == 20 && fields.iter().all(|line| line.len() == fields[0].len()), "{csv}");
    assert_eq!(
        fields[1][..9],
        ["magic-wands", "personal pages", "10", "60", "all", "cart adds", "30000", "135000", "0.030000"],
        "{csv}"
    );
    assert_eq!(
        fields[17][1..8],
        ["variant 00000007", "", "60", "all", "cart adds", "135000", "135000"],
        "{csv}"
    );
    let days = command(folder.path(), &["report", "effects", "magic-wands", "--days", "--csv"]);
    let fields: Vec<Vec<_>> = days.lines().map(|line| line.split(',').collect()).collect();
    assert!(fields.len() == 121 && fields.iter().all(|line| line.len() == 25), "{days}");
    assert_eq!(
        fields[1][2..14],
        ["all", "all", "", "", "", "", "", "", "500", "4500", "15", "201"],
        "{days}"
    );
    assert_eq!(fields[2][2..4], ["cart", "loyalist"], "{days}");
    assert_eq!(fields[2][11], "4500", "{days}");
    let table = command(folder.path(), &["report", "effects", "magic-wands", "--days"]);
    assert!(table.contains("15 / 201") && table.contains("Cost of one more order: not known yet"), "{table}");
    write_rollout(folder.path()).await;
    let table = command(folder.path(), &["report", "effects", "magic-wands"]);
    assert!(table.starts_with("holdout 10 %, 49 complete days\n11 days are left out"), "{table}");
    assert!(table.contains("on which Rollouts changed the shop: Summer sale."), "{table}");
    let other = command(folder.path(), &["report", "effects", "magic-wands", "--holdout", "20"]);
    assert!(other.contains("300000 shoppers were counted while the holdout was another"), "{other}");
}

#[tokio::test]
async fn a_day_is_reported_when_its_shoppers_are_complete() {
    let host = comparing().await;
    host.report(&HELD_OUT, "n1", SEEN).await;
    host.report(&CONSENT, "n2", SEEN).await;
    let shop = ShopId::parse(SHOP).expect("it is an id");
    let capabilities = &host.deployment.capabilities;
    for (days, complete) in [(0, 0), (1, 0), (1, 1), (1, 2)] {
        host.controls.clock.advance(Duration::from_secs(days * 86_400));
        let now_ms = capabilities.clock.now_ms();
        let report = host::effects::report(&*capabilities.kv, &shop, Share::TENTH, now_ms).await;
        let report = report.expect("it is read");
        assert_eq!((report.days, report.sizes.holdout, report.sizes.personal), (complete, 1, 1));
        assert_eq!(report.rows[0].words(), "Not enough data yet.");
    }
}
