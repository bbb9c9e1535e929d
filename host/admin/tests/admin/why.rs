//! What staff see of how pages were made.

use crate::harness::{Bench, OTHER, SHOP};

#[tokio::test]
async fn staff_see_why_a_page_is_as_it_is() {
    let Some(bench) = Bench::start().await else { return };
    let token = bench.token(SHOP);
    let page = bench.get("/admin/why?shopper=customer-7", Some(&token)).await;
    assert_eq!(page.status, 200);
    for said in [
        "by the language model quill-2 (configured: quill)",
        "$0.001750 for 1 call",
        "blocks[2].text",
        "3 of 4 blocks",
        "sorts by lowest &#60;price&#62;",
        "dealhunter (60 %)",
        "2026-09-21 14:13:20 UTC",
        "the fallback page",
        "layout: compact",
        "A &#60;calm&#62; evening",
    ] {
        assert!(page.text.contains(said), "{said}: {}", page.text);
    }
    assert_eq!(page.header("cache-control"), "no-store");
}

#[tokio::test]
async fn without_a_shopper_every_persona_is_told_of() {
    let Some(bench) = Bench::start().await else { return };
    let page = bench.get("/admin/why?shopper=", Some(&bench.token(SHOP))).await;
    assert_eq!(page.status, 200);
    for persona in ["Minimalists", "Explorers", "Deal hunters", "Loyal customers"] {
        assert!(page.text.contains(persona), "{}", page.text);
    }
    assert_eq!(page.text.matches("No page is stored").count(), 4);
}

#[tokio::test]
async fn an_invalid_an_unknown_and_another_shops_id_are_refused() {
    let Some(bench) = Bench::start().await else { return };
    let token = bench.token(SHOP);
    let too_long = format!("/admin/why?shopper={}", "a".repeat(129));
    for target in ["/admin/why?shopper=a:b", "/admin/why?shopper=%3Cscript%3E", &too_long] {
        let refused = bench.get(target, Some(&token)).await;
        assert_eq!(refused.status, 422, "{target}");
        assert!(!refused.text.contains("<script>"), "{}", refused.text);
    }
    assert_eq!(bench.get("/admin/why?shopper=customer-7", None).await.status, 401);
    assert_eq!(bench.get(&format!("/admin/why?shop={OTHER}"), Some(&token)).await.status, 403);
    assert_eq!(bench.get("/admin/why", Some(&bench.token(OTHER))).await.status, 503, "storage is away");
}

#[tokio::test]
async fn the_page_pages_asks_for_it() {
    let Some(bench) = Bench::start().await else { return };
    let page = bench.visit_at("/admin/pages", SHOP).await;
    assert!(page.text.contains(r#"action="/admin/why" data-why"#), "{}", page.text);
}
