//! The page within a theme, as Liquid that Shopify renders between the theme's header and footer.
//!
//! Only Shopify knows the market of a request: the forwarded query names none, and a link's `country` can be
//! anything. So Liquid decides. It shows the content if the content's market is the shopper's. Otherwise it shows
//! an empty block, which the theme's script fills like any other block. The content is the same for every domain
//! and folder of the shop, so Liquid also rewrites its links to the shopper's own domain and folder.
//!
//! A shop's texts never run as Liquid, because the renderer escapes braces and percent signs in the content.

use model::Market;
use page::THEME_STYLE;
use words::{Language, Words};

/// The frame around the content within a theme.
pub(crate) struct InTheme<'a> {
    /// The app's path in the shop, such as `/apps/wand`.
    pub(crate) prefix: &'a str,
    /// The start of the content's links, such as `https://wands.example`; empty for a shop without pages.
    pub(crate) home: &'a str,
    /// The words for shoppers whose language has none.
    pub(crate) words: &'static Words,
}

/// The variables of the template and of the link for shoppers without scripts. Only Shopify knows their values.
const KNOWN_TO_SHOPIFY: &str = "\
    {%- assign root = routes.root_url | append: '/' | replace: '//', '/' -%}\
    {%- assign country = localization.country.iso_code -%}\
    {%- assign language = localization.language.iso_code | upcase | replace: '-', '_' -%}";

impl InTheme<'_> {
    /// Returns the page without content.
    pub(crate) fn empty(&self) -> String {
        format!("{KNOWN_TO_SHOPIFY}{}{}", self.opened(""), self.link())
    }

    /// Returns the template before and after the content of a market with a country.
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

    /// Returns a link to the same page with the shopper's market, for shoppers without scripts. It closes the block.
    fn link(&self) -> String {
        let subpath = self.prefix.trim_start_matches('/');
        format!(
            "<a class=\"wand__link\" href=\"{{{{ root }}}}{subpath}?country={{{{ country }}}}&amp;\
             language={{{{ language }}}}\">{}</a></wand-storefront>",
            self.see_yours()
        )
    }

    /// Returns the link's words. Liquid chooses them by the shopper's language.
    fn see_yours(&self) -> String {
        let when = |language: Language| {
            format!("{{%- when '{}' -%}}{}", language.primary().to_uppercase(), language.words().see_yours)
        };
        let cases: String = Language::all().map(when).collect();
        let otherwise = self.words.see_yours;
        format!("{PRIMARY}{{%- case primary -%}}{cases}{{%- else -%}}{otherwise}{{%- endcase -%}}")
    }

    /// Returns the filters that rewrite the content's links. Texts in the content contain no quotation marks, so only
    /// attributes match.
    fn replaced(&self) -> String {
        let home = self.home;
        let of_shop = format!(" | replace: 'href=\"{home}/', href | replace: 'action=\"{home}/', action");
        let of_shop = if may_be_quoted(home) { of_shop } else { String::new() };
        format!(" | replace: 'href=\"/', href{of_shop}")
    }
}

/// The first subtag of the shopper's language: its words are the same in all regions.
const PRIMARY: &str = "{%- assign primary = language | split: '_' | first -%}";

/// The replacements for the beginnings of links and forms.
const LINKS: &str = "\
    {%- assign href = 'href=\"' | append: root -%}\
    {%- assign action = 'action=\"' | append: root -%}";

/// Returns the Liquid condition that the shopper is in this market.
fn condition(market: &Market) -> String {
    let (country, language) = (market.country(), market.language());
    let in_language =
        if language.is_empty() { String::new() } else { format!(" and language == '{language}'") };
    format!("country == '{country}'{in_language}")
}

/// Returns whether an address can be quoted in a Liquid string.
fn may_be_quoted(address: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/".contains(&byte);
    !address.is_empty() && address.bytes().all(is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_theme(home: &str) -> InTheme<'_> {
        InTheme { prefix: "/apps/wand", home, words: Language::of("sv").unwrap().words() }
    }

    #[test]
    fn content_is_shown_to_its_own_market_only() {
        for (country, language, theirs) in [
            ("FR", "FR", "{%- if country == 'FR' and language == 'FR' -%}"),
            ("BR", "PT_BR", "{%- if country == 'BR' and language == 'PT_BR' -%}"),
            ("CA", "", "{%- if country == 'CA' -%}"),
        ] {
            let market = Market::of(country, language).expect("a market");
            let (head, tail) = in_theme("https://wands.example").around(&market, true);
            assert!(head.contains(theirs), "{head}");
            assert!(tail.contains("{%- else -%}") && tail.ends_with("{%- endif -%}"), "{tail}");
        }
    }

    #[test]
    fn an_address_that_could_end_a_text_of_liquid_is_left_as_it_is() {
        for home in ["", "https://a.example/' | x", "https://a.example/{{x}}", "https://a.example/%7D"] {
            let replaced = in_theme(home).replaced();
            assert_eq!(replaced, " | replace: 'href=\"/', href");
        }
        let replaced = in_theme("https://wands.example:8443").replaced();
        assert!(replaced.contains("'href=\"https://wands.example:8443/', href"), "{replaced}");
    }

    #[test]
    fn the_link_is_in_the_shoppers_language_and_else_in_the_shops() {
        let link = in_theme("").link();
        for part in [
            "{%- when 'EN' -%}See what we picked for you{%- when 'AR' -%}",
            "{%- when 'PT' -%}Ver o que escolhemos para você{%-",
            "{%- else -%}Se vad vi har valt åt dig{%- endcase -%}</a></wand-storefront>",
        ] {
            assert!(link.contains(part), "{link}");
        }
        for language in Language::all() {
            assert!(!language.words().see_yours.contains(['<', '&', '{', '%']), "it is written as it is");
        }
    }
}
