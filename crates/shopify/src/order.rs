//! The parts of orders and refunds that say who ordered, what was paid, and what was paid back. Everything else is
//! ignored. Amounts are in the shop's own currency, into which Shopify converts them.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Rejection;
use crate::json::{self, Object};
use crate::payload::CustomerId;
use crate::time::milliseconds;

/// The decimals of all amounts that are read.
const DECIMALS: usize = 2;

/// An amount of money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Money {
    /// The code of its currency (ISO 4217).
    pub currency: String,
    /// The amount in hundredths of the currency's unit, however many decimals the currency has.
    pub hundredths: u64,
}

/// `orders/create`, `orders/cancelled` and other topics whose body is an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// Shopify's number of the order, never zero.
    pub id: u64,
    /// When it was placed, in milliseconds since the epoch.
    pub created_ms: u64,
    /// Who placed it, if that is known.
    pub customer: Option<CustomerId>,
    /// What it costs now, with taxes and shipping.
    pub total: Money,
    /// Whether it was placed to try out a checkout, without money.
    pub is_test: bool,
    /// Whether it was cancelled.
    pub is_cancelled: bool,
    /// The attributes of its cart.
    attributes: Vec<Attribute>,
}

/// `refunds/create`: money was paid back to a customer, or goods were taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refund {
    /// Shopify's number of the refund, never zero.
    pub id: u64,
    /// The number of the order.
    pub order: u64,
    /// The payments to the customer, if all were in one currency.
    payments: Option<Money>,
    /// What the goods and the shipping cost that are refunded, in the shop's currency.
    goods: u64,
}

impl Order {
    /// Reads the body of a webhook.
    pub fn read(body: &[u8]) -> Result<Self, Rejection> {
        let body: OrderBody = json::object(body).ok_or(Rejection::Malformed("body"))?;
        let total =
            body.current_total_price_set.or(body.total_price_set).and_then(|Object(set)| set.shop_money());
        Ok(Self {
            id: number(&body.id).ok_or(Rejection::Malformed("id"))?,
            created_ms: milliseconds(&body.created_at).ok_or(Rejection::Malformed("created_at"))?,
            customer: body.customer.and_then(|Object(customer)| CustomerId::of_json(&customer.id)),
            total: total.ok_or(Rejection::Malformed("current_total_price_set"))?,
            is_test: body.test,
            is_cancelled: body.cancelled_at.is_some(),
            attributes: body.note_attributes,
        })
    }

    /// Returns the value of an attribute of its cart.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|attribute| attribute.name == name)?;
        found.value.as_str().filter(|value| !value.is_empty())
    }
}

impl Refund {
    /// Reads the body of a webhook.
    pub fn read(body: &[u8]) -> Result<Self, Rejection> {
        let body: RefundBody = json::object(body).ok_or(Rejection::Malformed("body"))?;
        Ok(Self {
            id: number(&body.id).ok_or(Rejection::Malformed("id"))?,
            order: number(&body.order_id).ok_or(Rejection::Malformed("order_id"))?,
            payments: sum(body.transactions.iter().filter_map(Transaction::paid_back)),
            goods: goods(&body.refund_line_items, &body.order_adjustments),
        })
    }

    /// Returns how much was paid back, in hundredths of the shop's currency. If all payments were in that currency, it is
    /// their sum; otherwise, or without payments, it is what the refunded goods and their shipping cost.
    pub fn amount_in(&self, currency: &str) -> u64 {
        let payments = self.payments.as_ref().filter(|payments| payments.currency == currency);
        payments.map_or(self.goods, |payments| payments.hundredths)
    }
}

#[derive(Deserialize)]
struct OrderBody {
    #[serde(default)]
    id: Value,
    #[serde(default)]
    created_at: String,
    cancelled_at: Option<String>,
    #[serde(default)]
    test: bool,
    customer: Option<Object<Identified>>,
    current_total_price_set: Option<Object<MoneySet>>,
    total_price_set: Option<Object<MoneySet>>,
    #[serde(default)]
    note_attributes: Vec<Attribute>,
}

#[derive(Deserialize)]
struct Identified {
    #[serde(default)]
    id: Value,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct Attribute {
    #[serde(default)]
    name: String,
    /// A text; nothing stops a theme from sending something else.
    #[serde(default)]
    value: Value,
}

#[derive(Deserialize)]
struct RefundBody {
    #[serde(default)]
    id: Value,
    #[serde(default)]
    order_id: Value,
    #[serde(default)]
    transactions: Vec<Transaction>,
    #[serde(default)]
    refund_line_items: Vec<Line>,
    #[serde(default)]
    order_adjustments: Vec<Adjustment>,
}

#[derive(Deserialize)]
struct Transaction {
    #[serde(default)]
    kind: String,
    #[serde(default)]
    status: String,
    #[serde(default)]
    amount: Value,
    #[serde(default)]
    currency: String,
}

#[derive(Deserialize)]
struct Line {
    subtotal_set: Option<Object<MoneySet>>,
    total_tax_set: Option<Object<MoneySet>>,
}

/// A difference between a refund and its goods. Shipping that is paid back is negative.
#[derive(Deserialize)]
struct Adjustment {
    amount_set: Option<Object<MoneySet>>,
    tax_amount_set: Option<Object<MoneySet>>,
}

/// An amount in the shop's currency, and in the customer's.
#[derive(Deserialize)]
struct MoneySet {
    shop_money: Option<Object<ShopMoney>>,
}

#[derive(Deserialize)]
struct ShopMoney {
    #[serde(default)]
    amount: Value,
    #[serde(default)]
    currency_code: String,
}

impl MoneySet {
    /// Returns what the customer pays, at least zero.
    fn shop_money(&self) -> Option<Money> {
        let Object(money) = self.shop_money.as_ref()?;
        let hundredths = hundredths(&money.amount)?.max(0).unsigned_abs();
        self::money(&money.currency_code, hundredths)
    }

    fn signed(&self) -> i64 {
        self.shop_money.as_ref().and_then(|Object(money)| hundredths(&money.amount)).unwrap_or_default()
    }
}

impl Transaction {
    fn paid_back(&self) -> Option<Money> {
        let is_payment = self.kind == "refund" && self.status == "success";
        let hundredths = hundredths(&self.amount).filter(|_| is_payment)?.max(0).unsigned_abs();
        money(&self.currency, hundredths)
    }
}

/// Adds up amounts in one currency; `None` if there are none, or in several.
fn sum(amounts: impl Iterator<Item = Money>) -> Option<Money> {
    let mut sums: Vec<Money> = Vec::new();
    for Money { currency, hundredths } in amounts {
        match sums.iter_mut().find(|sum| sum.currency == currency) {
            Some(sum) => sum.hundredths = sum.hundredths.saturating_add(hundredths),
            None => sums.push(Money { currency, hundredths }),
        }
    }
    if sums.len() > 1 { None } else { sums.pop() }
}

fn goods(lines: &[Line], adjustments: &[Adjustment]) -> u64 {
    let of = |set: &Option<Object<MoneySet>>| set.as_ref().map_or(0, |Object(set)| set.signed());
    let lines = lines.iter().flat_map(|line| [of(&line.subtotal_set), of(&line.total_tax_set)]);
    let adjustments = adjustments
        .iter()
        .flat_map(|it| [of(&it.amount_set), of(&it.tax_amount_set)])
        .map(i64::saturating_neg);
    lines.chain(adjustments).fold(0_i64, i64::saturating_add).max(0).unsigned_abs()
}

impl Money {
    /// Reads an amount such as `199.00` in a currency.
    pub fn read(amount: &str, currency: &str) -> Option<Self> {
        let hundredths = hundredths(&Value::from(amount))?.try_into().ok()?;
        money(currency, hundredths)
    }
}

fn money(currency: &str, hundredths: u64) -> Option<Money> {
    (currency.len() == 3).then(|| Money { currency: currency.to_owned(), hundredths })
}

fn number(value: &Value) -> Option<u64> {
    value.as_u64().filter(|&number| number > 0)
}

/// Reads an amount such as `"199.00"` or `"-5.5"`. Further decimals are cut off.
fn hundredths(value: &Value) -> Option<i64> {
    let text = value.as_str()?;
    let (is_negative, digits) = text.strip_prefix('-').map_or((false, text), |digits| (true, digits));
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
    let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !is_number(whole) || !is_number(decimals) {
        return None;
    }
    let decimals = format!("{decimals:0<DECIMALS$}");
    let amount: i64 = [whole, decimals.get(..DECIMALS)?].concat().parse().ok()?;
    Some(if is_negative { -amount } else { amount })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn set(amount: &str) -> Value {
        json!({ "shop_money": { "amount": amount, "currency_code": "USD" },
                "presentment_money": { "amount": "1.00", "currency_code": "EUR" } })
    }

    fn order(change: impl FnOnce(&mut Value)) -> Result<Order, Rejection> {
        let mut body = json!({
            "id": 820_982_911_946_154_508_u64, "created_at": "2026-11-24T13:00:27-05:00", "cancelled_at": null,
            "test": false, "customer": { "id": 7041, "email": "ann@example.com" }, "total_price_set": set("9.00"),
            "current_total_price_set": set("199.95"),
            "note_attributes": [{ "name": "gift", "value": true }, { "name": "_app", "value": "abc" }],
        });
        change(&mut body);
        Order::read(body.to_string().as_bytes())
    }

    #[test]
    fn an_order_says_who_ordered_and_what_it_costs_in_the_shops_currency() {
        let order = order(|_| {}).unwrap();
        assert_eq!((order.id, order.created_ms), (820_982_911_946_154_508, 1_795_543_227_000));
        assert_eq!(order.customer.map(|id| id.to_string()).as_deref(), Some("7041"));
        assert_eq!(order.total, Money { currency: "USD".into(), hundredths: 19_995 });
        assert_eq!(
            (order.attribute("_app"), order.attribute("gift"), order.attribute("x")),
            (Some("abc"), None, None)
        );
        assert!(!order.is_test && !order.is_cancelled);
    }

    #[test]
    fn an_order_without_a_customer_or_attributes_is_an_order() {
        let order = order(|body| {
            body["customer"] = Value::Null;
            body["test"] = json!(true);
            body["cancelled_at"] = json!("2026-11-25T13:00:27-05:00");
            body["note_attributes"] = json!([]);
        });
        let order = order.unwrap();
        assert!(order.customer.is_none() && order.is_test && order.is_cancelled);
        assert_eq!(order.attribute("_app"), None);
    }

    #[test]
    fn a_body_without_a_number_a_time_or_an_amount_is_no_order() {
        for (field, wrong) in [
            ("id", json!(0)),
            ("id", json!("7")),
            ("created_at", json!("yesterday")),
            (
                "current_total_price_set",
                json!({ "shop_money": { "amount": "a lot", "currency_code": "USD" } }),
            ),
        ] {
            let refused = order(|body| body[field] = wrong.clone());
            assert!(matches!(refused, Err(Rejection::Malformed(_))), "{field} {wrong}: {refused:?}");
        }
        assert!(Order::read(b"[]").is_err() && Refund::read(b"[]").is_err() && Refund::read(b"{}").is_err());
    }

    fn refund(transactions: &[Value]) -> Refund {
        let body = json!({
            "id": 929_361_495, "order_id": 450_789_469, "transactions": transactions,
            "refund_line_items": [{ "subtotal_set": set("100.00"), "total_tax_set": set("19.00") }],
            "order_adjustments": [{ "amount_set": set("-5.00"), "tax_amount_set": set("-0.95") }],
        });
        Refund::read(body.to_string().as_bytes()).unwrap()
    }

    #[test]
    fn a_refund_is_what_was_really_paid_back() {
        let of = |kind: &str, status: &str, amount: &str, currency: &str| json!({ "kind": kind, "status": status, "amount": amount, "currency": currency });
        let whole = refund(&[
            of("refund", "success", "60.00", "USD"),
            of("refund", "success", "3.5", "USD"),
            of("refund", "failure", "60.00", "USD"),
            of("void", "success", "1.00", "USD"),
        ]);
        assert_eq!((whole.id, whole.order, whole.amount_in("USD")), (929_361_495, 450_789_469, 6_350));
        let foreign = of("refund", "success", "60.00", "EUR");
        for payments in [vec![foreign.clone()], vec![foreign, of("refund", "success", "3.50", "USD")]] {
            assert_eq!(
                refund(&payments).amount_in("USD"),
                12_495,
                "the goods and their shipping, in the shop's currency"
            );
        }
        assert_eq!(refund(&[]).amount_in("USD"), 12_495);
    }

    #[test]
    fn amounts_are_decimal_numbers() {
        for (text, expected) in [
            ("199.00", Some(19_900)),
            ("0", Some(0)),
            ("1000", Some(100_000)),
            ("0.5", Some(50)),
            ("12.3456", Some(1_234)),
            ("-5.25", Some(-525)),
            ("", None),
            (".5", None),
            ("1e9", None),
            ("+1", None),
            ("٣", None),
            ("99999999999999999999", None),
        ] {
            assert_eq!(hundredths(&json!(text)), expected, "{text:?}");
        }
        assert_eq!(hundredths(&json!(1)), None);
    }
}
