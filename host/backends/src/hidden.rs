//! Values that hold a password.

use std::fmt;

/// A value that is never shown.
#[derive(Clone)]
pub(crate) struct Hidden<T>(pub T);

impl<T> fmt::Debug for Hidden<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// Checks that each URL is refused with an error that has the text beside it, and not the password `hush`.
#[cfg(test)]
pub(crate) fn assert_refused<T: fmt::Debug, E: fmt::Display>(
    parse: impl Fn(&secrets::Secret) -> Result<T, E>,
    urls: &[(&str, &str)],
) {
    for (url, expected) in urls {
        let refused = parse(&secrets::Secret::new(*url)).map_err(|error| error.to_string());
        let refused = refused.expect_err("the URL is wrong");
        assert!(refused.contains(expected) && !refused.contains("hush"), "{url}: {refused}");
    }
}
