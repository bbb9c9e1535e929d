//! The report of a page about its shopper, parsed from untrusted JSON.
//!
//! Parsed by hand, not with serde's derive: a refusal names the field by its place, and never repeats
//! what was sent.

use model::{Currency, Signals};
use serde_json::{Map, Value};
use shopify::order::Money;

/// The most events of one report.
const EVENTS_MAX: usize = 50;
/// The longest product id, in bytes.
const PRODUCT_BYTES_MAX: usize = 64;

/// The longest amount, in bytes.
const AMOUNT_BYTES_MAX: usize = 20;

/// The place of the whole body in messages.
const BODY: &str = "body";

/// The reason why a body is not a valid report.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InvalidReport {
    /// The body is not UTF-8.
    #[error("body is not UTF-8")]
    Encoding,
    /// The body is not JSON from this position on.
    #[error("body is not JSON: line {line}, column {column}")]
    Json {
        /// Counted from 1.
        line: usize,
        /// Counted from 1.
        column: usize,
    },
    /// The JSON has another shape.
    #[error("{place} {rule}")]
    Field {
        /// The field, such as `events[3].product`.
        place: String,
        /// The rule that it breaks.
        rule: &'static str,
    },
}

/// The report of a page. The ids are not parsed yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Report {
    pub(crate) shop: String,
    pub(crate) shopper: String,
    /// 1 to 50, in the order in which they happened.
    pub(crate) events: Vec<Event>,
}

/// An action of a shopper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Event {
    /// Came to the storefront.
    Visit,
    /// Saw the block, whatever was in it.
    Seen,
    /// Looked at this product.
    View(String),
    /// Searched for this term.
    Search(String),
    /// Set this filter.
    Filter(String),
    /// Chose this sort order.
    Sort(String),
    /// Put this product into the cart.
    AddToCart(String),
    /// Bought this product.
    Purchase(String),
    /// Placed this order.
    Ordered(Ordered),
}

/// An order as a browser reports it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ordered {
    /// Its number.
    pub(crate) order: u64,
    /// What was paid, in hundredths of the currency's unit.
    pub(crate) paid: u64,
    pub(crate) currency: Currency,
}

impl Report {
    /// Reads a report: `{"store", "shopper", "events": [{"type", …}]}`.
    pub(crate) fn parse(body: &[u8]) -> Result<Self, InvalidReport> {
        let value = json(body)?;
        let fields = Fields::of(&value, BODY)?;
        fields.hold_only(&["store", "shopper", "events"], "may hold only store, shopper and events")?;
        let (shop, shopper) = (fields.text("store")?.to_owned(), fields.text("shopper")?.to_owned());
        Ok(Self { shop, shopper, events: events(fields.get("events"))? })
    }
}

impl Event {
    /// Reads the events of a report that names nobody: `{"events": [{"type", …}]}`.
    pub(crate) fn parse_all(body: &[u8]) -> Result<Vec<Self>, InvalidReport> {
        let value = json(body)?;
        let fields = Fields::of(&value, BODY)?;
        fields.hold_only(&["events"], "may hold only events")?;
        events(fields.get("events"))
    }
}

fn json(body: &[u8]) -> Result<Value, InvalidReport> {
    let text = str::from_utf8(body).map_err(|_| InvalidReport::Encoding)?;
    serde_json::from_str(text)
        .map_err(|error| InvalidReport::Json { line: error.line(), column: error.column() })
}

fn events(value: Option<&Value>) -> Result<Vec<Event>, InvalidReport> {
    let list = value.and_then(Value::as_array).ok_or_else(|| wrong("events", "must be a list"))?;
    if list.is_empty() || list.len() > EVENTS_MAX {
        return Err(wrong("events", "must be 1 to 50"));
    }
    list.iter().enumerate().map(|(at, value)| event(value, &format!("events[{at}]"))).collect()
}

fn event(value: &Value, place: &str) -> Result<Event, InvalidReport> {
    const ONLY_TYPE: &str = "may hold only type";
    let fields = Fields::of(value, place)?;
    match fields.text("type")? {
        "visit" => fields.hold_only(&["type"], ONLY_TYPE).map(|()| Event::Visit),
        "seen" => fields.hold_only(&["type"], ONLY_TYPE).map(|()| Event::Seen),
        "view" => fields.product().map(Event::View),
        "add-to-cart" => fields.product().map(Event::AddToCart),
        "purchase" => fields.product().map(Event::Purchase),
        "ordered" => fields.ordered().map(Event::Ordered),
        "search" => fields.term("term", "may hold only type and term").map(Event::Search),
        "filter" => fields.term("value", "may hold only type and value").map(Event::Filter),
        "sort" => fields.term("value", "may hold only type and value").map(Event::Sort),
        _ => Err(fields.wrong(
            "type",
            "must be visit, seen, view, search, filter, sort, add-to-cart, purchase or ordered",
        )),
    }
}

/// A JSON object and its place in the body.
struct Fields<'a> {
    place: &'a str,
    map: &'a Map<String, Value>,
}

impl<'a> Fields<'a> {
    fn of(value: &'a Value, place: &'a str) -> Result<Self, InvalidReport> {
        let map = value.as_object().ok_or_else(|| wrong(place, "must be an object"))?;
        Ok(Self { place, map })
    }

    fn hold_only(&self, names: &[&str], rule: &'static str) -> Result<(), InvalidReport> {
        let known = self.map.keys().all(|name| names.contains(&name.as_str()));
        if known { Ok(()) } else { Err(wrong(self.place, rule)) }
    }

    fn get(&self, name: &str) -> Option<&'a Value> {
        self.map.get(name)
    }

    fn text(&self, name: &str) -> Result<&'a str, InvalidReport> {
        self.get(name).and_then(Value::as_str).ok_or_else(|| self.wrong(name, "must be a text"))
    }

    fn product(&self) -> Result<String, InvalidReport> {
        self.hold_only(&["type", "product"], "may hold only type and product")?;
        let product = self.text("product")?;
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        if product.is_empty() || product.len() > PRODUCT_BYTES_MAX || !product.bytes().all(fits) {
            return Err(self.wrong("product", "must be 1 to 64 of A-Z, a-z, 0-9, '_' and '-'"));
        }
        Ok(product.to_owned())
    }

    /// Reads an order: its number, and an amount such as `199.00` in a currency.
    fn ordered(&self) -> Result<Ordered, InvalidReport> {
        self.hold_only(
            &["type", "order", "value", "currency"],
            "may hold only type, order, value and currency",
        )?;
        let order = self.text("order")?.parse().ok().filter(|order| *order > 0);
        let order = order.ok_or_else(|| self.wrong("order", "must be the number of an order"))?;
        let currency = Currency::named(self.text("currency")?);
        let currency = currency.ok_or_else(|| self.wrong("currency", "must be the code of a currency"))?;
        let value = self.text("value").ok().filter(|value| value.len() <= AMOUNT_BYTES_MAX);
        let value = value.and_then(|value| Money::read(value, currency.code()));
        let paid = value.ok_or_else(|| self.wrong("value", "must be an amount such as 199.00"))?.hundredths;
        Ok(Ordered { order, paid, currency })
    }

    /// Reads the text field `name`, in the shopper's words. The event may hold no other field.
    fn term(&self, name: &'static str, only: &'static str) -> Result<String, InvalidReport> {
        self.hold_only(&["type", name], only)?;
        let term = self.text(name)?.trim();
        if term.is_empty()
            || term.chars().count() > Signals::ENTRY_CHARS_MAX
            || term.contains(char::is_control)
        {
            return Err(self.wrong(name, "must be 1 to 80 characters, and no control characters"));
        }
        Ok(term.to_owned())
    }

    fn wrong(&self, name: &str, rule: &'static str) -> InvalidReport {
        if self.place == BODY { wrong(name, rule) } else { wrong(&format!("{}.{name}", self.place), rule) }
    }
}

fn wrong(place: &str, rule: &'static str) -> InvalidReport {
    InvalidReport::Field { place: place.to_owned(), rule }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(events: &str) -> String {
        format!(r#"{{"store":"magic-wands","shopper":"abc123","events":{events}}}"#)
    }

    #[track_caller]
    fn check(event: &str, expected: Event) {
        let report = Report::parse(report(&format!("[{event}]")).as_bytes()).unwrap();
        assert_eq!(report.events, [expected]);
    }

    #[track_caller]
    fn refuse(body: &str, reason: &str) {
        assert_eq!(Report::parse(body.as_bytes()).unwrap_err().to_string(), reason, "{body}");
    }

    #[test]
    fn events_of_every_type_are_read() {
        let text = str::to_owned;
        check(r#"{"type":"visit"}"#, Event::Visit);
        check(r#"{"type":"seen"}"#, Event::Seen);
        let currency = Currency::named("EUR").unwrap();
        let ordered = Ordered { order: 5_678, paid: 4_990, currency };
        let event = r#"{"type":"ordered","order":"5678","value":"49.9","currency":"EUR"}"#;
        check(event, Event::Ordered(ordered));
        check(r#"{"type":"view","product":"wand-1"}"#, Event::View(text("wand-1")));
        check(r#"{"type":"search","term":" oak wand "}"#, Event::Search(text("oak wand")));
        check(r#"{"type":"filter","value":"price < 20"}"#, Event::Filter(text("price < 20")));
        check(r#"{"type":"sort","value":"price-ascending"}"#, Event::Sort(text("price-ascending")));
        check(r#"{"type":"add-to-cart","product":"A_1"}"#, Event::AddToCart(text("A_1")));
        check(r#"{"type":"purchase","product":"7"}"#, Event::Purchase(text("7")));
    }

    #[test]
    fn events_keep_their_order_and_ids_are_left_to_be_parsed() {
        let body = report(r#"[{"type":"view","product":"b"},{"type":"view","product":"a"}]"#);
        let report = Report::parse(body.as_bytes()).unwrap();
        assert_eq!((report.shop.as_str(), report.shopper.as_str()), ("magic-wands", "abc123"));
        assert_eq!(report.events, [Event::View("b".into()), Event::View("a".into())]);
    }

    #[test]
    fn a_term_is_1_to_80_characters() {
        let search = |term: &str| {
            Report::parse(report(&format!(r#"[{{"type":"search","term":"{term}"}}]"#)).as_bytes())
        };
        assert!(search(&"é".repeat(80)).is_ok());
        for wrong in ["", "  ", "a\\u0000b", "a\\nb", "a\\u0085b", &"a".repeat(81)] {
            let reason = search(wrong).unwrap_err().to_string();
            assert_eq!(reason, "events[0].term must be 1 to 80 characters, and no control characters");
        }
    }

    #[test]
    fn a_product_is_1_to_64_of_its_alphabet() {
        let view =
            |id: &str| Report::parse(report(&format!(r#"[{{"type":"view","product":"{id}"}}]"#)).as_bytes());
        assert!(view(&"a".repeat(64)).is_ok());
        for wrong in ["", "a b", "a:b", "é", "<script>", "../x", " a", &"a".repeat(65)] {
            let reason = view(wrong).unwrap_err().to_string();
            assert_eq!(reason, "events[0].product must be 1 to 64 of A-Z, a-z, 0-9, '_' and '-'");
        }
    }

    #[test]
    fn a_report_holds_1_to_50_events() {
        let visits = |count: usize| report(&format!("[{}]", vec![r#"{"type":"visit"}"#; count].join(",")));
        assert_eq!(Report::parse(visits(50).as_bytes()).unwrap().events.len(), 50);
        refuse(&visits(0), "events must be 1 to 50");
        refuse(&visits(51), "events must be 1 to 50");
    }

    #[test]
    fn a_refusal_names_the_field_and_repeats_nothing() {
        refuse("[]", "body must be an object");
        refuse(r#"{"<script>":1}"#, "body may hold only store, shopper and events");
        refuse(r#"{"shopper":"a","events":[]}"#, "store must be a text");
        refuse(r#"{"store":7,"shopper":"a","events":[]}"#, "store must be a text");
        refuse(r#"{"store":"a","events":[]}"#, "shopper must be a text");
        refuse(r#"{"store":"a","shopper":"a"}"#, "events must be a list");
        refuse(&report("{}"), "events must be a list");
        refuse(&report("[7]"), "events[0] must be an object");
        refuse(&report(r#"[{"type":"visit"},{}]"#), "events[1].type must be a text");
        refuse(
            &report(r#"[{"type":"<script>"}]"#),
            "events[0].type must be visit, seen, view, search, filter, sort, add-to-cart, purchase or ordered",
        );
        refuse(&report(r#"[{"type":"visit","<script>":1}]"#), "events[0] may hold only type");
        refuse(&report(r#"[{"type":"view","term":"a"}]"#), "events[0] may hold only type and product");
        refuse(&report(r#"[{"type":"view"}]"#), "events[0].product must be a text");
        refuse(&report(r#"[{"type":"search","term":null}]"#), "events[0].term must be a text");
        refuse(&report(r#"[{"type":"sort","value":["a"]}]"#), "events[0].value must be a text");
    }

    #[test]
    fn an_order_has_a_number_an_amount_and_a_currency() {
        let number = "must be the number of an order";
        let (amount, currency) = ("must be an amount such as 199.00", "must be the code of a currency");
        for (order, value, code, field, rule) in [
            (r#""""#, r#""1""#, r#""USD""#, "order", number),
            (r#""0""#, r#""1""#, r#""USD""#, "order", number),
            (r#""-5""#, r#""1""#, r#""USD""#, "order", number),
            (r#""99999999999999999999""#, r#""1""#, r#""USD""#, "order", number),
            ("7", r#""1""#, r#""USD""#, "order", "must be a text"),
            (r#""7""#, r#""1""#, r#""usd""#, "currency", currency),
            (r#""7""#, r#""1""#, r#""XYZ""#, "currency", currency),
            (r#""7""#, r#""-1""#, r#""USD""#, "value", amount),
            (r#""7""#, r#""1e9""#, r#""USD""#, "value", amount),
            (r#""7""#, r#""99999999999999999999""#, r#""USD""#, "value", amount),
            (r#""7""#, "1", r#""USD""#, "value", amount),
        ] {
            let event = format!(r#"{{"type":"ordered","order":{order},"value":{value},"currency":{code}}}"#);
            refuse(&report(&format!("[{event}]")), &format!("events[0].{field} {rule}"));
        }
        refuse(&report(r#"[{"type":"ordered"}]"#), "events[0].order must be a text");
    }

    #[test]
    fn invalid_json_is_refused_with_its_position() {
        refuse("", "body is not JSON: line 1, column 0");
        refuse("{\"store\":\n\"<script>", "body is not JSON: line 2, column 9");
        refuse("store=a&shopper=b", "body is not JSON: line 1, column 1");
        refuse(&"[".repeat(10_000), "body is not JSON: line 1, column 128");
        assert_eq!(Report::parse(b"{\"store\":\"\xff\"}"), Err(InvalidReport::Encoding));
    }
}
