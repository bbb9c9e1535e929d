//! Checks that a file can be written and is sound. Health checks call it about once a second.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::change::{Asks, WriteFailed};
use super::file::{File, OnDamage};
use super::open_error::OpenError;
use super::writer::Writer;
use crate::disk;

/// A write to the first page of the file. Nothing reads this number.
const WRITE: &str = "PRAGMA user_version = 1";
/// A disk with less free space than this counts as full.
const FREE_BYTES_MIN: u64 = 256 << 10;
/// The average rate of damage checks, each of which reads the whole file.
const CHECKED_BYTES_PER_SECOND: u64 = 512 << 10;
/// Larger files are not checked, because the WAL cannot be reset while a check reads. Damage is noticed when a query
/// reads it.
const CHECKED_BYTES_MAX: u64 = 256 << 20;

/// Fails if the file cannot be written, is damaged, or failed a moment ago.
pub async fn probe(file: &Arc<File>, writer: &Writer, damage: &Arc<Damage>) -> Result<(), WriteFailed> {
    writer.change(sqlx::query(WRITE), Asks::Count).await?;
    if disk::free_bytes(file.path().to_owned()).await.is_some_and(|free_bytes| free_bytes < FREE_BYTES_MIN) {
        return Err(WriteFailed("the disk is full".to_owned()));
    }
    damage.look(file);
    if damage.found.swap(false, Ordering::Relaxed) {
        writer.look();
        if file.on_damage() == OnDamage::Refuse {
            damage.found.store(true, Ordering::Relaxed);
            return Err(OpenError::Damaged(file.path().to_owned()).into());
        }
    }
    writer.recent_failure().map_or(Ok(()), Err)
}

/// The result of the damage checks of a file so far.
#[derive(Default)]
pub struct Damage {
    found: AtomicBool,
    /// When the next check is due, and whether one is running.
    next: Mutex<(Option<Instant>, bool)>,
}

impl Damage {
    /// Starts a check in the background if one is due.
    fn look(self: &Arc<Self>, file: &Arc<File>) {
        let bytes = file.bytes();
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let is_due = !next.1 && next.0.is_none_or(|at| at <= Instant::now());
        if !is_due || bytes > CHECKED_BYTES_MAX {
            return;
        }
        next.1 = true;
        let (damage, file) = (self.clone(), file.clone());
        tokio::spawn(async move {
            if let Ok(is_damaged) = file.is_damaged().await {
                damage.found.store(is_damaged, Ordering::Relaxed);
            }
            let pause = Duration::from_secs(bytes / CHECKED_BYTES_PER_SECOND);
            *damage.next.lock().unwrap_or_else(PoisonError::into_inner) =
                (Some(Instant::now() + pause), false);
        });
    }
}
