//! The statements of storage in `SQLite`, each atomic by itself; the tables are in `migrations/sqlite`. Those for
//! [`postgres`] are beside them. Keys with a prefix are found as a range:
//!
//! ```
//! assert_eq!(sql::first_after("ui:lamps:").as_deref(), Some("ui:lamps;"));
//! ```

pub mod blob;
pub mod budget;
pub mod jobs;
pub mod kv;
pub mod limits;
pub mod postgres;

/// Converts to the integers of SQL, which are signed; times and versions stay far below their limit.
pub fn to_sql(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// See [`to_sql`].
pub fn from_sql(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

/// Returns the first text that sorts after every text with `prefix`, or `None` if there is none. The byte order of
/// UTF-8 is that of its characters.
pub fn first_after(prefix: &str) -> Option<String> {
    let mut chars: Vec<char> = prefix.chars().collect();
    while let Some(last) = chars.pop() {
        if let Some(next) = (last..=char::MAX).nth(1) {
            chars.push(next);
            return Some(chars.into_iter().collect());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::first_after;

    proptest! {
        #[test]
        fn a_text_with_a_prefix_sorts_before_the_first_after_it(
            prefix in "[a\u{d7ff}\u{e000}\u{10ffff}]{0,3}",
            rest in "[\0a\u{10ffff}]{0,3}",
            other in "[a\u{d7ff}\u{e000}\u{10ffff}]{0,4}",
        ) {
            let bound = first_after(&prefix);
            let is_under = |text: &str| {
                text >= prefix.as_str() && bound.as_deref().is_none_or(|bound| text < bound)
            };
            let longer = format!("{prefix}{rest}");
            prop_assert!(is_under(&longer));
            prop_assert_eq!(is_under(&other), other.starts_with(&prefix));
        }
    }
}
