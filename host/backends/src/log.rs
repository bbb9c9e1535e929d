//! Events for the operator, always bounded and free of control characters.

use std::sync::{Mutex, PoisonError};

/// The severity of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
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

/// Something that happened in a component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event<'a> {
    /// The severity.
    pub level: Level,
    /// What happened, as a constant text.
    pub message: &'a str,
    /// Name and value of each particular.
    pub particulars: Vec<(String, String)>,
    /// The component that logged it.
    pub component: &'a str,
    /// The call during which it was logged: a request or a job.
    pub call: &'a str,
    /// The trace of the call, if it is recorded.
    pub trace_id: Option<&'a str>,
    /// The span of the call in that trace.
    pub span_id: Option<&'a str>,
}

/// A sink for events.
pub trait Log: Send + Sync {
    /// Records an event.
    fn event(&self, event: Event<'_>);
}

/// The maximum number of particulars; the rest is dropped.
const PARTICULARS_MAX: usize = 20;
/// Longer texts are cut to this many characters.
const TEXT_CHARS_MAX: usize = 256;
/// The maximum size of all particulars together, because an escaped character takes several bytes. The rest is
/// dropped.
const PARTICULARS_BYTES_MAX: usize = 16 << 10;

/// Hands events to `tracing`, under the target `component`.
#[derive(Debug, Clone, Copy, Default)]
pub struct Tracing;

impl Log for Tracing {
    fn event(&self, event: Event<'_>) {
        let line = Line::of(&event);
        macro_rules! emit {
            ($level:ident) => {
                tracing::$level!(
                    target: "component",
                    component = line.component,
                    call = line.call,
                    trace_id = event.trace_id,
                    span_id = event.span_id,
                    particulars = line.particulars,
                    "{}", line.message
                )
            };
        }
        match event.level {
            Level::Debug => emit!(debug),
            Level::Info => emit!(info),
            Level::Warn => emit!(warn),
            Level::Error => emit!(error),
        }
    }
}

/// A recorded event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The severity.
    pub level: Level,
    /// What happened.
    pub message: String,
    /// `name=value` of each particular, separated by spaces, values quoted.
    pub particulars: String,
    /// The component that logged it.
    pub component: String,
    /// The call during which it was logged.
    pub call: String,
}

impl Line {
    fn of(event: &Event<'_>) -> Self {
        Self {
            level: event.level,
            message: tame(event.message),
            particulars: line_of(&event.particulars),
            component: tame(event.component),
            call: tame(event.call),
        }
    }
}

fn line_of(particulars: &[(String, String)]) -> String {
    let mut line = String::new();
    for (name, value) in particulars.iter().take(PARTICULARS_MAX) {
        let particular = format!("{}=\"{}\"", tame(name), tame(value));
        if line.len() + particular.len() > PARTICULARS_BYTES_MAX {
            line.push_str(" …");
            break;
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(&particular);
    }
    line
}

/// Keeps events for tests.
#[derive(Debug, Default)]
pub struct Recorded(Mutex<Vec<Line>>);

impl Recorded {
    /// Returns the recorded events, oldest first.
    pub fn lines(&self) -> Vec<Line> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Log for Recorded {
    fn event(&self, event: Event<'_>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(Line::of(&event));
    }
}

/// Cuts `text`, and escapes characters that could forge a line or end a quoted value.
fn tame(text: &str) -> String {
    let escape = |c: char| match c {
        '"' | '\\' => c.escape_default().to_string(),
        _ if c.is_control() || is_invisible(c) => c.escape_unicode().to_string(),
        _ => c.to_string(),
    };
    let mut tamed: String = text.chars().take(TEXT_CHARS_MAX).map(escape).collect();
    if text.chars().nth(TEXT_CHARS_MAX).is_some() {
        tamed.push('…');
    }
    tamed
}

/// Returns whether `c` is a line or paragraph separator, or a mark that changes the direction of text
/// (Unicode Standard Annex 9).
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{2028}' | '\u{2029}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(message: &str, particulars: Vec<(String, String)>) -> Line {
        let log = Recorded::default();
        log.event(Event {
            level: Level::Warn,
            message,
            particulars,
            component: "routing",
            call: "request 1",
            trace_id: None,
            span_id: None,
        });
        log.lines().remove(0)
    }

    #[test]
    fn an_event_becomes_one_line() {
        let line = record(
            "page was stale",
            vec![("store".into(), "magic-wands".into()), ("age".into(), "7".into())],
        );
        assert_eq!(line.message, "page was stale");
        assert_eq!(line.particulars, r#"store="magic-wands" age="7""#);
        assert_eq!((line.component.as_str(), line.call.as_str()), ("routing", "request 1"));
    }

    #[test]
    fn hostile_text_can_forge_neither_a_line_nor_a_particular() {
        let line =
            record("a\nb\u{1b}[31m", vec![("k".into(), "v\" admin=\"yes\r\n\u{2028}\u{202e}\\".into())]);
        assert_eq!(line.message, r"a\u{a}b\u{1b}[31m");
        assert_eq!(line.particulars, r#"k="v\" admin=\"yes\u{d}\u{a}\u{2028}\u{202e}\\""#);
    }

    #[test]
    fn there_is_no_end_of_particulars_but_of_the_line() {
        let many = (0..1_000).map(|n| (format!("n{n}"), "é".repeat(10_000))).collect();
        let line = record(&"m".repeat(10_000), many);
        assert_eq!(line.message.chars().count(), TEXT_CHARS_MAX + 1);
        assert_eq!(line.particulars.matches('=').count(), PARTICULARS_MAX);
        assert!(line.particulars.chars().count() < PARTICULARS_MAX * (TEXT_CHARS_MAX + 8));
    }

    #[test]
    fn a_line_is_bounded_whatever_has_to_be_escaped_in_it() {
        let hostile = "\u{2028}".repeat(10_000);
        let line = record(&hostile, vec![(hostile.clone(), hostile.clone()); 1_000]);
        let bytes = line.message.len() + line.particulars.len();
        assert!(bytes < PARTICULARS_BYTES_MAX + 4_096, "{bytes}");
        assert!(line.particulars.ends_with('…'), "it says that something was left out");
    }
}
