//! The format of refusals.

/// The format of a response that is no page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For people: a line of plain text.
    Text,
    /// For programs: JSON.
    Json,
}

/// The prefixes of paths that programs request.
const OF_PROGRAMS: [&str; 4] = ["/api/", "/debug/", "/proxy/", "/webhook"];

impl Format {
    /// Returns the format of refusals on a path, which need not have a route.
    pub fn of(path: &str) -> Self {
        if OF_PROGRAMS.iter().any(|start| path.starts_with(start)) { Self::Json } else { Self::Text }
    }
}
