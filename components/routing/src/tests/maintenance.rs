//! Deletion and reports of a shop's data.

use std::cell::RefCell;

use model::jobs::{MaintenanceKind, State};
use model::pages::Cached;
use model::{Key, ShopperId, Signals};
use serde_json::{Value, json};

use crate::fakes::{Fake, NOW_MS, PAGE, SHOP, customer, maintenance_task, stored};
use crate::maintenance::LATE_MS;
use crate::{Progress, run_maintenance};

const CAUSE: &str = "b54557e4-bdd9";

/// Runs a maintenance task to its end, and lets the time pass that it waits. Returns the number of parts.
fn finish(shop: &Fake, kind: &MaintenanceKind) -> usize {
    for part in 1..100 {
        match run_maintenance(shop, &maintenance_task(SHOP, CAUSE, kind)) {
            Progress::More => {}
            Progress::Later(wait_ms) => shop.now_ms.set(shop.now_ms.get() + wait_ms),
            Progress::Done => return part,
            other => panic!("{other:?}"),
        }
    }
    panic!("it does not end")
}

/// Returns a deployment with much data of a shop, and the same data of another shop.
fn full() -> Fake {
    let shop = Fake::default();
    for id in [SHOP, "other.myshopify.com"] {
        for shopper in [
            "visitor-abc",
            "customer-7",
            "customer-7_DE-DE",
            "customer-7_BR-PT_BR",
            "customer-77",
            "customer-77_DE-DE",
        ] {
            shop.pages.borrow_mut().insert(format!("{id}:{shopper}"));
            shop.live.borrow_mut().insert(format!("{id}:{shopper}"));
            shop.write(format!("session:{id}:{shopper}"), b"{}");
        }
        for key in ["tally", "seen", "report"] {
            shop.write(format!("{key}:{id}:x"), br#"{"customer":"7"}"#);
        }
        shop.write(format!("audit:{id}:000000000000001:x"), b"{}");
        shop.write(format!("catalog:{id}"), b"3");
        shop.write(format!("job:{id}:customer-7"), b"{}");
        let entry = json!({ "store": id, "shopper": "customer-7" }).to_string();
        for key in ["debug:1", "error:1732800000000:job", "job:2"] {
            shop.write(format!("{key}-{id}"), entry.as_bytes());
        }
        let error = json!({ "store": id }).to_string();
        shop.write(format!("error:000000000000005:job-{id}"), error.as_bytes());
        shop.write(format!("error-of:{id}:000000000000005:job-{id}"), b"1");
        shop.write(format!("report-of:{id}:customer-7:x"), b"1");
    }
    shop.write("session:customer-7".into(), b"{}");
    shop.write("session:7".into(), b"{}");
    shop.write("debug:unreadable".into(), b"\xff{");
    shop
}

/// Returns the keys, pages and generation requests of a shop.
fn left_of(shop: &Fake, id: &str) -> Vec<String> {
    let ids = shop.pages.borrow().iter().chain(shop.live.borrow().iter()).cloned().collect::<Vec<_>>();
    shop.keys().into_iter().chain(ids).filter(|text| text.contains(id)).collect()
}

fn audit(shop: &Fake) -> Value {
    let stored = shop.stored.borrow();
    let found = stored.get(&format!("audit:{SHOP}:{NOW_MS:015}:{CAUSE}")).expect("an audit record");
    serde_json::from_slice(&found.bytes).expect("JSON")
}

#[test]
fn uninstallation_deletes_jobs_and_pages() {
    let shop = full();
    let others = left_of(&shop, "other.myshopify.com");
    assert!(finish(&shop, &MaintenanceKind::Uninstalled) > 3, "in parts");
    assert!(shop.pages.borrow().iter().chain(shop.live.borrow().iter()).all(|id| !id.starts_with(SHOP)));
    assert!(
        shop.keys().contains(&format!("session:{SHOP}:customer-7")),
        "sessions stay until they are to go"
    );
    assert_eq!(left_of(&shop, "other.myshopify.com"), others);
    assert_eq!(
        audit(&shop),
        json!({ "what": "app/uninstalled", "done_ms": NOW_MS, "counts": { "orders": 6, "pages": 6 } })
    );
}

#[test]
fn redacting_a_shop_deletes_everything_but_audit_records_and_the_progress_of_others() {
    let shop = full();
    let others = left_of(&shop, "other.myshopify.com");
    finish(&shop, &MaintenanceKind::RedactShop);
    let audits = [format!("audit:{SHOP}:000000000000001:x"), format!("audit:{SHOP}:{NOW_MS:015}:{CAUSE}")];
    let catalog = format!("catalog:{SHOP}");
    let tally = format!("tally:{SHOP}:x");
    assert_eq!(left_of(&shop, SHOP), [&audits[0], &audits[1], &catalog, &tally].map(Clone::clone));
    assert_eq!(left_of(&shop, "other.myshopify.com"), others);
    let counts = &audit(&shop)["counts"];
    assert_eq!((&counts["orders"], &counts["pages"]), (&json!(6), &json!(6)));
    assert_eq!((&counts["entries"], &counts["journal_entries"]), (&json!(9), &json!(5)));
}

#[test]
fn a_page_that_is_requested_during_a_redaction_is_not_made_of_the_old_session() {
    let shop = full();
    let task = maintenance_task(SHOP, CAUSE, &MaintenanceKind::RedactCustomer(customer("7")));
    let has_session = || shop.keys().contains(&format!("session:{SHOP}:customer-7"));
    while has_session() {
        // A visit reads the session, and requests a page with its signals.
        shop.live.borrow_mut().insert(format!("{SHOP}:customer-7"));
        assert_eq!(run_maintenance(&shop, &task), Progress::More);
    }
    assert!(shop.live.borrow().contains(&format!("{SHOP}:customer-7")), "the jobs were deleted before");
    finish(&shop, &MaintenanceKind::RedactCustomer(customer("7")));
    assert!(!shop.live.borrow().contains(&format!("{SHOP}:customer-7")));
}

#[test]
fn erasing_a_visitor_deletes_all_their_data_and_nobody_elses() {
    let shop = full();
    // A customer whose number is in the visitor's id.
    shop.write(format!("session:{SHOP}:visitor-77"), b"{}");
    let gone = ["visitor-77", "visitor-abc"];
    let before = left_of(&shop, SHOP);
    for id in gone {
        let shopper = ShopperId::parse(id).expect("it is an id");
        finish(&shop, &MaintenanceKind::RedactShopper(shopper));
    }
    let left = left_of(&shop, SHOP);
    let missing: Vec<_> = before.iter().filter(|text| !left.contains(text)).collect();
    assert_eq!(missing.len(), 4, "two sessions, a page and a job: {missing:?}");
    assert!(missing.iter().all(|text| gone.iter().any(|id| text.ends_with(id))), "{missing:?}");
    assert_eq!(audit(&shop)["what"], "shopper/erase");
}

#[test]
fn redacting_a_customer_deletes_all_their_data_and_only_theirs() {
    let shop = full();
    let (before, others) = (left_of(&shop, SHOP), left_of(&shop, "other.myshopify.com"));
    finish(&shop, &MaintenanceKind::RedactCustomer(customer("7")));
    let gone: Vec<_> = before.iter().filter(|text| !left_of(&shop, SHOP).contains(text)).collect();
    for text in &gone {
        assert!(!text.contains("customer-77") && !text.contains("visitor-abc"), "{text}");
    }
    for text in left_of(&shop, SHOP).iter().filter(|text| !text.contains(CAUSE)) {
        let is_session_in_market = text.starts_with("session:") && text.contains('_');
        assert!(
            is_session_in_market || !text.contains("customer-7_") && !text.ends_with("customer-7"),
            "{text}"
        );
    }
    assert_eq!(left_of(&shop, "other.myshopify.com"), others);
    assert!(
        !shop.keys().contains(&"session:customer-7".to_owned())
            && !shop.keys().contains(&"session:7".to_owned())
    );
    assert!(!shop.keys().contains(&format!("report:{SHOP}:x")), "what was told of them goes, too");
    let record = audit(&shop).to_string();
    assert!(record.contains("customers/redact") && !record.contains("customer-7"), "{record}");
}

#[test]
fn a_report_of_a_customer_who_is_redacted_meanwhile_is_not_kept() {
    let session = format!("session:{SHOP}:customer-7");
    let shop = Fake { gone_after_read: RefCell::new(Some(session)), ..full() };
    let task = maintenance_task(SHOP, CAUSE, &MaintenanceKind::ReportCustomer(customer("7")));
    assert!(matches!(run_maintenance(&shop, &task), Progress::Retry(_)));
    assert!(!shop.keys().contains(&format!("report:{SHOP}:{CAUSE}")));
    assert_eq!(run_maintenance(&shop, &task), Progress::Done, "of a stranger, by now");
}

#[test]
fn a_report_contains_all_data_of_a_customer() {
    let mut shop = Fake { cached: Cached::Fresh(PAGE), state: Some(State::Done), ..Fake::default() };
    let signals = Signals { searches: vec!["oak".into()], ..Signals::default() };
    shop.write(format!("session:{SHOP}:customer-7"), &stored(&signals));
    let ids = ["customer-7", "customer-7_DE-DE", "customer-77", "customer-7_x"];
    shop.pages.borrow_mut().extend(ids.map(|id| format!("{SHOP}:{id}")));
    assert_eq!(finish(&shop, &MaintenanceKind::ReportCustomer(customer("7"))), 1);
    let report: Value =
        serde_json::from_slice(&shop.stored.borrow()[&format!("report:{SHOP}:{CAUSE}")].bytes).unwrap();
    assert_eq!((&report["store"], &report["customer"]), (&json!(SHOP), &json!("7")));
    assert_eq!(report["session"]["searches"], json!(["oak"]));
    let pages: Vec<_> = report["pages"].as_array().unwrap().iter().map(|page| &page["shopper"]).collect();
    assert_eq!(pages, ["customer-7", "customer-7_DE-DE"]);
    let made = json!({ "release": "1", "renderer": "", "made_ms": 5, "reasons": ["sorts by lowest price"] });
    assert_eq!(
        report["pages"][0],
        json!({ "shopper": "customer-7", "persona": "dealhunter", "planned_ms": NOW_MS, "plan_is_kept": true, "made": made, "job": "done" })
    );
    assert_eq!(audit(&shop)["counts"], json!({ "reports": 1 }));
    shop.cached = Cached::Miss;
    shop.state = None;
    shop.stored.borrow_mut().clear();
    shop.pages.borrow_mut().clear();
    finish(&shop, &MaintenanceKind::ReportCustomer(customer("7")));
    let stored = shop.stored.borrow();
    let report: Value = serde_json::from_slice(&stored[&format!("report:{SHOP}:{CAUSE}")].bytes).unwrap();
    assert_eq!((&report["session"], &report["pages"]), (&json!(null), &json!([])), "of strangers, nothing");
}

#[test]
fn many_keys_are_deleted_in_batches_and_none_is_skipped() {
    let shop = Fake::default();
    for number in 0..1_800 {
        shop.write(format!("session:{SHOP}:visitor-{number:04}"), b"{}");
        let id = if number % 3 == 0 { SHOP } else { "other" };
        let entry = json!({ "store": id }).to_string();
        shop.write(format!("error:{number:015}:job"), entry.as_bytes());
        shop.write(format!("error-of:{id}:{number:015}:job"), b"1");
        shop.write(format!("job:{number:015}"), entry.as_bytes());
    }
    assert!(finish(&shop, &MaintenanceKind::RedactShop) >= 12);
    assert_eq!(left_of(&shop, SHOP), [format!("audit:{SHOP}:{NOW_MS:015}:{CAUSE}")]);
    let of_others =
        shop.keys().iter().filter(|key| key.starts_with("error:") || key.starts_with("job:")).count();
    assert_eq!(of_others, 2_400);
    let reads = shop.calls.borrow().iter().filter(|call| **call == "storage.peek").count();
    assert_eq!(reads, 1_800, "only what the original deployment left has to be read to see whose it is");
    assert_eq!(
        audit(&shop)["counts"],
        json!({ "entries": 1800, "journal_entries": 1200, "orders": 0, "pages": 0 })
    );
}

#[test]
fn a_maintenance_task_that_is_half_done_has_no_audit_record() {
    for kind in [
        MaintenanceKind::Uninstalled,
        MaintenanceKind::RedactShop,
        MaintenanceKind::RedactCustomer(customer("7")),
    ] {
        let shop = full();
        let records = || shop.keys().into_iter().filter(|key| key.starts_with(Key::AUDITS)).count();
        let (before, mut parts) = (records(), 0);
        while run_maintenance(&shop, &maintenance_task(SHOP, CAUSE, &kind)) == Progress::More {
            assert_eq!(records(), before, "{kind:?}");
            assert!(shop.keys().contains(&format!("tally:{SHOP}:{CAUSE}")), "{kind:?}");
            parts += 1;
        }
        assert!(parts > 1 && records() == before + 1, "{kind:?}");
        finish(&shop, &kind);
        assert_eq!(records(), before + 1, "{kind:?}");
        assert!(!shop.keys().contains(&format!("tally:{SHOP}:{CAUSE}")), "{kind:?}");
    }
}

/// A worker that dies after it wrote a page does not see that its shopper was redacted meanwhile.
#[test]
fn a_page_that_was_stored_after_a_redaction_is_deleted_minutes_later() {
    for kind in [MaintenanceKind::RedactShop, MaintenanceKind::RedactCustomer(customer("7"))] {
        let shop = full();
        let run = || run_maintenance(&shop, &maintenance_task(SHOP, CAUSE, &kind));
        let recorded = (0..100).map(|_| run()).find(|progress| *progress != Progress::More);
        assert_eq!(recorded, Some(Progress::Later(LATE_MS)), "{kind:?}");
        let before = audit(&shop)["counts"]["pages"].as_u64();
        let late = format!("{SHOP}:customer-7_DE-DE");
        shop.pages.borrow_mut().insert(late.clone());

        shop.now_ms.set(NOW_MS + LATE_MS / 2);
        assert_eq!(run(), Progress::Later(LATE_MS / 2), "it was claimed early");
        shop.now_ms.set(NOW_MS - LATE_MS);
        assert_eq!(run(), Progress::Later(LATE_MS), "the clock was set back");
        assert!(shop.pages.borrow().contains(&late));
        shop.now_ms.set(NOW_MS + LATE_MS);
        assert_eq!(run(), Progress::Done);
        assert!(!shop.pages.borrow().contains(&late), "{kind:?}");
        assert_eq!(audit(&shop)["counts"]["pages"].as_u64(), before.map(|pages| pages + 1), "one record");
        assert!(!shop.keys().contains(&format!("tally:{SHOP}:{CAUSE}")), "{kind:?}");
    }
}

#[test]
fn an_interrupted_maintenance_task_is_resumed() {
    for kind in [
        MaintenanceKind::Uninstalled,
        MaintenanceKind::RedactShop,
        MaintenanceKind::RedactCustomer(customer("7")),
    ] {
        for part in ["storage", "cache", "queue"] {
            let mut shop = full();
            run_maintenance(&shop, &maintenance_task(SHOP, CAUSE, &kind));
            shop.down = vec![part];
            let retries = (0..8).filter(|_| {
                matches!(run_maintenance(&shop, &maintenance_task(SHOP, CAUSE, &kind)), Progress::Retry(_))
            });
            assert!(retries.count() > 0, "{kind:?} without {part}");
            shop.down.clear();
            finish(&shop, &kind);
            assert!(!shop.pages.borrow().contains(&format!("{SHOP}:customer-7")));
        }
    }
}

#[test]
fn a_maintenance_task_is_given_up_when_a_part_of_it_is_refused_as_invalid() {
    for kind in [MaintenanceKind::RedactShop, MaintenanceKind::RedactCustomer(customer("7"))] {
        for part in ["storage", "cache", "queue"] {
            let mut shop = full();
            shop.refusing = vec![part];
            let ended =
                (0..8).find_map(|_| match run_maintenance(&shop, &maintenance_task(SHOP, CAUSE, &kind)) {
                    Progress::More => None,
                    over => Some(over),
                });
            let reason = format!("{part} refuses the call");
            assert_eq!(ended, Some(Progress::Impossible(reason)), "{kind:?}");
        }
    }
}

#[test]
fn a_maintenance_task_works_on_ids_whatever_the_settings_are() {
    let shop = Fake { shops: Vec::new(), ..full() };
    finish(&shop, &MaintenanceKind::RedactShop);
    assert!(!shop.calls.borrow().iter().any(|call| call.starts_with("settings.")));
}
