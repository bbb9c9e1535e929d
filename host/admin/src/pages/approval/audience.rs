//! Audiences and the texts of their plans, in the merchant's language.

use model::review::Text;
use model::{Audience, Market};

use crate::pages::{page_kind, persona};
use crate::wording::Words;

/// Returns the audience of a plan in words: the kind of page, the shoppers and the market.
pub(super) fn who(audience: &Audience, words: &Words) -> String {
    let page = page_kind::label(audience.page, words);
    words.audience(page, persona::label(audience.persona, words), &market(&audience.market, words))
}

fn market(market: &Market, words: &Words) -> String {
    match (market.country(), market.language()) {
        ("", "") => words.market_own().to_owned(),
        (country, "") => country.to_owned(),
        ("", language) => words.market_language(language),
        (country, language) => words.market_both(country, language),
    }
}

/// Returns what a text of a plan is: `2. Search: term 3` for `blocks[1].terms[2]`.
pub(super) fn label(text: &Text, words: &Words) -> String {
    let Text { path, block, field, .. } = text;
    if block.is_empty() {
        return words.copy_title().to_owned();
    }
    let mut numbers = path.split('[').skip(1).filter_map(|part| part.split_once(']')?.0.parse::<u64>().ok());
    let mut next = || numbers.next().map(|index| words.number(index + 1));
    let (number, at) = (next().unwrap_or_default(), next());
    // Another component may have kinds of its own, which keep their name.
    let (block, field) = (words.block_named(block).unwrap_or(block), self::field(field, words));
    match at {
        Some(at) => words.copy_label_of(&number, block, field, &at),
        None => words.copy_label(&number, block, field),
    }
}

fn field<'a>(name: &'a str, words: &Words) -> &'a str {
    match name {
        "headline" => words.field_headline(),
        "heading" => words.field_heading(),
        "text" => words.field_text(),
        "terms" => words.field_term(),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use page::blocks::Block;

    use super::*;

    /// Kinds of block without a text that a merchant could approve.
    const WITHOUT_TEXT: [&str; 2] = ["recently_viewed", "reassurance"];

    #[test]
    fn every_kind_of_block_with_a_text_has_a_name() {
        let nameless = Block::names(|_| true).filter(|kind| Words::of("en").block_named(kind).is_none());
        assert_eq!(nameless.collect::<Vec<_>>(), WITHOUT_TEXT);
        assert_eq!(Words::of("de").block_named("image_with_text"), Some("Bild mit Text"));
    }

    #[test]
    fn it_is_said_for_whom_a_plan_is_in_the_merchants_language() {
        for (audience, tag, expected) in [
            ("home_explorer_-", "en", "Home page · Explorers · your own market"),
            ("cart_explorer_DE-DE", "de", "Warenkorb · Entdecker · DE, Sprache DE"),
            ("search_loyalist_FR-", "fr", "Recherche · Clients fidèles · FR"),
            ("product_loyalist_-JA", "ja", "商品 · 常連のお客様 · 言語 JA"),
        ] {
            assert_eq!(who(&Audience::parse(audience).unwrap(), Words::of(tag)), expected);
        }
    }

    #[test]
    fn a_text_is_called_by_its_place() {
        let label = |path: &str, block: &str, field: &str, tag: &str| {
            let (path, block, field) = (path.to_owned(), block.to_owned(), field.to_owned());
            super::label(&Text { path, block, field, value: String::new(), chars_max: 1 }, Words::of(tag))
        };
        assert_eq!(label("title", "", "title", "en"), "Title of the page");
        assert_eq!(label("blocks[0].headline", "hero", "headline", "en"), "1. Hero: headline");
        assert_eq!(label("blocks[0].headline", "hero", "headline", "de"), "1. Aufmacher: Schlagzeile");
        assert_eq!(label("blocks[5].terms[1]", "search", "terms", "en"), "6. Search: term 2");
        assert_eq!(label("blocks[1].motto", "banner", "motto", "en"), "2. banner: motto");
    }
}
