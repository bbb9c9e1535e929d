//! Requests of a theme through Shopify's app proxy: pages, consent, and forged requests.

use std::time::Duration;

use crate::harness::shopify::{CONSENT, SHOP, VISITOR, shop, signed};
use crate::harness::{Answer, Host, eventually};

/// The guarantees of every answer through the app proxy.
#[track_caller]
fn is_fragment(answer: &Answer, generated: &str) {
    assert_eq!((answer.status, answer.header("x-generated")), (200, generated), "{}", answer.body);
    assert_eq!(answer.header("cache-control"), "private, no-store");
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
    assert!(!answer.body.contains("<html") && !answer.body.contains("<script"), "{}", answer.body);
    assert!(answer.body.contains("class=\"page\""), "{}", answer.body);
}

#[tokio::test]
async fn a_block_is_filled_at_once_and_then_with_the_shoppers_own() {
    let host = shop().open().await;
    is_fragment(&host.fragment().await, "false");
    assert_eq!(host.ready(&CONSENT).await, "ready");
    let own = host.fragment().await;
    is_fragment(&own, "true");
    assert_eq!(own.header("x-cache"), "HIT");
    assert!(!own.header("x-wand-persona").is_empty());
}

#[tokio::test]
async fn a_page_inside_the_theme_is_liquid_and_knows_its_renamed_prefix() {
    let host = shop().open().await;
    for _ in ["anybody's", "their own"] {
        let place = [CONSENT[0], CONSENT[1], ("country", "FR"), ("language", "FR")];
        let own = [&place[..], &[("path_prefix", "/tools/for-you")]].concat();
        let page = host.proxy("/proxy", &own).await;
        assert_eq!((page.status, page.header("content-type")), (200, "application/liquid"));
        assert!(page.body.contains("data-prefix=\"/tools/for-you\""), "{}", page.body);
        assert!(!page.body.contains("/apps/wand"), "{}", page.body);
        let content = page.body.split("{%- capture content -%}").nth(1).expect("there is content");
        let content = content.split("{%- endcapture -%}").next().expect("it ends");
        assert!(content.contains("class=\"page\""), "{content}");
        assert!(!content.contains("{{") && !content.contains("{%"), "a model's words never run as Liquid");
        host.ready(&place).await;
    }
}

#[tokio::test]
async fn without_consent_visitors_of_a_market_share_a_page_and_nothing_is_stored() {
    let host = shop().open().await;
    let someone = [("context", "cart"), ("visitor", VISITOR), ("logged_in_customer_id", "7")];
    is_fragment(&host.proxy("/proxy/fragment", &someone).await, "false");
    host.ready(&someone).await;
    let another = [("context", "cart"), ("visitor", "another-visitor-of-the-shop")];
    let page = host.proxy("/proxy/fragment", &another).await;
    is_fragment(&page, "true");
    assert_eq!(page.header("x-wand-persona"), "loyalist");

    let told = host.report(&someone, "n1", r#"{"events":[{"type":"visit"}]}"#).await;
    assert_eq!((told.status, told.json("stored")), (200, 0.into()));
    assert!(host.keys("SHOPPER_SESSIONS").await.is_empty());
    let kept = host.all_that_is_kept().await;
    assert!(!kept.contains(VISITOR) && !kept.contains("customer-7"), "{kept}");
}

#[tokio::test]
async fn every_kind_of_page_is_made_once_whatever_it_is_about() {
    let host = shop().open().await;
    for kind in ["product", "collection", "search", "cart"] {
        let place = |about| [CONSENT[0], CONSENT[1], ("context", kind), ("about", about)];
        is_fragment(&host.proxy("/proxy/fragment", &place("1,Wands")).await, "false");
        assert_eq!(host.ready(&place("1,Wands")).await, "ready", "{kind}");
        for about in ["1,Wands", "2", "wand", "x\u{2028}<b>{{", ""] {
            let own = host.proxy("/proxy/fragment", &place(about)).await;
            is_fragment(&own, "true");
            assert_eq!(own.header("x-cache"), "HIT", "{kind} {about}");
            assert!(!own.body.contains("<h1"), "the theme has one: {}", own.body);
            assert_eq!(
                own.body.matches("class=\"page\"").count(),
                own.body.matches("</div><template").count()
            );
        }
    }
    let pages: Vec<_> =
        host.keys("UI_CACHE").await.into_iter().filter(|key| key.starts_with("ui:")).collect();
    let expected = ["cart", "collection", "product", "search"]
        .map(|kind| format!("ui:{SHOP}:visitor-{VISITOR}_at-{kind}"));
    assert_eq!(pages, expected);
}

#[tokio::test]
async fn a_login_keeps_earlier_signals() {
    let host = shop().open().await;
    let looked = host.report(&CONSENT, "n1", r#"{"events":[{"type":"search","term":"unicorn hair"}]}"#).await;
    assert_eq!(looked.json("stored"), 1, "{}", looked.body);
    assert_eq!(host.keys("SHOPPER_SESSIONS").await, [format!("session:{SHOP}:visitor-{VISITOR}")]);

    let customer = [CONSENT[0], CONSENT[1], ("logged_in_customer_id", "7")];
    let came_back = host.report(&customer, "n2", r#"{"events":[{"type":"visit"}]}"#).await;
    assert_eq!(came_back.json("stored"), 1, "{}", came_back.body);
    assert_eq!(host.keys("SHOPPER_SESSIONS").await, [format!("session:{SHOP}:customer-7")]);
    assert!(host.all_that_is_kept().await.contains("unicorn hair"));
}

#[tokio::test]
async fn a_paused_shop_serves_the_fallback_and_makes_no_pages() {
    let host = shop()
        .settings(|settings| settings.shops.get_mut(SHOP).expect("it is served").paused = true)
        .open()
        .await;
    is_fragment(&host.fragment().await, "false");
    let told = host.report(&CONSENT, "n1", r#"{"events":[{"type":"visit"}]}"#).await;
    assert_eq!((told.status, told.json("stored")), (200, 0.into()));
    assert_eq!(host.all_that_is_kept().await, "");
}

#[tokio::test]
async fn a_shop_may_pause_and_go_on_while_it_is_served() {
    let host = shop().open().await;
    host.fragment().await;
    host.ready(&CONSENT).await;
    let settings = &host.deployment.capabilities.settings;
    let open = settings.now().shops[SHOP].clone();
    settings.set_shop(SHOP, model::shop::ShopSettings { paused: true, ..open.clone() });
    is_fragment(&host.fragment().await, "false");
    settings.set_shop(SHOP, open);
    is_fragment(&host.fragment().await, "true");
    settings.remove_shop(SHOP);
    assert_eq!(host.fragment().await.status, 404);
}

/// Forged, altered, old, repeated and doubly encoded requests, and ones of no shop or another shop.
fn hostile(now_s: u64) -> Vec<String> {
    let good = signed("/proxy/fragment", &CONSENT, now_s);
    let with = |own: &[(&str, &str)]| {
        let own: Vec<_> = CONSENT.iter().copied().chain(own.iter().copied()).collect();
        signed("/proxy/fragment", &own, now_s)
    };
    let unsigned = good.split("&signature=").next().unwrap_or_default().to_owned();
    vec![
        unsigned.clone(),
        format!("{unsigned}&signature="),
        format!("{unsigned}&signature={}", "0".repeat(64)),
        format!("{good}&consent=1"),
        format!("{good}&signature={}", "0".repeat(64)),
        format!("{good}&shop={SHOP}"),
        format!("{good}&logged_in_customer_id=7"),
        good.replace("consent=1", "consent=0"),
        good.replace("magic-wands", "other-wands"),
        good.replace("%2F", "%252F"),
        signed("/proxy/fragment", &CONSENT, now_s - 91),
        signed("/proxy/fragment", &CONSENT, now_s + 91),
        with(&[("shop", "evil.example")]),
        with(&[("shop", "magic-wands.myshopify.com.evil.example")]),
        with(&[("shop", "magic-wands")]),
        with(&[("shop", "unknown.myshopify.com")]),
        with(&[("logged_in_customer_id", "7/../8")]),
        with(&[("path_prefix", "\"><script>")]),
        with(&[("visitor", VISITOR)]),
        signed("/proxy/fragment", &[("visitor", "{{ shop }}"), ("consent", "1")], now_s),
        signed("/proxy/else", &CONSENT, now_s),
        format!("/proxy/fragment?{}", "a=b&".repeat(5_000)),
    ]
}

#[tokio::test]
async fn wrongly_signed_requests_are_refused_and_store_nothing() {
    let host = shop().open().await;
    for target in hostile(1_700_000_000) {
        let answer = host.get(&target).await;
        assert!((400..500).contains(&answer.status), "{} for {target}", answer.status);
        assert!(!answer.body.contains("{{") && !answer.body.contains("<script>"), "{}", answer.body);
    }
    assert_eq!(host.all_that_is_kept().await, "");
}

#[tokio::test]
async fn a_report_counts_once_however_often_it_is_sent() {
    let host = shop().open().await;
    let events = r#"{"events":[{"type":"visit"}]}"#;
    assert_eq!(host.report(&CONSENT, "n1", events).await.json("stored"), 1);
    assert_eq!(host.report(&CONSENT, "n1", events).await.status, 409);
    assert_eq!(host.report(&CONSENT, "n2", events).await.json("stored"), 1);
    host.controls.clock.advance(Duration::from_secs(1));
    assert_eq!(host.report(&CONSENT, "n1", events).await.json("stored"), 1, "that is another request");
}

#[tokio::test]
async fn an_unsigned_request_cannot_claim_to_be_a_customer() {
    let host: Host = shop().open().await;
    for target in [
        format!("/s/{SHOP}?shopper=customer-7"),
        format!("/api/generation/status?store={SHOP}&shopper=customer-7_DE-DE"),
    ] {
        host.get(&target).await.is_refusal(400);
    }
    let tracked = format!(r#"{{"store":"{SHOP}","shopper":"customer-7","events":[{{"type":"visit"}}]}}"#);
    assert_eq!(host.post("/api/shopper/track", tracked).await.status, 400);
    assert_eq!(host.all_that_is_kept().await, "");
}

/// Returns the targets of links and forms in markup.
fn addresses(markup: &str) -> Vec<&str> {
    let attributes = [" href=\"", " action=\""];
    let parts = attributes.into_iter().flat_map(|attribute| markup.split(attribute).skip(1));
    parts.filter_map(|part| part.split('"').next()).collect()
}

#[tokio::test]
async fn a_page_inside_the_theme_has_no_content_before_its_market_is_known() {
    let host = shop().open().await;
    for place in
        [&[][..], &[("language", "FR")], &[("country", ""), ("language", "FR")], &[("country", "fr")]]
    {
        let page = host.proxy("/proxy", &[&CONSENT[..], place].concat()).await;
        assert_eq!((page.status, page.header("content-type")), (200, "application/liquid"), "{place:?}");
        assert!(!page.body.contains("data-id") && !page.body.contains("class=\"price\""), "{}", page.body);
        assert!(
            page.body.contains("data-country=\"{{ country }}\""),
            "Shopify tells the script: {}",
            page.body
        );
    }
    let known = [CONSENT[0], CONSENT[1], ("country", "FR"), ("language", "FR")];
    let page = host.proxy("/proxy", &known).await;
    let (before, content) = page.body.split_once("{%- capture content -%}").expect("there is content");
    assert!(before.ends_with("{%- if country == 'FR' and language == 'FR' -%}"), "{before}");
    assert!(content.contains("data-id"), "{content}");
}

#[tokio::test]
async fn links_of_a_page_of_its_own_lead_to_the_shop() {
    let host = shop().open().await;
    let page = async || host.get(&format!("/s/{SHOP}?shopper=abc123")).await;
    let own = eventually("their own page", async || {
        Some(page().await).filter(|page| page.header("x-cache") == "HIT")
    });
    for page in [page().await, own.await] {
        let (_, markup) = page.body.split_once("</style>").expect("there is markup");
        let is_in_shop = |address: &&str| address.starts_with(&format!("https://{SHOP}/"));
        let (inside, elsewhere): (Vec<_>, Vec<_>) = addresses(markup).into_iter().partition(is_in_shop);
        assert!(inside.len() >= 3, "{inside:?}");
        assert!(elsewhere.iter().all(|address| address.starts_with('#')), "{elsewhere:?}");
    }
}
