//! The innermost cause of an error.

use std::error::Error;

/// Returns the text of an error's innermost source. It says more than that a request failed.
pub fn innermost(error: &dyn Error) -> String {
    let mut reason = error;
    while let Some(source) = reason.source() {
        reason = source;
    }
    reason.to_string()
}
