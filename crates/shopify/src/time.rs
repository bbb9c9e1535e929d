//! Shopify's times as texts.

/// Reads a time such as `2026-11-24T18:00:27.877041743Z` or `2026-11-24T13:00:27-05:00`, in milliseconds since the epoch.
pub(crate) fn milliseconds(text: &str) -> Option<u64> {
    let time: jiff::Timestamp = text.parse().ok()?;
    time.as_millisecond().try_into().ok()
}
