//! What a merchant sends about a plan.

use model::review::{Edit, REASON_CHARS_MAX};

use crate::form::fields::one_line;

/// What precedes the place of a text in the name of its field.
const TEXT: &str = "text:";
/// The most texts that are read. A plan has fewer.
const TEXTS_MAX: usize = 200;

/// The action of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Action {
    Approve,
    Save,
    Reject,
    Withdraw,
    #[default]
    Unknown,
}

impl Action {
    /// Returns its name, as it is sent.
    pub fn name(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Save => "save",
            Self::Reject => "reject",
            Self::Withdraw => "withdraw",
            Self::Unknown => "",
        }
    }
}

/// A decision as it was sent (`application/x-www-form-urlencoded`). Any bytes are one.
#[derive(Debug, Clone, Default)]
pub(super) struct Posted {
    pub action: Action,
    /// The version of the plan that was looked at.
    pub version: String,
    /// The digest of the plan as it was shown.
    pub digest: String,
    /// The texts that were changed.
    pub edits: Vec<Edit>,
    /// Why the plan is rejected, as it was typed.
    pub typed_reason: String,
}

impl Posted {
    pub fn read(body: &[u8]) -> Self {
        let mut posted = Self::default();
        for (name, value) in form_urlencoded::parse(body) {
            match name.as_ref() {
                "action" => posted.action = action(&value),
                "version" => posted.version = value.into_owned(),
                "digest" => posted.digest = value.into_owned(),
                "reason" => posted.typed_reason = value.into_owned(),
                name => {
                    let path = name.strip_prefix(TEXT).filter(|_| posted.edits.len() < TEXTS_MAX);
                    let edit = path.map(|path| Edit { path: path.to_owned(), value: value.into_owned() });
                    posted.edits.extend(edit);
                }
            }
        }
        posted
    }

    /// Returns the name of the field with the text at a place of a plan.
    pub fn name(path: &str) -> String {
        format!("{TEXT}{path}")
    }

    /// Returns why the plan is rejected, on one line; `None` if nothing was said, or too much.
    pub fn reason(&self) -> Option<String> {
        let reason = one_line(&self.typed_reason);
        (!reason.is_empty() && reason.chars().count() <= REASON_CHARS_MAX).then_some(reason)
    }
}

fn action(name: &str) -> Action {
    let mut known = [Action::Approve, Action::Save, Action::Reject, Action::Withdraw].into_iter();
    known.find(|action| action.name() == name).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_bytes_are_read_and_a_reason_is_one_line_of_bounded_length() {
        let posted = Posted::read(
            b"action=reject&version=1&digest=2&reason=+too%0D%0A+loud+&text%3Ablocks%5B0%5D.text=x&y=z",
        );
        assert_eq!((posted.action, posted.reason().as_deref()), (Action::Reject, Some("too loud")));
        assert_eq!(posted.edits, [Edit { path: "blocks[0].text".into(), value: "x".into() }]);
        for (reason, is_one) in [
            (String::new(), false),
            ("+%09".into(), false),
            ("x".repeat(300), true),
            ("x".repeat(301), false),
        ] {
            let posted = Posted::read(format!("reason={reason}").as_bytes());
            assert_eq!((posted.action, posted.reason().is_some()), (Action::Unknown, is_one));
        }
        let many = "text:a=b&".repeat(TEXTS_MAX + 5);
        assert_eq!(Posted::read(many.as_bytes()).edits.len(), TEXTS_MAX);
        Posted::read(b"\xff%zz&&==");
    }
}
