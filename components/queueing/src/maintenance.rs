//! Maintenance tasks, and their form in the queue.

use model::{EventId, InvalidId, ShopId, ShopperId};
use serde::{Deserialize, Serialize};

use crate::task::InvalidPayload;

/// The form in which payloads are written, and the only one that is read.
pub(crate) const FORM: u32 = 2;

/// Work for a shop other than making a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MaintenanceTask {
    /// The shop.
    pub shop: ShopId,
    /// The event that caused the task. There is one maintenance task per event.
    pub cause: EventId,
    /// The time of that event, in milliseconds since the epoch.
    pub happened_ms: u64,
    /// The kind of work.
    pub kind: MaintenanceKind,
}

/// The kinds of maintenance tasks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MaintenanceKind {
    /// Deletes live jobs and pages, because the app was uninstalled.
    Uninstalled,
    /// Deletes all data of the shop and its shoppers.
    RedactShop,
    /// Deletes all data of the customer.
    RedactCustomer(CustomerId),
    /// Reports to the merchant all data of the customer.
    ReportCustomer(CustomerId),
}

/// A customer of a shop: Shopify's id, in decimal digits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CustomerId(String);

impl TryFrom<String> for CustomerId {
    type Error = InvalidId;

    fn try_from(text: String) -> Result<Self, InvalidId> {
        ShopperId::customer(&text).map(|_| Self(text))
    }
}

impl From<CustomerId> for String {
    fn from(id: CustomerId) -> Self {
        id.0
    }
}

/// A maintenance task in the queue.
#[derive(Serialize, Deserialize)]
struct Payload<'a> {
    form: u32,
    #[serde(rename = "store")]
    shop: &'a str,
    cause: &'a str,
    happened_ms: u64,
    #[serde(rename = "chore")]
    kind: MaintenanceKind,
}

impl MaintenanceTask {
    /// Returns the key of the task's job. No generation request has such a key: its `/` is before the first `:`.
    pub fn key(&self) -> String {
        format!("errand/{}/{}", self.shop, self.cause)
    }

    /// Encodes the maintenance task for the queue.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let Self { shop, cause, happened_ms, kind } = self.clone();
        let (shop, cause) = (shop.as_str(), cause.as_str());
        let payload = Payload { form: FORM, shop, cause, happened_ms, kind };
        serde_json::to_vec(&payload).expect("plain fields have a JSON form")
    }

    /// Decodes a maintenance task from the queue.
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, InvalidPayload> {
        let Payload { shop, cause, happened_ms, kind, .. } = serde_json::from_slice(bytes)?;
        Ok(Self { shop: ShopId::parse(shop)?, cause: EventId::parse(cause)?, happened_ms, kind })
    }

    /// Replaces every whole number that is the customer's id with `…`, in a text for the operator.
    pub(crate) fn without_customer(&self, text: String) -> String {
        match &self.kind {
            MaintenanceKind::Uninstalled | MaintenanceKind::RedactShop => text,
            MaintenanceKind::RedactCustomer(CustomerId(id))
            | MaintenanceKind::ReportCustomer(CustomerId(id)) => {
                let is_digit = |c: char| c.is_ascii_digit();
                let pieces = text.split_inclusive(|c| !is_digit(c)).map(|piece| {
                    let rest = piece.trim_start_matches(is_digit);
                    let number = &piece[..piece.len() - rest.len()];
                    if number == id { format!("…{rest}") } else { piece.to_owned() }
                });
                pieces.collect()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn customer(id: &str) -> CustomerId {
        id.to_owned().try_into().unwrap()
    }

    fn maintenance(kind: MaintenanceKind) -> MaintenanceTask {
        let shop = ShopId::parse("magic-wands.myshopify.com").unwrap();
        let cause = EventId::parse("b54557e4-bdd9").unwrap();
        MaintenanceTask { shop, cause, happened_ms: 1_700_000_000_000, kind }
    }

    #[test]
    fn maintenance_tasks_come_back_from_the_queue() {
        for kind in [
            MaintenanceKind::Uninstalled,
            MaintenanceKind::RedactShop,
            MaintenanceKind::RedactCustomer(customer("7041")),
            MaintenanceKind::ReportCustomer(customer("7041")),
        ] {
            let maintenance = maintenance(kind);
            assert_eq!(MaintenanceTask::decode(&maintenance.encode()).unwrap(), maintenance);
        }
    }

    #[test]
    fn the_form_in_the_queue_is_not_to_change() {
        let text = String::from_utf8(maintenance(MaintenanceKind::RedactCustomer(customer("7041"))).encode())
            .unwrap();
        let expected = r#"{"form":2,"store":"magic-wands.myshopify.com","cause":"b54557e4-bdd9","happened_ms":1700000000000,"chore":{"redact-customer":"7041"}}"#;
        assert_eq!(text, expected);
    }

    #[test]
    fn a_payload_with_a_wrong_customer_is_no_maintenance_task() {
        let text = String::from_utf8(maintenance(MaintenanceKind::RedactCustomer(customer("7041"))).encode())
            .unwrap();
        for wrong in ["", "-1", "7041_DE-DE", "7a"] {
            assert!(MaintenanceTask::decode(text.replace("7041", wrong).as_bytes()).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_maintenance_task_has_a_key_of_its_own() {
        assert_eq!(
            maintenance(MaintenanceKind::RedactShop).key(),
            "errand/magic-wands.myshopify.com/b54557e4-bdd9"
        );
    }

    proptest! {
        #[test]
        fn no_text_for_the_operator_names_the_customer(
            id in "[1-9]{1,3}", words in prop::collection::vec("[1-9]{1,3}|[a-z…-]{1,3}", 0..20),
        ) {
            let text = maintenance(MaintenanceKind::RedactCustomer(customer(&id))).without_customer(words.concat());
            prop_assert!(text.split(|c: char| !c.is_ascii_digit()).all(|number| number != id), "{}", text);
        }
    }

    #[test]
    fn other_numbers_and_other_maintenance_tasks_keep_their_texts() {
        let redact = maintenance(MaintenanceKind::RedactCustomer(customer("12")));
        let text = "customer-12: 120 sessions, 312 of 12";
        assert_eq!(redact.without_customer(text.into()), "customer-…: 120 sessions, 312 of …");
        assert_eq!(maintenance(MaintenanceKind::RedactShop).without_customer(text.into()), text);
    }
}
