//! Shops in the site's database.

use std::future::{Ready, ready};
use std::sync::Arc;

use crate::kind::{Opened, Site};
use crate::tables::{InPostgres, Tables};

pub(super) use crate::kind::NoOptions as Options;

/// Returns the tables in the site's database.
pub(super) fn open(_: Options, site: &Site) -> Ready<Opened<dyn Tables>> {
    let tables = |database| -> Arc<dyn Tables> { Arc::new(InPostgres::new(database, "shops")) };
    ready(site.database().map(tables).map_err(Into::into))
}
