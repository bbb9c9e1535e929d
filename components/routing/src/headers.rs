//! The header fields of responses: each kind of response is a value here, and its field lines are
//! written only here.

use model::pages::PageMetadata;
use routes::{Format, Methods};

use crate::http::CacheOutcome;

/// How long a client should wait before it tries a full pool again.
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

/// The page that a shopper gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Served {
    /// The page that was made for them.
    Hit(PageMetadata),
    /// The page that was made for them, while a newer one is requested.
    Stale(PageMetadata, Generation),
    /// The fallback page, while theirs is requested.
    Miss(Generation),
}

/// The result of requesting a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Generation {
    /// The shopper has a live job.
    Triggered,
    /// Every member of the pool is full.
    QueueFull,
    /// The queue did not answer.
    QueueUnavailable,
    /// No page was requested.
    NotTriggered,
}

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
    lines.push_str(served.line());
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
        lines.extend(generation.lines());
    }
    lines
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

impl Served {
    /// Returns whether the page was made for the shopper.
    pub(crate) fn is_generated(&self) -> bool {
        !matches!(self, Self::Miss(_))
    }

    /// Returns the cache's part in it.
    pub(crate) fn outcome(&self) -> CacheOutcome {
        match self {
            Self::Hit(_) => CacheOutcome::Hit,
            Self::Stale(..) => CacheOutcome::Stale,
            Self::Miss(_) => CacheOutcome::Miss,
        }
    }

    /// Returns whether the shopper has a live job, which this request may have enqueued.
    pub(crate) fn has_job(&self) -> bool {
        matches!(self, Self::Stale(_, Generation::Triggered) | Self::Miss(Generation::Triggered))
    }

    /// Returns the lines about the cache. The page's own script reads `server-timing`, the only header of its own
    /// document that it can see.
    fn line(&self) -> &'static str {
        match self {
            Self::Hit(_) => "x-cache: HIT\nserver-timing: cache;desc=HIT\nx-generated: true\n",
            Self::Stale(..) => "x-cache: STALE\nserver-timing: cache;desc=STALE\nx-generated: true\n",
            Self::Miss(_) => {
                "x-cache: MISS\nserver-timing: cache;desc=MISS\nx-generated: false\nx-wand-source: fallback\n"
            }
        }
    }
}

impl Generation {
    fn lines(self) -> [&'static str; 2] {
        match self {
            Self::Triggered => ["x-generation-triggered: true\n", ""],
            Self::QueueFull => {
                ["x-generation-triggered: false\nx-generation-refused: queue-full\n", RETRY_AFTER]
            }
            Self::QueueUnavailable => {
                ["x-generation-triggered: false\n", "x-generation-refused: queue-unavailable\n"]
            }
            Self::NotTriggered => ["x-generation-triggered: false\n", ""],
        }
    }
}
