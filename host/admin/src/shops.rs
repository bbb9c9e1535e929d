//! The file with everything that is stored about shops.

use std::path::Path;
use std::sync::Arc;

use capabilities::clock::Clock;
use capabilities::random::Random;
use capabilities::sqlite::{Database, Durability, OpenError};
use sqlx::migrate::Migrator;

use crate::keys::Keys;
use crate::records::Unavailable;
use crate::{Installations, Usage};

static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/sqlite/shops");

/// The stored data of shops.
pub struct Shops {
    /// Their installations.
    pub installations: Arc<Installations>,
    /// Their usage counts.
    pub usage: Arc<Usage>,
    database: Arc<Database>,
}

impl Shops {
    /// Opens the file at `path`, which is created if it is missing.
    pub async fn open(
        path: &Path,
        keys: Keys,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Result<Self, OpenError> {
        let database = Arc::new(Database::open(path, &MIGRATIONS, Durability::Power).await?);
        let usage = Arc::new(Usage::new(database.clone(), clock.clone()));
        let installations = Arc::new(Installations::new(database.clone(), keys, clock, random));
        Ok(Self { installations, usage, database })
    }

    /// Fails if the file cannot be written.
    pub async fn probe(&self) -> Result<(), Unavailable> {
        Ok(self.database.probe().await?)
    }

    /// Writes pending counts, finishes pending work and closes the file.
    pub async fn close(&self) {
        self.usage.flush().await;
        self.database.close().await;
    }
}
