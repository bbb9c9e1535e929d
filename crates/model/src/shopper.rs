//! The kinds of shopper ids: a customer, a visitor who consented, or the anonymous shopper of a context, which all
//! shoppers without consent share. The id of a page also names its kind, unless it is the home page, and its market, unless
//! that is the shop's own.

use crate::id::{self, InvalidId, ShopperId};
use crate::market::Market;
use crate::page_kind::PageKind;
use crate::persona::Persona;

const CUSTOMER: &str = "customer-";
const VISITOR: &str = "visitor-";
const CONTEXT: &str = "context-";

/// Enough for the largest customer id of Shopify.
const CUSTOMER_DIGITS_MAX: usize = 20;
/// A random id of this length cannot be guessed: 128 bits in base64 without padding.
const VISITOR_BYTES_MIN: usize = 22;
/// Leaves room for a kind of page and a market.
const VISITOR_BYTES_MAX: usize = 90;
/// What precedes the kind of page in an id. No browser draws it, and a market is in upper case.
const AT: &str = "_at-";

impl ShopperId {
    /// Returns the id of a logged-in customer. Shopify's customer id is decimal digits.
    pub fn customer(id: &str) -> Result<Self, InvalidId> {
        const WHAT: &str = "customer";
        id::check_length(WHAT, id, CUSTOMER_DIGITS_MAX)?;
        let fits = id.bytes().all(|byte| byte.is_ascii_digit());
        if fits { Self::parse(&format!("{CUSTOMER}{id}")) } else { Err(InvalidId::Alphabet(WHAT, "0-9")) }
    }

    /// Returns the id of a visitor who consented, from the id that their browser drew at random.
    pub fn visitor(drawn: &str) -> Result<Self, InvalidId> {
        const WHAT: &str = "visitor";
        id::check_length(WHAT, drawn, VISITOR_BYTES_MAX)?;
        if drawn.len() < VISITOR_BYTES_MIN {
            return Err(InvalidId::TooShort(WHAT, VISITOR_BYTES_MIN));
        }
        id::parse_word(WHAT, drawn)?;
        Self::parse(&format!("{VISITOR}{drawn}"))
    }

    /// Returns the anonymous shopper id of a context, by its persona.
    #[must_use]
    pub fn context(persona: Persona) -> Self {
        Self::of_known(&format!("{CONTEXT}{}", persona.name()))
    }

    /// Returns the id of this shopper's page of a kind. The home page has the shopper's own id.
    pub fn at(&self, page: PageKind) -> Result<Self, InvalidId> {
        if page == PageKind::Home {
            Ok(self.clone())
        } else {
            Self::parse(&format!("{self}{AT}{}", page.name()))
        }
    }

    /// Returns the id of this shopper in a market.
    pub fn in_market(&self, market: &Market) -> Result<Self, InvalidId> {
        if market.is_own() { Ok(self.clone()) } else { Self::parse(&format!("{self}_{market}")) }
    }

    /// Returns the id without its kind of page and its market.
    #[must_use]
    pub fn person(&self) -> Self {
        Self::of_known(self.parts().person)
    }

    /// Returns the market of the id; the shop's own if the id names none.
    pub fn market(&self) -> Market {
        self.parts().market
    }

    /// Returns the kind of page of the id; the home page if the id names none.
    pub fn page(&self) -> PageKind {
        self.parts().page
    }

    /// Returns whether a page is this shopper's, of any kind and in any market.
    pub fn has_page(&self, page: &Self) -> bool {
        self == page || self.as_str() == page.parts().person
    }

    /// Returns whether it names a customer of the shop. Requests that Shopify did not sign may not use such an id,
    /// because it can be guessed.
    pub fn is_customer(&self) -> bool {
        self.as_str().starts_with(CUSTOMER)
    }

    /// Returns the persona, if this is the anonymous shopper of a context.
    pub fn context_persona(&self) -> Option<&str> {
        self.parts().person.strip_prefix(CONTEXT)
    }

    fn parts(&self) -> Parts<'_> {
        let (text, market) = self.without_market();
        let named = text.rsplit_once(AT).and_then(|(person, name)| {
            let page = PageKind::named(name).filter(|page| page.has_subject())?;
            (!person.is_empty()).then_some((person, page))
        });
        let (person, page) = named.unwrap_or((text, PageKind::Home));
        Parts { person, page, market }
    }

    fn without_market(&self) -> (&str, Market) {
        let text = self.as_str();
        // A language may contain one `_`, so the market starts at the last or the second-last one.
        let starts = text.rmatch_indices('_').take(2);
        let split = |(at, _)| {
            let (person, rest) = text.split_at(at);
            let market = Market::parse(rest.strip_prefix('_')?)?;
            (!person.is_empty()).then_some((person, market))
        };
        starts.into_iter().find_map(split).unwrap_or((text, Market::default()))
    }
}

/// The parts of an id.
struct Parts<'a> {
    person: &'a str,
    page: PageKind,
    market: Market,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const DRAWN: &str = "Zk3_9-aBcDeFgHiJkLmNoP";

    fn german() -> Market {
        Market::of("DE", "DE").unwrap()
    }

    #[track_caller]
    fn check(id: Result<ShopperId, InvalidId>, text: &str) {
        assert_eq!(id.map(|id| id.to_string()), Ok(text.to_owned()));
    }

    #[test]
    fn an_id_says_who_it_is() {
        check(ShopperId::customer("7041"), "customer-7041");
        check(ShopperId::visitor(DRAWN), &format!("visitor-{DRAWN}"));
        check(Ok(ShopperId::context(Persona::Explorer)), "context-explorer");
        assert!(ShopperId::customer("7").unwrap().is_customer());
        assert!(!ShopperId::visitor(DRAWN).unwrap().is_customer());
        assert_eq!(ShopperId::context(Persona::Explorer).context_persona(), Some("explorer"));
        assert_eq!(ShopperId::customer("7").unwrap().context_persona(), None);
    }

    #[test]
    fn customers_are_numbers_and_visitors_cannot_be_guessed() {
        for wrong in ["", "7a", "-7", "7_DE-DE", "٣", "1 or 1=1", &"1".repeat(21)] {
            assert!(ShopperId::customer(wrong).is_err(), "{wrong}");
        }
        for wrong in ["", "short", &"a".repeat(21), &"a".repeat(91), "aaaaaaaaaaaaaaaaaaaaaaaaaaaa:a"] {
            assert!(ShopperId::visitor(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_page_in_a_market_is_its_shoppers() {
        let customer = ShopperId::customer("7").unwrap();
        let page = customer.in_market(&german()).unwrap();
        assert_eq!(page.as_str(), "customer-7_DE-DE");
        assert_eq!((page.person(), page.market()), (customer.clone(), german()));
        assert!(customer.has_page(&page) && customer.has_page(&customer) && page.is_customer());
        assert_eq!(customer.in_market(&Market::default()), Ok(customer.clone()));
        for other in ["customer-77", "customer-77_DE-DE", "customer-7_DE", "customer-7_de-de", "customer-7_"]
        {
            assert!(!customer.has_page(&ShopperId::parse(other).unwrap()), "{other}");
        }
    }

    #[test]
    fn every_kind_of_market_is_found_again() {
        for (country, language) in
            [("DE", "DE"), ("BR", "PT_BR"), ("CH", ""), ("", "FR"), ("", "PT_PT"), ("PH", "FIL")]
        {
            let market = Market::of(country, language).unwrap();
            for person in ["customer-7", "visitor-a_b_C-D_E-FFFFFFFFFFFFFFF", "context-explorer", "_"] {
                let person = ShopperId::parse(person).unwrap();
                let page = person.in_market(&market).unwrap();
                assert_eq!((page.person(), page.market()), (person, market.clone()), "{page}");
            }
        }
    }

    #[test]
    fn a_context_has_its_persona_on_every_page_and_in_every_market() {
        for kind in PageKind::ALL {
            let page = ShopperId::context(Persona::Loyalist).at(kind).unwrap().in_market(&german()).unwrap();
            assert_eq!((page.context_persona(), page.page()), (Some("loyalist"), kind));
        }
    }

    #[test]
    fn pages_of_every_kind_are_their_shoppers_and_have_ids_of_their_own() {
        let visitor = ShopperId::visitor(&"v".repeat(VISITOR_BYTES_MAX)).unwrap();
        let mut seen = std::collections::BTreeSet::new();
        for kind in PageKind::ALL {
            for market in [Market::default(), Market::of("BR", "PT_BR").unwrap()] {
                let page = visitor.at(kind).unwrap().in_market(&market).unwrap();
                assert_eq!((page.person(), page.page(), page.market()), (visitor.clone(), kind, market));
                assert!(visitor.has_page(&page) && seen.insert(page));
            }
        }
        check(ShopperId::customer("7").unwrap().at(PageKind::Cart), "customer-7_at-cart");
        for other in ["customer-7_at-home", "customer-7_at-", "customer-7_at-Cart", "_at-cart"] {
            let id = ShopperId::parse(other).unwrap();
            assert_eq!((id.person().as_str(), id.page()), (other, PageKind::Home));
        }
    }

    proptest! {
        #[test]
        fn any_id_is_taken_apart_and_put_together_again(text in "([A-Z_-]|_at-(cart|home|search)){1,12}") {
            let page = ShopperId::parse(&text).unwrap();
            let again = page.person().at(page.page()).and_then(|id| id.in_market(&page.market()));
            prop_assert_eq!(again, Ok(page.clone()));
            prop_assert!(page.person().has_page(&page));
        }
    }
}
