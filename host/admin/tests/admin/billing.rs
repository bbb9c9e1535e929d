//! A merchant's plan, from the first free day to the uninstallation.

use admin::Billing;
use model::Persona;
use serde_json::{Value, json};

use crate::harness::{Bench, SHOP, shop};

const FORM: &str = "questions=&persona=explorer&persona=loyalist";

fn billing() -> Billing {
    Billing { app_handle: "wandstore".into(), paid_plans: vec!["pro".into()] }
}

fn subscription(plan: &str, status: &str, trial_days: u64) -> Value {
    json!([{
        "status": status,
        "trialDays": trial_days,
        "createdAt": "2026-09-20T00:00:00Z",
        "lineItems": [{ "plan": { "pricingDetails": { "planHandle": plan } } }],
    }])
}

/// Turns two of the four personas off.
async fn choose(bench: &Bench) {
    assert_eq!(bench.save_at("/admin/pages", Some(&bench.token(SHOP)), FORM).await.status, 200);
}

/// Returns whether everything is served that the merchant chose, and not only what is free.
fn has_all(bench: &Bench) -> bool {
    let served = bench.host.shop(SHOP).unwrap();
    let wanted: Vec<_> = Persona::ALL.into_iter().filter(|persona| served.wants(*persona)).collect();
    match (served.has_model, served.holdout.basis_points(), wanted.as_slice()) {
        (true, 1_000, [Persona::Explorer, Persona::Loyalist]) => true,
        (false, 0, [Persona::Explorer]) => false,
        other => panic!("neither plan: {other:?}"),
    }
}

#[tokio::test]
async fn a_plan_is_tried_upgraded_downgraded_frozen_and_cancelled_and_no_choice_is_lost() {
    let Some(bench) = Bench::selling(billing()).await else { return };
    *bench.shopify.subscriptions.lock().unwrap() = Some(json!([]));
    bench.visit(SHOP).await;
    choose(&bench).await;
    assert!(!has_all(&bench), "without a subscription, what is free");
    for (subscriptions, is_paid, told) in [
        (subscription("pro", "ACTIVE", 14), true, "Your trial ends on Oct 4, 2026."),
        (subscription("pro", "ACTIVE", 0), true, "Everything is included."),
        (subscription("starter", "ACTIVE", 0), false, "Free: "),
        (subscription("pro", "ACTIVE", 0), true, "Everything is included."),
        (subscription("pro", "FROZEN", 0), false, "Your subscription is not active"),
        (subscription("pro", "ACTIVE", 0), true, "Everything is included."),
        (subscription("pro", "CANCELLED", 0), false, "Your subscription is not active"),
        (json!([]), false, "Free: "),
        (subscription("pro", "ACTIVE", 0), true, "Everything is included."),
    ] {
        *bench.shopify.subscriptions.lock().unwrap() = Some(subscriptions.clone());
        bench.host.asked();
        let page = bench.visit_at("/admin/settings", SHOP).await.text;
        assert_eq!(has_all(&bench), is_paid, "{subscriptions}");
        assert!(
            page.contains(told) && page.contains("/store/magic-wands/charges/wandstore/pricing_plans"),
            "{page}"
        );
        let bumps = bench.host.asked().iter().filter(|asked| asked.starts_with("bump")).count();
        assert!(bumps <= 1, "existing pages are made again once");
        for (path, details) in [
            ("/admin/experiments", "no shoppers are held out, no variant is tested"),
            ("/admin/pages", "pages are made for one kind of shopper, the first that is on below"),
        ] {
            let page = bench.visit_at(path, SHOP).await.text;
            let told = ["Not in your plan", details, "/store/magic-wands/charges/wandstore/pricing_plans"];
            let is_told = told.map(|part| page.contains(part));
            assert_eq!(is_told, [!is_paid; 3], "{subscriptions}: {path}: {page}");
        }
    }
}

#[tokio::test]
async fn a_plan_that_cannot_be_read_stays_as_it_is_known() {
    let Some(mut bench) = Bench::selling(billing()).await else { return };
    *bench.shopify.subscriptions.lock().unwrap() = Some(subscription("pro", "ACTIVE", 0));
    bench.visit(SHOP).await;
    choose(&bench).await;
    *bench.shopify.subscriptions.lock().unwrap() = None;
    assert_eq!(bench.visit(SHOP).await.status, 200);
    assert!(has_all(&bench));
    bench.restart(&[1]).await;
    assert!(has_all(&bench), "it is stored");
    let (_other, host) = bench.other_host().await;
    assert!(host.shop(SHOP).unwrap().has_model, "and holds on every host");
}

#[tokio::test]
async fn the_plans_of_all_shops_are_read_from_time_to_time() {
    let Some(bench) = Bench::selling(billing()).await else { return };
    *bench.shopify.subscriptions.lock().unwrap() = Some(subscription("pro", "ACTIVE", 0));
    bench.visit(SHOP).await;
    choose(&bench).await;
    *bench.shopify.subscriptions.lock().unwrap() = Some(subscription("pro", "FROZEN", 0));
    bench.admin.read_pricing_plans().await;
    assert!(!has_all(&bench));
    let stored = bench.admin.installations().subscription(&shop(SHOP)).await.unwrap().unwrap();
    assert_eq!((stored.plan.as_str(), stored.is_active), ("pro", false));
}

#[tokio::test]
async fn an_uninstallation_ends_the_subscription() {
    let Some(bench) = Bench::selling(billing()).await else { return };
    *bench.shopify.subscriptions.lock().unwrap() = Some(subscription("pro", "ACTIVE", 0));
    bench.visit(SHOP).await;
    assert!(bench.admin.installations().subscription(&shop(SHOP)).await.unwrap().is_some());
    bench.admin.uninstalled(&shop(SHOP), u64::MAX >> 1).await.unwrap();
    assert_eq!(bench.admin.installations().subscription(&shop(SHOP)).await.unwrap(), None);
}

#[tokio::test]
async fn without_plans_nobody_is_asked_and_every_shop_has_everything() {
    let Some(bench) = Bench::start().await else { return };
    bench.visit(SHOP).await;
    choose(&bench).await;
    assert!(has_all(&bench));
    let queries = bench.shopify.queries.lock().unwrap();
    assert!(queries.iter().all(|(_, body)| !body.to_string().contains("activeSubscriptions")));
}
