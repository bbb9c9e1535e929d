use experiments::{Arm, Cell, Earlier, Group, Shift, Source, Totals};
use model::shop::{Share, VariantArm};

use super::*;

const HOME: Place = Place { page: Some(PageKind::Home), persona: Persona::Explorer };

/// A shop of 40 days in which twice as many order with personal pages, and 3 dollars a day are spent.
fn worth(personal_orders: u64) -> Worth {
    worth_of([(Arm::Holdout, None, 500, 10), (Arm::Personal, None, 4_500, personal_orders)])
}

/// The same with these groups on each day: their arm, their part in the test of a variant, shoppers and orders.
fn worth_of<const GROUPS: usize>(groups: [(Arm, Option<VariantArm>, u64, u64); GROUPS]) -> Worth {
    let (mut sums, mut sales) = (Aggregates::default(), Sales::default());
    let currency = Currency::named("USD").unwrap();
    for day in 100..140 {
        for (arm, variant, shoppers, orders) in groups {
            let group = Group {
                day,
                share: Share::TENTH,
                arm,
                persona: Persona::Explorer,
                page: Some(PageKind::Home),
                earlier: Earlier::New,
                variant,
            };
            sums.add(group, Cell { shoppers, carted: 2 * orders, ..Cell::default() }).unwrap();
            for order in 0..orders {
                let shift = Shift { source: Source::Webhook, currency, before: 0, after: 4_000 + 25 * order };
                sales.add(group, shift).unwrap();
            }
        }
    }
    let totals = Totals::of(&sums, Share::TENTH, 141).with_sales(&sales);
    let counts = |hits, cost_microdollars| Counts { hits, cost_microdollars, ..Counts::default() };
    let of_day = |day| {
        let [home, cart] = [(90, 2_700_000), (10, 300_000)].map(|(hits, cost)| counts(hits, cost));
        [((day, Some(PageKind::Home)), home), ((day, Some(PageKind::Cart)), cart)]
    };
    let costs = (111..141).flat_map(of_day).collect();
    Worth::of(&Report::of(&totals), &sums, &sales, &costs)
}

#[test]
fn days_have_their_costs_and_what_both_groups_did() {
    let worth = worth(180);
    assert_eq!((worth.days.len(), worth.days[0].day, worth.days[0].date().as_str()), (41, 140, "1970-05-21"));
    let today = &worth.days[0];
    assert_eq!((today.costs.unwrap().hits, today.all().together()), (100, Done::default()));
    let before = &worth.days[1];
    assert_eq!(before.of.len(), 2, "the home page, and the cart, on which nobody was counted");
    let home = before.of[&HOME];
    assert_eq!((home.costs.unwrap().hits, before.costs.unwrap().hits), (90, 100));
    let Groups { holdout, personal } = home.groups;
    assert_eq!((holdout.shoppers, holdout.carted, holdout.ordered), (500, 20, 10));
    assert_eq!((personal.shoppers, personal.ordered), (4_500, 180));
    assert_eq!(holdout.revenue, (0..10).map(|order| 4_000 + 25 * order).sum::<u64>());
    assert_eq!(worth.days[40].costs, None, "costs are kept for a month");
}

#[test]
fn while_a_variant_is_tested_a_day_brings_what_all_shoppers_with_personal_pages_bring() {
    let side = |has_variant| Some(VariantArm { test: 1, has_variant });
    let worth = worth_of([
        (Arm::Holdout, side(false), 500, 10),
        (Arm::Personal, side(false), 2_250, 90),
        (Arm::Personal, side(true), 2_250, 90),
    ]);
    let [low, high] = worth.a_day().orders.unwrap();
    assert!(low < 90.0 && 90.0 < high, "90 more orders a day are in {low} to {high}");
    assert_eq!(worth.days[1].of[&HOME].groups.personal.shoppers, 4_500);
}

#[test]
fn what_a_day_brings_has_an_interval_and_one_more_order_a_price() {
    let more = worth(180).a_day();
    assert_eq!(more.cost, Some(3_000_000.0));
    // 90 more orders a day, worth about 45 dollars each.
    let [low, high] = more.orders.unwrap();
    assert!(low > 30.0 && low < 90.0 && high > 90.0 && high < 150.0, "{more:?}");
    assert!(more.revenue.unwrap()[0] > 0.0, "{more:?}");
    let [low, high] = more.cost_of_an_order.unwrap();
    assert!(low < high && high < 100_000.0, "{more:?}");
    let before = worth(180);
    let of_home = before.line(HOME, &before.days[1].of[&HOME]);
    assert_eq!(of_home.cost, Some(2_700_000.0), "the cart has costs of its own");
    // The interval of one persona is wider than that of all shoppers.
    let ([low_of_home, high_of_home], [low_of_all, high_of_all]) =
        (of_home.orders.unwrap(), more.orders.unwrap());
    assert!(0.0 < low_of_home && low_of_home < low_of_all && high_of_all < high_of_home, "{of_home:?}");
    assert!(of_home.revenue.is_some() && of_home.cost_of_an_order.is_some(), "{of_home:?}");
    let oldest = &before.days[40];
    assert_eq!(before.line(HOME, &oldest.of[&HOME]).cost_of_an_order, None, "its cost is not known any more");
    let same = worth(90).a_day();
    assert!(same.orders.unwrap()[0] < 0.0, "{same:?}");
    assert_eq!(same.cost_of_an_order, None, "perhaps there are no more");
}
