//! The names of all stored data of a whole shop, or of one shopper in every market.

use crate::{Key, Object, ShopId, ShopperId, Store};

/// All data of a shop, or of one of its shoppers.
///
/// A scope never matches another shop's data, because a shop's names contain its id up to the separator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope<'a> {
    /// The shop itself, and all its shoppers.
    Shop(&'a ShopId),
    /// One shopper, in every market.
    Shopper(&'a ShopId, &'a ShopperId),
}

/// One name, or all names with a prefix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Range {
    /// This name.
    Exactly(String),
    /// All names that start with this prefix.
    StartingWith(String),
}

impl Range {
    /// Returns whether this name is in the range.
    pub fn contains(&self, name: &str) -> bool {
        match self {
            Self::Exactly(only) => name == only,
            Self::StartingWith(prefix) => name.starts_with(prefix),
        }
    }
}

impl<'a> Scope<'a> {
    /// Returns the scope of the shopper, if there is one, otherwise of the shop.
    pub fn of(shop: &'a ShopId, shopper: Option<&'a ShopperId>) -> Self {
        shopper.map_or(Self::Shop(shop), |shopper| Self::Shopper(shop, shopper))
    }

    /// Returns the prefixes of the names of pages and plans in long-term storage.
    ///
    /// A shopper's prefixes match their pages in every market. They may also match pages of a shopper whose id is
    /// theirs, `_` and more: see [`ShopperId::has_page`].
    pub fn objects(self) -> Vec<String> {
        match self {
            Self::Shop(shop) => vec![format!("{}{shop}:", Object::PREFIX)],
            Self::Shopper(shop, shopper) => {
                ['.', '_'].map(|next| format!("{}{shop}:{shopper}{next}", Object::PREFIX)).into()
            }
        }
    }

    /// Returns the keys of pages in short-term storage, with the same caveat.
    pub fn pages(self) -> Vec<Range> {
        self.ranges(Key::PAGES)
    }

    /// Returns the prefixes of the keys in short-term storage that a shop has and no shopper: the plans of its segments,
    /// their leases, its reviews, and its catalog's answers.
    pub fn of_shop_alone(self) -> Vec<String> {
        match self {
            Self::Shop(shop) => [Key::SHARED_PLANS, Key::PLANNINGS, Key::REVIEWS, Key::CATALOGS]
                .map(|start| format!("{start}{shop}:"))
                .into(),
            Self::Shopper(..) => Vec::new(),
        }
    }

    /// Returns the keys of all other entries that name their owner: sessions, records of counted shoppers and, for a
    /// shop, sums over them and their orders, its Rollouts, orders, reports, marks of seen events, progress of maintenance tasks and
    /// the record of its domains.
    pub fn entries(self) -> Vec<(Store, Range)> {
        let shop = match self {
            Self::Shop(shop) => shop,
            Self::Shopper(shop, shopper) => {
                let keys = [Key::Session(shop, shopper), Key::Unit(shop, shopper)];
                return keys.map(|key| (key.store(), Range::Exactly(key.to_string()))).into();
            }
        };
        let starts = [
            (Store::ShopperSessions, Key::SESSIONS),
            (Store::ShopperSessions, Key::UNITS),
            (Store::ShopperSessions, Key::ORDERS),
            (Store::ShopperSessions, Key::ORDERS_OF),
            (Store::GenerationQueue, Key::EFFECTS),
            (Store::GenerationQueue, Key::SALES),
            (Store::GenerationQueue, Key::REPORTS),
            (Store::GenerationQueue, Key::REPORTS_OF),
            (Store::GenerationQueue, Key::SEEN),
            (Store::GenerationQueue, Key::TALLIES),
        ];
        let ranges = starts.map(|(kv, start)| (kv, Range::StartingWith(format!("{start}{shop}:"))));
        let alone = [Key::Domains(shop), Key::Rollouts(shop)];
        let alone = alone.map(|key| (key.store(), Range::Exactly(key.to_string())));
        ranges.into_iter().chain(alone).collect()
    }

    /// Returns the prefix of the index entries that lead to entries whose own keys do not name their owner (see
    /// [`indexed`]): errors of a shop, or reports of a customer. Both are in the same key-value store.
    pub fn index(self) -> (Store, String) {
        let prefix = match self {
            Self::Shop(shop) => format!("{}{shop}:", Key::JOB_ERRORS_OF),
            Self::Shopper(shop, shopper) => format!("{}{shop}:{shopper}:", Key::REPORTS_OF),
        };
        (Store::GenerationQueue, prefix)
    }

    /// Returns the keys of generation requests, with the caveat of [`Self::objects`].
    pub fn jobs(self) -> Vec<Range> {
        self.ranges("")
    }

    /// Returns whether a name listed by these prefixes belongs to the scope. For a shop, all of them do.
    pub fn holds(self, name: &str) -> bool {
        let Self::Shopper(_, shopper) = self else { return true };
        shopper_of(name).is_some_and(|page| shopper.has_page(&page))
    }

    fn ranges(self, before: &str) -> Vec<Range> {
        match self {
            Self::Shop(shop) => vec![Range::StartingWith(format!("{before}{shop}:"))],
            Self::Shopper(shop, shopper) => vec![
                Range::Exactly(format!("{before}{shop}:{shopper}")),
                Range::StartingWith(format!("{before}{shop}:{shopper}_")),
            ],
        }
    }
}

/// Returns the prefix of the keys of a shop's audit records.
pub fn audits_of(shop: &ShopId) -> String {
    format!("{}{shop}:", Key::AUDITS)
}

/// Returns the prefix of the keys of sums over a shop's counted shoppers.
pub fn effects_of(shop: &ShopId) -> String {
    format!("{}{shop}:", Key::EFFECTS)
}

/// Returns the prefix of the keys of sums over the orders of a shop's counted shoppers.
pub fn sales_of(shop: &ShopId) -> String {
    format!("{}{shop}:", Key::SALES)
}

/// Returns the prefix of the index keys of a customer's orders. What follows it is the order's number.
pub fn orders_of(shop: &ShopId, customer: &ShopperId) -> String {
    format!("{}{shop}:{customer}:", Key::ORDERS_OF)
}

/// Returns the prefix of the index keys of the domains of the shop with this number.
pub fn domains_of(number: u64) -> String {
    format!("{}{number}:", Key::DOMAINS_OF)
}

/// Returns the key that an index key leads to; `None` if it is not an index key.
pub fn indexed(key: &str) -> Option<String> {
    if let Some(error) = key.strip_prefix(Key::JOB_ERRORS_OF) {
        let (_shop, error) = error.split_once(':')?;
        return Some(format!("{}{error}", Key::JOB_ERRORS));
    }
    let mut report = key.strip_prefix(Key::REPORTS_OF)?.split(':');
    let (shop, _customer, event) = (report.next()?, report.next()?, report.next()?);
    Some(format!("{}{shop}:{event}", Key::REPORTS))
}

/// Returns the shopper id in the name of a page or a plan, in either tier.
pub fn shopper_of(name: &str) -> Option<ShopperId> {
    let id = name.rsplit_once(':').map_or(name, |(_, id)| id);
    let id = id.split_once('.').map_or(id, |(id, _)| id);
    ShopperId::parse(id).ok()
}

/// Returns the key of a page in short-term storage, by its name in long-term storage; `None` if it is not a page.
pub fn short_term_key(object: &str) -> Option<String> {
    let page = object.strip_prefix(Object::PREFIX)?.strip_suffix(Object::PAGE_ENDING)?;
    Some(format!("{}{page}", Key::PAGES))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::EventId;

    fn reaches(ranges: &[Range], name: &str) -> bool {
        ranges.iter().any(|range| match range {
            Range::Exactly(exact) => exact == name,
            Range::StartingWith(start) => name.starts_with(start),
        })
    }

    #[track_caller]
    fn check(scope: Scope<'_>, shop: &str, shopper: &str, expected: bool) {
        let (shop, shopper) = (ShopId::parse(shop).unwrap(), ShopperId::parse(shopper).unwrap());
        let object_starts: Vec<Range> = scope.objects().into_iter().map(Range::StartingWith).collect();
        for name in [Object::Page(&shop, &shopper).to_string(), Object::Plan(&shop, &shopper).to_string()] {
            assert_eq!(reaches(&object_starts, &name), expected, "{name}");
        }
        assert_eq!(reaches(&scope.pages(), &Key::Page(&shop, &shopper).to_string()), expected, "{shopper}");
        assert_eq!(reaches(&scope.jobs(), &format!("{shop}:{shopper}")), expected, "{shopper}");
    }

    #[test]
    fn a_shop_is_all_its_shoppers_and_nobody_elses() {
        let id = ShopId::parse("a.myshopify.com").unwrap();
        let shop = Scope::of(&id, None);
        check(shop, "a.myshopify.com", "abc123", true);
        for other in ["a.myshopify.com.evil", "a.myshopify.co", "aa.myshopify.com", "b.a.myshopify.com"] {
            check(shop, other, "abc123", false);
        }
    }

    #[test]
    fn a_shopper_is_all_their_markets_and_nobody_else() {
        let shop = ShopId::parse("magic-wands").unwrap();
        let shopper = ShopperId::parse("customer-12").unwrap();
        let customer = Scope::of(&shop, Some(&shopper));
        check(customer, "magic-wands", "customer-12", true);
        check(customer, "magic-wands", "customer-12_DE-DE", true);
        check(customer, "magic-wands", "customer-12_at-cart", true);
        check(customer, "magic-wands", "customer-12_at-product_DE-DE", true);
        for other in ["customer-123", "customer-1", "customer-123_DE-DE", "visitor-customer-12"] {
            check(customer, "magic-wands", other, false);
        }
        check(customer, "magic-wands2", "customer-12", false);
    }

    #[test]
    fn only_a_shoppers_own_keys_are_held_whatever_starts_like_them() {
        let shop = ShopId::parse("magic-wands").unwrap();
        let shopper = ShopperId::parse("visitor-abc").unwrap();
        let visitor = Scope::of(&shop, Some(&shopper));
        for own in [
            "ui:magic-wands:visitor-abc",
            "generated/magic-wands:visitor-abc_DE-PT_BR.html",
            "ui:magic-wands:visitor-abc_at-search_DE-PT_BR",
        ] {
            assert!(visitor.holds(own), "{own}");
        }
        for other in ["ui:magic-wands:visitor-abc_d", "generated/magic-wands:visitor-abc_d.json", "ui:"] {
            assert!(!visitor.holds(other), "{other}");
        }
        assert!(Scope::of(&shop, None).holds("ui:magic-wands:of\nno form"));
    }

    #[test]
    fn every_key_with_a_shops_name_is_among_its_entries_but_for_audit_records() {
        let id = ShopId::parse("magic-wands").unwrap();
        let shopper = ShopperId::parse("customer-12").unwrap();
        let event = EventId::parse("b54557e4").unwrap();
        let shop = Scope::of(&id, None).entries();
        let is_reached = |key: Key<'_>| {
            let of_shop = shop.iter().filter(|(kv, _)| *kv == key.store());
            let ranges: Vec<Range> = of_shop.map(|(_, range)| range.clone()).collect();
            reaches(&ranges, &key.to_string())
        };
        assert!(is_reached(Key::Session(&id, &shopper)) && is_reached(Key::Tally(&id, &event)));
        assert!(is_reached(Key::Seen(&id, &event)) && is_reached(Key::Report(&id, &event)));
        assert!(is_reached(Key::Unit(&id, &shopper)) && is_reached(Key::Effects(&id, 690, 3)));
        assert!(is_reached(Key::Sales(&id, 690, 3)) && is_reached(Key::Order(&id, 7)));
        assert!(is_reached(Key::OrderOf(&id, &shopper, 7)));
        assert!(is_reached(Key::Domains(&id)) && is_reached(Key::Rollouts(&id)));
        assert!(!is_reached(Key::Audit(&id, 0, &event)));
        let of_shopper = Scope::Shopper(&id, &shopper).entries();
        let exactly = ["session:magic-wands:customer-12", "unit:magic-wands:customer-12"]
            .map(|key| (Store::ShopperSessions, Range::Exactly(key.into())));
        assert_eq!(of_shopper, exactly);
        let alone = Scope::Shop(&id).of_shop_alone();
        let segment = crate::SegmentId::of(
            crate::PageKind::Cart,
            crate::Persona::Explorer,
            &crate::Market::default(),
            7,
        );
        let audience = crate::Audience::parse("cart_explorer_-").unwrap();
        for key in [
            Key::Catalog(&id, "x"),
            Key::SharedPlan(&id, &segment),
            Key::Planning(&id, &segment),
            Key::Review(&id, &audience),
        ] {
            assert!(alone.iter().any(|prefix| key.to_string().starts_with(prefix)), "{key}");
        }
        assert!(Scope::Shopper(&id, &shopper).of_shop_alone().is_empty());
        assert!(Key::Audit(&id, 7, &event).to_string().starts_with(&audits_of(&id)));
    }

    #[test]
    fn an_index_leads_to_what_its_owner_has_and_to_nothing_else() {
        let shop = ShopId::parse("magic-wands").unwrap();
        let (customer, other) =
            (ShopperId::parse("customer-12").unwrap(), ShopperId::parse("customer-123").unwrap());
        let event = EventId::parse("b54557e4").unwrap();
        let error = Key::JobErrorOf(&shop, 7, "018f").to_string();
        assert_eq!(indexed(&error), Some(Key::JobError(7, "018f").to_string()));
        let report = Key::ReportOf(&shop, &customer, &event).to_string();
        assert_eq!(indexed(&report), Some(Key::Report(&shop, &event).to_string()));
        assert_eq!(indexed("error:000000000000007:018f"), None);

        let (of_shop, of_customer) =
            (Scope::Shop(&shop).index().1, Scope::Shopper(&shop, &customer).index().1);
        assert!(error.starts_with(&of_shop) && report.starts_with(&of_customer));
        assert!(!Key::ReportOf(&shop, &other, &event).to_string().starts_with(&of_customer));
        let longer = ShopId::parse("magic-wands2").unwrap();
        assert!(!Key::JobErrorOf(&longer, 7, "018f").to_string().starts_with(&of_shop));
    }

    #[test]
    fn an_index_key_of_an_order_ends_with_its_number() {
        let shop = ShopId::parse("magic-wands").unwrap();
        let [customer, other] = ["customer-12", "customer-123"].map(|id| ShopperId::parse(id).unwrap());
        let key = Key::OrderOf(&shop, &customer, 7).to_string();
        assert_eq!(key.strip_prefix(&orders_of(&shop, &customer)), Some("7"));
        assert!(!Key::OrderOf(&shop, &other, 7).to_string().starts_with(&orders_of(&shop, &customer)));
    }

    #[test]
    fn the_domains_of_a_shop_are_found_by_its_number_and_no_others() {
        let shop = ShopId::parse("a.myshopify.com").unwrap();
        let key = Key::DomainOf(12, &shop).to_string();
        assert_eq!(key.strip_prefix(&domains_of(12)), Some("a.myshopify.com"));
        assert!(!key.starts_with(&domains_of(1)));
    }

    #[test]
    fn a_name_says_whose_page_it_is() {
        let (shop, shopper) =
            (ShopId::parse("a.myshopify.com").unwrap(), ShopperId::parse("abc_DE-DE").unwrap());
        assert_eq!(shopper_of(&Key::Page(&shop, &shopper).to_string()), Some(shopper.clone()));
        assert_eq!(shopper_of(&Object::Page(&shop, &shopper).to_string()), Some(shopper.clone()));
        assert_eq!(shopper_of(&Object::Plan(&shop, &shopper).to_string()), Some(shopper));
        assert_eq!(shopper_of("ui:a.myshopify.com:of no form"), None);
    }

    #[test]
    fn a_page_is_found_in_the_other_tier() {
        let (shop, shopper) = (ShopId::parse("magic-wands").unwrap(), ShopperId::parse("abc123").unwrap());
        let page = Object::Page(&shop, &shopper).to_string();
        assert_eq!(short_term_key(&page), Some(Key::Page(&shop, &shopper).to_string()));
        assert_eq!(short_term_key(&Object::Plan(&shop, &shopper).to_string()), None);
    }
}
