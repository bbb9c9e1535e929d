//! The strict parser of a request's target.
//!
//! A value that is not well encoded is an error ([`routes::decode`]). Parameter names are compared without decoding,
//! because no parameter of ours has a name that would have to be encoded.

use std::borrow::Cow;

/// The reason why a parameter is invalid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InvalidParameter {
    /// A required parameter is missing.
    #[error("parameter {0} is missing")]
    Missing(&'static str),
    /// The parameter is repeated, so it is unclear which one was meant.
    #[error("parameter {0} is given more than once")]
    Repeated(&'static str),
    /// A percent sign without two hexadecimal digits after it, or invalid UTF-8.
    #[error("parameter {0} is not well encoded")]
    Encoding(&'static str),
    /// Not a run of decimal digits.
    #[error("parameter {0} is not a whole number")]
    Number(&'static str),
    /// The value is not one of the known ones.
    #[error("parameter {0} has an unknown value")]
    Unknown(&'static str),
}

/// The unchanged path and query (RFC 9112, origin-form).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Target<'a> {
    pub(crate) path: &'a str,
    /// The unchanged query, without its question mark.
    pub(crate) query: &'a str,
}

impl<'a> Target<'a> {
    pub(crate) fn new(target: &'a str) -> Self {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        Self { path, query }
    }

    /// Returns the parameter of that name, which is required.
    pub(crate) fn required(self, name: &'static str) -> Result<Cow<'a, str>, InvalidParameter> {
        self.parameter(name)?.ok_or(InvalidParameter::Missing(name))
    }

    /// Returns the parameter of that name as a whole number. A number above `max` counts as `max`.
    pub(crate) fn number(self, name: &'static str, max: u32) -> Result<Option<u32>, InvalidParameter> {
        self.parameter(name)?
            .map(|text| at_most(max, &text).ok_or(InvalidParameter::Number(name)))
            .transpose()
    }

    /// Returns the decoded parameter of that name.
    fn parameter(self, name: &'static str) -> Result<Option<Cow<'a, str>>, InvalidParameter> {
        let pairs = self.query.split('&').filter_map(|pair| pair.strip_prefix(name));
        let mut values = pairs.filter_map(|rest| rest.strip_prefix('=').or(rest.is_empty().then_some("")));
        let Some(value) = values.next() else { return Ok(None) };
        if values.next().is_some() {
            return Err(InvalidParameter::Repeated(name));
        }
        routes::decode(value).map(Some).ok_or(InvalidParameter::Encoding(name))
    }
}

/// Parses decimal digits. A number that overflows counts as `max`.
fn at_most(max: u32, text: &str) -> Option<u32> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().unwrap_or(max).min(max))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(target: &str, shopper: Result<&str, InvalidParameter>) {
        assert_eq!(Target::new(target).required("shopper").as_deref(), shopper.as_deref(), "{target}");
    }

    #[test]
    fn a_parameter_is_found_and_decoded() {
        check("/s/x?shopper=abc", Ok("abc"));
        check("/s/x?a=b&shopper=abc&c", Ok("abc"));
        check("/s/x?shopper=%61b%63", Ok("abc"));
        check("/s/x?shopper=%C3%A9", Ok("é"));
        check("/s/x?shopper=a=b?c", Ok("a=b?c"));
        check("/s/x?shopper=a+b", Ok("a+b"));
        check("/s/x?shopper=", Ok(""));
        check("/s/x?shopper", Ok(""));
    }

    #[test]
    fn absent_repeated_and_badly_encoded_parameters_are_refused() {
        for absent in ["/s/x", "/s/x?", "/s/x?&&", "/s/x?Shopper=a", "/s/x?%73hopper=a", "/s/x?xshopper=a"] {
            check(absent, Err(InvalidParameter::Missing("shopper")));
        }
        check("/s/x?shopper=a&shopper=a", Err(InvalidParameter::Repeated("shopper")));
        for broken in ["%", "%4", "%zz", "%4z", "a%", "%+1", "%ff", "%C3", "%ED%A0%80"] {
            check(&format!("/s/x?shopper={broken}"), Err(InvalidParameter::Encoding("shopper")));
        }
    }

    #[test]
    fn unknown_parameters_are_ignored() {
        check("/s/x?utm=%zz&utm=%&shopper=abc", Ok("abc"));
    }

    #[test]
    fn numbers_are_digits_and_clamped() {
        let wait = |text: &str| Target::new(&format!("/?wait={text}")).number("wait", 25);
        for (text, number) in [("0", 0), ("025", 25), ("26", 25), ("%31", 1), ("99999999999999999999999", 25)]
        {
            assert_eq!(wait(text), Ok(Some(number)), "{text}");
        }
        for garbage in ["", "-1", "+1", "1.5", "1e3", "0x1", "abc", "%20", "٣"] {
            assert_eq!(wait(garbage), Err(InvalidParameter::Number("wait")), "{garbage}");
        }
        assert_eq!(Target::new("/").number("wait", 25), Ok(None));
    }

    proptest! {
        #[test]
        fn any_text_survives_being_encoded_whole(text in "(?s).{0,40}") {
            let encoded = text.bytes().map(|byte| format!("%{byte:02X}")).collect::<Vec<_>>().concat();
            let target = format!("/?shopper={encoded}");
            let shopper = Target::new(&target).required("shopper");
            prop_assert_eq!(shopper.as_deref(), Ok(text.as_str()));
        }
    }
}
