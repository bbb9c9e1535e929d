//! Runs a day of a shop under each setting of `plans_per`, and prints what it costs.
#![expect(clippy::print_stdout, reason = "it prints a table")]

use std::thread;

use clap::Parser;
use model::shop::PlansPer;
use simulation::{Day, Outcome};

/// The prices of a million tokens, in millionths of a dollar, as in `llm.price_in_microdollars` by default.
const PRICE_IN: u64 = 950_000;
const PRICE_OUT: u64 = 4_000_000;

/// Run a day of a shop in virtual time, with each setting of `plans_per`, and print what the visits cost.
#[derive(Parser)]
struct Options {
    /// How many visits there are.
    #[arg(long, default_value_t = 100_000)]
    visits: u64,
    /// The seed, which decides everything that is drawn.
    #[arg(long, default_value_t = 2)]
    seed: u64,
}

fn main() {
    let Options { visits, seed } = Options::parse();
    println!(
        "| plans per | model calls | tokens in | tokens out | cost | pages: llm, shared, local | \
         visits on a generated page at once | or within the visit |"
    );
    println!("|---|---:|---:|---:|---:|---:|---:|---:|");
    let run = |plans_per| move || row(plans_per, &Day::new(visits, plans_per, seed).run());
    let days = [PlansPer::Segment, PlansPer::Shopper].map(|plans_per| thread::spawn(run(plans_per)));
    for day in days {
        println!("{}", day.join().expect("a day does not panic"));
    }
}

fn row(plans_per: PlansPer, outcome: &Outcome) -> String {
    let Outcome { visits, at_once, generated, calls, tokens_in, tokens_out, made, violation } = outcome;
    if let Some(violation) = violation {
        return format!("{plans_per}: {violation}");
    }
    let of = |source: &str| made.iter().find(|(of, _)| of == source).map_or(0, |(_, count)| *count);
    let cents = (tokens_in * PRICE_IN + tokens_out * PRICE_OUT) / 1_000_000 / 10_000;
    let percent = |count: u64| {
        let permille = count * 1_000 / (*visits).max(1);
        format!("{}.{} %", permille / 10, permille % 10)
    };
    format!(
        "| {plans_per} | {calls} | {tokens_in} | {tokens_out} | ${}.{:02} | {}, {}, {} | {} | {} |",
        cents / 100,
        cents % 100,
        of("llm"),
        of("shared"),
        of("local"),
        percent(*at_once),
        percent(*generated)
    )
}
