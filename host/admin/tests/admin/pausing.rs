//! Personas that lose are paused, and the merchant is told and can undo it.

use experiments::{Rollout, Rollouts};
use model::Persona;
use serde_json::json;

use crate::harness::{Bench, SHOP};

const FORM: &str = "holdout=10";
const EXPERIMENTS: &str = "/admin/experiments";

fn paused(bench: &Bench) -> Vec<Persona> {
    bench.host.shop(SHOP).unwrap().personas_paused
}

#[tokio::test]
async fn a_losing_persona_is_paused_until_the_merchant_undoes_it_for_good() {
    let Some(bench) = Bench::start().await else { return };
    let token = bench.token(SHOP);
    bench.visit(SHOP).await;
    bench.admin.pause_losing().await;
    assert_eq!(paused(&bench), [], "it wins");
    assert!(bench.host.asked().contains(&format!("measure {SHOP}")));

    *bench.host.loses.lock().unwrap() = true;
    bench.admin.pause_losing().await;
    assert_eq!(paused(&bench), [Persona::Explorer]);
    let page = bench.visit_at(EXPERIMENTS, SHOP).await.text;
    assert!(page.contains("Paused, because personal pages lose"), "{page}");
    assert!(page.contains(r#"name="was_paused" value="explorer""#), "{page}");

    // A form that was opened before, and the same with the choice left as it is.
    for form in [FORM.to_owned(), format!("{FORM}&was_paused=explorer&stay_paused=explorer")] {
        assert_eq!(bench.save_at(EXPERIMENTS, Some(&token), &form).await.status, 200);
        assert_eq!(paused(&bench), [Persona::Explorer]);
    }
    let page = bench.save_at(EXPERIMENTS, Some(&token), &format!("{FORM}&was_paused=explorer")).await;
    assert!(page.status == 200 && !page.text.contains("was_paused"), "{}", page.text);
    assert_eq!(paused(&bench), []);
    bench.admin.pause_losing().await;
    assert_eq!(paused(&bench), [], "the merchant wants them");

    // Another holdout is another comparison.
    bench.save_at(EXPERIMENTS, Some(&token), &FORM.replace("holdout=10", "holdout=20")).await;
    bench.admin.pause_losing().await;
    assert_eq!(paused(&bench), [Persona::Explorer]);
}

#[tokio::test]
async fn without_the_scope_nobody_is_asked_for_rollouts() {
    let Some(bench) = Bench::start().await else { return };
    bench.visit(SHOP).await;
    let kept = || bench.host.rollouts.lock().unwrap().clone();
    *bench.shopify.rollouts.lock().unwrap() =
        Some(json!([{ "name": "Sale", "startedAt": "2026-09-01T00:00:00Z", "concludedAt": null }]));
    bench.admin.pause_losing().await;
    assert_eq!(kept(), None, "the scope is not granted");
    let asked = bench.shopify.queries.lock().unwrap().len();
    assert_eq!(asked, 0);
}

#[tokio::test]
async fn a_scope_that_a_merchant_grants_is_taken_up_at_once_and_not_offered_again() {
    let Some(bench) = Bench::start().await else { return };
    let token = bench.token(SHOP);
    let offer = r#"data-scope="read_rollouts""#;
    assert!(bench.visit_at(EXPERIMENTS, SHOP).await.text.contains(offer));
    *bench.shopify.rollouts.lock().unwrap() =
        Some(json!([{ "name": "Sale", "startedAt": "2026-09-01T00:00:00Z", "concludedAt": null }]));

    // The merchant declined, and Shopify's tokens are as before.
    assert_eq!(bench.save_at("/admin/scopes", Some(&token), "").await.status, 204);
    assert!(bench.visit_at(EXPERIMENTS, SHOP).await.text.contains(offer));
    assert_eq!(*bench.host.rollouts.lock().unwrap(), None);

    *bench.shopify.more_scopes.lock().unwrap() = ",read_rollouts";
    assert_eq!(bench.save_at("/admin/scopes", None, "").await.status, 401);
    assert_eq!(bench.save_at("/admin/scopes", Some(&token), "").await.status, 204);
    assert!(!bench.visit_at(EXPERIMENTS, SHOP).await.text.contains(offer));
    let sale = Rollouts::of([Rollout::new("Sale", 1_788_220_800_000, None)]);
    assert_eq!(*bench.host.rollouts.lock().unwrap(), Some(sale));
}

#[tokio::test]
async fn rollouts_that_cannot_be_read_stay_as_they_were() {
    let Some(bench) = Bench::start().await else { return };
    *bench.shopify.more_scopes.lock().unwrap() = ",read_rollouts";
    bench.visit(SHOP).await;
    let nodes = json!([{ "name": "Sale", "startedAt": "2026-09-01T00:00:00Z", "concludedAt": null }]);
    let sale = Rollouts::of([Rollout::new("Sale", 1_788_220_800_000, None)]);
    let kept = || bench.host.rollouts.lock().unwrap().clone();
    for (told, expected) in
        [(Some(nodes), Some(sale.clone())), (None, Some(sale)), (Some(json!([])), Some(Rollouts::default()))]
    {
        *bench.shopify.rollouts.lock().unwrap() = told;
        bench.admin.pause_losing().await;
        assert_eq!(kept(), expected);
    }
}
