//! The header fields of responses: there is a function for each kind of response, and field lines are written only
//! here.

use routes::{Format, Methods};

use crate::served::{Generation, Served};

/// How long a client should wait before it repeats a request that a full pool or a limit refused.
const RETRY_AFTER: &str = "retry-after: 30\n";

/// Returns the header by which a script recognizes our response and its kind. Others may answer in our place, also
/// with status 200, such as a shop's password page. Shopify passes the header on.
fn ours(answer: Answer) -> [&'static str; 3] {
    ["x-wandstore: ", answer.name(), "\n"]
}

/// The kinds of responses that scripts ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    /// A whole page.
    Page,
    /// The content of a page.
    Fragment,
    /// The status of a page.
    Status,
}

impl Answer {
    fn name(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Fragment => "fragment",
            Self::Status => "status",
        }
    }
}

/// The field lines of every page. A page is for one shopper, so no shared cache may store it. It may
/// change at any time, so the browser may not store it either.
const PAGE: &str = "content-type: text/html; charset=utf-8\n\
                    cache-control: private, no-store\n\
                    x-content-type-options: nosniff\n\
                    referrer-policy: strict-origin-when-cross-origin\n\
                    content-security-policy: ";

/// The field lines of a page that goes through Shopify: the same, except for the policy, which is the theme's.
const IN_SHOP: &str = "cache-control: private, no-store\nx-content-type-options: nosniff\n";

/// Room for the field lines that differ from page to page.
const VARYING_BYTES: usize = 256;

/// The additional field of a response that is not a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ExtraField<'a> {
    /// Nothing.
    None,
    /// The methods that the path accepts.
    Allow(Methods),
    /// The time after which to ask again.
    RetryAfter,
    /// The path to redirect to, one of our own.
    Location(&'a str),
}

/// Returns the field lines of a page.
pub(crate) fn page(served: &Served) -> String {
    let [name, kind, end] = ours(Answer::Page);
    of_page(&[PAGE, page::content_security_policy(), "\n", name, kind, end], served)
}

/// Returns the field lines of a page's content.
pub(crate) fn fragment(served: &Served) -> String {
    let [name, kind, end] = ours(Answer::Fragment);
    of_page(&["content-type: text/html; charset=utf-8\n", IN_SHOP, name, kind, end], served)
}

/// Returns the field lines of a page that Shopify renders inside a theme.
pub(crate) fn in_theme(served: &Served) -> String {
    of_page(&["content-type: application/liquid\n", IN_SHOP], served)
}

/// Returns the field lines of a page inside a theme that has no content yet.
pub(crate) fn empty_in_theme() -> String {
    ["content-type: application/liquid\n", IN_SHOP].concat()
}

fn of_page(general: &[&str], served: &Served) -> String {
    let length: usize = general.iter().map(|lines| lines.len()).sum();
    let mut lines = String::with_capacity(length + VARYING_BYTES);
    lines.extend(general.iter().copied());
    lines.push_str(cache_lines(served));
    if let Served::Hit(metadata) | Served::Stale(metadata, _) = served {
        lines.extend([
            "x-wand-source: ",
            metadata.source.name(),
            "\nx-wand-persona: ",
            metadata.persona.name(),
            "\n",
        ]);
    }
    if let Served::Stale(_, generation) | Served::Miss(generation) = served {
        lines.extend(generation_lines(*generation));
    }
    lines
}

/// Returns the lines about the cache. The page's own script reads `server-timing`, the only header of its own
/// document that it can see.
fn cache_lines(served: &Served) -> &'static str {
    match served {
        Served::Hit(_) => "x-cache: HIT\nserver-timing: cache;desc=HIT\nx-generated: true\n",
        Served::Stale(..) => "x-cache: STALE\nserver-timing: cache;desc=STALE\nx-generated: true\n",
        Served::Miss(_) => {
            "x-cache: MISS\nserver-timing: cache;desc=MISS\nx-generated: false\nx-wand-source: fallback\n"
        }
    }
}

fn generation_lines(generation: Generation) -> [&'static str; 2] {
    match generation {
        Generation::Triggered => ["x-generation-triggered: true\n", ""],
        Generation::QueueFull => {
            ["x-generation-triggered: false\nx-generation-refused: queue-full\n", RETRY_AFTER]
        }
        Generation::QueueUnavailable => {
            ["x-generation-triggered: false\n", "x-generation-refused: queue-unavailable\n"]
        }
        Generation::Limited => {
            ["x-generation-triggered: false\nx-generation-refused: limited\n", RETRY_AFTER]
        }
        Generation::NotTriggered => ["x-generation-triggered: false\n", ""],
    }
}

/// Returns the field lines of a page's status.
pub(crate) fn status() -> String {
    let mut lines = notice(Format::Json, ExtraField::None);
    lines.extend(ours(Answer::Status));
    lines
}

/// Returns the field lines of a response that is not a page.
pub(crate) fn notice(format: Format, extra_field: ExtraField<'_>) -> String {
    let content_type = match format {
        Format::Text => "text/plain; charset=utf-8",
        Format::Json => "application/json",
    };
    let mut lines =
        format!("content-type: {content_type}\ncache-control: no-store\nx-content-type-options: nosniff\n");
    match extra_field {
        ExtraField::None => {}
        ExtraField::Allow(methods) => lines.extend(["allow: ", methods.field(), "\n"]),
        ExtraField::RetryAfter => lines.push_str(RETRY_AFTER),
        ExtraField::Location(path) => lines.extend(["location: ", path, "\n"]),
    }
    lines
}
