//! Binds the logic to WIT.
#![expect(unsafe_code, reason = "needed by the generated bindings and `export!`")]

#[allow(missing_docs, clippy::all, clippy::pedantic, reason = "generated")]
mod bindings {
    wit_bindgen::generate!({
        path: ["../../wit/capabilities", "../../wit/platform", "../../wit/storefront", "../../wit/spin"],
        world: "wandstore:spin/requester",
        generate_all,
    });
}

use bindings::exports::wandstore::spin::requests;
use bindings::exports::wandstore::storefront::http_types::{self, BodyError};

struct Component;

bindings::export!(Component with_types_in bindings);

/// A request that arrived.
struct Request {
    headers: Vec<(String, String)>,
    body: Result<Vec<u8>, BodyError>,
}

impl http_types::Guest for Component {
    type Request = Request;
}

impl http_types::GuestRequest for Request {
    fn header(&self, name: String) -> Option<String> {
        crate::header(&self.headers, &name).map(str::to_owned)
    }

    fn body(&self, limit: u32) -> Result<Vec<u8>, BodyError> {
        let body = self.body.as_ref().map_err(|error| *error)?;
        let fits = u32::try_from(body.len()).is_ok_and(|bytes| bytes <= limit);
        if fits { Ok(body.clone()) } else { Err(BodyError::TooLarge) }
    }
}

impl requests::Guest for Component {
    fn create(headers: Vec<(String, String)>, body: Result<Vec<u8>, BodyError>) -> http_types::Request {
        http_types::Request::new(Request { headers, body })
    }
}
