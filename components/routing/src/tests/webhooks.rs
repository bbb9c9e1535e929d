//! Webhooks about a shop.

use model::jobs::MaintenanceKind;
use model::{EventId, Key, ShopId};
use serde_json::json;

use crate::capabilities::Storage as _;
use crate::fakes::{Answer, Fake, FakeRequest, NOW_MS, SHOP, customer, maintenance_task, sign, webhook};
use crate::{BodyError, Method, Progress, handle, run_maintenance};

const REDACT: &str = r#"{"shop_id":1,"shop_domain":"magic-wands.myshopify.com","customer":{"id":7041,"email":"a@b.c"},"orders_to_redact":[]}"#;
const REQUEST: &str = r#"{"shop_id":1,"shop_domain":"magic-wands.myshopify.com","customer":{"id":7041},"data_request":{"id":9},"orders_requested":[]}"#;

fn send(shop: &Fake, request: &FakeRequest) -> Answer {
    Answer::of(handle(shop, Method::Post, "/webhooks", request))
}

fn without(request: FakeRequest, name: &str) -> FakeRequest {
    let headers = request.headers.into_iter().filter(|(given, _)| !given.contains(name)).collect();
    FakeRequest { headers, ..request }
}

fn with(request: FakeRequest, name: &str, value: &str) -> FakeRequest {
    let set = |(given, old): (&'static str, String)| {
        (given, if given.ends_with(name) { value.to_owned() } else { old })
    };
    FakeRequest { headers: request.headers.into_iter().map(set).collect(), ..request }
}

#[track_caller]
fn refuse(request: &FakeRequest, status: u16) {
    let shop = Fake::default();
    let answer = send(&shop, request);
    assert_eq!(answer.status(), status, "{request:?}");
    assert!(answer.json()["error"].is_string());
    assert!(shop.is_untouched() && shop.warnings.borrow().is_empty());
}

#[test]
fn a_product_webhook_makes_pages_stale_at_once() {
    for topic in [
        "products/create",
        "products/update",
        "products/delete",
        "collections/update",
        "inventory_levels/update",
        "shop/update",
    ] {
        for path in ["/webhooks", "/webhook/shopify"] {
            let shop = Fake::default();
            let request = webhook(topic, "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043", r#"{"id":1}"#);
            let answer = Answer::of(handle(&shop, Method::Post, path, &request));
            assert_eq!((answer.status(), answer.json()), (200, json!({ "taken": true })), "{topic}");
            assert!(shop.calls.borrow().contains(&"cache.products-changed"), "{topic}");
            assert_eq!(shop.ttl_seconds.get(), 48 * 60 * 60);
        }
    }
}

#[test]
fn a_repeated_webhook_is_processed_once() {
    let shop = Fake::default();
    let request = webhook("products/update", "id-1", r#"{"id":1}"#);
    send(&shop, &request);
    let again = send(&shop, &request);
    assert_eq!((again.status(), again.json()), (200, json!({ "taken": false })));
    send(&shop, &webhook("products/update", "id-2", r#"{"id":1}"#));
    let moves = shop.calls.borrow().iter().filter(|call| **call == "cache.products-changed").count();
    assert_eq!(moves, 2);
}

/// Two hosts that receive a webhook at once.
#[test]
fn a_webhook_that_another_host_is_carrying_out_is_refused_until_that_has_ended() {
    let shop = Fake::default();
    let (id, event) = (ShopId::parse(SHOP).unwrap(), EventId::parse("id-1").unwrap());
    let seen = Key::Seen(&id, &event);
    let request = webhook("customers/redact", "id-1", REDACT);
    shop.put(seen, b"0", Some(30)).unwrap();
    assert_eq!(send(&shop, &request).status(), 503);
    assert!(shop.maintenance_tasks.borrow().is_empty());

    // That host died, and its mark has expired.
    shop.remove(seen.store(), &seen.to_string()).unwrap();
    assert_eq!(send(&shop, &request).json(), json!({ "taken": true }));
    assert_eq!(send(&shop, &request).json(), json!({ "taken": false }));
    assert_eq!(shop.maintenance_tasks.borrow().len(), 1);
}

#[test]
fn a_webhook_that_could_not_be_carried_out_is_not_marked_as_begun() {
    let mut shop = Fake { down: vec!["queue"], ..Fake::default() };
    let request = webhook("customers/redact", "id-1", REDACT);
    assert_eq!(send(&shop, &request).status(), 503);
    shop.down.clear();
    assert_eq!(send(&shop, &request).json(), json!({ "taken": true }));
}

#[test]
fn an_uninstalled_app_stops_the_shop_at_once_and_its_pages_go() {
    let shop = Fake::default();
    let request =
        webhook("app/uninstalled", "id-1", r#"{"id":1,"myshopify_domain":"magic-wands.myshopify.com"}"#);
    assert_eq!(send(&shop, &request).status(), 200);
    assert_eq!(send(&shop, &request).status(), 200, "sent twice");
    assert_eq!(*shop.closed.borrow(), [SHOP]);
    let told = maintenance_task(SHOP, "id-1", &MaintenanceKind::Uninstalled);
    assert_eq!(*shop.maintenance_tasks.borrow(), [told]);
}

#[test]
fn a_shop_is_closed_with_the_time_at_which_it_left_unless_that_is_far_ahead() {
    for (triggered_at, left_ms) in [
        ("2023-11-14T20:13:20.25Z", Some(NOW_MS - 2 * 60 * 60 * 1000 + 250)),
        ("2023-11-14T22:14:20Z", Some(NOW_MS + 60 * 1000)),
        ("2033-11-14T20:13:20Z", None),
        ("yesterday", None),
    ] {
        let shop = Fake::default();
        let mut request = webhook("app/uninstalled", "id-1", &about(1, SHOP));
        request.headers.push(("x-shopify-triggered-at", triggered_at.to_owned()));
        assert_eq!(send(&shop, &request).status(), 200, "{triggered_at}");
        assert_eq!((shop.closed.borrow().len(), shop.left_ms.get()), (1, left_ms), "{triggered_at}");
    }
}

#[test]
fn a_maintenance_task_says_when_what_it_follows_from_happened_and_never_later_than_now() {
    for (triggered_at, happened_ms) in [
        ("2023-11-14T20:13:20.25Z", NOW_MS - 2 * 60 * 60 * 1000 + 250),
        ("2023-11-14T15:13:20-05:00", NOW_MS - 2 * 60 * 60 * 1000),
        ("2033-11-14T20:13:20Z", NOW_MS),
        ("1913-11-14T20:13:20Z", NOW_MS),
        ("yesterday", NOW_MS),
    ] {
        let shop = Fake::default();
        let mut request = webhook("app/uninstalled", "id-1", &about(1, SHOP));
        request.headers.push(("x-shopify-triggered-at", triggered_at.to_owned()));
        assert_eq!(send(&shop, &request).status(), 200, "{triggered_at}");
        assert_eq!(shop.maintenance_tasks.borrow()[0].happened_ms, happened_ms, "{triggered_at}");
    }
}

#[test]
fn compliance_webhooks_are_queued_for_any_shop() {
    let served = Fake::default();
    let gone = Fake { shops: Vec::new(), ..Fake::default() };
    for shop in [served, gone] {
        for (topic, body, kind) in [
            ("customers/redact", REDACT, MaintenanceKind::RedactCustomer(customer("7041"))),
            ("customers/data_request", REQUEST, MaintenanceKind::ReportCustomer(customer("7041"))),
            ("shop/redact", r#"{"shop_domain":"magic-wands.myshopify.com"}"#, MaintenanceKind::RedactShop),
        ] {
            let answer = send(&shop, &webhook(topic, &topic.replace('/', "-"), body));
            assert_eq!(answer.status(), 200, "{topic}");
            assert_eq!(shop.maintenance_tasks.borrow().last().unwrap().kind, kind);
        }
        assert_eq!(shop.maintenance_tasks.borrow().len(), 3);
    }
}

#[test]
fn webhooks_of_unknown_shops_are_accepted_and_only_compliance_is_processed() {
    let shop = Fake { shops: Vec::new(), ..Fake::default() };
    for topic in ["products/update", "collections/delete", "shop/update", "themes/publish", "x"] {
        let answer = send(&shop, &webhook(topic, "id-1", &about(1, SHOP)));
        assert_eq!((answer.status(), answer.json()), (200, json!({ "taken": false })), "{topic}");
    }
    assert!(shop.is_untouched());
    assert_eq!(
        send(&shop, &webhook("app/uninstalled", "id-2", &about(1, SHOP))).json(),
        json!({ "taken": true })
    );
    assert_eq!(*shop.closed.borrow(), [SHOP]);
}

const RENAMED: &str = "new-wands.myshopify.com";

/// A webhook's body that gives the shop another domain.
const SHOP_UPDATE: &str =
    r#"{"id":954889,"domain":"wands.example","myshopify_domain":"new-wands.myshopify.com"}"#;

fn with_shop(request: FakeRequest, shop: Option<&str>) -> FakeRequest {
    match shop {
        Some(shop) => with(request, "shop-domain", shop),
        None => without(request, "shop-domain"),
    }
}

/// Returns each shop and its maintenance task, sorted by shop.
fn maintenance(shop: &Fake) -> Vec<(String, MaintenanceKind)> {
    let mut maintenance: Vec<_> = shop
        .maintenance_tasks
        .borrow()
        .iter()
        .map(|task| (task.shop.to_string(), task.kind.clone()))
        .collect();
    maintenance.sort_by(|one, other| one.0.cmp(&other.0));
    maintenance
}

#[test]
fn a_renamed_shop_is_served_under_both_domains() {
    let shop = Fake::default();
    let target = |domain: &str| {
        let query = format!(
            "shop={domain}&logged_in_customer_id=&path_prefix=%2Fapps%2Fwand&timestamp={}",
            NOW_MS / 1000
        );
        sign("/proxy/fragment", &query)
    };
    assert_eq!(shop.get(&target(RENAMED)).status(), 404);
    let answer = send(&shop, &webhook("shop/update", "id-1", SHOP_UPDATE));
    assert_eq!((answer.status(), answer.json()), (200, json!({ "taken": true })));
    assert!(shop.calls.borrow().contains(&"cache.products-changed"));
    for domain in [SHOP, RENAMED] {
        assert_eq!(shop.get(&target(domain)).status(), 200, "{domain}");
    }
    assert!(
        shop.page_requests.borrow().iter().all(|request| request.visitor.starts_with(SHOP)),
        "nothing has to move"
    );
    assert_eq!(shop.get(&target("other.myshopify.com")).status(), 404);
    for (id, header) in [("id-2", SHOP), ("id-3", RENAMED)] {
        let moves = || shop.calls.borrow().iter().filter(|call| **call == "cache.products-changed").count();
        let before = moves();
        let update = with_shop(webhook("products/update", id, r#"{"id":1}"#), Some(header));
        assert_eq!(send(&shop, &update).json(), json!({ "taken": true }), "{header}");
        assert_eq!(moves(), before + 1, "{header}");
    }
}

const BOTH: [&str; 2] = [SHOP, RENAMED];

/// Pairs each of these shops with the task.
fn each(shops: &[&str], kind: &MaintenanceKind) -> Vec<(String, MaintenanceKind)> {
    shops.iter().map(|shop| ((*shop).to_owned(), kind.clone())).collect()
}

/// Returns the body of a compliance webhook about a shop with this number.
fn asked(number: u64, domain: &str) -> String {
    format!(
        r#"{{"shop_id":{number},"shop_domain":"{domain}","customer":{{"id":7041}},"data_request":{{"id":9}}}}"#
    )
}

/// Returns the body of a webhook about the shop itself.
fn about(number: u64, domain: &str) -> String {
    format!(r#"{{"id":{number},"domain":"wands.example","myshopify_domain":"{domain}"}}"#)
}

#[test]
fn compliance_webhooks_reach_both_names_of_a_shop() {
    let (redact, former) = (asked(954_889, RENAMED), asked(954_889, SHOP));
    let customer = MaintenanceKind::RedactCustomer(customer("7041"));
    for (topic, header, body, kind) in [
        ("customers/redact", Some(SHOP), &*redact, &customer),
        ("customers/redact", Some(RENAMED), &*former, &customer),
        ("customers/redact", Some(RENAMED), &*redact, &customer),
        ("customers/redact", None, &*redact, &customer),
        ("customers/redact", None, &*former, &customer),
        ("shop/redact", Some(RENAMED), &*redact, &MaintenanceKind::RedactShop),
        ("shop/redact", Some(SHOP), &*redact, &MaintenanceKind::RedactShop),
        ("app/uninstalled", Some(SHOP), SHOP_UPDATE, &MaintenanceKind::Uninstalled),
        ("app/uninstalled", Some(RENAMED), SHOP_UPDATE, &MaintenanceKind::Uninstalled),
        ("app/uninstalled", Some(SHOP), r#"{"id":954889}"#, &MaintenanceKind::Uninstalled),
    ] {
        let shop = Fake::default();
        send(&shop, &webhook("shop/update", "id-1", SHOP_UPDATE));
        assert_eq!(send(&shop, &with_shop(webhook(topic, "id-2", body), header)).status(), 200, "{topic}");
        assert_eq!(maintenance(&shop), each(&BOTH, kind), "{topic} {header:?}");
    }
}

#[test]
fn a_new_domain_is_known_by_the_shops_number_before_shopify_tells_that_it_changed() {
    let customer = MaintenanceKind::RedactCustomer(customer("7041"));
    for (told_of, told) in [
        ("shop/update", about(7, SHOP)),
        ("customers/data_request", asked(7, SHOP)),
        ("customers/redact", asked(7, SHOP)),
    ] {
        for (topic, header, body, kind) in [
            ("customers/redact", RENAMED, asked(7, RENAMED), &customer),
            ("customers/redact", SHOP, asked(7, RENAMED), &customer),
            ("shop/redact", RENAMED, asked(7, RENAMED), &MaintenanceKind::RedactShop),
            ("shop/redact", SHOP, asked(7, RENAMED), &MaintenanceKind::RedactShop),
            ("app/uninstalled", RENAMED, about(7, RENAMED), &MaintenanceKind::Uninstalled),
            ("app/uninstalled", SHOP, about(7, RENAMED), &MaintenanceKind::Uninstalled),
        ] {
            let shop = Fake::default();
            assert_eq!(send(&shop, &webhook(told_of, "id-1", &told)).status(), 200);
            shop.maintenance_tasks.borrow_mut().clear();
            let answer = send(&shop, &with_shop(webhook(topic, "id-2", &body), Some(header)));
            assert_eq!(answer.status(), 200, "{topic}");
            assert_eq!(maintenance(&shop), each(&BOTH, kind), "{told_of} {topic} {header}");
        }
    }
}

#[test]
fn a_shop_that_is_uninstalled_and_then_renamed_is_erased_under_both_domains() {
    let mut shop = Fake::default();
    assert_eq!(send(&shop, &webhook("app/uninstalled", "id-1", &about(7, SHOP))).status(), 200);
    shop.shops.clear();
    shop.maintenance_tasks.borrow_mut().clear();
    let redact = with_shop(webhook("shop/redact", "id-2", &asked(7, RENAMED)), Some(RENAMED));
    assert_eq!(send(&shop, &redact).status(), 200);
    assert_eq!(maintenance(&shop), each(&BOTH, &MaintenanceKind::RedactShop));
    for id in BOTH {
        let task = maintenance_task(id, "id-2", &MaintenanceKind::RedactShop);
        let mut parts = 0;
        while run_maintenance(&shop, &task) == Progress::More {
            parts += 1;
            assert!(parts < 100, "it does not end");
        }
    }
    let left: Vec<_> = shop.keys().into_iter().filter(|key| key.starts_with("domains")).collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn a_shop_that_only_an_unsigned_header_names_is_left_alone() {
    const OTHER: &str = "other-wands.myshopify.com";
    let customer = MaintenanceKind::RedactCustomer(customer("7041"));
    for number_is_known in [true, false] {
        for (topic, body, kind) in [
            ("app/uninstalled", about(2, OTHER), &MaintenanceKind::Uninstalled),
            ("customers/redact", asked(2, OTHER), &customer),
            ("shop/redact", asked(2, OTHER), &MaintenanceKind::RedactShop),
        ] {
            let shop = Fake::default();
            if number_is_known {
                send(&shop, &webhook("shop/update", "id-1", &about(1, SHOP)));
            }
            assert_eq!(send(&shop, &webhook(topic, "id-2", &body)).status(), 200, "{topic}");
            assert_eq!(maintenance(&shop), each(&[OTHER], kind), "{topic} {number_is_known}");
            assert!(!shop.closed.borrow().contains(&SHOP.to_owned()), "{topic} {number_is_known}");
        }
    }
}

#[test]
fn a_webhook_whose_body_names_no_shop_is_about_the_shop_of_its_header() {
    for body in ["{}", r#"{"id":2}"#, r#"{"id":2,"myshopify_domain":null}"#] {
        let shop = Fake::default();
        let answer = send(&shop, &webhook("app/uninstalled", "id-2", body));
        assert_eq!((answer.status(), answer.json()), (200, json!({ "taken": true })), "{body}");
        assert_eq!(maintenance(&shop), each(&[SHOP], &MaintenanceKind::Uninstalled), "{body}");
    }
}

#[test]
fn a_shop_update_joins_only_domains_that_may_be_one_shops() {
    const OTHER: &str = "other-wands.myshopify.com";
    let redacted_with = |shop: &Fake| {
        send(shop, &with_shop(webhook("customers/redact", "id-9", &asked(2, OTHER)), Some(OTHER)));
        maintenance(shop).into_iter().map(|(shop, _)| shop).collect::<Vec<_>>()
    };
    let update = webhook("shop/update", "id-2", &about(2, OTHER));

    let shop = Fake::default();
    send(&shop, &webhook("shop/update", "id-1", &about(1, SHOP)));
    assert_eq!(send(&shop, &update).status(), 200);
    assert_eq!(redacted_with(&shop), [OTHER], "they have two numbers");

    let shop = Fake { shops: vec![SHOP, OTHER], ..Fake::default() };
    assert_eq!(send(&shop, &update).status(), 200);
    assert_eq!(redacted_with(&shop), [OTHER], "both are served");

    let shop = Fake::default();
    let unnumbered = r#"{"myshopify_domain":"other-wands.myshopify.com"}"#;
    assert_eq!(send(&shop, &webhook("shop/update", "id-2", unnumbered)).status(), 200);
    assert_eq!(redacted_with(&shop), [OTHER], "the webhook has no number");

    let shop = Fake::default();
    assert_eq!(send(&shop, &update).status(), 200);
    assert_eq!(redacted_with(&shop), [SHOP, OTHER]);
}

#[test]
fn a_domain_that_has_another_number_is_another_shops() {
    let shop = Fake::default();
    send(&shop, &webhook("shop/update", "id-1", SHOP_UPDATE));
    send(&shop, &with_shop(webhook("shop/update", "id-2", &about(8, RENAMED)), Some(RENAMED)));
    for (id, number, domain, expected) in [("id-3", 8, RENAMED, RENAMED), ("id-4", 954_889, SHOP, SHOP)] {
        shop.maintenance_tasks.borrow_mut().clear();
        send(&shop, &with_shop(webhook("shop/redact", id, &asked(number, domain)), Some(domain)));
        assert_eq!(maintenance(&shop), each(&[expected], &MaintenanceKind::RedactShop), "{domain}");
    }
}

#[test]
fn a_shop_that_was_never_served_gets_only_its_uninstallation() {
    let shop = Fake { shops: Vec::new(), ..Fake::default() };
    let noted = || shop.keys().into_iter().filter(|key| key.starts_with("domains")).collect::<Vec<_>>();
    for (topic, body) in [
        ("shop/update", about(7, SHOP)),
        ("customers/redact", asked(7, SHOP)),
        ("customers/data_request", asked(7, SHOP)),
        ("shop/redact", asked(7, SHOP)),
    ] {
        assert_eq!(send(&shop, &webhook(topic, &topic.replace('/', "-"), &body)).status(), 200, "{topic}");
        assert_eq!(noted(), [""; 0], "{topic}");
    }
    send(&shop, &webhook("app/uninstalled", "id-1", &about(7, SHOP)));
    assert_eq!(noted(), [format!("domains-of:7:{SHOP}"), format!("domains:{SHOP}")]);
}

#[test]
fn the_signature_is_judged_first_whatever_else_is_wrong() {
    for body in ["", "{", "not json", "[]", r#"{"id":1}"#, REDACT] {
        for topic in ["products/update", "customers/redact", "no topic", ""] {
            let good = || webhook(topic, "id-1", body);
            for code in ["", "!", "AAAA", &signing::webhook("hush", body.as_bytes())] {
                refuse(&with(good(), "hmac-sha256", code), 401);
                refuse(&without(with(good(), "hmac-sha256", code), "topic"), 401);
                refuse(&without(with(good(), "hmac-sha256", code), "shop-domain"), 401);
            }
            refuse(&without(good(), "hmac"), 401);
        }
    }
    refuse(&webhook("products/update", "id-1", ""), 400);
}

#[test]
fn other_topics_are_taken_and_nothing_follows() {
    for topic in ["themes/publish", "app/scopes_update", "orders/create", "x"] {
        let shop = Fake::default();
        assert_eq!(send(&shop, &webhook(topic, "id-1", "{}")).status(), 200, "{topic}");
        assert!(
            shop.maintenance_tasks.borrow().is_empty()
                && !shop.calls.borrow().contains(&"cache.products-changed")
        );
    }
}

#[test]
fn events_of_the_next_generation_are_understood_and_come_first() {
    let body = r#"{"id":1}"#;
    let classic = webhook("orders/create", "id-classic", body);
    let mut headers = classic.headers.clone();
    for (name, value) in [
        ("shopify-hmac-sha256", signing::webhook("hook", body.as_bytes())),
        ("shopify-topic", "Product".to_owned()),
        ("shopify-action", "update".to_owned()),
        ("shopify-shop-domain", SHOP.to_owned()),
        ("shopify-webhook-id", "id-event".to_owned()),
        ("shopify-event-id", "event-1".to_owned()),
        ("shopify-api-version", "2026-10".to_owned()),
    ] {
        headers.push((name, value));
    }
    let shop = Fake::default();
    assert_eq!(send(&shop, &FakeRequest { headers, ..classic }).status(), 200);
    assert!(shop.calls.borrow().contains(&"cache.products-changed"));
    assert_eq!(shop.keys(), [format!("seen:{SHOP}:id-event")]);
}

#[test]
fn unsigned_webhooks_are_refused_unread() {
    let good = || webhook("customers/redact", "id-1", REDACT);
    refuse(&without(good(), "hmac"), 401);
    for code in ["", "!", "AAAA", &signing::base64(&[0; 32]), &signing::webhook("hush", REDACT.as_bytes())] {
        refuse(&with(good(), "hmac-sha256", code), 401);
    }
    refuse(&FakeRequest { body: Ok(REDACT.replace("7041", "7042").into_bytes()), ..good() }, 401);
    refuse(&FakeRequest { body: Ok(format!("{REDACT} ").into_bytes()), ..good() }, 401);
}

#[test]
fn signed_but_invalid_webhooks_are_refused() {
    for (topic, body) in [
        ("products/update", "not json"),
        ("products/update", "[]"),
        ("customers/redact", "{}"),
        ("customers/redact", r#"{"customer":{"id":7}}"#),
        ("shop/redact", r#"{"id":1,"title":"Wand"}"#),
        ("customers/redact", r#"{"customer":{"id":"7 or 1"}}"#),
        ("customers/redact", r#"{"customer":{"id":-1}}"#),
        ("customers/data_request", r#"{"customer":{"id":7}}"#),
        ("shop/redact", r#"{"shop_domain":null}"#),
        ("products/update", ""),
    ] {
        refuse(&webhook(topic, "id-1", body), 400);
    }
    let good = || webhook("products/update", "id-1", "{}");
    for name in ["topic", "shop-domain", "webhook-id", "api-version"] {
        refuse(&without(good(), name), 400);
    }
    for domain in ["evil.example", "magic-wands.myshopify.com.evil.example", "magic-wands.myshopify.com/"] {
        refuse(&with(good(), "shop-domain", domain), 400);
    }
    refuse(&with(good(), "webhook-id", "a:b"), 400);
    refuse(&with(good(), "webhook-id", &"a".repeat(129)), 400);
}

#[test]
fn a_body_may_be_2_mib_and_must_arrive_whole() {
    let padded = |length: usize| format!("{{{}}}", " ".repeat(length - 2));
    let shop = Fake::default();
    assert_eq!(send(&shop, &webhook("products/update", "id-1", &padded(2 << 20))).status(), 200);
    refuse(&webhook("products/update", "id-1", &padded((2 << 20) + 1)), 413);
    refuse(
        &FakeRequest { body: Err(BodyError::Incomplete), ..webhook("products/update", "id-1", "{}") },
        400,
    );
}

#[test]
fn a_webhook_is_posted() {
    for path in ["/webhooks", "/webhook/shopify"] {
        let answer = Fake::default().get(path);
        assert_eq!((answer.status(), answer.header("allow")), (405, "POST"));
    }
}

#[test]
fn webhooks_that_cannot_be_stored_are_answered_503() {
    for (down, topic, body) in [
        ("storage", "products/update", "{}"),
        ("cache", "products/update", "{}"),
        ("cache", "app/uninstalled", &*about(1, SHOP)),
        ("queue", "app/uninstalled", &*about(1, SHOP)),
        ("queue", "customers/redact", REDACT),
    ] {
        let mut shop = Fake { down: vec![down], ..Fake::default() };
        let request = webhook(topic, "id-1", body);
        let answer = send(&shop, &request);
        assert_eq!((answer.status(), answer.json()), (503, json!({ "error": "storage is unavailable" })));
        assert_eq!(shop.warnings.borrow().len(), 1);
        shop.down.clear();
        assert_eq!(send(&shop, &request).json(), json!({ "taken": true }), "{topic}");
    }
}
