//! The tables of shops that installed the app: their tokens, their merchants' choices and their usage
//! (`migrations/sqlite/shops`, `migrations/postgres/0003_shops.sql`). What is in them, the crate `admin` knows.

mod postgres;
mod sqlite;

use crate::kind::kinds;
use crate::tables::Tables;

kinds!("shops", dyn Tables: [sqlite, postgres]);
