//! Bills that were computed by hand.

use std::path::Path;

use capabilities::llm::Prices as ModelPrices;

use super::{Bill, Table, Traffic};

fn bill(traffic: &Traffic) -> Bill {
    Table::built_in().unwrap().bill(traffic).unwrap()
}

#[track_caller]
fn check(found: f64, expected: f64) {
    assert!((found - expected).abs() < 0.005, "{found} and not {expected}");
}

#[track_caller]
fn check_items(bill: &Bill, expected: &[(&str, f64)]) {
    let names: Vec<_> = bill.items.iter().map(|item| item.name).collect();
    assert_eq!(names, expected.iter().map(|(name, _)| *name).collect::<Vec<_>>());
    for (item, (_, dollars)) in bill.items.iter().zip(expected) {
        check(item.dollars, *dollars);
    }
}

/// 640,000 visits, 448,000 by new shoppers and 192,000 that look at 4 pages: 1,216,000 views. 640,000 × 0.41264 =
/// 264,090 pages. A question and an answer cost (2,470 × 0.95 + 260 × 4) / 1,000,000 = 0.0033865 dollars.
#[test]
fn the_bill_of_two_hosts_is_the_one_that_was_computed_by_hand() {
    let bill = bill(&Traffic::default());
    check(bill.views, 1_216_000.0);
    check(bill.generations_per_hour, 361.77);
    check_items(
        &bill,
        &[
            ("hosts", 119.14),                 // 2 × 730 × 0.0816
            ("disks of hosts", 3.20),          // 2 × 20 × 0.08
            ("load balancer", 22.265),         // 730 × 0.0305
            ("database", 23.36),               // 730 × 0.032
            ("disk of the database", 2.30),    // 20 × 0.115
            ("cache", 6.13),                   // 0.1 × 730 × 0.084, because 362 × 10 × 20 KB are 0.07 GB
            ("cache, reads and writes", 0.07), // (264,090 + 1,216,000) × 20 / 1,000,000 × 0.0023
            ("bucket", 0.40),                  // 264,090 / 30.4167 × 90 × 22 KB = 17.19 GB × 0.023
            ("bucket, writes", 5.24),          // (528,179 + 520,000) / 1,000,000 × 5
            ("traffic", 4.16),                 // 1,216,000 × 38 KB = 46.21 GB × 0.09
        ],
    );
    let model = bill.model.unwrap();
    check(model.segment, 3.40); // 33 × 30.4167 × 0.0033865
    check(model.shopper, 894.34); // 264,090 × 0.0033865
    check(bill.total.segment, 189.655);
    check(bill.total.shopper, 1_080.595);
    // (768,000 × 14 µs + 448,000 × 2 ms + 264,090 × 10 ms) × 10 / (4 × 730 × 3,600 s)
    check(bill.peak_percent, 0.34);
    assert_eq!((bill.original.dollars_min, bill.original.dollars_max), (160.0, 720.0));
}

#[test]
fn one_host_keeps_everything_on_its_disk() {
    let traffic =
        Traffic { hosts: 1, visits: 10_000.0, generations: Some(3_000.0), model: None, ..Traffic::default() };
    let bill = bill(&traffic);
    // 730 × 0.0816; 20 GB and 3,000 / 30.4167 × 90 × 22 KB; 19,000 views × 38 KB × 0.09
    check_items(&bill, &[("hosts", 59.57), ("disks of hosts", 1.62), ("traffic", 0.06)]);
    assert!(bill.model.is_none());
    check(bill.total.segment, 61.25);
    check(bill.total.shopper, 61.25);
}

#[test]
fn a_plan_for_each_segment_costs_by_shops_and_never_more_than_one_for_each_page() {
    let model = |shops, generations| {
        let model = Some(ModelPrices { in_microdollars: 1_000_000, out_microdollars: 2_000_000 });
        let traffic = Traffic { shops, generations: Some(generations), model, ..Traffic::default() };
        bill(&traffic).model.unwrap()
    };
    // (2,470 × 1 + 260 × 2) / 1,000,000 = 0.00299 dollars a call
    check(model(1.0, 1e6).segment, 3.001);
    check(model(100.0, 1e6).segment, 300.12);
    check(model(100.0, 1e3).segment, 2.99);
    check(model(100.0, 1e3).shopper, 2.99);
}

#[test]
fn traffic_that_cannot_be_is_refused() {
    let table = Table::built_in().unwrap();
    let refusal = |traffic: Traffic| table.bill(&traffic).unwrap_err().to_string();
    let usual = Traffic::default();
    assert_eq!(
        refusal(Traffic { new: 1.5, ..usual.clone() }),
        "the share of new shoppers is 1.5; it must be from 0 to 1"
    );
    assert_eq!(
        refusal(Traffic { hosts: 0, ..usual.clone() }),
        "the number of hosts is 0; it must be at least 1"
    );
    for visits in [-1.0, f64::NAN, f64::INFINITY] {
        assert!(refusal(Traffic { visits, ..usual.clone() }).starts_with("visits: "), "{visits}");
    }
}

#[test]
fn every_figure_is_stated_in_its_document() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for (name, figure) in Table::built_in().unwrap().figures.by_name() {
        let document = std::fs::read_to_string(root.join(&figure.source)).expect("the document is there");
        let text = document.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(text.contains(&figure.stated), "{name}: {} does not say {:?}", figure.source, figure.stated);
    }
}

#[test]
fn the_documented_bill_is_the_one_that_the_command_prints() {
    let document = include_str!("../../../docs/capacity.md");
    let (two, one) = (bill(&Traffic::default()), bill(&Traffic { hosts: 1, ..Traffic::default() }));
    let of = |names: &[&str]| -> f64 {
        two.items.iter().filter(|item| names.contains(&item.name)).map(|item| item.dollars).sum()
    };
    let model = two.model.expect("it has one");
    for (row, dollars) in [
        ("| hosts and their disks |", of(&["hosts", "disks of hosts"])),
        ("| load balancer |", of(&["load balancer"])),
        ("| PostgreSQL |", of(&["database", "disk of the database"])),
        ("| Valkey |", of(&["cache", "cache, reads and writes"])),
        ("| bucket |", of(&["bucket", "bucket, writes"])),
        ("| traffic |", of(&["traffic"])),
        ("| the model, a plan for each segment |", model.segment),
        ("| **in all** |", two.total.segment),
        ("| the model, a plan for each shopper instead |", model.shopper),
        ("without shared servers costs", one.total.segment),
    ] {
        let stated = document.split_once(row).expect(row).1.trim_start_matches([' ', '*']);
        let stated: f64 = stated.split([' ', '*']).next().and_then(|text| text.parse().ok()).expect(row);
        assert!((stated - dollars).abs() < 0.011, "{row} {stated}, and not {dollars:.2}");
    }
}

#[test]
fn every_price_names_the_vendors_list_and_a_month() {
    for (name, price) in Table::built_in().unwrap().prices.by_name() {
        let is_month = price.as_of.len() == 7 && price.as_of.starts_with("20");
        assert!(price.dollars > 0.0 && price.source.starts_with("https://") && is_month, "{name}: {price:?}");
    }
}
