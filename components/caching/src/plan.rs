//! The plan object next to a page in long-term storage.

use model::pages::{PageMetadata, StoredPlan};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// The largest plan object, in bytes. Usual plans have a few thousand.
pub(crate) const PLAN_BYTES_MAX: u32 = 256 * 1024;

/// The stored form: a JSON object that contains the plan as JSON, not as a string. `facts` is a stored name, which stays as
/// it is so that plans of earlier releases can be read.
#[derive(Serialize, Deserialize)]
struct Form<'a> {
    #[serde(rename = "facts")]
    metadata: PageMetadata,
    #[serde(borrow)]
    plan: &'a RawValue,
}

/// The reason why a plan cannot be stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPlan {
    /// The plan is not JSON.
    #[error("plan is not JSON")]
    NotJson,
    /// The plan is too large.
    #[error("plan is larger than {PLAN_BYTES_MAX} bytes")]
    TooLarge,
}

/// Encodes the object for a plan.
pub(crate) fn encode(plan: &str, metadata: &PageMetadata) -> Result<Vec<u8>, InvalidPlan> {
    let plan: &RawValue = serde_json::from_str(plan).map_err(|_| InvalidPlan::NotJson)?;
    let bytes = serde_json::to_vec(&Form { metadata: metadata.clone(), plan })
        .expect("plain fields have a JSON form");
    if bytes.len() > PLAN_BYTES_MAX as usize { Err(InvalidPlan::TooLarge) } else { Ok(bytes) }
}

/// Decodes the plan in an object; `None` if the object has another form.
pub(crate) fn decode(bytes: &[u8]) -> Option<StoredPlan> {
    let form: Form<'_> = serde_json::from_slice(bytes).ok()?;
    Some(StoredPlan { json: form.plan.get().to_owned(), metadata: form.metadata })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_comes_back_to_the_byte() {
        let json = r#"{ "blocks" : [1.0, "é\u00e9"] }"#;
        let stored = decode(&encode(json, &PageMetadata::unknown()).unwrap()).unwrap();
        assert_eq!(stored, StoredPlan { json: json.to_owned(), metadata: PageMetadata::unknown() });
    }

    #[test]
    fn a_plan_is_stored_as_json_within_json() {
        let bytes = encode(r#"{"blocks":[]}"#, &PageMetadata::unknown()).unwrap();
        let object: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(object["plan"]["blocks"], serde_json::json!([]));
    }

    #[test]
    fn invalid_plans_are_refused() {
        for text in ["", "{", "{} {}", "nonsense"] {
            assert_eq!(encode(text, &PageMetadata::unknown()), Err(InvalidPlan::NotJson), "{text}");
        }
        let long = format!("\"{}\"", "a".repeat(PLAN_BYTES_MAX as usize));
        assert_eq!(encode(&long, &PageMetadata::unknown()), Err(InvalidPlan::TooLarge));
    }

    #[test]
    fn an_object_of_another_form_is_not_a_plan() {
        for bytes in [b"".as_slice(), b"{}", b"\xff", b"{\"metadata\":{},\"plan\":{}}"] {
            assert_eq!(decode(bytes), None);
        }
    }
}
