//! The form of maintenance tasks in the queue.

use model::jobs::{MaintenanceKind, MaintenanceTask};
use model::{EventId, ShopId};
use serde::{Deserialize, Serialize};

use crate::payload::InvalidPayload;

/// The form in which payloads are written, and the only one that is read.
pub(crate) const FORM: u32 = 2;

/// A maintenance task in the queue. `chore` and, in keys, `errand` are stored names: they stay as they are, so that every
/// release reads the jobs of earlier ones.
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

/// Returns the key of the task's job. No generation request has such a key: its `/` is before the first `:`.
pub(crate) fn job_key(task: &MaintenanceTask) -> String {
    format!("errand/{}/{}", task.shop, task.cause)
}

/// Encodes a maintenance task for the queue.
pub(crate) fn encode(task: &MaintenanceTask) -> Vec<u8> {
    let MaintenanceTask { shop, cause, happened_ms, kind } = task.clone();
    let (shop, cause) = (shop.as_str(), cause.as_str());
    let payload = Payload { form: FORM, shop, cause, happened_ms, kind };
    serde_json::to_vec(&payload).expect("plain fields have a JSON form")
}

/// Decodes a maintenance task from the queue.
pub(crate) fn decode(bytes: &[u8]) -> Result<MaintenanceTask, InvalidPayload> {
    let Payload { shop, cause, happened_ms, kind, .. } = serde_json::from_slice(bytes)?;
    Ok(MaintenanceTask { shop: ShopId::parse(shop)?, cause: EventId::parse(cause)?, happened_ms, kind })
}

/// Replaces the shopper's id, or every whole number that is the customer's, with `…`, in a text for the operator.
pub(crate) fn without_customer(task: &MaintenanceTask, text: String) -> String {
    match &task.kind {
        MaintenanceKind::Uninstalled | MaintenanceKind::RedactShop => text,
        MaintenanceKind::RedactShopper(id) | MaintenanceKind::ReportShopper(id) => {
            text.replace(id.as_str(), "…")
        }
        MaintenanceKind::RedactCustomer(id) | MaintenanceKind::ReportCustomer(id) => {
            let is_digit = |c: char| c.is_ascii_digit();
            let pieces = text.split_inclusive(|c| !is_digit(c)).map(|piece| {
                let rest = piece.trim_start_matches(is_digit);
                let number = &piece[..piece.len() - rest.len()];
                if number == id.as_str() { format!("…{rest}") } else { piece.to_owned() }
            });
            pieces.collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use model::jobs::CustomerId;
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
            assert_eq!(decode(&encode(&maintenance)).unwrap(), maintenance);
        }
    }

    #[test]
    fn the_form_in_the_queue_is_not_to_change() {
        let text = String::from_utf8(encode(&maintenance(MaintenanceKind::RedactCustomer(customer("7041")))))
            .unwrap();
        let expected = r#"{"form":2,"store":"magic-wands.myshopify.com","cause":"b54557e4-bdd9","happened_ms":1700000000000,"chore":{"redact-customer":"7041"}}"#;
        assert_eq!(text, expected);
    }

    #[test]
    fn a_payload_with_a_wrong_customer_is_no_maintenance_task() {
        let text = String::from_utf8(encode(&maintenance(MaintenanceKind::RedactCustomer(customer("7041")))))
            .unwrap();
        for wrong in ["", "-1", "7041_DE-DE", "7a"] {
            assert!(decode(text.replace("7041", wrong).as_bytes()).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_maintenance_task_has_a_key_of_its_own() {
        assert_eq!(
            job_key(&maintenance(MaintenanceKind::RedactShop)),
            "errand/magic-wands.myshopify.com/b54557e4-bdd9"
        );
    }

    proptest! {
        #[test]
        fn no_text_for_the_operator_names_the_customer(
            id in "[1-9]{1,3}", words in prop::collection::vec("[1-9]{1,3}|[a-z…-]{1,3}", 0..20),
        ) {
            let task = maintenance(MaintenanceKind::RedactCustomer(customer(&id)));
            let text = without_customer(&task, words.concat());
            prop_assert!(text.split(|c: char| !c.is_ascii_digit()).all(|number| number != id), "{}", text);
        }
    }

    #[test]
    fn other_numbers_and_other_maintenance_tasks_keep_their_texts() {
        let redact = maintenance(MaintenanceKind::RedactCustomer(customer("12")));
        let text = "customer-12: 120 sessions, 312 of 12";
        assert_eq!(without_customer(&redact, text.into()), "customer-…: 120 sessions, 312 of …");
        assert_eq!(without_customer(&maintenance(MaintenanceKind::RedactShop), text.into()), text);
    }
}
