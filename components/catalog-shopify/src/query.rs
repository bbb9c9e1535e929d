//! The GraphQL queries to Shopify.

use std::collections::BTreeMap;

use model::Market;
use model::catalog::{FOUND_MAX, NAMES_MAX};
use serde::Serialize;

use crate::question::Term;

const SHOP: &str = include_str!("../queries/shop.graphql");
const PRODUCTS: &str =
    concat!(include_str!("../queries/products.graphql"), include_str!("../queries/card.graphql"));
const COLLECTIONS: &str = include_str!("../queries/collections.graphql");
const MEMBERS: &str = include_str!("../queries/members.graphql");
const IDS: &str = concat!(include_str!("../queries/ids.graphql"), include_str!("../queries/card.graphql"));
const HANDLES: &str =
    concat!(include_str!("../queries/handles.graphql"), include_str!("../queries/card.graphql"));
const SEARCH: &str =
    concat!(include_str!("../queries/search.graphql"), include_str!("../queries/card.graphql"));

/// The number of products per answer. Without a token, a query may cost at most 1,000. If every field counts 1, a
/// product costs 27 without what only a token gets, so three pages of this size give the hundred products of an assortment
/// (`tests/schema/queries.test.js` counts).
pub const PAGE: usize = 34;
/// The number of ids of a collection's products per answer, likewise.
pub const MEMBERS_PAGE: usize = 190;
/// The variables of `handles.graphql`, one for each product that is asked for at most.
const SLOTS: [&str; NAMES_MAX] = ["a", "b", "c", "d", "e", "f", "g", "h"];

/// A query with its variables: the body of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Query {
    query: &'static str,
    variables: Variables,
}

/// The variables of a query. Without a country or language, the context is the shop's own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
struct Variables {
    #[serde(skip_serializing_if = "Option::is_none")]
    first: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    term: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    handle: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ids: Option<Vec<String>>,
    #[serde(flatten)]
    handles: BTreeMap<&'static str, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tags: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    country: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<String>,
}

impl Query {
    /// Creates the query for the shop's own data.
    pub fn shop() -> Self {
        Self { query: SHOP, variables: Variables::default() }
    }

    /// Creates the query for products, best-selling first, with what only a token gets if `tags` is set: tags, second images,
    /// ratings and variants.
    pub fn products(market: &Market, tags: bool) -> Self {
        Self::of(PRODUCTS, market, Variables { first: Some(PAGE), tags: Some(tags), ..Variables::default() })
    }

    /// Creates the query for collections.
    pub fn collections(market: &Market) -> Self {
        Self::of(COLLECTIONS, market, Variables { first: Some(FOUND_MAX), ..Variables::default() })
    }

    /// Creates the query for the products of a collection. They are the same in every market.
    pub fn members(handle: &str) -> Self {
        let variables =
            Variables { first: Some(MEMBERS_PAGE), handle: Some(handle.to_owned()), ..Variables::default() };
        Self { query: MEMBERS, variables }
    }

    /// Creates the query for products that match a search term.
    pub fn search(market: &Market, term: &Term, tags: bool) -> Self {
        let term = Some(term.as_str().to_owned());
        Self::of(
            SEARCH,
            market,
            Variables { first: Some(FOUND_MAX), term, tags: Some(tags), ..Variables::default() },
        )
    }

    /// Creates the query for the products with these numbers.
    pub fn ids(market: &Market, numbers: &[&str], tags: bool) -> Self {
        let ids = numbers.iter().map(|number| format!("gid://shopify/Product/{number}")).collect();
        Self::of(IDS, market, Variables { ids: Some(ids), tags: Some(tags), ..Variables::default() })
    }

    /// Creates the query for the products with these handles, at most [`NAMES_MAX`]. The query asks for as many products in
    /// any case, so what is left over asks for the first once more.
    pub fn handles(market: &Market, handles: &[&str], tags: bool) -> Self {
        let first = handles.first().copied().unwrap_or_default();
        let all = handles.iter().copied().chain(std::iter::repeat(first));
        let handles = SLOTS.into_iter().zip(all.map(str::to_owned)).collect();
        Self::of(HANDLES, market, Variables { handles, tags: Some(tags), ..Variables::default() })
    }

    fn of(query: &'static str, market: &Market, variables: Variables) -> Self {
        let named = |code: &str| (!code.is_empty()).then(|| code.to_owned());
        let (country, language) = (named(market.country()), named(market.language()));
        Self { query, variables: Variables { country, language, ..variables } }
    }

    /// Continues after a page.
    pub fn go_on(&mut self, cursor: String) {
        self.variables.after = Some(cursor);
    }

    /// Drops the tags and what comes with them, which need a token. Returns false if the query did not ask for them.
    pub fn without_tags(&mut self) -> bool {
        self.variables.tags == Some(true) && self.variables.tags.replace(false).is_some()
    }

    /// Switches to the shop's own language. Returns false if the query uses it already.
    pub fn without_language(&mut self) -> bool {
        self.variables.language.take().is_some()
    }

    /// Switches to the shop's own country. Returns false if the query uses it already. The prices of the answer
    /// are those of that country.
    pub fn without_country(&mut self) -> bool {
        self.variables.country.take().is_some()
    }

    /// Returns whether the query asks for a country.
    pub fn has_country(&self) -> bool {
        self.variables.country.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables(query: &Query) -> String {
        serde_json::to_value(query).unwrap()["variables"].to_string()
    }

    #[test]
    fn a_context_is_named_only_where_the_market_names_it() {
        let of = |country, language| Query::collections(&Market::of(country, language).unwrap());
        assert_eq!(variables(&of("", "")), r#"{"first":20}"#);
        assert_eq!(variables(&of("DE", "")), r#"{"country":"DE","first":20}"#);
        assert_eq!(variables(&of("", "PT_BR")), r#"{"first":20,"language":"PT_BR"}"#);
    }

    #[test]
    fn a_refused_part_is_dropped_once() {
        let mut query = Query::products(&Market::of("DE", "DE").unwrap(), true);
        assert!(query.without_language() && !query.without_language() && query.has_country());
        assert!(query.without_country() && !query.without_country() && !query.has_country());
        assert!(query.without_tags() && !query.without_tags());
        assert_eq!(variables(&query), r#"{"first":34,"tags":false}"#);
    }

    #[test]
    fn products_are_asked_for_by_number_or_by_handle() {
        let own = Market::default();
        assert_eq!(
            variables(&Query::ids(&own, &["7"], true)),
            r#"{"ids":["gid://shopify/Product/7"],"tags":true}"#
        );
        let asked = variables(&Query::handles(&own, &["oak", "elm"], false));
        assert!(
            asked.starts_with(r#"{"a":"oak","b":"elm","c":"oak","#) && asked.contains(r#""h":"oak""#),
            "{asked}"
        );
    }

    #[test]
    fn a_shoppers_words_are_a_variable_and_never_part_of_the_query() {
        let term = Term::parse("\"}) { shop { name } } #").unwrap();
        let query = Query::search(&Market::default(), &term, false);
        assert_eq!(query.query, SEARCH);
    }
}
