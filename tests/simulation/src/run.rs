//! Runs seeds, and describes a seed that fails.

use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

use corosensei::stack::DefaultStack;
use storage::Database;

use crate::Bug;
use crate::simulation::Simulation;
use crate::sqlite::Sqlite;

/// The environment variable with the only seed to run.
pub const SEED_VARIABLE: &str = "SIMULATION_SEED";

/// A seed that failed.
#[derive(Debug)]
pub struct Failure {
    /// The seed.
    pub seed: u64,
    /// The violated rule.
    pub violation: String,
    /// The last steps before.
    pub steps: Vec<String>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.steps.iter().try_for_each(|step| writeln!(f, "{step}"))?;
        writeln!(f, "seed {}: {}", self.seed, self.violation)?;
        write!(f, "replay: {SEED_VARIABLE}={} cargo test -p simulation -- --nocapture", self.seed)
    }
}

/// Runs seeds one after the other, on one database.
pub struct Runner {
    database: Rc<Database<Sqlite>>,
    claimant: Rc<RefCell<Option<String>>>,
    stacks: Vec<DefaultStack>,
}

impl Default for Runner {
    fn default() -> Self {
        let claimant = Rc::default();
        let database = Rc::new(Database::new(Sqlite::open(Rc::clone(&claimant))));
        Self { database, claimant, stacks: Vec::new() }
    }
}

impl Runner {
    /// Runs a seed, with a planted bug or without. If it fails, runs it again to tell its last steps.
    ///
    /// # Errors
    ///
    /// Fails if an invariant is violated.
    pub fn run(&mut self, seed: u64, bug: Option<Bug>) -> Result<(), Box<Failure>> {
        let (Some(violation), _) = self.once(seed, bug, false) else { return Ok(()) };
        let (again, steps) = self.once(seed, bug, true);
        assert_eq!(again.as_ref(), Some(&violation), "seed {seed} is not deterministic");
        Err(Box::new(Failure { seed, violation, steps }))
    }

    fn once(&mut self, seed: u64, bug: Option<Bug>, is_recorded: bool) -> (Option<String>, Vec<String>) {
        let stacks = std::mem::take(&mut self.stacks);
        let mut simulation = Simulation::new(seed, bug, is_recorded, &self.database, &self.claimant, stacks);
        let violation = simulation.run();
        let (world, stacks) = simulation.end();
        self.stacks = stacks;
        (violation, world.history.into_inner().into_steps())
    }
}
