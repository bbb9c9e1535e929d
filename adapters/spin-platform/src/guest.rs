//! The exports beside storage and services.
#![expect(unsafe_code, reason = "needed by `export!`")]

use std::cell::Cell;

use crate::bindings;
use crate::bindings::exports::wandstore::capabilities::{clock, log, random};
use crate::bindings::exports::wandstore::platform::timer;
use crate::bindings::exports::wandstore::spin::{context, requests};
use crate::bindings::exports::wandstore::storefront::http_types::{self, BodyError};
use crate::{Level, lease, platform};

pub(crate) struct Component;

bindings::export!(Component with_types_in bindings);

impl context::Guest for Component {
    fn client(address: Option<String>) {
        platform::variables::set_client(address);
    }

    fn job(lease: Option<(String, u64)>) {
        lease::hold(lease);
    }
}

/// A request that arrived.
pub(crate) struct Request {
    headers: Vec<(String, String)>,
    body: Result<Vec<u8>, BodyError>,
    is_read: Cell<bool>,
}

impl http_types::Guest for Component {
    type Request = Request;
}

impl http_types::GuestRequest for Request {
    fn header(&self, name: String) -> Option<String> {
        self.is_read.set(true);
        let (_, value) = self.headers.iter().find(|(field, _)| *field == name)?;
        Some(value.clone())
    }

    fn body(&self, limit: u32) -> Result<Vec<u8>, BodyError> {
        self.is_read.set(true);
        let body = self.body.as_ref().map_err(|error| *error)?;
        let fits = u32::try_from(body.len()).is_ok_and(|bytes| bytes <= limit);
        if fits { Ok(body.clone()) } else { Err(BodyError::TooLarge) }
    }
}

impl requests::Guest for Component {
    fn create(headers: Vec<(String, String)>, body: Result<Vec<u8>, BodyError>) -> http_types::Request {
        http_types::Request::new(Request { headers, body, is_read: Cell::new(false) })
    }

    fn is_unread(request: http_types::RequestBorrow<'_>) -> bool {
        !request.get::<Request>().is_read.get()
    }
}

impl timer::Guest for Component {
    fn sleep(ms: u32) {
        platform::timer::sleep(ms);
    }
}

impl clock::Guest for Component {
    fn now_ms() -> u64 {
        platform::clock::now_ms()
    }
}

impl random::Guest for Component {
    fn get_u64() -> u64 {
        platform::random::get_u64()
    }
}

impl log::Guest for Component {
    fn event(level: log::Level, message: String, particulars: Vec<(String, String)>) {
        platform::log::event(level.into(), &message, &particulars);
    }
}

impl From<log::Level> for Level {
    fn from(level: log::Level) -> Self {
        match level {
            log::Level::Debug => Self::Debug,
            log::Level::Info => Self::Info,
            log::Level::Warn => Self::Warn,
            log::Level::Error => Self::Error,
        }
    }
}
