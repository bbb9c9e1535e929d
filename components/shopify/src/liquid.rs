//! Bodies that Shopify renders as Liquid inside a shop's theme.

/// Asks for a body to be rendered without the theme's header and footer.
pub fn without_layout(body: &str) -> String {
    format!("{{% layout none %}} {body}")
}

/// Text that neither HTML nor Liquid gives a meaning to, wherever it stands in text or in a quoted attribute.
///
/// Pages are escaped by their templates (`components/page`), which leave a percent sign that encodes a byte;
/// both read the same. Characters are named where HTML 4 has a name for them.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for c in text.chars() {
        match c {
            '"' => out.push_str("&quot;"),
            '%' => out.push_str("&#37;"),
            '&' => out.push_str("&amp;"),
            '\'' => out.push_str("&#39;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '{' => out.push_str("&#123;"),
            '}' => out.push_str("&#125;"),
            _ => out.push(c),
        }
    }
    out
}

/// Gives every link and form inside the shop a slash before its query, as Shopify's own library does:
/// without it the storefront redirects, and a form that was sent by POST loses its fields.
pub fn with_trailing_slashes(html: &str) -> String {
    let mut out = String::with_capacity(html.len() + 64);
    let mut rest = html;
    while let Some((before, attribute, after)) = next_tag(rest) {
        out.push_str(before);
        rest = push_tag(&mut out, after, attribute);
    }
    out.push_str(rest);
    out
}

/// The text up to the name of the next link or form, the attribute that holds its address, the rest.
fn next_tag(html: &str) -> Option<(&str, &'static str, &str)> {
    html.match_indices('<').find_map(|(at, _)| {
        let tag = html.get(at + 1..)?;
        let length = tag.bytes().take_while(u8::is_ascii_alphanumeric).count();
        let (name, after) = tag.split_at_checked(length)?;
        let attribute = match name {
            "a" | "A" => "href",
            _ if name.eq_ignore_ascii_case("form") => "action",
            _ => return None,
        };
        let before = html.get(..at + 1 + length)?;
        after.starts_with(|c: char| c.is_ascii_whitespace()).then_some((before, attribute, after))
    })
}

/// Copies the attributes of a tag, with a slash added to the address; what comes after its end.
fn push_tag<'h>(out: &mut String, html: &'h str, attribute: &str) -> &'h str {
    let mut rest = html;
    loop {
        let Some(at) = rest.find(['"', '>']) else {
            out.push_str(rest);
            return "";
        };
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let Some(quoted) = from.strip_prefix('"') else { return from };
        let Some((value, after)) = quoted.split_once('"') else {
            out.push_str(from);
            return "";
        };
        let is_address = names_attribute(before, attribute);
        let value = if is_address { with_slash(value) } else { value.to_owned() };
        out.extend(["\"", &value, "\""]);
        rest = after;
    }
}

/// Whether the text before a quotation mark ends with ` name=`.
fn names_attribute(before: &str, name: &str) -> bool {
    let before = before.trim_end().strip_suffix('=').unwrap_or_default().trim_end();
    let start = before.rfind(|c: char| c.is_ascii_whitespace()).map_or(0, |at| at + 1);
    before.get(start..).is_some_and(|last| last.eq_ignore_ascii_case(name))
}

/// A path from the root of the shop; another site's address (`//…`, too) stays as it is.
fn with_slash(address: &str) -> String {
    let end = address.find(['?', '#']).unwrap_or(address.len());
    let (path, rest) = address.split_at(end);
    if !path.starts_with('/') || path.starts_with("//") || path.ends_with('/') {
        return address.to_owned();
    }
    format!("{path}/{rest}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_and_forms_inside_the_shop_get_a_slash() {
        for (html, expected) in [
            ("<a href=\"/foo?a=1#b\">x</a>", "<a href=\"/foo/?a=1#b\">x</a>"),
            (
                "<p><A class=\"a > b\" HREF = \"/foo\" id=\"/x\">",
                "<p><A class=\"a > b\" HREF = \"/foo/\" id=\"/x\">",
            ),
            ("<form method=\"post\" action=\"/a/b\">", "<form method=\"post\" action=\"/a/b/\">"),
            ("<a href=\"/a\"><a href=\"/b\">", "<a href=\"/a/\"><a href=\"/b/\">"),
            ("<a href=\"/ü#ä\">", "<a href=\"/ü/#ä\">"),
        ] {
            assert_eq!(with_trailing_slashes(html), expected);
        }
    }

    #[test]
    fn other_addresses_stay_as_they_are() {
        for html in [
            "<a href=\"//evil.example/foo\">",
            "<a href=\"https://a.example/foo\">",
            "<a href=\"/foo/\"><a href=\"/foo/?a=1\"><a href=\"#x\"><a href=\"\">",
            "<img src=\"/foo.png\"><abbr href=\"/foo\"><form data-action=\"/foo\"><link href=\"/foo\">",
            "1 < 2, <a, <a href=\"/foo",
            "<",
        ] {
            assert_eq!(with_trailing_slashes(html), html);
        }
    }
}
