//! The faults of a run, drawn from a seed.

use std::fmt;
use std::time::Duration;

use crate::interposer::Operation;
use crate::log_pipe::Reader;
use crate::model::Manner;
use crate::proxy::Wire;
use crate::random::Random;

/// The farthest that the server's clock is from the machine's.
const AHEAD_S_MAX: i64 = 36 * 60 * 60;

/// A fault and its parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// SIGKILL and another start, perhaps while the model answers nobody.
    Kill {
        /// Whether no request of the model is answered before.
        while_model_stalls: bool,
    },
    /// SIGTERM and another start.
    Terminate,
    /// The data folder's disk is full.
    FullDisk,
    /// One in this many calls on files fails with an I/O error.
    Input(Operation, i64),
    /// Another process holds the write lock of this database.
    Lock(&'static str),
    /// The reader of the log stalls, or is gone.
    Log(Reader),
    /// The clock is set forward or back by this many seconds.
    Clock(i64),
    /// The model answers otherwise.
    Model(Manner),
    /// What the model answers arrives otherwise.
    Wire(Wire),
}

/// A fault, and what happens around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Round {
    /// The fault.
    pub fault: Fault,
    /// How long the fault lasts, or how long after the first shopper the process ends.
    pub lasts: Duration,
    /// How many new shoppers come meanwhile.
    pub shoppers: u64,
    /// How long the model takes for a plan.
    pub planning: Duration,
}

/// Returns the rounds of a run. Each twenty have the same kinds of fault, four of them kills.
pub fn rounds(seed: u64, count: usize) -> Vec<Round> {
    let (mut random, mut rounds, mut ahead_s) = (Random::new(seed), Vec::new(), 0);
    while rounds.len() < count {
        let mut faults = twenty(&mut random);
        random.shuffle(&mut faults);
        rounds.extend(faults.into_iter().map(|fault| round(fault, &mut random, &mut ahead_s)));
    }
    rounds.truncate(count);
    rounds
}

fn round(fault: Fault, random: &mut Random, ahead_s: &mut i64) -> Round {
    let fault = if let Fault::Clock(step_s) = fault {
        let is_far = (*ahead_s + step_s).abs() > AHEAD_S_MAX;
        let step_s = if is_far { -step_s } else { step_s };
        *ahead_s += step_s;
        Fault::Clock(step_s)
    } else {
        fault
    };
    let lasts_ms = match fault {
        Fault::Kill { .. } | Fault::Terminate => random.between(0, 600),
        Fault::Clock(_) => random.between(100, 400),
        _ => random.between(300, 1_600),
    };
    Round {
        fault,
        lasts: Duration::from_millis(lasts_ms),
        shoppers: random.between(3, 10),
        planning: Duration::from_millis(random.between(0, 200)),
    }
}

fn twenty(random: &mut Random) -> Vec<Fault> {
    let mut one_in = || i64::try_from(random.between(1, 4)).unwrap_or(1);
    let failing =
        [Operation::Write, Operation::Sync, Operation::Read].map(|calls| Fault::Input(calls, one_in()));
    let mut step_s = || {
        // A second as often as minutes and most of a day.
        let scale = [1, 60, 3_600][usize::try_from(random.between(0, 2)).unwrap_or(0)];
        i64::try_from(random.between(1, 20)).unwrap_or(1) * scale
    };
    let clock = [step_s(), -step_s()].map(Fault::Clock);
    let statuses = [429, 500, 503, 529];
    let storm = statuses[usize::try_from(random.between(0, 3)).unwrap_or(0)];
    let useless = [Manner::Prose, Manner::Garbage][usize::try_from(random.between(0, 1)).unwrap_or(0)];
    let late = Duration::from_millis(random.between(50, 900));
    let cut = Wire::Cuts(usize::try_from(random.between(0, 600)).unwrap_or(0));
    let broken = [Wire::Stalls, Wire::Corrupts][usize::try_from(random.between(0, 1)).unwrap_or(0)];
    let slow = [Fault::Model(Manner::Plan(late * 3)), Fault::Wire(Wire::Delays(late))];
    let kills = [false, false, true, true].map(|while_model_stalls| Fault::Kill { while_model_stalls });
    let others = [
        Fault::Terminate,
        Fault::FullDisk,
        Fault::Lock("kv.db"),
        Fault::Lock("jobs.db"),
        Fault::Lock("budget.db"),
        Fault::Log(Reader::Gone),
        Fault::Log(Reader::Stalls),
        Fault::Wire(cut),
        [Fault::Model(useless), Fault::Wire(broken)][usize::try_from(random.between(0, 1)).unwrap_or(0)],
        [Fault::Model(Manner::Status(storm)), slow[usize::try_from(random.between(0, 1)).unwrap_or(0)]]
            [usize::try_from(random.between(0, 1)).unwrap_or(0)],
        Fault::Wire(Wire::Refuses),
    ];
    kills.into_iter().chain(failing).chain(clock).chain(others).collect()
}

impl Fault {
    /// Returns whether what is written meanwhile may fail. A clock that is set forward ends leases, and with them the
    /// work on their jobs.
    pub fn is_of_storage(self) -> bool {
        matches!(self, Self::FullDisk | Self::Input(..) | Self::Lock(_) | Self::Clock(_))
    }

    /// Returns whether what the model plans meanwhile may not arrive, or too late.
    pub fn is_of_model(self) -> bool {
        matches!(self, Self::Model(_) | Self::Wire(_) | Self::Kill { while_model_stalls: true })
    }

    /// Returns whether the process ends.
    pub fn is_of_process(self) -> bool {
        matches!(self, Self::Kill { .. } | Self::Terminate)
    }

    /// Returns its kind, for counting.
    pub fn kind(self) -> &'static str {
        match self {
            Self::Kill { .. } => "kill -9",
            Self::Terminate => "SIGTERM",
            Self::FullDisk => "full disk",
            Self::Input(Operation::Write, _) => "I/O error when writing",
            Self::Input(Operation::Sync, _) => "I/O error when syncing",
            Self::Input(Operation::Read, _) => "I/O error when reading",
            Self::Lock(_) => "lock held by another process",
            Self::Log(Reader::Gone) => "reader of the log gone",
            Self::Log(_) => "reader of the log stalled",
            Self::Clock(step_s) if step_s < 0 => "clock set back",
            Self::Clock(_) => "clock set forward",
            Self::Model(Manner::Plan(_)) | Self::Wire(Wire::Delays(_)) => "model slow",
            Self::Model(Manner::Status(_)) => "model refuses with a status",
            Self::Model(_) | Self::Wire(Wire::Corrupts) => "model answers garbage",
            Self::Wire(Wire::Cuts(_)) => "model cut off",
            Self::Wire(Wire::Refuses) => "model refuses connections",
            Self::Wire(_) => "model stalled",
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind())?;
        match self {
            Self::Kill { while_model_stalls: true } => f.write_str(" while the model is stalled"),
            Self::Input(_, one_in) => write!(f, ", one call in {one_in}"),
            Self::Lock(database) => write!(f, ", {database}"),
            Self::Clock(step_s) => write!(f, " by {} s", step_s.abs()),
            Self::Model(Manner::Status(status)) => write!(f, " {status}"),
            Self::Model(Manner::Plan(after)) => write!(f, ", {} ms", after.as_millis()),
            Self::Model(manner) => write!(f, ", {manner:?}"),
            Self::Wire(Wire::Delays(late)) => write!(f, ", each part {} ms late", late.as_millis()),
            Self::Wire(Wire::Cuts(after)) => write!(f, " after {after} bytes"),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_always_gives_the_same_rounds_and_another_seed_others() {
        assert_eq!(rounds(7, 50), rounds(7, 50));
        assert_ne!(rounds(7, 50), rounds(8, 50));
    }

    #[test]
    fn a_thousand_faults_have_two_hundred_kills_and_the_clock_stays_near() {
        for seed in 0..10 {
            let rounds = rounds(seed, 1_000);
            let kills = rounds.iter().filter(|round| matches!(round.fault, Fault::Kill { .. })).count();
            assert_eq!((rounds.len(), kills), (1_000, 200));
            let mut ahead_s = 0;
            for round in rounds {
                ahead_s += if let Fault::Clock(step_s) = round.fault { step_s } else { 0 };
                assert!(ahead_s.abs() <= AHEAD_S_MAX, "{ahead_s}");
            }
        }
    }
}
