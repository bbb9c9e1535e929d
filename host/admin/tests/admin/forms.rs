//! Tests of settings that a merchant saves, and of pages that a merchant views.

use std::time::Duration;

use axum::body::Body;
use model::Persona;
use signing::session_token;

use crate::harness::{Bench, OTHER, SHOP, claims};

const FORM: &str = "tone=dry&accent=%23112233&surface=&banned_words=Cheap&promises=Free+returns\
    &persona=explorer&persona=loyalist&paused=on";

#[tokio::test]
async fn saved_settings_apply_at_once() {
    let Some(bench) = Bench::start().await else { return };
    bench.visit(SHOP).await;
    bench.host.asked();
    let answer = bench.save(Some(&bench.token(SHOP)), FORM).await;
    assert_eq!(answer.status, 200);
    assert!(answer.text.contains("Saved") && answer.text.contains("Paused"), "{}", answer.text);
    assert_eq!(bench.host.asked(), [format!("set {SHOP}"), format!("bump {SHOP}")]);

    let shop = bench.host.shop(SHOP).unwrap();
    assert_eq!((shop.tone.as_str(), shop.accent, shop.paused), ("dry", "#112233".parse().ok(), true));
    assert_eq!(shop.personas_off, [Persona::Minimalist, Persona::Dealhunter]);
    assert_eq!((shop.banned_words, shop.promises), (vec!["cheap".into()], vec!["Free returns".into()]));
    assert_eq!(shop.url.as_deref(), Some("https://magic-wands.myshopify.com"));
    assert!(bench.visit(SHOP).await.text.contains(r##"value="#112233""##));
}

#[tokio::test]
async fn settings_saved_while_storage_is_down_are_kept_and_pages_follow() {
    let Some(bench) = Bench::start().await else { return };
    bench.visit(SHOP).await;
    bench.host.asked();
    *bench.host.failures_to_move.lock().unwrap() = 3;
    let answer = bench.save(Some(&bench.token(SHOP)), FORM).await;
    assert_eq!(answer.status, 200);
    assert!(answer.text.contains(r#"heading="Saved""#), "{}", answer.text);
    assert!(answer.text.contains("Pages are updated a little later"), "{}", answer.text);
    assert_eq!(bench.host.shop(SHOP).unwrap().tone, "dry");
    assert!(bench.visit(SHOP).await.text.contains(r##"value="#112233""##), "it is stored");

    let mut asked = bench.host.asked();
    for _ in 0..600 {
        if asked.len() == 5 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
        asked.extend(bench.host.asked());
    }
    let bump = || format!("bump {SHOP}");
    assert_eq!(asked, [format!("set {SHOP}"), bump(), bump(), bump(), bump()]);
}

#[tokio::test]
async fn without_a_bearer_token_nothing_is_saved() {
    let Some(bench) = Bench::start().await else { return };
    bench.visit(SHOP).await;
    bench.host.asked();
    let forged = session_token("guess", &claims(SHOP, bench.now_s()));
    let expired = session_token(crate::harness::SECRET, &claims(SHOP, bench.now_s() - 120));
    for token in [None, Some(""), Some("a b"), Some(forged.as_str()), Some(expired.as_str())] {
        let answer = bench.save(token, FORM).await;
        assert_eq!(answer.status, 401, "{token:?}");
        assert_eq!(answer.header("x-shopify-retry-invalid-session-request"), "1");
    }
    let in_address = format!("/admin/settings?shop={SHOP}&id_token={}", bench.token(SHOP));
    let answer = bench.send("POST", &in_address, None, Body::from(FORM)).await;
    assert_eq!(answer.status, 401, "an address is no proof that the page sent it");
    assert_eq!(bench.host.asked(), Vec::<String>::new());
    assert!(!bench.holds("#112233"));
}

#[tokio::test]
async fn errors_are_shown_beside_their_fields_and_input_is_kept() {
    let Some(bench) = Bench::start().await else { return };
    bench.visit(SHOP).await;
    bench.host.asked();
    let answer = bench.save(Some(&bench.token(SHOP)), "tone=&accent=red&promises=One%0ATwo").await;
    assert_eq!(answer.status, 422);
    for text in [
        r#"value="red""#,
        r#"error="Write a colour such as #1b3a57, or leave this empty.""#,
        r#"error="Say in a few words how your shop sounds.""#,
        "Leave at least one on, or pause Wandstore.",
        "One\nTwo",
        "Not saved yet",
    ] {
        assert!(answer.text.contains(text), "{text} in {}", answer.text);
    }
    assert_eq!(bench.host.asked(), Vec::<String>::new());
}

#[tokio::test]
async fn merchants_input_is_text_and_never_markup() {
    let Some(bench) = Bench::start().await else { return };
    bench.visit(SHOP).await;
    let form = "tone=%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E&accent=%27%22%3E%3Cimg+src%3Dx%3E&persona=explorer\
        &promises=%3C%2Ftextarea%3E%3Cscript%3E";
    let answer = bench.save(Some(&bench.token(SHOP)), form).await;
    assert_eq!(answer.status, 422);
    assert!(!answer.text.contains("<script") && !answer.text.contains("<img"), "{}", answer.text);
    assert!(!answer.text.contains("</textarea><"), "{}", answer.text);
}

#[tokio::test]
async fn staff_of_one_shop_reach_no_other() {
    let Some(bench) = Bench::start().await else { return };
    bench.visit(SHOP).await;
    bench.visit(OTHER).await;
    bench.save(Some(&bench.token(OTHER)), FORM).await;
    assert_eq!(bench.host.shop(SHOP).unwrap().tone, "warm and clear");
    assert_eq!(bench.host.shop(OTHER).unwrap().tone, "dry");

    let target = format!("/admin/settings?shop={SHOP}");
    let answer = bench.send("POST", &target, Some(&bench.token(OTHER)), Body::from(FORM)).await;
    assert_eq!(answer.status, 403);
    let report = bench.get("/admin/reports/r-1", Some(&bench.token(OTHER))).await;
    assert_eq!(report.status, 404);
    assert!(!bench.visit(OTHER).await.text.contains("r-1"));
}

#[tokio::test]
async fn a_form_that_is_too_long_is_refused() {
    let Some(bench) = Bench::start().await else { return };
    let form = format!("tone={}", "x".repeat(40_000));
    assert_eq!(bench.save(Some(&bench.token(SHOP)), &form).await.status, 413);
}

#[tokio::test]
async fn a_preview_can_do_nothing() {
    let Some(bench) = Bench::start().await else { return };
    let token = bench.token(SHOP);
    let answer = bench.get("/admin/preview/explorer", Some(&token)).await;
    assert_eq!((answer.status.as_u16(), answer.header("x-generated")), (200, "true"));
    assert_eq!(answer.text, format!("<p>explorer at {SHOP}</p>"));
    assert!(answer.header("content-security-policy").contains("; sandbox; default-src 'none';"));
    for (persona, generated) in [("loyalist", "before"), ("minimalist", "false")] {
        let answer = bench.get(&format!("/admin/preview/{persona}"), Some(&token)).await;
        assert_eq!(answer.header("x-generated"), generated, "{persona}");
    }
    for persona in ["none", "Explorer", "..%2Fexplorer"] {
        let target = format!("/admin/preview/{persona}");
        assert_eq!(bench.get(&target, Some(&token)).await.status, 404, "{persona}");
    }
}

#[tokio::test]
async fn a_report_is_downloaded_by_its_shop() {
    let Some(bench) = Bench::start().await else { return };
    let token = bench.token(SHOP);
    let page = bench.visit(SHOP).await;
    assert!(page.text.contains(r#"data-report="r-1""#) && page.text.contains("2 hours ago"));
    let answer = bench.get("/admin/reports/r-1", Some(&token)).await;
    assert_eq!((answer.status.as_u16(), answer.text.as_str()), (200, r#"{"customer":7}"#));
    assert!(answer.header("content-disposition").starts_with("attachment"));
    for id in ["r-2", "r%201", "..%2F..%2Fetc"] {
        assert_eq!(bench.get(&format!("/admin/reports/{id}"), Some(&token)).await.status, 404, "{id}");
    }
}

#[tokio::test]
async fn choices_follow_a_renamed_shop_until_new_ones_are_saved() {
    let Some(bench) = Bench::start().await else { return };
    bench.visit(SHOP).await;
    bench.save(Some(&bench.token(SHOP)), FORM).await;
    bench.host.renamed.lock().unwrap().push((OTHER, SHOP));
    let page = bench.visit(OTHER).await;
    assert!(page.text.contains(r##"value="#112233""##), "{}", page.text);
    assert!(bench.host.shop(OTHER).unwrap().paused);

    bench.save(Some(&bench.token(OTHER)), &FORM.replace("dry", "kind")).await;
    bench.admin.uninstalled(&crate::harness::shop(OTHER), crate::harness::START_MS).await.unwrap();
    bench.visit(OTHER).await;
    assert_eq!(bench.host.shop(OTHER).unwrap().tone, "kind");
}
