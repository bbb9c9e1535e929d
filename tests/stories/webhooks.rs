//! Webhooks from Shopify: changed prices, uninstallation and redaction.

use crate::harness::Host;
use crate::harness::shopify::{CONSENT, SECRET, SHOP, shop, webhook_headers, with_secrets};

/// Customers whose numbers no other data contains, so a plain search finds every trace of them.
const GONE: &str = "70921846350917";
const STAYS: &str = "70921846350918";

const PRODUCT: &str = r#"{"id":788032119674292922,"title":"Elder wand"}"#;

fn of_customer(id: u64) -> String {
    format!(
        r#"{{"shop_id":1,"shop_domain":"{SHOP}","customer":{{"id":{id},"email":"ann@example.com"}},"data_request":{{"id":9}}}}"#
    )
}

/// A customer with a session, a page and a plan.
async fn customer(host: &Host, id: &'static str) {
    let customer = [CONSENT[0], CONSENT[1], ("logged_in_customer_id", id)];
    let looked = host.report(&customer, id, r#"{"events":[{"type":"search","term":"unicorn hair"}]}"#).await;
    assert_eq!(looked.json("stored"), 1, "{}", looked.body);
    host.proxy("/proxy/fragment", &customer).await;
    assert_eq!(host.ready(&customer).await, "ready");
}

#[tokio::test]
async fn a_product_that_changed_makes_pages_stale_once() {
    let host = shop().open().await;
    host.fragment().await;
    host.ready(&CONSENT).await;
    assert_eq!(host.fragment().await.header("x-cache"), "HIT");
    let first = host.webhook("products/update", "w1", PRODUCT).await;
    assert_eq!((first.status, first.json("taken")), (200, true.into()), "{}", first.body);
    let again = host.webhook("products/update", "w1", PRODUCT).await;
    assert_eq!((again.status, again.json("taken")), (200, false.into()));
    assert_eq!(host.fragment().await.header("x-cache"), "STALE");
    host.ready(&CONSENT).await;
    assert_eq!(host.fragment().await.header("x-cache"), "HIT");
}

#[tokio::test]
async fn while_a_secret_is_rotated_both_are_good_and_no_other_is() {
    let host = with_secrets(&[("SHOPIFY_API_SECRET", "new"), ("SHOPIFY_API_SECRET_PREVIOUS", SECRET)]);
    let host = host.open().await;
    for (id, secret, expected) in
        [("w1", "new", 200), ("w2", SECRET, 200), ("w3", "other", 401), ("w4", "", 401)]
    {
        let answer = host.webhook_signed(secret, "products/update", id, PRODUCT).await;
        assert_eq!(answer.status, expected, "{secret}: {}", answer.body);
    }
}

#[tokio::test]
async fn webhooks_with_a_secret_of_their_own_are_signed_with_no_other() {
    let host = with_secrets(&[("SHOPIFY_API_SECRET", SECRET), ("WEBHOOK_SECRET", "hook")]).open().await;
    assert_eq!(host.webhook_signed("hook", "products/update", "w1", PRODUCT).await.status, 200);
    assert_eq!(host.webhook_signed(SECRET, "products/update", "w2", PRODUCT).await.status, 401);
}

#[tokio::test]
async fn headers_of_next_generation_events_are_understood() {
    let host = shop().open().await;
    let headers = webhook_headers(SECRET, "products/update", "w1", PRODUCT);
    let answer = host
        .request(|client, host| {
            let request = client.post(host + "/webhook/shopify").body(PRODUCT);
            headers
                .into_iter()
                .fold(request, |request, (name, value)| request.header(name.trim_start_matches("x-"), value))
        })
        .await;
    assert_eq!((answer.status, answer.json("taken")), (200, true.into()), "{}", answer.body);
}

#[tokio::test]
async fn an_uninstalled_app_stops_at_once_and_its_pages_go() {
    let host = shop().open().await;
    customer(&host, "7").await;
    assert_eq!(host.webhook("app/uninstalled", "w1", &about(1, SHOP)).await.status, 200);
    assert_eq!(host.fragment().await.status, 404);
    assert_eq!(host.report(&CONSENT, "n9", r#"{"events":[{"type":"visit"}]}"#).await.status, 404);
    host.audited("app/uninstalled").await;
    let kept = host.all_that_is_kept().await;
    assert!(!kept.contains("UI_STORAGE") && !kept.contains(" ui:"), "{kept}");
}

#[tokio::test]
async fn redacting_a_customer_leaves_none_of_their_data_and_spares_others() {
    let host = shop().open().await;
    customer(&host, GONE).await;
    customer(&host, STAYS).await;
    let before = host.all_that_is_kept().await;
    assert!(before.contains(GONE), "{before}");

    let gone = GONE.parse().expect("a number");
    assert_eq!(host.webhook("customers/redact", "w1", &of_customer(gone)).await.status, 200);
    let record = host.audited("customers/redact").await;
    assert!(!record.contains(GONE) && !record.contains("ann@example.com"), "{record}");
    host.idle().await;
    host.pass_the_last_part().await;
    let kept = host.all_that_is_kept().await;
    let left: Vec<_> = kept.lines().filter(|line| line.contains(GONE)).collect();
    assert!(left.is_empty(), "{left:#?}");
    assert!(kept.contains(STAYS), "{kept}");
    assert!(!kept.contains("ann@example.com"), "{kept}");
}

#[tokio::test]
async fn redacting_a_shop_leaves_an_audit_record() {
    let host = shop().open().await;
    customer(&host, "7").await;
    let body = format!(r#"{{"shop_id":1,"shop_domain":"{SHOP}"}}"#);
    assert_eq!(host.webhook("app/uninstalled", "w1", &about(1, SHOP)).await.status, 200);
    assert_eq!(host.webhook("shop/redact", "w2", &body).await.status, 200);
    host.audited("shop/redact").await;
    let kept = host.all_that_is_kept().await;
    assert!(!kept.contains("customer-7") && !kept.contains("unicorn"), "{kept}");
}

#[tokio::test]
async fn a_report_collects_a_customers_data_for_the_merchant() {
    let host = shop().open().await;
    customer(&host, "7").await;
    assert_eq!(host.webhook("customers/data_request", "w1", &of_customer(7)).await.status, 200);
    host.audited("customers/data_request").await;
    let kept = host.all_that_is_kept().await;
    let report = kept.lines().find(|line| line.contains(&format!(" report:{SHOP}:w1 ")));
    assert!(report.is_some_and(|report| report.contains("unicorn hair")), "{kept}");
}

#[tokio::test]
async fn a_webhook_that_cannot_be_stored_is_answered_503() {
    let host = shop().open().await;
    for faults in [&host.controls.kv, &host.controls.jobs] {
        faults.break_all();
    }
    assert_eq!(host.webhook("customers/redact", "w1", &of_customer(7)).await.status, 503);
    for faults in [&host.controls.kv, &host.controls.jobs] {
        faults.restore();
    }
    assert_eq!(host.webhook("customers/redact", "w1", &of_customer(7)).await.status, 200);
    host.audited("customers/redact").await;
}

#[tokio::test]
async fn an_invalid_webhook_is_refused_and_stores_nothing() {
    let host = shop().open().await;
    for (topic, body) in [
        ("customers/redact", "{"),
        ("customers/redact", ""),
        ("customers/redact", "[]"),
        ("customers/redact", r#"{"customer":{"id":"../7"}}"#),
        ("customers/redact", r#"{"customer":{"id":-7}}"#),
        ("customers/data_request", "{}"),
        ("shop/redact", r#"{"shop_domain":null}"#),
    ] {
        let answer = host.webhook(topic, "w1", body).await;
        assert!((400..500).contains(&answer.status), "{} for {topic} {body}", answer.status);
    }
    assert_eq!(host.webhook("products/update", "../w1", PRODUCT).await.status, 400);
    let unsigned = host.post("/webhooks", PRODUCT).await;
    assert_eq!(unsigned.status, 401, "{}", unsigned.body);
    assert_eq!(host.get("/webhooks").await.status, 405);
    assert_eq!(host.all_that_is_kept().await, "");
}

const RENAMED: &str = "new-wands.myshopify.com";

/// The body of a webhook about the shop itself.
fn about(number: u64, domain: &str) -> String {
    format!(r#"{{"id":{number},"domain":"wands.example","myshopify_domain":"{domain}"}}"#)
}

/// A webhook, with this in the place of the header that names the shop.
async fn webhook_of(host: &Host, shop: Option<&str>, topic: &str, id: &str, body: &str) -> (u16, String) {
    let headers = webhook_headers(SECRET, topic, id, body).into_iter().filter_map(|(name, value)| {
        if name == "x-shopify-shop-domain" {
            shop.map(|shop| (name, shop.to_owned()))
        } else {
            Some((name, value))
        }
    });
    let (headers, body) = (headers.collect::<Vec<_>>(), body.to_owned());
    let answer = host
        .request(|client, host| {
            let request = client.post(host + "/webhooks").body(body);
            headers.into_iter().fold(request, |request, (name, value)| request.header(name, value))
        })
        .await;
    (answer.status, answer.body)
}

#[tokio::test]
async fn a_renamed_shop_is_served_and_redacted_under_both_names() {
    let host = shop().open().await;
    customer(&host, GONE).await;
    customer(&host, STAYS).await;
    let update = format!(r#"{{"id":954889,"domain":"wands.example","myshopify_domain":"{RENAMED}"}}"#);
    let told = webhook_of(&host, Some(SHOP), "shop/update", "w1", &update).await;
    assert_eq!(told.0, 200, "{}", told.1);

    let as_renamed = [CONSENT[0], CONSENT[1], ("logged_in_customer_id", STAYS), ("shop", RENAMED)];
    let page = host.proxy("/proxy/fragment", &as_renamed).await;
    assert_eq!((page.status, page.header("x-generated")), (200, "true"), "their page is still there");

    let redact = |domain: &str| {
        format!(
            r#"{{"shop_id":954889,"shop_domain":"{domain}","customer":{{"id":{GONE}}},"orders_to_redact":[]}}"#
        )
    };
    for (id, header, body) in [
        ("w2", Some(RENAMED), redact(RENAMED)),
        ("w3", Some(RENAMED), redact(SHOP)),
        ("w4", Some(SHOP), redact(RENAMED)),
        ("w5", None, redact(RENAMED)),
    ] {
        let told = webhook_of(&host, header, "customers/redact", id, &body).await;
        assert_eq!(told.0, 200, "{id}: {}", told.1);
    }
    host.audited("customers/redact").await;
    host.idle().await;
    host.pass_the_last_part().await;
    let kept = host.all_that_is_kept().await;
    let left: Vec<_> = kept.lines().filter(|line| line.contains(GONE)).collect();
    assert!(left.is_empty() && kept.contains(STAYS), "{left:#?}");

    let told = webhook_of(&host, Some(RENAMED), "app/uninstalled", "w6", &update).await;
    assert_eq!(told.0, 200, "{}", told.1);
    assert_eq!(host.proxy("/proxy/fragment", &as_renamed).await.status, 404);
    assert_eq!(host.fragment().await.status, 404);
}

#[tokio::test]
async fn a_shop_renamed_after_uninstallation_is_redacted_under_its_old_name() {
    let host = shop().open().await;
    customer(&host, GONE).await;
    assert_eq!(host.webhook("app/uninstalled", "w1", &about(7, SHOP)).await.status, 200);
    let redact = format!(r#"{{"shop_id":7,"shop_domain":"{RENAMED}"}}"#);
    let told = webhook_of(&host, Some(RENAMED), "shop/redact", "w2", &redact).await;
    assert_eq!(told.0, 200, "{}", told.1);
    host.audited("shop/redact").await;
    host.idle().await;
    let kept = host.all_that_is_kept().await;
    let left: Vec<_> = kept.lines().filter(|line| line.contains(GONE) || line.contains("domains")).collect();
    assert!(left.is_empty(), "{left:#?}");
}

#[tokio::test]
async fn webhooks_of_a_shop_that_is_not_here_yet_are_answered_with_success() {
    let host = shop().open().await;
    for (topic, body) in [
        ("products/update", PRODUCT.to_owned()),
        ("collections/update", PRODUCT.to_owned()),
        ("shop/update", format!(r#"{{"id":1,"myshopify_domain":"{RENAMED}"}}"#)),
        ("themes/publish", PRODUCT.to_owned()),
        ("app/uninstalled", format!(r#"{{"id":1,"myshopify_domain":"{RENAMED}"}}"#)),
        ("shop/redact", format!(r#"{{"shop_id":1,"shop_domain":"{RENAMED}"}}"#)),
    ] {
        let told = webhook_of(&host, Some(RENAMED), topic, &topic.replace('/', "-"), &body).await;
        assert_eq!(told.0, 200, "{topic}: {}", told.1);
    }
    host.audited("shop/redact").await;
}

#[tokio::test]
async fn a_wrong_signature_is_401_whatever_is_signed() {
    let host = shop().open().await;
    for body in ["", "{", "not JSON", PRODUCT] {
        for topic in ["products/update", "customers/redact", "no/topic"] {
            let answer = host.webhook_signed("guess", topic, "w1", body).await;
            assert_eq!(answer.status, 401, "{topic} {body:?}: {}", answer.body);
        }
    }
}
