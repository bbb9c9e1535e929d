//! The members of a stored plan, each unchanged to the byte.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::account::digest;

/// The members of a stored plan. Those that a later release adds are left out.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub(super) struct Members<'a> {
    #[serde(borrow)]
    format: &'a RawValue,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    brief: Option<&'a RawValue>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    shared: Option<&'a RawValue>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    origin: Option<&'a RawValue>,
    #[serde(borrow)]
    plan: &'a RawValue,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    question: Option<&'a RawValue>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    page: Option<&'a RawValue>,
    /// A digest of all other members.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    seal: Option<&'a str>,
}

impl<'a> Members<'a> {
    /// Returns the members of a stored plan; `None` if the text is not one.
    pub(super) fn of(stored: &'a str) -> Option<Self> {
        serde_json::from_str(stored).ok()
    }

    /// Returns the answer to the question why the page is as it is.
    pub(super) fn page(&self) -> Option<&'a str> {
        self.page.map(RawValue::get)
    }

    /// Returns the stored form with the page of one shopper in place of an earlier one, and a digest of everything. `None`
    /// if `page` is not JSON.
    pub(super) fn with_page(self, page: &str) -> Option<String> {
        let page: &RawValue = serde_json::from_str(page).ok()?;
        let members = Members { page: Some(page), seal: None, ..self };
        let seal = members.digest();
        serde_json::to_string(&Members { seal: Some(&seal), ..members }).ok()
    }

    /// Returns the stored form without what the model was asked, and without a page.
    pub(super) fn without_question(self) -> Option<String> {
        serde_json::to_string(&Members { question: None, page: None, seal: None, ..self }).ok()
    }

    /// Returns whether the members are those that the digest is of. A forger can write another digest: this tells damage
    /// and changes by hand.
    pub(super) fn is_unchanged(&self) -> bool {
        self.seal.is_some_and(|seal| seal == Members { seal: None, ..*self }.digest())
    }

    fn digest(&self) -> String {
        digest(serde_json::to_string(self).iter().map(String::as_str))
    }
}
