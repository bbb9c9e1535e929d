//! The Rollouts of a shop, read from the Admin API where the merchant granted the scope
//! (<https://shopify.dev/docs/api/admin-graphql/2026-10/queries/rollouts>): the comparison names them and leaves their days
//! out.

use experiments::{Rollout, Rollouts};
use jiff::Timestamp;
use model::ShopId;
use serde_json::{Value, json};

use crate::records::has_scope;
use crate::shopify_api::Failure;
use crate::{Admin, NotConnected};

/// The optional scope that a merchant grants for it.
pub(crate) const SCOPE: &str = "read_rollouts";
/// The newest ones first.
const READ: &str = "query($count: Int!) { rollouts(first: $count, reverse: true) \
    { nodes { name startedAt concludedAt archivedAt } } }";

impl Admin {
    /// Reads a shop's Rollouts. A failure is logged, and those that are known count. Without the scope, nobody is asked.
    pub(crate) async fn read_rollouts(&self, shop: &ShopId) {
        if let Err(error) = self.read_rollouts_of(shop).await {
            tracing::warn!(%shop, %error, "cannot read a shop's Rollouts; those that are known count");
        }
    }

    async fn read_rollouts_of(&self, shop: &ShopId) -> Result<(), NotConnected> {
        let found = self.installations().find(shop).await?;
        if !found.is_some_and(|found| has_scope(&found.scopes, SCOPE)) {
            return Ok(());
        }
        let token = self.connections.access_token(shop).await?;
        let count = json!({ "count": Rollouts::MAX });
        let answer =
            self.connections.api.graphql(shop, &token, READ, count).await.map_err(NotConnected::from)?;
        let unreadable = || Failure::Lost("the Admin API did not tell the shop's Rollouts".to_owned());
        let rollouts = read(&answer).ok_or_else(unreadable)?;
        self.storefronts.keep_rollouts(shop, &rollouts).await?;
        Ok(())
    }
}

/// Reads the answer; `None` if it has another form. Rollouts that did not begin changed nothing.
fn read(answer: &Value) -> Option<Rollouts> {
    let nodes = answer["data"]["rollouts"]["nodes"].as_array()?;
    Some(Rollouts::of(nodes.iter().filter_map(|node| {
        let began_ms = milliseconds(&node["startedAt"])?;
        let ended_ms = milliseconds(&node["concludedAt"]).or_else(|| milliseconds(&node["archivedAt"]));
        Some(Rollout::new(node["name"].as_str().unwrap_or_default(), began_ms, ended_ms))
    })))
}

fn milliseconds(time: &Value) -> Option<u64> {
    let time: Timestamp = time.as_str()?.parse().ok()?;
    time.as_millisecond().try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rollouts_that_began_are_read() {
        let nodes = json!([
            { "name": "Draft", "startedAt": null, "concludedAt": null, "archivedAt": null },
            { "name": "Redesign", "startedAt": "2026-10-05T00:00:00Z", "concludedAt": null, "archivedAt": null },
            { "name": "Sale", "startedAt": "2026-10-01T08:00:00Z", "concludedAt": "2026-10-03T08:00:00Z" },
            { "name": "Old", "startedAt": "2026-09-01T08:00:00Z", "archivedAt": "2026-09-02T08:00:00Z" },
            { "name": 7, "startedAt": "yesterday" },
        ]);
        let (day, hour) = (86_400_000, 3_600_000);
        // 1 September 2026.
        let from = 1_788_220_800_000_u64;
        let expected = Rollouts::of([
            Rollout::new("Redesign", from + 34 * day, None),
            Rollout::new("Sale", from + 30 * day + 8 * hour, Some(from + 32 * day + 8 * hour)),
            Rollout::new("Old", from + 8 * hour, Some(from + day + 8 * hour)),
        ]);
        assert_eq!(read(&json!({ "data": { "rollouts": { "nodes": nodes } } })), Some(expected));
    }

    #[test]
    fn what_is_no_answer_changes_nothing() {
        let denied = json!({ "data": { "rollouts": null }, "errors": [{ "message": "Access denied" }] });
        for answer in [denied, json!({}), json!([]), json!({ "data": null })] {
            assert_eq!(read(&answer), None, "{answer}");
        }
    }
}
