//! The form of generation requests in the queue.

use model::jobs::{GenerationRequest, Work};
use model::{InvalidMarket, Market, PageKind, Persona, ShopId, ShopperId, Signals};
use serde::{Deserialize, Serialize};

use crate::payload::InvalidPayload;

/// The form in which payloads are written, and the only one that is read. Fields added later may be absent.
pub(crate) const FORM: u32 = 1;

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
    #[serde(default)]
    page: PageKind,
}

/// Encodes a generation request for the queue, in under 64 KiB if its signals are bounded.
pub(crate) fn encode(request: GenerationRequest) -> Vec<u8> {
    let payload = Payload {
        form: FORM,
        shop: request.shop.as_str(),
        shopper: request.shopper.as_str(),
        work: request.work,
        signals: request.signals,
        persona: request.persona,
        country: request.market.country(),
        language: request.market.language(),
        page: request.page,
    };
    serde_json::to_vec(&payload).expect("plain fields have a JSON form")
}

/// Decodes a generation request from the queue.
pub(crate) fn decode(bytes: &[u8]) -> Result<GenerationRequest, InvalidPayload> {
    let payload: Payload<'_> = serde_json::from_slice(bytes)?;
    Ok(GenerationRequest {
        shop: ShopId::parse(payload.shop)?,
        shopper: ShopperId::parse(payload.shopper)?,
        work: payload.work,
        signals: payload.signals,
        persona: payload.persona,
        market: Market::of(payload.country, payload.language).ok_or(InvalidMarket)?,
        page: payload.page,
    })
}

/// Returns the key of a request's job. There is at most one live job per key.
pub(crate) fn key(request: &GenerationRequest) -> String {
    job_key(&request.shop, &request.shopper)
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
            page: PageKind::Collection,
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
            let payload = encode(request.clone());
            prop_assert!(payload.len() < 64 * 1024);
            prop_assert_eq!(decode(&payload).unwrap(), request);
        }

        #[test]
        fn decoding_any_bytes_as_a_request_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(decode(&bytes).is_err());
        }
    }

    #[test]
    fn the_longest_request_fits_a_job() {
        for hostile in ["\"", "\\", "\0", "\u{85}", "€", "\u{2028}"] {
            let entries = vec![hostile.repeat(1000); 1000];
            let payload = encode(request(same_in_all_kinds(&entries).bounded()));
            assert!(payload.len() < 64 * 1024, "{hostile:?}: {} bytes", payload.len());
        }
    }

    #[test]
    fn payloads_with_invalid_ids_or_markets_are_refused() {
        let text = String::from_utf8(encode(request(Signals::default()))).unwrap();
        for (right, wrong) in [("aaa", "a:a"), ("\"BR\"", "\"br\""), ("dealhunter", "nobody")] {
            assert!(decode(text.replace(right, wrong).as_bytes()).is_err(), "{wrong}");
        }
    }

    #[test]
    fn every_persona_is_stored_by_name() {
        let nothing =
            r#"{"visits":0,"views":[],"searches":[],"filters":[],"sorts":[],"carted":[],"purchased":[]}"#;
        for persona in ["minimalist", "explorer", "dealhunter", "loyalist"] {
            let payload = format!(
                r#"{{"form":1,"store":"magic-wands","shopper":"context-{persona}","work":"generate","signals":{nothing},"persona":"{persona}","country":"","language":"","page":"home"}}"#
            );
            let request = decode(payload.as_bytes()).unwrap();
            assert_eq!(request.persona.map(Persona::name), Some(persona));
            assert_eq!(String::from_utf8(encode(request)).unwrap(), payload);
        }
    }

    #[test]
    fn a_request_from_before_there_were_markets_is_one_for_the_shops_own() {
        let signals =
            r#"{"visits":2,"views":[],"searches":[],"filters":[],"sorts":[],"carted":[],"purchased":[]}"#;
        let payload = format!(
            r#"{{"form":1,"store":"magic-wands","shopper":"abc123","work":"generate","signals":{signals}}}"#
        );
        let request = decode(payload.as_bytes()).unwrap();
        assert_eq!((request.shopper.as_str(), request.signals.visits), ("abc123", 2));
        assert_eq!(
            (request.persona, request.market, request.page),
            (None, Market::default(), PageKind::Home)
        );
    }
}
