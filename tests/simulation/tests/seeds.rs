//! Runs the seeds of the simulation.

use std::env;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use simulation::{Bug, Failure, Runner, SEED_VARIABLE};

/// How many seeds run with every test.
const SEEDS: u64 = 10_000;
/// The environment variable with another number of seeds.
const SEEDS_VARIABLE: &str = "SIMULATION_SEEDS";
/// Within how many seeds a planted bug is caught.
const SEEDS_PER_BUG: u64 = 5_000;

#[test]
fn no_fault_breaks_an_invariant() {
    if let Some(seed) = number(SEED_VARIABLE) {
        return Runner::default().run(seed, None).unwrap_or_else(|failure| panic!("{failure}"));
    }
    let seeds = number(SEEDS_VARIABLE).unwrap_or(SEEDS);
    if let Some(failure) = run(seeds) {
        panic!("{failure}");
    }
}

#[test]
fn each_planted_bug_is_caught() {
    let mut runner = Runner::default();
    for bug in Bug::ALL {
        let caught = (0..SEEDS_PER_BUG).find_map(|seed| runner.run(seed, Some(bug)).err());
        let caught = caught.unwrap_or_else(|| panic!("{bug:?} is not caught in {SEEDS_PER_BUG} seeds"));
        println!("{bug:?}: seed {}: {}", caught.seed, caught.violation);
    }
}

/// Runs seeds on every core. Returns the lowest one that failed before the others noticed.
fn run(seeds: u64) -> Option<Box<Failure>> {
    let threads = thread::available_parallelism().map_or(1, |threads| threads.get() as u64);
    let has_failed = AtomicBool::new(false);
    let run_some = |first: u64| {
        let mut runner = Runner::default();
        let mine = (first..seeds).step_by(usize::try_from(threads).unwrap_or(1));
        let mut left = mine.take_while(|_| !has_failed.load(Ordering::Relaxed));
        let failure = left.find_map(|seed| runner.run(seed, None).err());
        has_failed.fetch_or(failure.is_some(), Ordering::Relaxed);
        failure
    };
    thread::scope(|scope| {
        let running: Vec<_> = (0..threads)
            .map(|first| {
                scope.spawn({
                    let run_some = &run_some;
                    move || run_some(first)
                })
            })
            .collect();
        let failures = running.into_iter().filter_map(|thread| thread.join().expect("a run does not panic"));
        failures.min_by_key(|failure| failure.seed)
    })
}

#[expect(clippy::disallowed_methods, reason = "a developer names the seed of the run to repeat")]
fn number(variable: &str) -> Option<u64> {
    let text = env::var(variable).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{variable} is no number: {text}")))
}
