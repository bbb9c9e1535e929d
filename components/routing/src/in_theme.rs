//! The page within a theme, as Liquid that Shopify renders between the theme's header and footer.
//!
//! Only Shopify knows in which market a request is made: the forwarded query names none, and what a link says in
//! `country` can be anything. So Liquid decides. It shows the content if the content's market is the shopper's, and
//! else an empty block, which the theme's script fills as it fills every block. It also has the links of the
//! content, which is the same for every domain and folder of the shop, lead into the shopper's own.
//!
//! Nothing of a shop's texts can run as Liquid: whoever writes content escapes braces and percent signs.

use names::Market;
use page::THEME_STYLE;

/// What the theme's script finds within the theme.
pub(crate) struct InTheme<'a> {
    /// Where the app is in the shop, such as `/apps/wand`.
    pub(crate) prefix: &'a str,
    /// Where the content's links lead, such as `https://wands.example`; empty for a shop without pages.
    pub(crate) home: &'a str,
}

/// The variables of the template, and of the link that those without scripts follow: only Shopify knows them.
const KNOWN_TO_SHOPIFY: &str = "\
    {%- assign root = routes.root_url | append: '/' | replace: '//', '/' -%}\
    {%- assign country = localization.country.iso_code -%}\
    {%- assign language = localization.language.iso_code | upcase | replace: '-', '_' -%}";

impl InTheme<'_> {
    /// The page without content.
    pub(crate) fn empty(&self) -> String {
        format!("{KNOWN_TO_SHOPIFY}{}{}", self.opened(""), self.link())
    }

    /// What stands before the content of a market with a country, and what behind it.
    pub(crate) fn around(&self, market: &Market, is_generated: bool) -> (String, String) {
        let theirs = condition(market);
        let head = format!("{KNOWN_TO_SHOPIFY}{{%- if {theirs} -%}}{{%- capture content -%}}");
        let block = self.opened(&format!(" data-generated=\"{is_generated}\""));
        let replaced = self.replaced();
        let link = self.link();
        let empty = self.opened("");
        let tail = format!(
            "{{%- endcapture -%}}{LINKS}{block}<template shadowrootmode=\"open\"><style>{THEME_STYLE}</style>\
             {{{{ content{replaced} }}}}</template></wand-storefront>\
             {{%- else -%}}{empty}{link}{{%- endif -%}}"
        );
        (head, tail)
    }

    fn opened(&self, more: &str) -> String {
        let prefix = self.prefix;
        format!(
            "<wand-storefront data-prefix=\"{prefix}\" data-country=\"{{{{ country }}}}\" \
             data-language=\"{{{{ language }}}}\"{more}>"
        )
    }

    /// For those without scripts: the same page, told of their market. It ends the block.
    fn link(&self) -> String {
        let subpath = self.prefix.trim_start_matches('/');
        format!(
            "<a class=\"wand__link\" href=\"{{{{ root }}}}{subpath}?country={{{{ country }}}}&amp;\
             language={{{{ language }}}}\">See what we picked for you</a></wand-storefront>"
        )
    }

    /// Filters that have the content's links lead to where the shopper is. A text of the content holds no quotation
    /// mark, so that only attributes are found.
    fn replaced(&self) -> String {
        let home = self.home;
        let of_shop = format!(" | replace: 'href=\"{home}/', href | replace: 'action=\"{home}/', action");
        let of_shop = if may_be_quoted(home) { of_shop } else { String::new() };
        format!(" | replace: 'href=\"/', href{of_shop}")
    }
}

/// What stands in place of the beginnings of links and forms.
const LINKS: &str = "\
    {%- assign href = 'href=\"' | append: root -%}\
    {%- assign action = 'action=\"' | append: root -%}";

/// Whether the shopper is in that market, in Liquid.
fn condition(market: &Market) -> String {
    let (country, language) = (market.country(), market.language());
    let in_language =
        if language.is_empty() { String::new() } else { format!(" and language == '{language}'") };
    format!("country == '{country}'{in_language}")
}

/// Whether an address may stand in a text of Liquid.
fn may_be_quoted(address: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/".contains(&byte);
    !address.is_empty() && address.bytes().all(is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    const IN_THEME: InTheme<'_> = InTheme { prefix: "/apps/wand", home: "https://wands.example" };

    #[test]
    fn content_is_shown_to_its_own_market_only() {
        for (country, language, theirs) in [
            ("FR", "FR", "{%- if country == 'FR' and language == 'FR' -%}"),
            ("BR", "PT_BR", "{%- if country == 'BR' and language == 'PT_BR' -%}"),
            ("CA", "", "{%- if country == 'CA' -%}"),
        ] {
            let market = Market::of(country, language).expect("a market");
            let (head, tail) = IN_THEME.around(&market, true);
            assert!(head.contains(theirs), "{head}");
            assert!(tail.contains("{%- else -%}") && tail.ends_with("{%- endif -%}"), "{tail}");
        }
    }

    #[test]
    fn an_address_that_could_end_a_text_of_liquid_is_left_as_it_is() {
        for home in ["", "https://a.example/' | x", "https://a.example/{{x}}", "https://a.example/%7D"] {
            let replaced = InTheme { home, ..IN_THEME }.replaced();
            assert_eq!(replaced, " | replace: 'href=\"/', href");
        }
        let replaced = InTheme { home: "https://wands.example:8443", ..IN_THEME }.replaced();
        assert!(replaced.contains("'href=\"https://wands.example:8443/', href"), "{replaced}");
    }
}
