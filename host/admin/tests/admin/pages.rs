//! Access to the admin page, and its security headers.

use model::PageKind;
use serde_json::json;
use signing::session_token;

use crate::harness::{Bench, KEY, OTHER, SECRET, SHOP, claims, shop};

#[tokio::test]
async fn the_page_may_be_framed_by_that_shops_admin_only() {
    let Some(bench) = Bench::start().await else { return };
    let page = bench.visit(SHOP).await;
    let policy = page.header("content-security-policy").to_owned();
    let ancestors = format!("frame-ancestors https://{SHOP} https://admin.shopify.com {};", bench.origin);
    assert!(policy.starts_with(&ancestors), "{policy}");
    assert!(policy.contains("script-src 'self' https://cdn.shopify.com;"), "{policy}");
    assert_eq!(page.header("cache-control"), "no-store");
    assert_eq!(page.header("x-frame-options"), "");
    assert!(page.text.contains(&format!(r#"<meta name="shopify-api-key" content="{KEY}">"#)));
    assert!(page.text.contains("https://cdn.shopify.com/shopifycloud/app-bridge.js"));
}

#[tokio::test]
async fn without_a_token_the_way_leads_over_app_bridge() {
    let Some(bench) = Bench::start().await else { return };
    let expired = session_token(SECRET, &claims(SHOP, bench.now_s() - 120));
    for token in [String::new(), format!("&id_token={expired}")] {
        let answer = bench.get(&format!("/admin?shop={SHOP}&host=aGk&evil=1{token}"), None).await;
        let expected = format!(
            "/admin/session?shop={SHOP}&host=aGk&shopify-reload=\
             https%3A%2F%2Fapp.example%2Fadmin%3Fshop%3D{SHOP}%26host%3DaGk%26bounced%3D{}",
            bench.now_s()
        );
        assert_eq!((answer.status.as_u16(), answer.header("location")), (302, expected.as_str()));
        let bounce = bench.get(answer.header("location"), None).await;
        assert_eq!(bounce.status, 200);
        assert!(bounce.text.contains("app-bridge.js") && bounce.text.contains(KEY));
        assert!(bounce.header("content-security-policy").contains(&format!("https://{SHOP} ")));
    }
    assert!(!bench.holds(SHOP));
}

#[tokio::test]
async fn app_bridge_is_sent_nowhere_else() {
    let Some(bench) = Bench::start().await else { return };
    for reload in [
        "",
        "https://evil.example/admin",
        "http://127.0.0.1:8787/admin",
        "//evil.example/admin",
        "https://app.example.evil/admin",
        "https://app.example/other",
        "/administrator",
        "/admin/assets/admin.js",
        "/admin/other",
        "javascript:alert(1)",
    ] {
        let answer = bench.get(&format!("/admin/session?shop={SHOP}&shopify-reload={reload}"), None).await;
        assert_eq!(answer.status, 400, "{reload}");
        assert!(!answer.text.contains("app-bridge"), "{reload}");
    }
}

#[tokio::test]
async fn a_refusal_can_be_read_inside_the_admin_of_the_shop_it_is_for() {
    let Some(bench) = Bench::start().await else { return };
    let forged = session_token("guess", &claims(SHOP, bench.now_s()));
    for (target, status) in [
        (format!("/admin?shop={SHOP}&id_token={forged}"), 401),
        (format!("/admin?shop={SHOP}&id_token={}", bench.token(OTHER)), 403),
        (format!("/admin?shop={SHOP}&hmac=00"), 401),
        (format!("/admin/session?shop={SHOP}&shopify-reload=https://evil.example"), 400),
    ] {
        let answer = bench.get(&target, None).await;
        assert_eq!(answer.status, status, "{target}: {}", answer.text);
        let policy = answer.header("content-security-policy");
        let framed = format!("frame-ancestors https://{SHOP} https://admin.shopify.com; sandbox;");
        assert!(policy.starts_with(&framed), "{target}: {policy}");
        assert_eq!(answer.header("x-frame-options"), "", "{target}");
    }
    let nowhere = bench.get("/admin/other", None).await;
    assert!(nowhere.header("content-security-policy").starts_with("frame-ancestors 'none';"));
    assert_eq!(nowhere.header("x-frame-options"), "DENY");
}

#[tokio::test]
async fn lookalike_domains_are_refused_and_may_not_frame_the_page() {
    let Some(bench) = Bench::start().await else { return };
    for shop in [
        "",
        "shop=",
        "shop=evil.example",
        "shop=magic-wands.myshopify.com.evil.example",
        "shop=evil.example%2F.myshopify.com",
        "shop=a%20b.myshopify.com",
        "shop=x%3B%20script-src%20*.myshopify.com",
        "shop=magic-wands.myshopify.com&shop=lamps.myshopify.com",
    ] {
        for path in ["/admin", "/admin/session"] {
            let answer = bench.get(&format!("{path}?{shop}&shopify-reload=/admin"), None).await;
            assert_eq!(answer.status, 400, "{path} {shop}");
            let policy = answer.header("content-security-policy");
            assert!(policy.starts_with("frame-ancestors 'none';"), "{policy}");
        }
    }
}

#[tokio::test]
async fn a_token_that_is_not_this_shops_is_refused_and_nothing_is_stored() {
    let Some(bench) = Bench::start().await else { return };
    let now_s = bench.now_s();
    let mut wrong_app = claims(SHOP, now_s);
    wrong_app["aud"] = json!("another-app");
    let mut no_shop = claims(SHOP, now_s);
    no_shop["dest"] = json!("https://evil.example");
    let valid = bench.token(SHOP);
    let payload = valid.split('.').nth(1).unwrap();
    // {"alg":"none"}
    let unsigned = format!("eyJhbGciOiJub25lIn0.{payload}.");
    for (token, status) in [
        (session_token("guess", &claims(SHOP, now_s)), 401),
        (session_token(SECRET, &wrong_app), 401),
        (session_token(SECRET, &no_shop), 401),
        (unsigned, 401),
        ("a.b.c".to_owned(), 401),
        (bench.token(OTHER), 403),
    ] {
        let page = bench.get(&format!("/admin?shop={SHOP}&id_token={token}"), None).await;
        assert_eq!(page.status, status, "{token}");
        let fetched = bench.get(&format!("/admin/preview/explorer?shop={SHOP}"), Some(&token)).await;
        assert_eq!(fetched.status, status, "{token}");
        assert_eq!(fetched.header("x-shopify-retry-invalid-session-request") == "1", status == 401);
        assert!(!fetched.text.contains("explorer at"));
    }
    assert!(bench.shopify.grants().is_empty());
    assert!(!bench.holds(SHOP) && !bench.holds(OTHER));
}

#[tokio::test]
async fn the_secret_before_the_current_one_still_counts() {
    let Some(bench) = Bench::start().await else { return };
    let token = session_token("the one before", &claims(SHOP, bench.now_s()));
    let page = bench.get(&format!("/admin?shop={SHOP}&id_token={token}"), None).await;
    assert_eq!(page.status, 200);
}

#[tokio::test]
async fn where_shopify_signed_the_address_it_has_to_be_the_address() {
    let Some(bench) = Bench::start().await else { return };
    let token = bench.token(SHOP);
    let query = format!("id_token={token}&shop={SHOP}&timestamp={}", bench.now_s());
    let code = signing::hex(&signing::mac(SECRET, query.as_bytes()));
    let page = bench.get(&format!("/admin?{query}&hmac={code}"), None).await;
    assert_eq!(page.status, 200, "{}", page.text);
    for forged in [format!("{query}&hmac={code}&locale=de"), format!("{query}&hmac={}", "0".repeat(64))] {
        assert_eq!(bench.get(&format!("/admin?{forged}"), None).await.status, 401, "{forged}");
    }
    let twice = format!("/admin?{query}&hmac={code}&hmac={code}");
    assert_eq!(bench.get(&twice, None).await.status, 400);
}

#[tokio::test]
async fn there_is_nothing_else() {
    let Some(bench) = Bench::start().await else { return };
    assert_eq!(bench.get("/admin/other", None).await.status, 404);
    assert_eq!(bench.send("DELETE", "/admin/settings", None, axum::body::Body::empty()).await.status, 405);
    let style = bench.get("/admin/assets/admin.css", None).await;
    assert_eq!((style.status.as_u16(), style.header("x-content-type-options")), (200, "nosniff"));
}

#[tokio::test]
async fn the_page_says_what_pages_cost_and_what_they_bring() {
    let Some(bench) = Bench::start().await else { return };
    bench.visit(SHOP).await;
    let (tokens_in, tokens_out, cost_microdollars) = (1_200, 300, 4_500);
    let attempt = admin::Event::Attempt { calls: 1, tokens_in, tokens_out, cost_microdollars };
    for event in [attempt, admin::Event::Generation, admin::Event::Miss, admin::Event::Hit] {
        bench.admin.usage().count(&shop(SHOP), PageKind::Home, event);
    }
    bench.admin.usage().flush().await;
    bench.admin.usage().count(&shop(SHOP), PageKind::Home, admin::Event::Hit);
    let page = bench.visit_at("/admin/experiments", SHOP).await.text;
    let today =
        r#"<th scope="row">Sep 21, 2026</th><td>3</td><td>1</td><td>1</td><td>1,500</td><td>$0.0045</td>"#;
    assert!(page.contains(today), "{page}");
    // The counts of shoppers, on another day.
    assert!(page.contains("<td>1,000,000</td><td>39,000</td>"), "{page}");
    assert!(page.contains("<dt>Cost of one more order</dt><dd>not known yet</dd>"), "{page}");
    let of_home = r#"<th scope="row"><small>Home page: Explorers</small></th><td>3</td>"#;
    assert!(page.contains(of_home), "{page}");
}

#[tokio::test]
async fn the_table_of_costs_and_worth_is_a_file_for_its_shop() {
    let Some(bench) = Bench::start().await else { return };
    bench.visit(SHOP).await;
    bench.admin.usage().count(&shop(SHOP), PageKind::Cart, admin::Event::Hit);
    let answer = bench.get("/admin/experiments.csv", Some(&bench.token(SHOP))).await;
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, "text/csv; charset=utf-8"));
    let lines: Vec<Vec<_>> =
        answer.text.split_terminator("\r\n").map(|line| line.split(',').collect()).collect();
    assert!(lines.iter().all(|line| line.len() == 25), "{}", answer.text);
    assert_eq!(lines[0][2..6], ["page", "persona", "shown", "made"]);
    assert_eq!(lines[2][1..5], ["2026-09-21", "cart", "loyalist", "1"], "{}", answer.text);
    assert_eq!(lines[4][2..4], ["home", "explorer"], "{}", answer.text);
    assert_eq!(lines[4][10..14], ["100000", "900000", "3000", "36000"], "{}", answer.text);
    bench.visit(OTHER).await;
    let other = bench.get("/admin/experiments.csv", Some(&bench.token(OTHER))).await;
    assert_eq!(other.status, 503, "what another shop counted is not read");
    assert_eq!(bench.get("/admin/experiments.csv", None).await.status, 401);
}
