//! The comparison of personal pages with the fallback page: who is held out, and what is counted.

use experiments::{Aggregates, Arm, Assignment, Cell, Earlier};
use model::limits::Allowance;
use model::pages::Cached;
use model::shop::{Share, ShopSettings, Variant};
use model::{ShopId, ShopperId};
use serde_json::json;

use crate::fakes::{Answer, Fake, FakeRequest, NOW_MS, PAGE, SHOP, signed};
use crate::{Method, handle};

/// A visitor who is held out if a tenth is, and one who is not.
const HELD_OUT: &str = "held-out-shopper-00001";
const OTHER: &str = "personal-page-shopper-1";
const DAY_MS: u64 = 24 * 60 * 60 * 1_000;

fn shop() -> Fake {
    Fake { holdout: Share::TENTH, ..Fake::default() }
}

fn of(visitor: &str) -> String {
    format!("consent=1&visitor={visitor}")
}

fn report(shop: &Fake, visitor: &str, nonce: &str, events: &serde_json::Value) -> Answer {
    let target = signed("/proxy/track", &format!("{}&context=product&nonce={nonce}", of(visitor)));
    shop.post(&target, json!({ "events": events }).to_string())
}

fn seen() -> serde_json::Value {
    json!([{ "type": "seen" }])
}

fn carted() -> serde_json::Value {
    json!([{ "type": "add-to-cart", "product": "wand-1" }])
}

/// Returns the sums of an arm, on all days.
fn sums(shop: &Fake, arm: Arm) -> Cell {
    let mut sum = Cell::default();
    for (key, found) in shop.stored.borrow().iter().filter(|(key, _)| key.starts_with("effects:")) {
        let sums = Aggregates::decode(&found.bytes).unwrap_or_else(|| panic!("{key}"));
        sums.groups().filter(|(group, _)| group.arm == arm).for_each(|(_, cell)| sum += *cell);
    }
    sum
}

fn has_record(shop: &Fake, shopper: &str) -> bool {
    shop.keys().contains(&format!("unit:{SHOP}:{shopper}"))
}

#[test]
fn a_held_out_shopper_gets_the_fallback_page_and_costs_no_job() {
    for cached in [Cached::Miss, Cached::Fresh(PAGE)] {
        let shop = Fake { cached, ..shop() };
        for path in ["/proxy/fragment", "/proxy"] {
            let answer = shop.get(&signed(path, &format!("{}&country=DE&language=DE", of(HELD_OUT))));
            assert_eq!((answer.status(), answer.header("x-cache")), (200, "MISS"), "{path}");
            assert!(answer.text().contains("Elder Wand"), "{}", answer.text());
        }
        assert_eq!(shop.get(&signed("/proxy/status", &of(HELD_OUT))).json()["state"], "none");
        let visits = json!(vec![json!({ "type": "visit" }); 20]);
        assert_eq!(report(&shop, HELD_OUT, "a", &visits).status(), 200);
        assert!(shop.page_requests.borrow().is_empty(), "not even for 20 signals");
        shop.get(&signed("/proxy/fragment", &of(OTHER)));
        assert_eq!(report(&shop, OTHER, "b", &visits).status(), 200);
    }
    let closed = Fake { cached: Cached::Closed, ..shop() };
    assert_eq!(closed.get(&signed("/proxy/fragment", &of(HELD_OUT))).status(), 404);
}

#[test]
fn where_a_persona_is_paused_everybody_gets_the_fallback_page_and_nobody_is_counted() {
    let shop =
        Fake { cached: Cached::Fresh(PAGE), personas_paused: vec![model::Persona::Minimalist], ..shop() };
    for shopper in [of(OTHER), of(HELD_OUT), String::new()] {
        let generated = |context: &str| {
            let answer = shop.get(&signed("/proxy/fragment", &format!("{shopper}&context={context}")));
            answer.header("x-generated").to_owned()
        };
        assert_eq!(
            (generated("product").as_str(), generated("search").as_str()),
            ("false", "false"),
            "{shopper}"
        );
        let expected = if shopper == of(HELD_OUT) { "false" } else { "true" };
        assert_eq!(generated("home"), expected, "{shopper}");
    }
    // A report from a page of a product.
    report(&shop, OTHER, "a", &seen());
    assert_eq!(sums(&shop, Arm::Personal), Cell::default());
    assert!(shop.page_requests.borrow().is_empty());
}

#[test]
fn without_a_holdout_nobody_is_held_out_or_counted() {
    let shop = Fake { holdout: Share::NOBODY, cached: Cached::Fresh(PAGE), ..Fake::default() };
    assert_eq!(shop.get(&signed("/proxy/fragment", &of(HELD_OUT))).header("x-generated"), "true");
    report(&shop, HELD_OUT, "a", &seen());
    assert!(!has_record(&shop, &format!("visitor-{HELD_OUT}")));
}

#[test]
fn shoppers_count_once_when_they_see_the_block_with_what_they_do_then() {
    let shop = shop();
    report(&shop, HELD_OUT, "a", &carted());
    assert_eq!(sums(&shop, Arm::Holdout), Cell::default(), "they did not see it yet");
    for nonce in ["b", "c"] {
        report(&shop, HELD_OUT, nonce, &seen());
        report(&shop, OTHER, &format!("{nonce}2"), &seen());
    }
    report(&shop, HELD_OUT, "d", &carted());
    report(&shop, HELD_OUT, "e", &carted());
    report(
        &shop,
        HELD_OUT,
        "f",
        &json!([{ "type": "view", "product": "a" }, { "type": "view", "product": "b" }]),
    );
    assert_eq!(
        sums(&shop, Arm::Holdout),
        Cell { shoppers: 1, carted: 1, views: 2, views_squared: 4, ..Cell::default() }
    );
    assert_eq!(sums(&shop, Arm::Personal), Cell { shoppers: 1, ..Cell::default() });
}

#[test]
fn shoppers_are_counted_with_what_was_known_before_they_saw_the_block() {
    let viewed = json!([{ "type": "view", "product": "a" }]);
    for (before, expected) in [
        (vec![], Earlier::New),
        (vec![viewed.clone()], Earlier::Browsed),
        (vec![viewed.clone(), carted()], Earlier::Carted),
    ] {
        let shop = shop();
        for (events, nonce) in before.iter().zip(["a", "b"]) {
            report(&shop, OTHER, nonce, events);
        }
        // What they do in the same visit, or later, was not known before.
        report(&shop, OTHER, "c", &json!([{ "type": "visit" }, { "type": "seen" }]));
        report(&shop, OTHER, "d", &carted());
        let stored = shop.stored.borrow();
        let sums = stored.iter().filter(|(key, _)| key.starts_with("effects:"));
        let sums: Vec<_> = sums.filter_map(|(_, found)| Aggregates::decode(&found.bytes)).collect();
        let groups =
            sums.iter().flat_map(Aggregates::groups).map(|(group, cell)| (group.earlier, cell.carted));
        assert_eq!(groups.collect::<Vec<_>>(), [(expected, 1)]);
    }
}

/// Otherwise they would be counted a second time, and by what personal pages made them do.
#[test]
fn the_record_of_a_shopper_who_comes_back_does_not_expire() {
    let shop = shop();
    report(&shop, OTHER, "a", &seen());
    let key = format!("unit:{SHOP}:visitor-{OTHER}");
    let first = shop.stored.borrow()[&key].bytes.clone();
    for (days, is_written) in [(20, false), (40, true)] {
        shop.now_ms.set(NOW_MS + days * DAY_MS);
        let timestamp = shop.now_ms.get() / 1_000;
        let parameters = format!("{}&nonce=b{days}&shop={SHOP}&timestamp={timestamp}", of(OTHER));
        let target = crate::fakes::sign("/proxy/track", &parameters);
        assert_eq!(shop.post(&target, json!({ "events": seen() }).to_string()).status(), 200);
        assert_eq!(shop.stored.borrow()[&key].bytes != first, is_written, "{days}");
    }
    assert_eq!(sums(&shop, Arm::Personal), Cell { shoppers: 1, ..Cell::default() });
}

#[test]
fn a_repeated_report_and_one_of_a_bot_add_nothing() {
    let shop = shop();
    let target = signed("/proxy/track", &format!("{}&nonce=a", of(OTHER)));
    let body = json!({ "events": [{ "type": "seen" }, { "type": "view", "product": "a" }] }).to_string();
    assert_eq!(shop.post(&target, body.clone()).status(), 200);
    assert_eq!(shop.post(&target, body.clone()).status(), 409);
    assert_eq!(
        sums(&shop, Arm::Personal),
        Cell { shoppers: 1, views: 1, views_squared: 1, ..Cell::default() }
    );
    let headers = vec![("content-type", "application/json".into()), ("user-agent", "Googlebot/2.1".into())];
    let bot = FakeRequest { headers, body: Ok(body.into_bytes()) };
    let target = signed("/proxy/track", &format!("{}&nonce=b", of("a-robot-that-reads-scripts")));
    assert_eq!(Answer::of(handle(&shop, Method::Post, &target, &bot)).status(), 200);
    assert_eq!(sums(&shop, Arm::Personal).shoppers, 1);
}

#[test]
fn without_consent_or_a_signature_nobody_is_counted() {
    let shop = shop();
    let target = signed("/proxy/track", &format!("visitor={HELD_OUT}&nonce=a"));
    shop.post(&target, json!({ "events": seen() }).to_string());
    let body = json!({ "store": SHOP, "shopper": format!("visitor-{HELD_OUT}"), "events": seen() });
    shop.post("/api/shopper/track", body.to_string());
    assert!(!shop.keys().iter().any(|key| key.starts_with("unit:") || key.starts_with("effects:")));
    let forged = shop.post("/proxy/track?shop=magic-wands.myshopify.com&nonce=a&signature=00", "{}");
    assert_eq!(forged.status(), 401);
}

#[test]
fn a_changed_holdout_moves_shoppers_who_then_add_nothing_more() {
    let mut shop = shop();
    report(&shop, HELD_OUT, "a", &seen());
    shop.holdout = Share::of_basis_points(500).unwrap();
    shop.cached = Cached::Fresh(PAGE);
    assert_eq!(
        shop.get(&signed("/proxy/fragment", &of(HELD_OUT))).header("x-generated"),
        "true",
        "they left it"
    );
    report(&shop, HELD_OUT, "b", &seen());
    report(&shop, HELD_OUT, "c", &carted());
    assert_eq!(sums(&shop, Arm::Holdout), Cell { shoppers: 1, ..Cell::default() });
    assert_eq!(sums(&shop, Arm::Personal), Cell::default());
    report(&shop, OTHER, "d", &seen());
    let stored = shop.stored.borrow();
    let all = stored.iter().filter(|(key, _)| key.starts_with("effects:"));
    let shares = all.filter_map(|(_, found)| Aggregates::decode(&found.bytes)?.last_share());
    let mut shares: Vec<_> = shares.map(Share::basis_points).collect();
    shares.sort_unstable();
    assert_eq!(shares, [500, 1_000], "each share has its own sums");
}

/// Returns how many shoppers were counted without a variant and with it, and how many of these put something into the cart.
fn sides(shop: &Fake) -> [(u64, u64); 2] {
    let mut both = [(0, 0); 2];
    for (_, found) in shop.stored.borrow().iter().filter(|(key, _)| key.starts_with("effects:")) {
        let sums = Aggregates::decode(&found.bytes).unwrap();
        for (group, cell) in sums.groups() {
            let Some(side) = group.variant.filter(|_| group.arm == Arm::Personal) else { continue };
            let (shoppers, carted) = &mut both[usize::from(side.has_variant)];
            (*shoppers, *carted) = (*shoppers + cell.shoppers, *carted + cell.carted);
        }
    }
    both
}

fn tested(line: &str) -> Option<Variant> {
    line.parse().ok()
}

#[test]
fn shoppers_of_both_sides_of_a_test_are_counted_with_and_without_a_holdout() {
    for holdout in [Share::TENTH, Share::NOBODY] {
        let shop = Fake { holdout, variant: tested("layout: compact"), ..Fake::default() };
        for number in 0..12 {
            let visitor = format!("personal-page-shopper-{number:02}");
            report(&shop, &visitor, &format!("a{number}"), &seen());
            report(&shop, &visitor, &format!("b{number}"), &carted());
        }
        let [(without, without_carted), (with, with_carted)] = sides(&shop);
        assert!(without > 0 && with > 0, "{without} {with}");
        assert_eq!((without, with), (without_carted, with_carted));
        assert_eq!(without + with, sums(&shop, Arm::Personal).shoppers);
    }
}

#[test]
fn whoever_was_counted_before_a_test_is_no_part_of_it_and_what_they_do_counts_as_before() {
    let mut shop = shop();
    report(&shop, OTHER, "a", &seen());
    shop.variant = tested("layout: compact");
    report(&shop, OTHER, "b", &seen());
    report(&shop, OTHER, "c", &carted());
    assert_eq!(sides(&shop), [(0, 0); 2]);
    assert_eq!(sums(&shop, Arm::Personal), Cell { shoppers: 1, carted: 1, ..Cell::default() });
}

#[test]
fn a_test_that_is_changed_or_ended_leaves_shoppers_where_they_were_counted() {
    for next in [None, tested("layout: calm")] {
        let mut shop = Fake { variant: tested("layout: compact"), ..shop() };
        report(&shop, OTHER, "a", &seen());
        let before = sides(&shop);
        assert_eq!(before[0].0 + before[1].0, 1);
        shop.variant = next;
        report(&shop, OTHER, "b", &seen());
        report(&shop, OTHER, "c", &carted());
        let after = sides(&shop);
        assert_eq!(after.map(|(shoppers, _)| shoppers), before.map(|(shoppers, _)| shoppers));
        assert_eq!(after[0].1 + after[1].1, 1, "what they did counts where they were counted");
    }
}

/// A customer's id may be on the other side of a test than the visitor's was.
#[test]
fn a_shopper_whom_a_login_moves_to_the_other_side_of_a_test_adds_nothing_more() {
    let variant = tested("layout: compact");
    let settings =
        ShopSettings { variant: variant.clone(), holdout: Share::TENTH, ..ShopSettings::default() };
    let shop_id = ShopId::parse(SHOP).unwrap();
    let side = |shopper: &ShopperId| Assignment::of(&settings, &shop_id, shopper).variant;
    let visitor = side(&ShopperId::visitor(OTHER).unwrap()).unwrap();
    let customers: Vec<_> = (7_041..7_200)
        .filter_map(|id| Some((id, side(&ShopperId::customer(&id.to_string()).unwrap())?.has_variant)))
        .collect();
    for stays in [true, false] {
        let (customer, _) = customers.iter().find(|(_, has)| (*has == visitor.has_variant) == stays).unwrap();
        let shop = Fake { variant: variant.clone(), ..shop() };
        report(&shop, OTHER, "a", &seen());
        let query = format!("{}&logged_in_customer_id={customer}&nonce=b", of(OTHER));
        shop.post(&signed("/proxy/track", &query), json!({ "events": carted() }).to_string());
        let [without, with] = sides(&shop);
        assert_eq!((without.0 + with.0, without.1 + with.1), (1, u64::from(stays)), "{stays}");
    }
}

#[test]
fn who_is_held_out_and_who_did_not_consent_take_no_part_in_a_test() {
    let shop = Fake { variant: tested("layout: compact"), ..shop() };
    report(&shop, HELD_OUT, "a", &seen());
    shop.post(&signed("/proxy/track", "nonce=b"), json!({ "events": seen() }).to_string());
    assert_eq!((sides(&shop), sums(&shop, Arm::Holdout).shoppers), ([(0, 0); 2], 1));
}

#[test]
fn a_login_counts_nobody_twice() {
    let shop = shop();
    report(&shop, OTHER, "a", &seen());
    let target = signed("/proxy/track", &format!("{}&logged_in_customer_id=7041&nonce=b", of(OTHER)));
    shop.post(
        &target,
        json!({ "events": [{ "type": "seen" }, { "type": "view", "product": "a" }] }).to_string(),
    );
    assert!(has_record(&shop, "customer-7041") && !has_record(&shop, &format!("visitor-{OTHER}")));
    assert_eq!(
        sums(&shop, Arm::Personal),
        Cell { shoppers: 1, views: 1, views_squared: 1, ..Cell::default() }
    );
}

#[test]
fn concurrent_writes_are_not_lost_and_a_failed_write_counts_nobody() {
    let mut shop = shop();
    report(&shop, OTHER, "a", &seen());
    shop.rivals.set(0);
    shop.down = vec!["storage"];
    assert_eq!(report(&shop, HELD_OUT, "b", &seen()).json(), json!({ "stored": 0 }));
    shop.down.clear();
    let key = shop.keys().into_iter().find(|key| key.starts_with("effects:")).unwrap();
    shop.write(key, b"of a newer release");
    // Another part of the sums than the one that cannot be read.
    report(&shop, HELD_OUT, "c", &seen());
    report(&shop, "personal-page-shopper-9", "d", &seen());
    assert!(
        !has_record(&shop, "visitor-personal-page-shopper-9"),
        "or what they do would count without them"
    );
    assert!(
        shop.warnings.borrow().iter().any(|warning| warning.contains("cannot count")),
        "{:?}",
        shop.warnings
    );
    assert_eq!(shop.stored.borrow().values().filter(|found| found.bytes == b"of a newer release").count(), 1);
}

#[test]
fn records_and_sums_expire() {
    let shop = shop();
    report(&shop, OTHER, "a", &seen());
    let ttls = shop.ttls.borrow();
    let ttl = |prefix: &str| ttls.iter().find(|(key, _)| key.starts_with(prefix)).map(|(_, ttl)| *ttl);
    assert_eq!((ttl("unit:"), ttl("effects:")), (Some(60 * 86_400), Some(400 * 86_400)));
}

#[test]
fn after_a_day_a_shopper_adds_nothing_more() {
    let shop = shop();
    report(&shop, OTHER, "a", &seen());
    shop.now_ms.set(NOW_MS + DAY_MS);
    let timestamp = shop.now_ms.get() / 1_000;
    let parameters = format!("{}&nonce=b&shop={SHOP}&timestamp={timestamp}", of(OTHER));
    let target = crate::fakes::sign("/proxy/track", &parameters);
    assert_eq!(shop.post(&target, json!({ "events": carted() }).to_string()).status(), 200);
    assert_eq!(sums(&shop, Arm::Personal), Cell { shoppers: 1, ..Cell::default() });
}

#[test]
fn who_withdraws_consent_adds_nothing_more() {
    let shop = shop();
    report(&shop, OTHER, "a", &seen());
    let before = shop.stored.borrow().len();
    // The script forgets the id; a page that was open before may still send it, without consent.
    for (parameters, nonce) in [(String::new(), "b"), (format!("visitor={OTHER}"), "c")] {
        let target = signed("/proxy/track", &format!("{parameters}&context=product&nonce={nonce}"));
        assert_eq!(
            shop.post(&target, json!({ "events": carted() }).to_string()).json(),
            json!({ "stored": 0 })
        );
    }
    assert_eq!(sums(&shop, Arm::Personal), Cell { shoppers: 1, ..Cell::default() });
    assert_eq!(shop.stored.borrow().len(), before, "nothing is stored, not even marks of the reports");
}

#[test]
fn a_shopper_in_two_browsers_is_two_shoppers_until_they_log_in() {
    let shop = shop();
    let other_browser = "personal-page-shopper-9";
    report(&shop, OTHER, "a", &seen());
    report(&shop, other_browser, "b", &seen());
    report(&shop, OTHER, "c", &carted());
    let twice = Cell { shoppers: 2, carted: 1, ..Cell::default() };
    assert_eq!(sums(&shop, Arm::Personal), twice);
    for (visitor, nonce) in [(OTHER, "d"), (other_browser, "e")] {
        let target =
            signed("/proxy/track", &format!("{}&logged_in_customer_id=7041&nonce={nonce}", of(visitor)));
        let events = json!({ "events": [{ "type": "seen" }, { "type": "add-to-cart", "product": "a" }] });
        assert_eq!(shop.post(&target, events.to_string()).status(), 200);
        assert!(!has_record(&shop, &format!("visitor-{visitor}")));
    }
    assert!(has_record(&shop, "customer-7041"));
    assert_eq!(sums(&shop, Arm::Personal), twice, "one record, which has a cart add already, is left");
}

#[test]
fn invented_visitors_are_counted_as_far_as_the_limit_of_sessions_allows() {
    let shop = Fake { used_up: vec![Allowance::ShopSessions], ..shop() };
    for number in 0..50 {
        let visitor = format!("an-invented-visitor-{number:04}");
        assert_eq!(report(&shop, &visitor, &format!("n{number}"), &seen()).status(), 429);
        assert!(!has_record(&shop, &format!("visitor-{visitor}")));
    }
    assert_eq!((sums(&shop, Arm::Personal), sums(&shop, Arm::Holdout)), (Cell::default(), Cell::default()));
}

#[test]
fn who_was_counted_and_is_forgotten_is_counted_once_more_in_the_same_arm() {
    let shop = shop();
    report(&shop, HELD_OUT, "a", &seen());
    shop.stored.borrow_mut().retain(|key, _| !key.starts_with("unit:"));
    report(&shop, HELD_OUT, "b", &seen());
    assert_eq!(sums(&shop, Arm::Holdout), Cell { shoppers: 2, ..Cell::default() });
    assert_eq!(sums(&shop, Arm::Personal), Cell::default());
}
