//! Which deployment a database belongs to.
//!
//! Two deployments on one database would take each other's jobs and shops for their own. So the first host writes down
//! what the hosts of its deployment have in common, and every other host compares that with its configuration.

use sqlx::Row as _;
use sqlx::postgres::PgConnection;

use super::error::Error;

/// Writes a fact, unless it is known.
const CLAIM: &str = "INSERT INTO deployment (fact, value) VALUES ($1, $2) ON CONFLICT (fact) DO NOTHING";
/// Writes a fact, and replaces one that is stored.
const TAKE_OVER: &str = "INSERT INTO deployment (fact, value) VALUES ($1, $2)
    ON CONFLICT (fact) DO UPDATE SET value = excluded.value";
const KNOWN: &str = "SELECT fact, value FROM deployment";

/// What the hosts of a deployment have in common, and those of others have not: facts, such as its name, with their
/// values.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Deployment(Vec<(&'static str, String)>);

/// How the facts that a database has are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Claim {
    /// They are compared.
    Compare,
    /// Missing ones are written, and then all are compared.
    Complete,
    /// All are written.
    TakeOver,
}

impl Deployment {
    /// Adds a fact. A host that does not know it is compared by the others only.
    #[must_use]
    pub fn with(mut self, fact: &'static str, value: Option<&str>) -> Self {
        self.0.extend(value.map(|value| (fact, value.to_owned())));
        self
    }

    /// Fails if the database belongs to another deployment.
    pub(super) async fn claim(&self, connection: &mut PgConnection, claim: Claim) -> Result<(), Error> {
        match claim {
            Claim::Compare => {}
            Claim::Complete => self.write(connection, CLAIM).await?,
            Claim::TakeOver => self.write(connection, TAKE_OVER).await?,
        }
        for row in sqlx::query(KNOWN).fetch_all(connection).await? {
            self.compare(row.try_get("fact")?, row.try_get("value")?)?;
        }
        Ok(())
    }

    async fn write(&self, connection: &mut PgConnection, statement: &'static str) -> Result<(), Error> {
        for (fact, value) in &self.0 {
            sqlx::query(statement).bind(*fact).bind(value).execute(&mut *connection).await?;
        }
        Ok(())
    }

    fn compare(&self, fact: &str, known: &str) -> Result<(), Error> {
        match self.0.iter().find(|(own, _)| *own == fact) {
            Some((_, own)) if own != known => Err(Error::Unfit(format!(
                "the database belongs to another deployment, whose {fact} is `{known}` and not `{own}`: name another \
                 database or schema, or run `wandstore migrate --take-over` if that deployment no longer exists"
            ))),
            _ => Ok(()),
        }
    }
}
