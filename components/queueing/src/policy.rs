//! Which member takes a job, and how long a failed job pauses. Pure functions of plain numbers.

/// The pool of generation workers, and the terms of its jobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pool {
    /// The number of members, `pool-0` to `pool-{size - 1}`.
    pub size: u32,
    /// A member with this many live jobs is full.
    pub depth_max: u32,
    /// The most attempts of a job. Only a try that the job itself ended counts. A crash, that is, a dead process or
    /// an expired lease, does not.
    pub attempts_max: u32,
    /// The number of crashes in a row after which a job is given up, because it may be their reason.
    pub crashes_max: u32,
    /// How long a lease lasts, unless it is extended.
    pub lease_ms: u32,
    /// The pauses between attempts.
    pub backoff: Backoff,
}

/// How many crashes in a row a page may have. When a job ends the process, jobs that only run beside it crash with
/// it. When an operator kills the process, every job crashes. The limit is higher than either is likely to reach.
pub const CRASHES_MAX: u32 = 10;

/// How many times a maintenance task is tried, unless the pool allows more, because it must not be lost.
const MAINTENANCE_ATTEMPTS_MIN: u32 = 100;
/// The longest pause of a maintenance task, unless the pool allows longer ones. The task is tried for at least 10
/// days, and ends within 25. The law allows 30, and a maintenance task's own notes are stored for as long.
const MAINTENANCE_PAUSE_MS: u32 = 6 * 60 * 60 * 1000;

impl Pool {
    /// Returns the terms for maintenance tasks: there is at least one member, and none is ever full. They are tried
    /// more patiently than pages, because nobody waits for them, and nobody requests them again.
    #[must_use]
    pub(crate) fn for_maintenance(self) -> Self {
        Self {
            size: self.size.max(1),
            depth_max: u32::MAX,
            attempts_max: self.attempts_max.max(MAINTENANCE_ATTEMPTS_MIN),
            crashes_max: self.crashes_max.max(MAINTENANCE_ATTEMPTS_MIN),
            lease_ms: self.lease_ms,
            backoff: Backoff { max_ms: self.backoff.max_ms.max(MAINTENANCE_PAUSE_MS), ..self.backoff },
        }
    }
}

/// The pauses between attempts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// The longest first pause. It doubles from attempt to attempt.
    pub first_ms: u32,
    /// The longest pause of all.
    pub max_ms: u32,
}

/// Returns the name of a member.
pub fn member_name(index: u32) -> String {
    format!("pool-{index}")
}

/// Returns the index of the member of that name, if a pool of that size has it.
pub(crate) fn member_index(name: &str, size: u32) -> Option<u32> {
    let index = name.strip_prefix("pool-")?.parse().ok()?;
    (index < size && member_name(index) == name).then_some(index)
}

/// Returns the members that may take a job with this key, in order of preference: the one that the key
/// hashes to, then the ones after it, around the pool.
///
/// The hash is FNV-1a, 64 bits (RFC 9923), of the bytes of the key. Its two halves are combined by exclusive or,
/// modulo the size of the pool. It must not change, so that a shopper keeps their member across releases. Without
/// combining the halves, the lowest bit would only be the parity of the key's bytes.
pub fn rotation(key: &str, size: u32) -> impl Iterator<Item = u32> {
    let hash = fnv_1a(key.as_bytes());
    let folded = (hash >> 32) ^ (hash & u64::from(u32::MAX));
    let home = folded.checked_rem(u64::from(size)).unwrap_or(0);
    let is_before_home = move |index: &u32| u64::from(*index) < home;
    (0..size).skip_while(is_before_home).chain((0..size).take_while(is_before_home))
}

fn fnv_1a(bytes: &[u8]) -> u64 {
    const OFFSET_BASIS: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0000_0100_0000_01b3;
    bytes.iter().fold(OFFSET_BASIS, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(PRIME))
}

/// Returns how long a job pauses after its `attempt`, from 1, in milliseconds: between half and the whole
/// of an exponentially growing span. `random` picks the point, so that jobs that failed together do not
/// retry together. A longer `after_ms`, which a server asked for, takes precedence.
pub fn pause_ms(attempt: u32, backoff: Backoff, after_ms: Option<u64>, random: u64) -> u64 {
    let span = span_ms(attempt, backoff);
    let least = span / 2;
    let jittered = least + random % (span - least + 1);
    jittered.max(after_ms.unwrap_or(0))
}

fn span_ms(attempt: u32, backoff: Backoff) -> u64 {
    let doublings = attempt.saturating_sub(1).min(32);
    (u64::from(backoff.first_ms) << doublings).min(u64::from(backoff.max_ms))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_rotation_visits_every_member_once(key in "[a-z0-9.-]{1,40}:[A-Za-z0-9_-]{1,40}", size in 0..300u32) {
            let members: Vec<u32> = rotation(&key, size).collect();
            let distinct: BTreeSet<u32> = members.iter().copied().collect();
            prop_assert_eq!(members.len(), size as usize);
            prop_assert_eq!(distinct, (0..size).collect::<BTreeSet<u32>>());
        }

        #[test]
        fn a_pause_is_between_half_and_whole_of_its_span(
            attempt in any::<u32>(), first_ms in any::<u32>(), max_ms in any::<u32>(), random in any::<u64>(),
        ) {
            let backoff = Backoff { first_ms, max_ms };
            let pause = pause_ms(attempt, backoff, None, random);
            let span = span_ms(attempt, backoff);
            prop_assert!(span / 2 <= pause && pause <= span);
            prop_assert!(span <= u64::from(max_ms));
        }

        #[test]
        fn spans_never_shrink(attempt in 1..u32::MAX, first_ms in any::<u32>(), max_ms in any::<u32>()) {
            let backoff = Backoff { first_ms, max_ms };
            prop_assert!(span_ms(attempt, backoff) <= span_ms(attempt + 1, backoff));
        }

        #[test]
        fn a_servers_retry_after_is_honoured(
            attempt in any::<u32>(), after_ms in any::<u64>(), random in any::<u64>(),
        ) {
            let backoff = Backoff { first_ms: 1000, max_ms: 60_000 };
            prop_assert!(pause_ms(attempt, backoff, Some(after_ms), random) >= after_ms);
        }

        #[test]
        fn only_the_names_of_members_are_members(name in "(pool-)?[0-9+]{0,12}", size in 0..20u32) {
            let expected = (0..size).find(|index| member_name(*index) == name);
            prop_assert_eq!(member_index(&name, size), expected);
        }
    }

    #[test]
    fn maintenance_tasks_outlast_ten_days_without_a_backend_and_end_before_the_law_does() {
        let backoff = Backoff { first_ms: 1000, max_ms: 60_000 };
        let pool = Pool { size: 0, depth_max: 2, attempts_max: 4, crashes_max: 10, lease_ms: 100, backoff };
        let pool = pool.for_maintenance();
        assert_eq!((pool.size, pool.depth_max, pool.attempts_max, pool.crashes_max), (1, u32::MAX, 100, 100));
        let least = |attempt| pause_ms(attempt, pool.backoff, None, 0);
        let most = |attempt| span_ms(attempt, pool.backoff);
        let days = |pauses: u64| pauses / (24 * 60 * 60 * 1000);
        assert!(days((1..pool.attempts_max).map(least).sum()) >= 10);
        assert!(days((1..pool.attempts_max).map(most).sum()) < 25);
    }

    #[test]
    fn a_pool_that_is_more_patient_than_maintenance_tasks_keeps_its_patience() {
        let backoff = Backoff { first_ms: 1000, max_ms: u32::MAX };
        let pool = Pool { size: 3, depth_max: 2, attempts_max: 999, crashes_max: 10, lease_ms: 100, backoff };
        let pool = pool.for_maintenance();
        assert_eq!((pool.size, pool.attempts_max, pool.backoff), (3, 999, backoff));
    }

    #[test]
    fn pauses_double_up_to_the_cap() {
        let backoff = Backoff { first_ms: 1000, max_ms: 5000 };
        let whole = |attempt| span_ms(attempt, backoff);
        assert_eq!([1, 2, 3, 4, u32::MAX].map(whole), [1000, 2000, 4000, 5000, 5000]);
    }

    #[test]
    fn the_hash_is_the_published_one() {
        // From the test vectors of RFC 9923.
        assert_eq!(fnv_1a(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv_1a(b"a"), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(fnv_1a(b"foobar"), 0x8594_4171_f739_67e8);
    }

    #[test]
    fn a_shopper_keeps_their_member() {
        let members = |key| rotation(key, 10).take(3).collect::<Vec<_>>();
        assert_eq!(members("magic-wands:abc123"), [7, 8, 9]);
        assert_eq!(members("magic-wands:shopper-2"), [6, 7, 8]);
    }

    #[test]
    fn shoppers_spread_evenly_over_members() {
        for size in [2, 3, 4, 8, 10, 16] {
            let mut counts = vec![0u32; size as usize];
            for shopper in 0..10_000 {
                let member = rotation(&format!("magic-wands:shopper-{shopper}"), size).next().unwrap();
                counts[member as usize] += 1;
            }
            let fair = 10_000 / size;
            let even = counts.iter().all(|count| count.abs_diff(fair) < fair / 5);
            assert!(even, "{size} members: {counts:?}");
        }
    }
}
