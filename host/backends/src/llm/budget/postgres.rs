//! A budget in the site's database, which several hosts share. A reservation is as durable as the server's commits.

use std::future::{Ready, ready};
use std::sync::Arc;

use ::sql::postgres::budget as sql;

use super::Budget;
use super::tables::{InTables, Statements};
use crate::kind::{Opened, Site};
use crate::tables::InPostgres;

pub(super) use crate::kind::NoOptions as Options;

const STATEMENTS: Statements =
    Statements { reserve: sql::RESERVE, settle: sql::SETTLE, used: sql::USED, since: sql::SINCE };

/// Returns the budget in the site's database.
pub(super) fn open(_: Options, site: &Site) -> Ready<Opened<dyn Budget>> {
    let budget = |database| -> Arc<dyn Budget> {
        Arc::new(InTables::new(Arc::new(InPostgres::new(database, "budget")), STATEMENTS))
    };
    ready(site.database().map(budget).map_err(Into::into))
}
