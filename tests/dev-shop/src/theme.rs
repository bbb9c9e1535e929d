//! The theme: Liquid templates that contain the app's own blocks.

mod filters;
mod source;

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use liquid::model::Value;
use liquid::{Object, Parser, ParserBuilder, object};

use crate::Options;
use crate::place::Place;

use source::Source;

/// Returns the folder of the app's extension.
fn extension() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shopify/extensions/wand")
}

/// The theme's renderer. It reads files on each rendering, so a reload of the page shows their changes.
pub(crate) struct Theme {
    parser: Parser,
}

/// The data of a page.
pub(crate) struct Page<'a> {
    /// The value of `request.page_type`.
    pub(crate) kind: &'a str,
    pub(crate) title: &'a str,
    pub(crate) place: &'a Place,
    /// `shop`, `cart`, `product`, `collection`, `search`.
    pub(crate) globals: Object,
}

impl Theme {
    pub(crate) fn new() -> anyhow::Result<Self> {
        let parser = ParserBuilder::with_stdlib()
            .filter(filters::Json)
            .filter(filters::Money)
            .filter(filters::Translate)
            .build()?;
        Ok(Self { parser })
    }

    /// Renders a page of the theme, with the template of its kind.
    pub(crate) fn page(&self, options: &Options, page: Page<'_>) -> anyhow::Result<String> {
        let template = match page.kind {
            "index" => include_str!("../theme/index.liquid"),
            "product" => include_str!("../theme/product.liquid"),
            "collection" => include_str!("../theme/collection.liquid"),
            "search" => include_str!("../theme/search.liquid"),
            "ordered" => "<h1>Thank you for your order</h1>",
            _ => include_str!("../theme/cart.liquid"),
        };
        self.around(options, template, page)
    }

    /// Renders any template inside the theme's layout, such as an app proxy's `application/liquid` response.
    pub(crate) fn around(&self, options: &Options, template: &str, page: Page<'_>) -> anyhow::Result<String> {
        let (title, mut globals) = (page.title.to_owned(), self.globals(options, page)?);
        let content = self.render(template, &globals)?;
        globals.insert("content_for_layout".into(), Value::scalar(content));
        globals.insert("page_title".into(), Value::scalar(title));
        self.render(include_str!("../theme/layout.liquid"), &globals)
    }

    fn globals(&self, options: &Options, page: Page<'_>) -> anyhow::Result<Object> {
        let mut globals = object!({
            "request": { "page_type": page.kind, "locale": { "iso_code": page.place.language } },
            "product": { "id": Value::Nil },
            "search": { "terms": Value::Nil },
        });
        globals.extend(page.place.globals());
        globals.extend(page.globals);
        let storefront = Source::read(&extension().join("blocks/storefront.liquid"))?;
        let embed = Source::read(&extension().join("blocks/embed.liquid"))?;
        let sources = if options.no_blocks { Vec::new() } else { vec![storefront, embed] };
        let mut blocks = object!({ "storefront": "", "embed": "" });
        for (name, source) in ["storefront", "embed"].into_iter().zip(&sources) {
            blocks.insert(name.into(), Value::scalar(self.block(options, source, &globals)?));
        }
        globals.insert("blocks".into(), Value::Object(blocks));
        globals.insert("content_for_header".into(), Value::scalar(header(options, page.place, &sources)));
        Ok(globals)
    }

    fn block(&self, options: &Options, source: &Source, globals: &Object) -> anyhow::Result<String> {
        let mut globals = globals.clone();
        let mut settings = source.settings();
        settings.insert("prefix".into(), Value::scalar(options.path_prefix()));
        let block = object!({ "settings": settings, "shopify_attributes": "data-block-id=\"wand\"" });
        globals.insert("block".into(), Value::Object(block));
        self.render(&source.template, &globals)
    }

    fn render(&self, template: &str, globals: &Object) -> anyhow::Result<String> {
        let template = self.parser.parse(template).context("a template is not Liquid")?;
        template.render(globals).context("a template cannot be rendered")
    }
}

/// Returns what Shopify adds to the head: its own script, and the files that blocks name, each once.
fn header(options: &Options, place: &Place, sources: &[Source]) -> String {
    let settings = serde_json::json!({
        "shop": options.shop, "country": place.country, "locale": place.language,
        "root": format!("{}/", place.folder), "actions": !options.no_actions, "design": options.design,
    });
    let script = include_str!("../theme/shopify.js").replace("SETTINGS", &format!("({settings})"));
    let named = |name: &str| {
        let mut names: Vec<_> = sources.iter().filter_map(|source| source.asset(name)).collect();
        names.dedup();
        names
    };
    let own = format!("<script>{script}</script>");
    let styles = named("stylesheet").into_iter();
    let styles = styles.map(|name| format!("<link rel=\"stylesheet\" href=\"/cdn/extensions/{name}\">"));
    let scripts = named("javascript").into_iter();
    let scripts = scripts.map(|name| format!("<script src=\"/cdn/extensions/{name}\" defer></script>"));
    std::iter::once(own).chain(styles).chain(scripts).collect::<Vec<_>>().join("\n")
}

/// Returns a file of the extension, by a name without a path.
pub(crate) fn asset(name: &str) -> Option<(Vec<u8>, &'static str)> {
    let kind = match name.rsplit_once('.')?.1 {
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        _ => return None,
    };
    let is_plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte));
    let content = is_plain.then(|| std::fs::read(extension().join("assets").join(name)))?.ok()?;
    Some((content, kind))
}
