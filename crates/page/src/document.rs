//! A page and its document: the markup around the sections, and the content security policy.

use std::ops::Range;

use askama::Template;
use model::PageKind;
use model::shop::{Colour, LanguageTag};
use model::text::is_visible;
use words::Words;

use crate::address::Address;
use crate::because::Because;
use crate::blocks::{Render as _, View, announcement};
use crate::facts::facts_of;
use crate::sections::Sections;
use crate::{Look, Shop};

/// The one style of every document.
pub const STYLE: &str = include_str!(concat!(env!("OUT_DIR"), "/page.css"));
/// The style of a document's content inside the shadow tree of a theme's page.
pub const THEME_STYLE: &str = include_str!(concat!(env!("OUT_DIR"), "/theme.css"));
/// The one script of every document.
pub const SCRIPT: &str = include_str!(concat!(env!("OUT_DIR"), "/wand.js"));

/// A digest of this crate's code, templates, style and script: what renders a document the same way has the same one.
pub const RENDERER: &str = env!("WAND_RENDERER");

/// Returns the value of the `content-security-policy` header for every document: it allows images from the web,
/// calls to this host, and only the style and the script that [`render`] writes.
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

/// A page to be rendered.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<'a> {
    /// The shop.
    pub shop: &'a Shop,
    /// The document's title.
    pub title: &'a str,
    /// The blocks, from top to bottom.
    pub blocks: Vec<View<'a>>,
    /// Whether the page was generated for a shopper; `false` for the fallback page.
    pub generated: bool,
    /// How it is arranged.
    pub look: Look,
}

/// A page as HTML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The whole document.
    pub html: String,
    /// The position of the content in the document, which can also be shown inside a theme: one element, without
    /// the document's style, script, header and footer.
    pub fragment: Range<usize>,
}

/// Renders a home page as an HTML document.
pub fn render(page: &Page<'_>) -> Document {
    render_for(PageKind::Home, page)
}

/// Renders a page of a kind as an HTML document. If the page is generated and its kind has a subject, its fragment lacks what
/// is about the subject: it follows [`beginning`].
pub fn render_for(kind: PageKind, page: &Page<'_>) -> Document {
    render_because(kind, page, None)
}

/// Renders a page as [`render_for`] does, and says at its end why it was chosen for its shopper.
pub fn render_because(kind: PageKind, page: &Page<'_>, because: Option<&Because>) -> Document {
    let is_below = kind.has_subject() && page.generated;
    let sections = if is_below {
        let mut sections = Sections::below(page.shop, page.look);
        render_allowed(page.shop, &page.blocks, &mut sections);
        sections
    } else {
        announced(page.shop, page.look, &page.blocks)
    };
    let settings = &page.shop.settings;
    // Only the page that anybody may get is described: any other is one shopper's.
    let is_public = !page.generated && !kind.has_subject();
    let facts = is_public.then(|| facts_of(page.shop, page.title, sections.shown()));
    let sheet = Sheet {
        page,
        description: is_public.then(|| description(page)).flatten(),
        facts,
        language: settings.language.as_str(),
        is_right_to_left: is_right_to_left(&settings.language),
        words: page.shop.words(),
        home: page.shop.home(),
        opening: opening(page.shop, page.look),
        // A theme's page of such a kind has a main heading of its own.
        needs_heading: !sections.has_hero() && !kind.has_subject(),
        sections: sections.into_html(),
        because: because.map(|because| because.line(page.shop.words())).unwrap_or_default(),
    };
    let skipped = if is_below { sheet.opening.len() } else { 0 };
    // Neither writing to a string can fail, nor anything in the template.
    let html = sheet.render().unwrap_or_default();
    let Range { start, end } = content(&html).unwrap_or_default();
    Document { fragment: start + skipped..end, html }
}

/// Returns the facts of a page for machines: the products that it shows, as JSON-LD.
pub fn facts(page: &Page<'_>) -> String {
    facts_of(page.shop, page.title, announced(page.shop, page.look, &page.blocks).shown())
}

/// Returns what a page says of itself in its opening.
fn description<'a>(page: &Page<'a>) -> Option<&'a str> {
    let opening = page.blocks.iter().find_map(|block| match block {
        View::Hero(hero) => Some(hero.text),
        _ => None,
    });
    opening.filter(|text| is_visible(text))
}

/// Renders the beginning of a fragment: the merchant's announcement, and the blocks about the subject. It leaves the
/// element open that the fragment of a generated page closes.
pub fn beginning(shop: &Shop, look: Look, blocks: &[View<'_>]) -> String {
    opening(shop, look) + &announced(shop, look, blocks).into_html()
}

/// Returns the sections of the merchant's announcement and of blocks.
fn announced<'a>(shop: &'a Shop, look: Look, blocks: &[View<'a>]) -> Sections<'a> {
    let mut sections = Sections::of(shop, look);
    if let Some(announcement) = announcement::View::of(&shop.settings) {
        announcement.render(&mut sections);
    }
    render_allowed(shop, blocks, &mut sections);
    sections
}

/// Renders the blocks that the merchant does not exclude. Every block of every page passes here.
fn render_allowed<'a>(shop: &Shop, blocks: &[View<'a>], sections: &mut Sections<'a>) {
    for block in blocks.iter().filter(|block| shop.settings.allows_block(block.name())) {
        block.render(sections);
    }
}

/// Returns the start of the element around a page's content.
fn opening(shop: &Shop, look: Look) -> String {
    let settings = &shop.settings;
    let opening = Opening {
        look: look.name(),
        home: shop.home(),
        accent: settings.accent.as_ref().map_or("", Colour::as_str),
        surface: settings.surface.as_ref().map_or("", Colour::as_str),
    };
    opening.render().unwrap_or_default()
}

/// Returns the position of the main part's content. No text of a page can contain a tag.
fn content(html: &str) -> Option<Range<usize>> {
    let main = html.find("<main ")?;
    let start = main + html.get(main..)?.find('>')? + 1;
    let end = html.rfind("</main>")?;
    (start <= end).then_some(start..end)
}

/// Returns whether a language (BCP 47) is written from right to left: by its script if the tag names one, else by
/// the language's most common script (Unicode CLDR).
fn is_right_to_left(language: &LanguageTag) -> bool {
    let mut subtags = language.subtags();
    let is_any = |tag: &str, of: &[&str]| of.iter().any(|one| tag.eq_ignore_ascii_case(one));
    let primary = subtags.next().unwrap_or_default();
    match subtags.find(|tag| tag.len() == 4) {
        Some(script) => is_any(script, &["Adlm", "Arab", "Hebr", "Nkoo", "Rohg", "Syrc", "Thaa"]),
        None => is_any(primary, &["ar", "ckb", "dv", "fa", "he", "iw", "ks", "ps", "sd", "ug", "ur", "yi"]),
    }
}

#[derive(Template)]
#[template(path = "page.html")]
struct Sheet<'a> {
    page: &'a Page<'a>,
    description: Option<&'a str>,
    facts: Option<String>,
    language: &'a str,
    is_right_to_left: bool,
    words: &'static Words,
    home: Option<Address<'a>>,
    opening: String,
    needs_heading: bool,
    sections: String,
    because: String,
}

#[derive(Template)]
#[template(path = "parts/opening.html")]
struct Opening<'a> {
    look: &'static str,
    home: Option<Address<'a>>,
    accent: &'a str,
    surface: &'a str,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_has_its_scripts_direction() {
        for language in ["ar", "he-IL", "FA", "ckb", "az-Arab", "ur_PK"] {
            assert!(is_right_to_left(&language.parse().unwrap()), "{language}");
        }
        for language in ["en", "de-AT", "ar-Latn", "zh-Hant", "ark"] {
            assert!(!is_right_to_left(&language.parse().unwrap()), "{language}");
        }
    }
}
