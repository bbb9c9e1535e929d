//! Which header fields a response has: each kind of response is a value here, and its field lines
//! are written here and nowhere else.

use crate::capabilities::PageMetadata;
use crate::route::{Allowed, Format};

/// How long a client may well wait before it asks a full pool again.
const RETRY_AFTER: &str = "retry-after: 30\n";

/// By this a script knows an answer of ours, and which one it is: others may answer in our place, with status 200 too,
/// such as the page where a shop asks for a password. Shopify passes the field on.
fn ours(answer: Answer) -> [&'static str; 3] {
    ["x-wandstore: ", answer.name(), "\n"]
}

/// What scripts ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    /// A whole page.
    Page,
    /// The content of one.
    Fragment,
    /// Where one stands.
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

/// What every page says. A page is for one shopper, so that no shared cache may keep it, and
/// changes at any time, so that the browser may not either.
const PAGE: &str = "content-type: text/html; charset=utf-8\n\
                    cache-control: private, no-store\n\
                    x-content-type-options: nosniff\n\
                    referrer-policy: strict-origin-when-cross-origin\n\
                    content-security-policy: ";

/// What is said of a page that goes through Shopify: the same, but for the policy, which is the theme's.
const IN_SHOP: &str = "cache-control: private, no-store\nx-content-type-options: nosniff\n";

/// Room for what is different from page to page.
const VARYING_BYTES: usize = 256;

/// Which page a shopper gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Served {
    /// The one that was made for them.
    Hit(PageMetadata),
    /// The same, while a newer one is wished for.
    Stale(PageMetadata, Generation),
    /// The one that fits every shopper, while theirs is wished for.
    Miss(Generation),
}

/// What came of the wish for a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Generation {
    /// A job is under way.
    Triggered,
    /// Every member of the pool is full.
    QueueFull,
    /// The queue did not answer.
    QueueUnavailable,
    /// Nobody asked for one.
    NotTriggered,
}

/// What a response other than a page says besides what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Aside<'a> {
    /// Nothing.
    None,
    /// Which methods the path takes.
    Allow(Allowed),
    /// When to ask again.
    RetryAfter,
    /// Where to go; a path of our own.
    Location(&'a str),
}

/// The field lines of a page.
pub(crate) fn page(served: Served) -> String {
    let [name, kind, end] = ours(Answer::Page);
    of_page(&[PAGE, page::content_security_policy(), "\n", name, kind, end], served)
}

/// The field lines of a page's content.
pub(crate) fn fragment(served: Served) -> String {
    let [name, kind, end] = ours(Answer::Fragment);
    of_page(&["content-type: text/html; charset=utf-8\n", IN_SHOP, name, kind, end], served)
}

/// The field lines of a page that Shopify renders inside a theme.
pub(crate) fn in_theme(served: Served) -> String {
    of_page(&["content-type: application/liquid\n", IN_SHOP], served)
}

/// The field lines of a page inside a theme that has no content yet.
pub(crate) fn empty_in_theme() -> String {
    ["content-type: application/liquid\n", IN_SHOP].concat()
}

fn of_page(general: &[&str], served: Served) -> String {
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

/// The field lines of where a page stands.
pub(crate) fn status() -> String {
    let mut lines = notice(Format::Json, Aside::None);
    lines.extend(ours(Answer::Status));
    lines
}

/// The field lines of whatever is not a page.
pub(crate) fn notice(format: Format, aside: Aside<'_>) -> String {
    let content_type = match format {
        Format::Text => "text/plain; charset=utf-8",
        Format::Json => "application/json",
    };
    let mut lines =
        format!("content-type: {content_type}\ncache-control: no-store\nx-content-type-options: nosniff\n");
    match aside {
        Aside::None => {}
        Aside::Allow(allowed) => lines.extend(["allow: ", allowed.field(), "\n"]),
        Aside::RetryAfter => lines.push_str(RETRY_AFTER),
        Aside::Location(path) => lines.extend(["location: ", path, "\n"]),
    }
    lines
}

impl Served {
    /// Whether it was made for the shopper.
    pub(crate) fn is_generated(self) -> bool {
        !matches!(self, Self::Miss(_))
    }

    /// The page's own script reads `server-timing`: of a document's fields it can see no other.
    fn line(self) -> &'static str {
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
