//! Errors of jobs, stored for the operator for a week.

use std::collections::VecDeque;

use model::jobs::{Ending, Trouble};
use model::{Cause, Key, ShopId};
use serde::{Deserialize, Serialize};

use crate::capabilities::{Failure, Kv};

/// How long a record is stored: 7 days.
const TTL_SECONDS: u32 = 7 * 24 * 60 * 60;
/// The longest reason.
const REASON_CHARS_MAX: usize = 300;
/// An upper bound on the size of a record: a reason of 300 characters has 1200 bytes, or twice 300 with escapes.
const RECORD_BYTES_MAX: u32 = 2048;
/// The most records that are listed at once.
const RECORDS_MAX: usize = 100;
/// How many keys one call lists, and how many calls one span may take.
const KEYS_PER_CALL: u32 = 200;
const CALLS_MAX: u32 = 10;
/// How far back to look, one span after the other, until enough records are found: from a second to over
/// twelve days.
const SPANS_MS: [u64; 6] = [1 << 10, 1 << 14, 1 << 18, 1 << 22, 1 << 26, 1 << 30];

/// An error of a job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The time of the error, in milliseconds since the epoch.
    pub at_ms: u64,
    /// The id of the job.
    pub job: String,
    /// The shop; empty if it could not be read.
    #[serde(rename = "store")]
    pub shop: String,
    /// Why the language model gave no plan; `None` if the error has another cause.
    #[serde(default)]
    pub cause: Option<Cause>,
    /// The error in words.
    pub reason: String,
    /// The outcome of the job. The name in storage is that of earlier releases.
    #[serde(rename = "settled")]
    pub ending: Ending,
}

impl Record {
    pub(crate) fn new(
        at_ms: u64,
        job: &str,
        shop: Option<&ShopId>,
        trouble: &Trouble,
        ending: Ending,
    ) -> Self {
        let Trouble { cause, reason } = trouble;
        let reason = reason.chars().filter(|c| !c.is_control()).take(REASON_CHARS_MAX).collect();
        let shop = shop.map_or("", ShopId::as_str).to_owned();
        Self { at_ms, job: job.to_owned(), shop, cause: *cause, reason, ending }
    }
}

/// Writes a record, after its index entry for the shop.
pub(crate) fn write(kv: &impl Kv, record: &Record) -> Result<(), Failure> {
    let bytes = serde_json::to_vec(record).expect("plain fields have a JSON form");
    if let Ok(shop) = ShopId::parse(&record.shop) {
        kv.set(Key::JobErrorOf(&shop, record.at_ms, &record.job), b"1", TTL_SECONDS)?;
    }
    kv.set(Key::JobError(record.at_ms, &record.job), &bytes, TTL_SECONDS)
}

/// Returns at most `limit` of the newest records, newest first, and never more than 100. Leaves out
/// records that have expired meanwhile or cannot be read.
pub(crate) fn newest(kv: &impl Kv, now_ms: u64, limit: u32) -> Result<Vec<Record>, Failure> {
    let limit = RECORDS_MAX.min(limit as usize);
    let mut records = Vec::with_capacity(limit);
    for key in newest_keys(kv, now_ms, limit)?.iter().rev() {
        let bytes = kv.get(key, RECORD_BYTES_MAX)?.unwrap_or_default();
        records.extend(serde_json::from_slice::<Record>(&bytes));
    }
    Ok(records)
}

/// Returns the last `limit` keys, oldest first. Storage lists keys oldest first only, so this looks back
/// over longer and longer spans until one has enough. A span with too many keys to list ends the search:
/// the keys of the shorter span are newer than all keys that are left out.
fn newest_keys(kv: &impl Kv, now_ms: u64, limit: usize) -> Result<VecDeque<String>, Failure> {
    let mut newest = VecDeque::new();
    for span_ms in SPANS_MS {
        match keys_since(kv, now_ms.saturating_sub(span_ms), limit)? {
            Some(keys) => newest = keys,
            None => break,
        }
        if newest.len() == limit {
            break;
        }
    }
    Ok(newest)
}

/// Returns the last `limit` keys from a time on; `None` if there are too many to list.
fn keys_since(kv: &impl Kv, since_ms: u64, limit: usize) -> Result<Option<VecDeque<String>>, Failure> {
    let mut after = Key::JobError(since_ms, "").to_string();
    let mut last = VecDeque::new();
    for _ in 0..CALLS_MAX {
        let keys = kv.list_keys(Key::JOB_ERRORS, &after, KEYS_PER_CALL)?;
        let complete = keys.len() < KEYS_PER_CALL as usize;
        last.extend(keys);
        last.drain(..last.len().saturating_sub(limit));
        match last.back() {
            Some(key) if !complete => after.clone_from(key),
            _ => return Ok(Some(last)),
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::fakes::FakeKv;

    const NOW_MS: u64 = 1_800_000_000_000;
    const WEEK_MS: u64 = TTL_SECONDS as u64 * 1000;

    fn write_at(kv: &FakeKv, at_ms: u64) {
        write(kv, &Record::new(at_ms, "job-1", None, &trouble("it broke"), Ending::Retry)).unwrap();
    }

    fn trouble(reason: &str) -> Trouble {
        Trouble { cause: Some(Cause::Unreachable), reason: reason.to_owned() }
    }

    fn times(kv: &FakeKv, limit: u32) -> Vec<u64> {
        newest(kv, NOW_MS, limit).unwrap().iter().map(|record| record.at_ms).collect()
    }

    proptest! {
        #[test]
        fn the_newest_records_come_newest_first(
            ages_ms in prop::collection::btree_set(0..WEEK_MS, 0..300), limit in 0..150u32,
        ) {
            let kv = FakeKv::default();
            for age_ms in &ages_ms {
                write_at(&kv, NOW_MS - age_ms);
            }
            let expected: Vec<u64> =
                ages_ms.iter().map(|age_ms| NOW_MS - age_ms).take(RECORDS_MAX.min(limit as usize)).collect();
            prop_assert_eq!(times(&kv, limit), expected);
        }
    }

    #[test]
    fn a_flood_of_older_records_does_not_hide_the_newest() {
        let kv = FakeKv::default();
        (0..5000).for_each(|number| write_at(&kv, NOW_MS - 3_600_000 + number));
        for age_ms in [3, 2, 1] {
            write_at(&kv, NOW_MS - age_ms);
        }
        assert_eq!(times(&kv, 10), [NOW_MS - 1, NOW_MS - 2, NOW_MS - 3]);
    }

    #[test]
    fn more_than_one_page_of_keys_is_read_to_its_end() {
        let kv = FakeKv::default();
        (0..450).for_each(|age_ms| write_at(&kv, NOW_MS - age_ms));
        assert_eq!(times(&kv, 2), [NOW_MS, NOW_MS - 1]);
        assert_eq!(kv.lists.get(), 3);
    }

    #[test]
    fn a_record_that_cannot_be_read_is_left_out() {
        let kv = FakeKv::default();
        write_at(&kv, NOW_MS - 1);
        kv.entries.borrow_mut().insert(Key::JobError(NOW_MS, "x").to_string(), b"garbage".to_vec());
        assert_eq!(times(&kv, 10), [NOW_MS - 1]);
    }

    #[test]
    fn a_record_of_an_earlier_release_has_no_cause() {
        let earlier = r#"{"at_ms":1,"job":"j","store":"s","reason":"r","settled":"done"}"#;
        assert_eq!(serde_json::from_str::<Record>(earlier).unwrap().cause, None);
    }

    #[test]
    fn the_longest_record_is_read_whole() {
        for hostile in ["€", "\u{1F9D9}", "\"", "\\", "\n"] {
            let kv = FakeKv::default();
            let shop = ShopId::parse(&"s".repeat(100)).unwrap();
            let record = Record::new(
                NOW_MS,
                &"j".repeat(64),
                Some(&shop),
                &trouble(&hostile.repeat(10_000)),
                Ending::Retry,
            );
            write(&kv, &record).unwrap();
            assert!(record.reason.chars().count() <= REASON_CHARS_MAX);
            assert_eq!(newest(&kv, NOW_MS, 1), Ok(vec![record]));
        }
    }
}
