//! The document around the sections, and the policy under which a browser runs it.

use askama::Template;

use crate::Page;
use crate::address::Address;
use crate::sections::{Layout, Loading, Purchase, Section, sections};

/// The one style of every document.
pub const STYLE: &str = include_str!(concat!(env!("OUT_DIR"), "/wand.css"));
/// The one script of every document.
pub const SCRIPT: &str = include_str!(concat!(env!("OUT_DIR"), "/wand.js"));

/// The value of the `content-security-policy` header for every document: pictures from the web,
/// calls to this host, and no style or script but the two that [`render`] writes.
pub fn content_security_policy() -> &'static str {
    concat!(
        "default-src 'none'; ",
        "img-src 'self' https: data:; ",
        "style-src 'sha256-",
        env!("WAND_STYLE_SHA256"),
        "'; script-src 'sha256-",
        env!("WAND_SCRIPT_SHA256"),
        "'; connect-src 'self'; ",
        "form-action 'self' https:; ",
        "base-uri 'none'; ",
        "frame-ancestors 'self'",
    )
}

/// The whole HTML document.
pub fn render(page: &Page<'_>) -> String {
    let sections = sections(page);
    let document = Document {
        page,
        language: if page.shop.language.is_empty() { "en" } else { &page.shop.language },
        home: Address::of_shop(&page.shop.url),
        has_hero: sections.iter().any(|section| matches!(section, Section::Hero(_))),
        sections,
    };
    // Writing to a string cannot fail, and nothing in the template can.
    document.render().unwrap_or_default()
}

#[derive(Template)]
#[template(path = "page.html")]
struct Document<'a> {
    page: &'a Page<'a>,
    language: &'a str,
    home: Option<Address<'a>>,
    has_hero: bool,
    sections: Vec<Section<'a>>,
}
