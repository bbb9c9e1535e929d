//! The request resource that routing gets: header fields and a body that were read before.
//!
//! It reads nothing itself and decides nothing. It is a component of its own because the resource must exist before
//! routing does, and the component that serves HTTP comes after routing.
//!
//! ```
//! let fields = [("accept".to_owned(), "text/html".to_owned())];
//! assert_eq!(spin_requests::header(&fields, "accept"), Some("text/html"));
//! assert_eq!(spin_requests::header(&fields, "cookie"), None);
//! ```

#[cfg(target_arch = "wasm32")]
mod guest;

/// Returns the value of a header field by its lower-case name, and the first if there are several.
pub fn header<'a>(fields: &'a [(String, String)], name: &str) -> Option<&'a str> {
    fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_several_fields_counts() {
        let fields =
            [("accept", "a"), ("cookie", "b"), ("accept", "c")].map(|(n, v)| (n.to_owned(), v.to_owned()));
        assert_eq!(header(&fields, "accept"), Some("a"));
        assert_eq!(header(&fields, "host"), None);
    }
}
