//! Tests of settings that a merchant saves, and of pages that a merchant views.

use std::time::Duration;

use axum::body::Body;
use model::Persona;
use signing::session_token;

use crate::harness::{Bench, OTHER, SHOP, claims};

/// The form of the page *Brand*.
const FORM: &str = "tone=dry&accent=%23112233&surface=&banned_words=Cheap&promises=Free+returns";
/// The form of the page *Pages*.
const CONTENT: &str = "questions=&persona=explorer&persona=loyalist";
const BRAND: &str = "/admin/brand";
const PAGES: &str = "/admin/pages";
const SETTINGS: &str = "/admin/settings";

#[tokio::test]
async fn saved_settings_apply_at_once() {
    let Some(bench) = Bench::start().await else { return };
    bench.visit(SHOP).await;
    bench.host.asked();
    let answer = bench.save(Some(&bench.token(SHOP)), FORM).await;
    assert_eq!(answer.status, 200);
    assert!(answer.text.contains("Saved"), "{}", answer.text);
    assert_eq!(bench.host.asked(), [format!("set {SHOP}"), format!("bump {SHOP}")]);
    assert_eq!(bench.save_at(PAGES, Some(&bench.token(SHOP)), CONTENT).await.status, 200);
    let answer = bench.save_at(SETTINGS, Some(&bench.token(SHOP)), "paused=on").await;
    assert!(answer.text.contains("Saved") && answer.text.contains("Paused"), "{}", answer.text);

    let shop = bench.host.shop(SHOP).unwrap();
    assert_eq!((shop.tone.as_str(), shop.accent, shop.paused), ("dry", "#112233".parse().ok(), true));
    assert_eq!(shop.personas_off, [Persona::Minimalist, Persona::Dealhunter]);
    assert_eq!((shop.banned_words, shop.promises), (vec!["cheap".into()], vec!["Free returns".into()]));
    assert_eq!(shop.url.as_deref(), Some("https://magic-wands.myshopify.com"));
    assert!(bench.visit_at(BRAND, SHOP).await.text.contains(r##"value="#112233""##));
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
    assert!(bench.visit_at(BRAND, SHOP).await.text.contains(r##"value="#112233""##), "it is stored");

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
    let in_address = format!("{BRAND}?shop={SHOP}&id_token={}", bench.token(SHOP));
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
        "One\nTwo",
        "Not saved yet",
    ] {
        assert!(answer.text.contains(text), "{text} in {}", answer.text);
    }
    let answer = bench.save_at(PAGES, Some(&bench.token(SHOP)), "questions=Why%3F&persona=none").await;
    assert_eq!(answer.status, 422);
    for text in
        ["Leave at least one on, or pause Wandstore.", "Line 1 needs a question mark", "Why?", "data-unsaved"]
    {
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

    let target = format!("{BRAND}?shop={SHOP}");
    let answer = bench.send("POST", &target, Some(&bench.token(OTHER)), Body::from(FORM)).await;
    assert_eq!(answer.status, 403);
    let report = bench.get("/admin/reports/r-1", Some(&bench.token(OTHER))).await;
    assert_eq!(report.status, 404);
    assert!(!bench.visit_at("/admin/privacy", OTHER).await.text.contains("r-1"));
}

#[tokio::test]
async fn a_form_that_is_too_long_is_refused() {
    let Some(bench) = Bench::start().await else { return };
    let form = format!("tone={}", "x".repeat(300_000));
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
    let page = bench.visit_at("/admin/privacy", SHOP).await;
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
    bench.save_at(SETTINGS, Some(&bench.token(SHOP)), "paused=on").await;
    bench.host.renamed.lock().unwrap().push((OTHER, SHOP));
    let page = bench.visit_at(BRAND, OTHER).await;
    assert!(page.text.contains(r##"value="#112233""##), "{}", page.text);
    assert!(bench.host.shop(OTHER).unwrap().paused);

    bench.save(Some(&bench.token(OTHER)), &FORM.replace("dry", "kind")).await;
    bench.admin.uninstalled(&crate::harness::shop(OTHER), crate::harness::START_MS).await.unwrap();
    bench.visit(OTHER).await;
    assert_eq!(bench.host.shop(OTHER).unwrap().tone, "kind");
}

/// Returns the mark that a page's form was shown with.
fn mark(page: &str) -> &str {
    let (_, rest) = page.split_once(r#"name="mark" value=""#).expect("the page has a form");
    rest.split('"').next().expect("it ends")
}

#[tokio::test]
async fn forms_of_different_pages_lose_nothing_of_each_other() {
    let Some(bench) = Bench::start().await else { return };
    let token = bench.token(SHOP);
    bench.visit(SHOP).await;
    // All tabs were opened before anything was saved, and all save at once.
    let brand = format!("{FORM}&mark={}", mark(&bench.visit_at(BRAND, SHOP).await.text));
    let content = format!("{CONTENT}&mark={}", mark(&bench.visit_at(PAGES, SHOP).await.text));
    let settings = format!("paused=on&mark={}", mark(&bench.visit_at(SETTINGS, SHOP).await.text));
    let experiments = "/admin/experiments";
    let holdout = format!("holdout=20&mark={}", mark(&bench.visit_at(experiments, SHOP).await.text));
    let token = Some(token.as_str());
    let answers = tokio::join!(
        bench.save_at(BRAND, token, &brand),
        bench.save_at(PAGES, token, &content),
        bench.save_at(SETTINGS, token, &settings),
        bench.save_at(experiments, token, &holdout),
    );
    for answer in [answers.0, answers.1, answers.2, answers.3] {
        assert_eq!(answer.status, 200, "{}", answer.text);
    }
    let shop = bench.host.shop(SHOP).unwrap();
    assert_eq!((shop.tone.as_str(), shop.paused, shop.holdout.to_string().as_str()), ("dry", true, "20"));
    assert_eq!(shop.personas_off, [Persona::Minimalist, Persona::Dealhunter]);
}

#[tokio::test]
async fn of_two_tabs_with_the_same_page_the_second_is_told_and_may_save_nevertheless() {
    let Some(bench) = Bench::start().await else { return };
    let token = bench.token(SHOP);
    bench.visit(SHOP).await;
    let shown = mark(&bench.visit_at(BRAND, SHOP).await.text).to_owned();
    let form = |tone: &str, mark: &str| FORM.replace("dry", tone) + "&mark=" + mark;
    assert_eq!(bench.save(Some(&token), &form("dry", &shown)).await.status, 200);
    let answer = bench.save(Some(&token), &form("loud", &shown)).await;
    assert_eq!(answer.status, 409);
    assert!(answer.text.contains("Changed in another tab"), "{}", answer.text);
    assert!(answer.text.contains(r#"value="loud""#), "what was typed is still there");
    assert_eq!(bench.host.shop(SHOP).unwrap().tone, "dry");
    // The same again is no change, and what the merchant insists on is one.
    assert_eq!(bench.save(Some(&token), &form("dry", &shown)).await.status, 200);
    assert_eq!(bench.save(Some(&token), &form("loud", mark(&answer.text))).await.status, 200);
    assert_eq!(bench.host.shop(SHOP).unwrap().tone, "loud");
}

#[tokio::test]
async fn ten_thousand_banned_words_are_refused_in_words_and_none_is_lost() {
    let Some(bench) = Bench::start().await else { return };
    bench.visit(SHOP).await;
    let words: Vec<_> = (0..10_000).map(|number| format!("w{number}")).collect();
    let form = format!("tone=dry&banned_words={}", words.join("%0A"));
    let answer = bench.save(Some(&bench.token(SHOP)), &form).await;
    assert_eq!(answer.status, 422);
    assert!(
        answer.text.contains("Write at most 60 lines.") && answer.text.contains("\nw9999"),
        "{}",
        answer.text.len()
    );
}

#[tokio::test]
async fn a_budget_says_what_is_spent_of_it_and_what_happens_then() {
    let Some(bench) = Bench::start().await else { return };
    bench.visit(SHOP).await;
    let nearly = "Pages of new shoppers are planned without the language model.";
    let (tomorrow, next_month) = ("until Sep 22, 2026 (UTC)", "until Oct 1, 2026 (UTC)");
    // 17 dollars are spent in this month, and 15 cents today.
    for (form, said) in [
        ("budget_per_day=&budget_per_month=", None),
        ("budget_per_day=2.50&budget_per_month=50", None),
        ("budget_per_day=0,18&budget_per_month=50", Some(nearly)),
        ("budget_per_day=0.16&budget_per_month=50", Some(tomorrow)),
        ("budget_per_day=0.16&budget_per_month=%2417.01", Some(next_month)),
    ] {
        let answer = bench.save_at(SETTINGS, Some(&bench.token(SHOP)), form).await;
        assert_eq!(answer.status, 200);
        assert!(answer.text.contains("$17.00"), "{}", answer.text);
        for state in [nearly, tomorrow, next_month] {
            assert_eq!(answer.text.contains(state), said == Some(state), "{form}: {state}");
        }
    }
    let answer = bench.save_at(SETTINGS, Some(&bench.token(SHOP)), "budget_per_month=lots").await;
    assert_eq!(answer.status, 422);
    assert!(answer.text.contains("Write dollars such as 20 or 2.50") && answer.text.contains("lots"));
    assert_eq!(bench.host.shop(SHOP).unwrap().budget_per_month, "17.01".parse().ok());
}

#[tokio::test]
async fn exclusions_pins_and_campaigns_are_saved_and_unknown_products_are_reported() {
    let Some(bench) = Bench::start().await else { return };
    bench.visit(SHOP).await;
    let form = format!(
        "{CONTENT}&excluded=vendor:+Ollivander%0Aproduct:+gone&pinned=https://wands.example/products/oak-wand\
         &campaign_1_text=Robes+%3Cb%3Eare%3C/b%3E+back&campaign_1_from=2026-12-01&campaign_1_link=collection:+robes"
    );
    let answer = bench.save_at(PAGES, Some(&bench.token(SHOP)), &form).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let again = bench.visit_at(PAGES, SHOP).await.text;
    for text in [&answer.text, &again] {
        for part in [
            "Nothing has these names",
            "<bdi>product: gone</bdi>",
            "product: oak-wand",
            "Robes &#60;b&#62;are&#60;/b&#62; back",
            r#"name="campaign_2_text""#,
        ] {
            assert!(text.contains(part), "{part} in {text}");
        }
        assert!(!text.contains(r#"name="campaign_3_text""#), "{text}");
    }
    let shop = bench.host.shop(SHOP).unwrap();
    let lines: Vec<_> = shop.excluded.iter().chain(&shop.pinned).map(ToString::to_string).collect();
    assert_eq!(lines, ["vendor: Ollivander", "product: gone", "product: oak-wand"]);
    let link = shop.campaigns[0].link.as_ref().map(model::shop::campaign::Link::path);
    assert_eq!(link.as_deref(), Some("/collections/robes"));
}

#[tokio::test]
async fn a_wrong_line_or_campaign_is_marked_and_nothing_typed_is_lost() {
    let Some(bench) = Bench::start().await else { return };
    bench.visit(SHOP).await;
    bench.host.asked();
    let form = format!("{CONTENT}&excluded=vendor:+A%0Arobe&campaign_1_text=Robes&campaign_1_from=soon");
    let answer = bench.save_at(PAGES, Some(&bench.token(SHOP)), &form).await;
    assert_eq!(answer.status, 422);
    for text in [
        "Line 2: say in front what it is, such as product: oak-wand.",
        "Write a day such as 2026-12-24, or leave this empty.",
        "vendor: A\nrobe</textarea>",
        r#"name="campaign_1_from" value="soon""#,
    ] {
        assert!(answer.text.contains(text), "{text} in {}", answer.text);
    }
    assert_eq!(bench.host.asked(), Vec::<String>::new());
}
