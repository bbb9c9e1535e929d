//! Renders the page as HTML from its products, without calling any service.

use std::ops::Range;

use crate::bindings::wandstore::capabilities::settings::Shop;
use crate::bindings::wandstore::storefront::catalog_types::{Assortment, Image, Product};
use crate::bindings::wandstore::storefront::shopper_types::Signals;
use crate::currency::decimals;

/// The style and the script that the content security policy allows, byte for byte.
const STYLE: &str = include_str!("wand.css");
const SCRIPT: &str = include_str!("wand.js");

/// Moves products that the shopper put into the cart or looked at to the front.
pub fn put_first(products: &mut [Product], signals: &Signals) {
    let rank = |product: &Product| match &product.id {
        id if signals.carted.contains(id) => 0,
        id if signals.views.contains(id) => 1,
        _ => 2,
    };
    products.sort_by_key(rank);
}

/// Returns the whole document. The script needs `data-store`, `data-generated`, `main`, `#said` and `#news`.
pub fn render(id: &str, shop: &Shop, assortment: &Assortment) -> String {
    let (id, name) = (escaped(id), escaped(&shop.name));
    let language = escaped(&shop.language);
    let cards: String =
        assortment.products.iter().map(|product| card(product, &assortment.currency)).collect();
    format!(
        r##"<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{name}</title>
<link rel="icon" href="data:,">
<style>{STYLE}</style>
</head>
<body data-store="{id}" data-generated="true">
<a class="skip" href="#main">Skip to content</a>
<header><span class="brand"><bdi>{name}</bdi></span></header>
<main id="main" tabindex="-1">
<h1>For you</h1>
<ul class="cards">{cards}</ul>
</main>
<footer><p><bdi>{name}</bdi></p></footer>
<p id="said" class="quiet" role="status"></p>
<div id="news" role="status"></div>
<script>{SCRIPT}</script>
</body>
</html>
"##
    )
}

/// Returns the range of the content in a document; the content also fits into a page of the shop's theme.
pub fn content(html: &str) -> Range<usize> {
    let start = html.find("<main ").and_then(|main| Some(main + html[main..].find('>')? + 1));
    let end = html.rfind("</main>");
    start.zip(end).map_or(0..0, |(start, end)| start..end)
}

fn card(product: &Product, currency: &str) -> String {
    let id = escaped(&product.id);
    let title = format!("<bdi>{}</bdi>", escaped(&product.title));
    let heading = match link(&product.url) {
        Some(url) => format!(r#"<a href="{url}">{title}</a>"#),
        None => title,
    };
    let picture = product.image.as_ref().and_then(picture).unwrap_or_default();
    let (minor, price) = (product.price, escaped(&money(product.price, currency)));
    let description = escaped(&product.description);
    let sold_out = if product.available { "" } else { r#"<p class="sold">Sold out</p>"# };
    format!(
        r#"<li id="product-{id}" data-id="{id}" data-price="{minor}">{picture}<h3>{heading}</h3><p><bdi>{description}</bdi></p><p class="price">{price}</p>{sold_out}</li>"#
    )
}

/// Returns an address that a page may link to. The address is checked because the catalog is a separate component.
fn link(url: &str) -> Option<String> {
    let on_this_host = url.starts_with('/') && !url.starts_with("//");
    let fits = url.starts_with("https://") || url.starts_with('#') || on_this_host;
    // Browsers drop control characters and read `\` as `/`.
    (fits && !url.contains(|c: char| c.is_control() || c == '\\')).then(|| escaped(url))
}

fn picture(image: &Image) -> Option<String> {
    let fits = image.url.starts_with("https://") || image.url.starts_with("data:image/");
    let (url, alt) = (escaped(&image.url), escaped(&image.alt));
    let (width, height) = (image.width, image.height);
    fits.then(|| {
        format!(
            r#"<div class="shot"><img src="{url}" alt="{alt}" width="{width}" height="{height}" loading="lazy"></div>"#
        )
    })
}

/// Formats an amount with the currency's number of decimal places.
fn money(minor: u64, currency: &str) -> String {
    let decimals = decimals(currency);
    if decimals == 0 {
        return format!("{minor} {currency}");
    }
    let unit = 10_u64.pow(decimals.into());
    format!("{}.{:0width$} {currency}", minor / unit, minor % unit, width = usize::from(decimals))
}

/// Escapes text so that it cannot end an element or attribute or contain Liquid, which a theme would run, and removes
/// the control characters that reorder the text around them (UAX #9).
fn escaped(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut html, c| {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            '{' => html.push_str("&#123;"),
            '}' => html.push_str("&#125;"),
            '%' => html.push_str("&#37;"),
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {}
            c => html.push(c),
        }
        html
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn product(id: &str) -> Product {
        Product {
            id: id.into(),
            title: "\u{202e}Oak & <b>holly</b>".into(),
            description: String::new(),
            vendor: String::new(),
            category: String::new(),
            tags: Vec::new(),
            url: "javascript:alert(1)".into(),
            image: None,
            second_image: None,
            price: 2405,
            price_before: None,
            available: true,
            rating: None,
            choice: None,
        }
    }

    #[test]
    fn nothing_of_a_product_becomes_markup_or_runs() {
        let card = card(&product("oak"), "EUR");
        assert!(card.contains("<h3><bdi>Oak &amp; &lt;b&gt;holly&lt;/b&gt;</bdi></h3>"), "{card}");
        assert!(card.contains("24.05 EUR") && !card.contains("javascript"), "{card}");
    }

    #[test]
    fn viewed_products_come_first() {
        let mut products = [product("a"), product("b"), product("c")];
        let signals = Signals {
            visits: 1,
            views: vec!["b".into()],
            searches: Vec::new(),
            filters: Vec::new(),
            sorts: Vec::new(),
            carted: vec!["c".into()],
            purchased: Vec::new(),
        };
        put_first(&mut products, &signals);
        assert_eq!(products.map(|product| product.id), ["c", "b", "a"]);
    }

    #[test]
    fn the_content_is_what_is_in_the_main_part() {
        let html = "<header></header><main id=\"main\"><h1>Oak</h1></main><footer></footer>";
        assert_eq!((&html[content(html)], content("")), ("<h1>Oak</h1>", 0..0));
    }

    #[test]
    fn money_has_the_digits_of_its_currency() {
        let amounts = [money(5, "EUR"), money(2400, "JPY"), money(1005, "KWD")];
        assert_eq!(amounts, ["0.05 EUR", "2400 JPY", "1.005 KWD"]);
    }
}
