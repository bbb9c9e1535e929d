//! Refused requests, and why.

use axum::http::StatusCode;
use shopify::Rejection;

use crate::wording::Words;

/// A refused request. The reason may be shown to its sender.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refused {
    /// The status of the response.
    pub status: StatusCode,
    /// The reason.
    pub why: Why,
}

/// Why a request is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Why {
    /// There is no page at the address.
    NoPage,
    /// The address does not accept the method.
    NoMethod,
    /// There is no persona of that name.
    NoPersona,
    /// There is no report with that id.
    NoReport,
    /// The report cannot be read at the moment.
    Report,
    /// The settings cannot be read at the moment.
    Settings,
    /// The page cannot be rendered.
    Render,
    /// App Bridge is not sent to an address that is not ours.
    Return,
    /// The session token is of another shop.
    OtherShop,
    /// There is still no session token after a bounce.
    NoToken,
    /// A new session token is not of this time either.
    Clock,
    /// What Shopify signed does not fit the app's secret. A forger and the merchant of an app with a mistyped secret get
    /// the same text.
    WrongSecret,
    /// The same for the client id.
    WrongKey,
    /// Shopify makes no such request. The detail is for the operator.
    Request(String),
}

impl Refused {
    /// Creates a refusal.
    pub fn new(status: StatusCode, why: Why) -> Self {
        Self { status, why }
    }
}

impl From<Rejection> for Refused {
    fn from(rejection: Rejection) -> Self {
        let status = StatusCode::from_u16(rejection.status()).unwrap_or(StatusCode::BAD_REQUEST);
        Self::new(status, Why::Request(rejection.to_string()))
    }
}

impl Why {
    /// Returns the reason, to be read after a colon.
    pub fn text(&self, words: &Words) -> String {
        match self {
            Self::Request(detail) => return words.why_request(detail),
            Self::NoPage => words.why_no_page(),
            Self::NoMethod => words.why_no_method(),
            Self::NoPersona => words.why_no_persona(),
            Self::NoReport => words.why_no_report(),
            Self::Report => words.why_report(),
            Self::Settings => words.why_settings(),
            Self::Render => words.why_render(),
            Self::Return => words.why_return(),
            Self::OtherShop => words.why_other_shop(),
            Self::NoToken => words.why_no_token(),
            Self::Clock => words.why_clock(),
            Self::WrongSecret => words.why_secret(),
            Self::WrongKey => words.why_key(),
        }
        .to_owned()
    }
}
