//! Which members of the pool this host claims jobs for. The hosts share them out evenly without asking each other: each
//! gives up what it has too much, and takes what is free until it has its share.
//!
//! A member moves at once. Its jobs that run are counted where they run: the host that takes the member leaves as many of
//! its slots free. So all hosts together run at most as many jobs as the pool has slots.

use ::sql::postgres::hosts as sql;
use sqlx::Row as _;
use sqlx::postgres::PgRow;

use super::super::{Error, Slots};
use crate::postgres::Database;

/// One look at the members, and what follows from it.
pub(super) struct Share<'a> {
    pub(super) database: &'a Database,
    /// This host.
    pub(super) id: &'a str,
    pub(super) slots: &'a Slots,
}

/// A member of the pool.
struct Member {
    name: String,
    host: Option<String>,
    /// How many of its jobs the table counts here, though it was given up.
    here: i64,
    /// How many of its jobs run on hosts that gave it up.
    elsewhere: i64,
}

/// Returns how many of so many members the host at this place in the order of arrival should have. Those who came first
/// have one more if there is a rest, so that a host that arrives moves as few as possible.
fn target(place: usize, hosts: usize, members: usize) -> usize {
    match members.checked_div(hosts) {
        Some(least) => least + usize::from(place < members % hosts),
        None => members,
    }
}

impl Share<'_> {
    /// Gives up members or takes free ones, and allows this host the slots of those that it has.
    pub(super) async fn take(&self, live: &[String]) -> Result<(), Error> {
        let before = self.slots.members_here();
        let taken = self.try_to_take(live).await;
        let (members, hosts) = (self.slots.members_here(), live.len());
        if members != before {
            tracing::info!(members, hosts, "this host's share of the pool changed");
        }
        taken
    }

    async fn try_to_take(&self, live: &[String]) -> Result<(), Error> {
        let names = self.slots.members();
        let members = self.members(&names).await?;
        let (mut held, others): (Vec<_>, Vec<_>) =
            members.into_iter().partition(|member| member.host.as_deref() == Some(self.id));
        for member in &others {
            let running = self.slots.withdraw(&member.name);
            self.count_leftover(member, running).await?;
        }
        let place = live.iter().position(|id| id == self.id).unwrap_or(live.len());
        let target = target(place, live.len(), names.len());
        // Those that run the fewest jobs leave the fewest slots behind.
        held.sort_by_key(|member| self.slots.taken(&member.name));
        let surplus = held.len().saturating_sub(target);
        for member in held.drain(..surplus) {
            self.give_up(&member.name).await?;
        }
        for member in &held {
            self.slots.allow(&member.name, count(member.elsewhere));
            self.count_leftover(member, 0).await?;
        }
        self.take_free(&names, target.saturating_sub(held.len())).await
    }

    /// Returns all members, which it adds to the table if they are missing.
    async fn members(&self, names: &[String]) -> Result<Vec<Member>, Error> {
        let found = self.find(names).await?;
        if found.len() == names.len() {
            return Ok(found);
        }
        self.database.count(sqlx::query(sql::ADD_MEMBERS).bind(names.to_vec())).await?;
        self.find(names).await
    }

    async fn find(&self, names: &[String]) -> Result<Vec<Member>, Error> {
        let find = sqlx::query(sql::MEMBERS).bind(self.id.to_owned()).bind(names.to_vec());
        Ok(self.database.all(find).await?.iter().map(member).collect::<Result<_, _>>()?)
    }

    /// From the withdrawal on, no job of the member begins here, so the number that others read is never too small.
    async fn give_up(&self, name: &str) -> Result<(), Error> {
        let running = self.slots.withdraw(name);
        let give_up = sqlx::query(sql::GIVE_UP).bind(self.id.to_owned()).bind(name.to_owned());
        self.database.count(give_up.bind(to_sql(running))).await?;
        Ok(())
    }

    /// Corrects how many jobs of a member are counted here though it was given up.
    async fn count_leftover(&self, member: &Member, running: usize) -> Result<(), Error> {
        let change = match running {
            _ if count(member.here) == running => return Ok(()),
            0 => sqlx::query(sql::REMOVE_LEFTOVER).bind(self.id.to_owned()).bind(member.name.clone()),
            running => {
                let set = sqlx::query(sql::SET_LEFTOVER).bind(self.id.to_owned()).bind(member.name.clone());
                set.bind(to_sql(running))
            }
        };
        self.database.count(change).await?;
        Ok(())
    }

    async fn take_free(&self, names: &[String], at_most: usize) -> Result<(), Error> {
        if at_most == 0 {
            return Ok(());
        }
        let take = sqlx::query(sql::TAKE).bind(self.id.to_owned()).bind(names.to_vec());
        for row in self.database.all(take.bind(i64::from(to_sql(at_most)))).await? {
            let (name, elsewhere): (String, i64) = (row.try_get("name")?, row.try_get("elsewhere")?);
            self.slots.allow(&name, count(elsewhere));
        }
        Ok(())
    }
}

fn member(row: &PgRow) -> Result<Member, sqlx::Error> {
    Ok(Member {
        name: row.try_get("name")?,
        host: row.try_get("host")?,
        here: row.try_get("here")?,
        elsewhere: row.try_get("elsewhere")?,
    })
}

fn count(number: i64) -> usize {
    usize::try_from(number).unwrap_or(0)
}

fn to_sql(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_member_is_somebodys_and_no_host_has_two_more_than_another() {
        for (hosts, members) in (1..12).flat_map(|hosts| (0..40).map(move |members| (hosts, members))) {
            let targets: Vec<_> = (0..hosts).map(|place| target(place, hosts, members)).collect();
            assert_eq!(targets.iter().sum::<usize>(), members);
            assert!(targets[0] - targets[hosts - 1] <= 1 && targets.is_sorted_by(|a, b| a >= b));
        }
    }

    /// A member that a host takes from another live one moves without need.
    #[test]
    fn a_host_that_arrives_makes_nobody_take_a_member() {
        for (hosts, members) in (1..12).flat_map(|hosts| (0..40).map(move |members| (hosts, members))) {
            for place in 0..hosts {
                assert!(target(place, hosts + 1, members) <= target(place, hosts, members));
            }
        }
    }
}
