//! An event as one line of JSON.

use serde_json::{Map, Value};

/// The severity of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// For debugging.
    Debug,
    /// Worth knowing.
    Info,
    /// Something went wrong and was handled.
    Warn,
    /// Something is wrong and needs the operator.
    Error,
}

impl Level {
    fn name(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Error => "error",
        }
    }
}

/// Returns the line, with its line feed. It is always one line and one object, whatever the texts are.
pub fn line(now_ms: u64, level: Level, message: &str, particulars: &[(String, String)]) -> String {
    let particulars: Map<_, _> =
        particulars.iter().map(|(name, value)| (name.clone(), Value::String(value.clone()))).collect();
    let event = serde_json::json!({
        "time_ms": now_ms,
        "level": level.name(),
        "message": message,
        "particulars": particulars,
    });
    format!("{event}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_one_line_whatever_it_says() {
        let particulars = [("reason".into(), "\"a\"\nb\u{1b}".into()), ("level".into(), "x".into())];
        let line = line(1_700_000_000_123, Level::Warn, "two\nlines", &particulars);
        assert_eq!(line.find('\n'), Some(line.len() - 1));
        let read: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(read["time_ms"], 1_700_000_000_123_u64);
        assert_eq!(read["level"], "warn");
        assert_eq!(read["message"], "two\nlines");
        assert_eq!(read["particulars"]["reason"], "\"a\"\nb\u{1b}");
        assert_eq!(read["particulars"]["level"], "x");
    }
}
