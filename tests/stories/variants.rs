//! Tests of variants: half of the shoppers with personal pages get another tone or another layout.

use std::sync::Arc;

use capabilities::Secret;
use capabilities::llm::{Client, Settings};
use experiments::{Arm, Assignment};
use host::pages;
use model::shop::{PlansPer, ShopSettings, Variant};
use model::{ShopId, ShopperId};

use crate::harness::shopify::{CONSENT, SHOP, shop};
use crate::harness::{Answer, Host, LlmServer, Saying};
use crate::llm::plan;

const SEEN: &str = r#"{"events":[{"type":"seen"}]}"#;

fn variant(line: &str) -> Option<Variant> {
    line.parse().ok()
}

/// Changes the settings of a shop, as its merchant does.
async fn change(host: &Host, id: &str, change: impl FnOnce(&mut ShopSettings)) {
    let settings = &host.deployment.capabilities.settings;
    let mut changed = settings.now().shops[id].clone();
    change(&mut changed);
    settings.set_shop(id, changed);
    pages::bump_catalog_version(&host.deployment, id).await.expect("it is bumped");
}

/// Returns whether a shopper gets the variant that a shop tests; `None` if they take no part.
fn has_variant(host: &Host, id: &str, shopper: &ShopperId) -> Option<bool> {
    let settings = &host.deployment.capabilities.settings.now().shops[id];
    let assignment = Assignment::of(settings, &ShopId::parse(id).expect("it is an id"), shopper);
    assignment.variant.filter(|_| assignment.arm == Arm::Personal).map(|side| side.has_variant)
}

/// Returns two visitors with personal pages: one without the variant, and one with it.
fn visitors(host: &Host) -> [String; 2] {
    let visitor = |has| {
        let mut ids = (0..100).map(|number| format!("personal-page-shopper-{number}"));
        let is = |id: &String| {
            let shopper = ShopperId::visitor(id).expect("it is an id");
            has_variant(host, SHOP, &shopper) == Some(has)
        };
        ids.find(is).expect("half of them do")
    };
    [visitor(false), visitor(true)]
}

fn look(page: &Answer) -> Option<&str> {
    let (_, after) = page.body.split_once("data-look=\"")?;
    after.split_once('"').map(|(look, _)| look)
}

#[tokio::test]
async fn half_of_the_shoppers_get_a_layout_that_is_tested_and_both_sides_are_counted() {
    // On a developer's machine nothing is compared.
    let host = shop().settings(|settings| settings.development = false).open().await;
    change(&host, SHOP, |shop| shop.variant = variant("layout: compact")).await;
    let mut looks = Vec::new();
    let visitors = visitors(&host);
    for (index, visitor) in visitors.iter().enumerate() {
        let of = [("visitor", visitor.as_str()), CONSENT[1]];
        host.proxy("/proxy/fragment", &of).await;
        assert_eq!(host.ready(&of).await, "ready");
        let page = host.proxy("/proxy/fragment", &of).await;
        assert_eq!((page.status, page.header("x-generated")), (200, "true"));
        looks.push(look(&page).expect("a look").to_owned());
        host.report(&of, ["n0", "n1"][index], SEEN).await;
    }
    assert!(looks[0] != "compact" && looks[1] == "compact", "{looks:?}");
    let kv = &*host.deployment.capabilities.kv;
    let sums =
        host::effects::sums(kv, &ShopId::parse(SHOP).expect("it is an id")).await.expect("they are read");
    let sides: Vec<_> = sums.groups().filter_map(|(group, _)| group.variant).collect();
    assert_eq!(sides.iter().filter(|side| side.has_variant).count(), 1, "{sides:?}");
    assert_eq!(sides.len(), 2);

    // The merchant ends the test: everybody gets the look of their persona again.
    change(&host, SHOP, |shop| shop.variant = None).await;
    for visitor in &visitors {
        let of = [("visitor", visitor.as_str()), CONSENT[1]];
        host.proxy("/proxy/fragment", &of).await;
        assert_eq!(host.ready(&of).await, "ready");
        let page = host.proxy("/proxy/fragment", &of).await;
        assert_eq!(look(&page), Some(looks[0].as_str()));
    }
}

/// A host with a model, where each segment has a plan.
async fn host_with(server: &LlmServer) -> Host {
    let settings = Settings { base_url: Some(server.url.clone()), retries: 0, ..Settings::default() };
    Host::builder()
        .settings(|settings| settings.plans_per = PlansPer::Segment)
        .backends(move |capabilities| {
            let (clock, random) = (capabilities.clock.clone(), capabilities.random.clone());
            let llm = Client::new(&settings, Some(&Secret::new("sk-variants")), clock, random);
            capabilities.llm = Arc::new(llm.expect("the settings are right").expect("there is a model"));
        })
        .open()
        .await
}

#[tokio::test]
async fn a_tone_that_is_tested_costs_one_more_call_for_a_segment_and_each_side_has_its_own() {
    let server = LlmServer::open([Saying::Text(plan())]).await;
    let host = host_with(&server).await;
    change(&host, "magic-wands", |shop| shop.variant = variant("tone: like a sea shanty")).await;
    let side = |has| {
        let mut ids = (0..100).map(|number| format!("shopper-{number}"));
        let is = |id: &String| {
            let shopper = ShopperId::parse(id).expect("it is an id");
            has_variant(&host, "magic-wands", &shopper) == Some(has)
        };
        (0..3).map(|_| ids.find(is).expect("half of them do")).collect::<Vec<_>>()
    };
    for (shoppers, calls) in [(side(false), 1), (side(true), 2)] {
        for shopper in &shoppers {
            host.visit(shopper).await;
            assert_eq!(host.final_state(shopper).await, "ready");
            assert!(matches!(host.visit(shopper).await.header("x-wand-source"), "llm" | "shared"));
        }
        assert_eq!(server.requests().len(), calls, "the shoppers of a side share a plan");
    }
    let asked =
        server.requests().into_iter().map(|request| request.to_string().contains("like a sea shanty"));
    assert_eq!(asked.collect::<Vec<_>>(), [false, true]);
}
