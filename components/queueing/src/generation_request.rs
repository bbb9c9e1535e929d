//! Generation requests: their content, its limits, and their form in the queue.

use model::{Market, Persona, ShopId, ShopperId};
use serde::{Deserialize, Serialize};

use crate::task::InvalidPayload;

/// The form in which payloads are written, and the only one that is read. Fields added later may be absent.
pub(crate) const FORM: u32 = 1;
/// The most entries of one kind of signal.
const ENTRIES_MAX: usize = 20;
/// The longest entry.
const ENTRY_BYTES_MAX: usize = 128;

/// A request to generate a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GenerationRequest {
    /// The shop.
    pub shop: ShopId,
    /// The shopper whom the page is for.
    pub shopper: ShopperId,
    /// The work to do.
    pub work: Work,
    /// The shopper's signals so far.
    pub signals: Signals,
    /// The persona, if it is fixed beforehand.
    pub persona: Option<Persona>,
    /// The shopper's market.
    pub market: Market,
}

/// The work of a generation request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Work {
    /// Makes a plan and renders its page.
    Generate,
    /// Renders the page again from the stored plan.
    Rerender,
}

/// The actions of a shopper, newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signals {
    /// Visits to the storefront.
    pub visits: u32,
    /// Products that were looked at.
    pub views: Vec<String>,
    /// Search terms.
    pub searches: Vec<String>,
    /// Filters that were set.
    pub filters: Vec<String>,
    /// Sort orders that were chosen.
    pub sorts: Vec<String>,
    /// Products that were put into the cart.
    pub carted: Vec<String>,
    /// Products that were bought.
    pub purchased: Vec<String>,
}

impl Signals {
    /// Shortens the signals to the limits of a job: the newest 20 entries of each kind, and of each entry the
    /// first 128 bytes of its printable characters. A long history is no reason to refuse a shopper
    /// a page.
    #[must_use]
    pub fn bounded(self) -> Self {
        Self {
            visits: self.visits,
            views: bounded(self.views),
            searches: bounded(self.searches),
            filters: bounded(self.filters),
            sorts: bounded(self.sorts),
            carted: bounded(self.carted),
            purchased: bounded(self.purchased),
        }
    }
}

fn bounded(entries: Vec<String>) -> Vec<String> {
    let printable = entries.into_iter().map(|entry| printable(&entry));
    printable.filter(|entry| !entry.is_empty()).take(ENTRIES_MAX).collect()
}

/// Removes control characters: they carry no meaning for the shopper, and JSON takes six bytes for each.
fn printable(entry: &str) -> String {
    let mut text: String = entry.chars().filter(|c| !c.is_control()).take(ENTRY_BYTES_MAX).collect();
    text.truncate(text.floor_char_boundary(ENTRY_BYTES_MAX));
    text
}

/// A generation request in the queue.
#[derive(Serialize, Deserialize)]
struct Payload<'a> {
    form: u32,
    #[serde(rename = "store")]
    shop: &'a str,
    shopper: &'a str,
    work: Work,
    signals: Signals,
    #[serde(default)]
    persona: Option<Persona>,
    #[serde(default)]
    country: &'a str,
    #[serde(default)]
    language: &'a str,
}

impl GenerationRequest {
    /// Returns the key of the request's job. There is at most one live job per key.
    pub fn key(&self) -> String {
        job_key(&self.shop, &self.shopper)
    }

    /// Encodes the generation request for the queue, in under 64 KiB if its signals are bounded.
    pub(crate) fn encode(self) -> Vec<u8> {
        let payload = Payload {
            form: FORM,
            shop: self.shop.as_str(),
            shopper: self.shopper.as_str(),
            work: self.work,
            signals: self.signals,
            persona: self.persona,
            country: self.market.country(),
            language: self.market.language(),
        };
        serde_json::to_vec(&payload).expect("plain fields have a JSON form")
    }

    /// Decodes a generation request from the queue.
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, InvalidPayload> {
        let payload: Payload<'_> = serde_json::from_slice(bytes)?;
        Ok(Self {
            shop: ShopId::parse(payload.shop)?,
            shopper: ShopperId::parse(payload.shopper)?,
            work: payload.work,
            signals: payload.signals,
            persona: payload.persona,
            market: Market::of(payload.country, payload.language).ok_or(InvalidPayload::Market)?,
        })
    }
}

/// Returns the key of a shopper's jobs.
pub(crate) fn job_key(shop: &ShopId, shopper: &ShopperId) -> String {
    format!("{shop}:{shopper}")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn request(signals: Signals) -> GenerationRequest {
        GenerationRequest {
            shop: ShopId::parse(&"s".repeat(100)).unwrap(),
            shopper: ShopperId::parse(&"a".repeat(128)).unwrap(),
            work: Work::Rerender,
            signals,
            persona: Some(Persona::Dealhunter),
            market: Market::of("BR", "PT_BR").unwrap(),
        }
    }

    fn same_in_all_kinds(entries: &[String]) -> Signals {
        Signals {
            visits: 7,
            views: entries.to_vec(),
            searches: entries.to_vec(),
            filters: entries.to_vec(),
            sorts: entries.to_vec(),
            carted: entries.to_vec(),
            purchased: entries.to_vec(),
        }
    }

    proptest! {
        #[test]
        fn a_bounded_request_fits_a_job_and_comes_back(entries in prop::collection::vec("(?s).{0,200}", 0..40)) {
            let request = request(same_in_all_kinds(&entries).bounded());
            let payload = request.clone().encode();
            prop_assert!(payload.len() < 64 * 1024);
            prop_assert_eq!(GenerationRequest::decode(&payload).unwrap(), request);
        }

        #[test]
        fn decoding_any_bytes_as_a_request_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(GenerationRequest::decode(&bytes).is_err());
        }
    }

    #[test]
    fn the_longest_request_fits_a_job() {
        for hostile in ["\"", "\\", "\0", "\u{85}", "€", "\u{2028}"] {
            let entries = vec![hostile.repeat(1000); 1000];
            let payload = request(same_in_all_kinds(&entries).bounded()).encode();
            assert!(payload.len() < 64 * 1024, "{hostile:?}: {} bytes", payload.len());
        }
    }

    #[test]
    fn the_newest_signals_are_kept() {
        let entries: Vec<String> = (0..30).map(|number| number.to_string()).collect();
        assert_eq!(same_in_all_kinds(&entries).bounded(), same_in_all_kinds(&entries[..20]));
    }

    #[test]
    fn entries_are_cut_between_characters_and_emptied_ones_left_out() {
        assert_eq!(
            bounded(vec!["€".repeat(100), "\n\t".into(), "a\0b".into()]),
            ["€".repeat(42), "ab".into()]
        );
    }

    #[test]
    fn payloads_with_invalid_ids_or_markets_are_refused() {
        let text = String::from_utf8(request(Signals::default()).encode()).unwrap();
        for (right, wrong) in [("aaa", "a:a"), ("\"BR\"", "\"br\""), ("dealhunter", "nobody")] {
            assert!(GenerationRequest::decode(text.replace(right, wrong).as_bytes()).is_err(), "{wrong}");
        }
    }

    #[test]
    fn every_persona_is_stored_by_name() {
        let nothing =
            r#"{"visits":0,"views":[],"searches":[],"filters":[],"sorts":[],"carted":[],"purchased":[]}"#;
        for persona in ["minimalist", "explorer", "dealhunter", "loyalist"] {
            let payload = format!(
                r#"{{"form":1,"store":"magic-wands","shopper":"context-{persona}","work":"generate","signals":{nothing},"persona":"{persona}","country":"","language":""}}"#
            );
            let request = GenerationRequest::decode(payload.as_bytes()).unwrap();
            assert_eq!(request.persona.map(Persona::name), Some(persona));
            assert_eq!(String::from_utf8(request.encode()).unwrap(), payload);
        }
    }

    #[test]
    fn a_request_from_before_there_were_markets_is_one_for_the_shops_own() {
        let signals =
            r#"{"visits":2,"views":[],"searches":[],"filters":[],"sorts":[],"carted":[],"purchased":[]}"#;
        let payload = format!(
            r#"{{"form":1,"store":"magic-wands","shopper":"abc123","work":"generate","signals":{signals}}}"#
        );
        let request = GenerationRequest::decode(payload.as_bytes()).unwrap();
        assert_eq!((request.shopper.as_str(), request.signals.visits), ("abc123", 2));
        assert_eq!((request.persona, request.market), (None, Market::default()));
    }
}
