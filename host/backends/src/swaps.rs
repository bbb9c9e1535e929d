//! The components that an operator chose while the hosts of a deployment serve, in the database that they share. One host
//! after the other takes them up.

use std::sync::Arc;

use ::sql::postgres::swaps as sql;
use sqlx::Row as _;

use crate::postgres::{Database, Error};

/// The choices in a database.
#[derive(Clone)]
pub struct Swaps(Arc<Database>);

/// The choice for a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The role.
    pub role: String,
    /// Which choice for the role it is.
    pub number: i64,
    /// Where the component is, with its digest; `None` stands for the one in each host's configuration.
    pub reference: Option<String>,
    /// Why no host takes it up any more.
    pub failure: Option<String>,
    /// How many hosts live.
    pub live: i64,
    /// How many of them have taken it up.
    pub taken: i64,
}

/// How the turn of a host ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// It has taken the component up.
    Taken,
    /// It refused the component, or rolled back: no host takes it up any more.
    Failed(String),
    /// It tries again later.
    Postponed,
}

impl Swaps {
    /// Returns the choices in a database.
    pub fn new(database: Arc<Database>) -> Self {
        Self(database)
    }

    /// Records a choice, and returns its number.
    pub async fn choose(&self, role: &str, reference: Option<String>) -> Result<i64, Error> {
        let statement = sqlx::query(sql::CHOOSE).bind(role.to_owned()).bind(reference);
        let row = self.0.first(statement).await?;
        Ok(row.map(|row| row.try_get("number")).transpose()?.unwrap_or_default())
    }

    /// Returns the choice of each role.
    pub async fn all(&self) -> Result<Vec<Choice>, Error> {
        let rows = self.0.all(sqlx::query(sql::ALL)).await?;
        let choice = |row: sqlx::postgres::PgRow| {
            Ok(Choice {
                role: row.try_get("role")?,
                number: row.try_get("number")?,
                reference: row.try_get("reference")?,
                failure: row.try_get("failure")?,
                live: row.try_get("live")?,
                taken: row.try_get("taken")?,
            })
        };
        rows.into_iter().map(choice).collect()
    }

    /// Begins the turn of a host. Returns `false` while it is not its turn.
    pub async fn begin(&self, choice: &Choice, host: &str) -> Result<bool, Error> {
        let statement =
            sqlx::query(sql::BEGIN).bind(choice.role.clone()).bind(choice.number).bind(host.to_owned());
        Ok(self.0.count(statement).await? > 0)
    }

    /// Ends the turn of a host.
    pub async fn end(&self, choice: &Choice, host: &str, ending: &Ending) -> Result<(), Error> {
        let of = |statement| sqlx::query(statement).bind(choice.role.clone());
        let host = host.to_owned();
        let statement = match ending {
            Ending::Taken => of(sql::TAKEN).bind(choice.number).bind(host),
            Ending::Failed(why) => of(sql::FAILED).bind(choice.number).bind(host).bind(why.clone()),
            Ending::Postponed => of(sql::POSTPONED).bind(host),
        };
        self.0.count(statement).await.map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::postgres::server::Schema;

    #[tokio::test]
    async fn hosts_take_turns_and_a_failure_ends_a_choice() {
        let Some(schema) = Schema::create().await else { return };
        let swaps = Swaps::new(schema.migrated().await);
        schema.execute("INSERT INTO hosts (id, until) VALUES ('one', now()), ('two', now())").await;
        swaps.choose("catalog", Some("ghcr.io/a/b@sha256:1".into())).await.unwrap();
        let choice = || async { swaps.all().await.unwrap().remove(0) };

        let first = choice().await;
        assert!(swaps.begin(&first, "one").await.unwrap());
        assert!(!swaps.begin(&first, "two").await.unwrap(), "it is the turn of another");
        swaps.end(&first, "one", &Ending::Taken).await.unwrap();
        assert_eq!((choice().await.taken, choice().await.live), (1, 2));
        assert!(swaps.begin(&first, "two").await.unwrap());
        schema.execute("DELETE FROM hosts WHERE id = 'two'").await;
        assert!(swaps.begin(&first, "one").await.unwrap(), "a turn ends with its host");
        swaps.end(&first, "one", &Ending::Postponed).await.unwrap();

        assert_eq!(swaps.choose("catalog", None).await.unwrap(), 2);
        assert!(!swaps.begin(&first, "one").await.unwrap(), "it is not the newest");
        let second = choice().await;
        assert_eq!((second.reference.clone(), second.taken), (None, 0));
        assert!(swaps.begin(&second, "one").await.unwrap());
        swaps.end(&second, "one", &Ending::Failed("it traps".into())).await.unwrap();
        assert_eq!(choice().await.failure.as_deref(), Some("it traps"));
        assert!(!swaps.begin(&second, "one").await.unwrap(), "nobody takes it up");
    }
}
