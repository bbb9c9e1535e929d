//! A small day: the default costs few calls of the model, and nearly every visit is on a generated page.

use model::shop::PlansPer;
use simulation::{Day, Outcome};

const VISITS: u64 = 2_000;
/// A product changes as often for a visit as in three days of 100,000 visits with 500 changes each.
const CHANGES: u64 = 30;

fn run(plans_per: PlansPer) -> Outcome {
    let outcome = Day { changes: CHANGES, ..Day::new(VISITS, plans_per, 2) }.run();
    assert_eq!(outcome.violation, None);
    assert_eq!(outcome.visits, VISITS);
    outcome
}

#[test]
fn a_day_costs_few_calls_and_nearly_every_visit_is_on_a_generated_page() {
    let per_segment = run(PlansPer::Segment);
    assert!((9..=40).contains(&per_segment.calls), "{per_segment:?}");
    assert!(per_segment.generated * 100 >= VISITS * 95, "{per_segment:?}");

    let per_shopper = run(PlansPer::Shopper);
    assert!(per_shopper.calls > 5 * per_segment.calls, "{per_shopper:?}");
}

#[test]
fn where_a_merchant_approves_every_page_is_of_an_approved_plan_and_costs_few_calls() {
    let approving = Day { approves: true, ..Day::new(VISITS, PlansPer::Shopper, 2) };
    let outcome = Day { changes: CHANGES, ..approving }.run();
    assert_eq!((outcome.violation.as_deref(), outcome.visits), (None, VISITS));
    assert!((9..=60).contains(&outcome.calls), "{outcome:?}");
    assert!(outcome.generated * 2 >= VISITS, "once they are approved they are shown: {outcome:?}");
    assert!(outcome.made.iter().all(|(source, _)| source == "approved"), "{outcome:?}");
}

#[test]
fn a_day_is_decided_by_its_seed() {
    let run = || Day::new(200, PlansPer::Segment, 4).run();
    let (first, second) = (run(), run());
    assert_eq!(format!("{first:?}"), format!("{second:?}"));
}
