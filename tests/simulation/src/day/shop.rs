//! The shop of a day: its products, which change, the limits on strangers, and the bill of the language model.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::fmt::Write as _;

use model::catalog::{Assortment, PRODUCTS_MAX, Product};
use model::limits::{Allowance, Limits, Taker};
use model::llm::Request;
use model::{ShopId, ShopperId};

use crate::random::Random;

/// The average number of bytes of a token in English.
const BYTES_PER_TOKEN: usize = 4;
const KINDS: [&str; 7] = ["Lamp", "Rug", "Chair", "Table", "Vase", "Shelf", "Mirror"];
const MAKES: [&str; 5] = ["Walnut", "Linen", "Brass", "Stoneware", "Wool"];

/// The shop of a day.
pub(crate) struct DayShop {
    products: RefCell<Vec<Product>>,
    limits: Limits,
    /// The time until which each counter of a limit is used up, in milliseconds.
    counters: RefCell<BTreeMap<String, u64>>,
    pub(super) calls: Cell<u64>,
    pub(super) tokens_in: Cell<u64>,
    pub(super) tokens_out: Cell<u64>,
    /// How many pages were made, by source.
    pub(super) made: RefCell<BTreeMap<String, u64>>,
}

impl DayShop {
    pub(super) fn new() -> Self {
        Self {
            products: RefCell::new((0..PRODUCTS_MAX - 1).map(product).collect()),
            limits: Limits::default(),
            counters: RefCell::default(),
            calls: Cell::default(),
            tokens_in: Cell::default(),
            tokens_out: Cell::default(),
            made: RefCell::default(),
        }
    }

    pub(crate) fn assortment(&self) -> Assortment {
        Assortment {
            shop_name: "The Lamp House".to_owned(),
            currency: "EUR".to_owned(),
            money_format: String::new(),
            best_sellers_first: true,
            products: self.products.borrow().clone(),
        }
    }

    /// Returns the id of a product.
    pub(super) fn any_product(&self, random: &mut Random) -> String {
        let products = self.products.borrow();
        products[random.index(products.len())].id.clone()
    }

    /// Changes a product: mostly its price, and sometimes a reduction or whether it is there.
    pub(super) fn change(&self, random: &mut Random) {
        let mut products = self.products.borrow_mut();
        let at = random.index(products.len());
        let product = &mut products[at];
        match random.below(10) {
            0 | 1 => product.available = !product.available,
            2 | 3 => product.price_before = product.price_before.xor(Some(product.price + 2_000)),
            _ => product.price += 10,
        }
    }

    /// Takes from the limits on strangers, as a host without memory of its own does. All requests are signed, so no
    /// client address is known.
    pub(crate) fn take(&self, allowances: &[Allowance], shop: &ShopId, by: &ShopperId, now_ms: u64) -> bool {
        let taker = Taker { client: None, shop: shop.as_str(), shopper: by.as_str() };
        let mut counters = self.counters.borrow_mut();
        self.limits.counters(allowances.iter().copied(), &taker).into_iter().all(|counter| {
            let interval_ms = u64::from(counter.interval_ms);
            let used_until_ms = counters.entry(counter.key).or_default();
            let next_ms = (*used_until_ms).max(now_ms) + interval_ms;
            let has_one = next_ms - now_ms <= interval_ms * u64::from(counter.burst);
            if has_one {
                *used_until_ms = next_ms;
            }
            has_one
        })
    }

    /// Answers a question with a plan of the products that it offers. Returns the tokens of both.
    pub(crate) fn answer(&self, request: &Request) -> (String, u32, u32) {
        let question: Vec<&str> = request.messages.iter().map(|message| message.text.as_str()).collect();
        let question_text = question.last().copied().unwrap_or_default();
        let is_of_home = request.schema.contains("\"hero\"");
        let text = if is_of_home { plan(question_text) } else { plan_below(&request.schema) };
        let bytes = question.iter().map(|text| text.len()).sum::<usize>() + request.schema.len();
        let (tokens_in, tokens_out) = (tokens(bytes), tokens(text.len()));
        self.calls.set(self.calls.get() + 1);
        self.tokens_in.set(self.tokens_in.get() + u64::from(tokens_in));
        self.tokens_out.set(self.tokens_out.get() + u64::from(tokens_out));
        (text, tokens_in, tokens_out)
    }

    /// Counts a page that was made.
    pub(crate) fn made(&self, source: &str) {
        *self.made.borrow_mut().entry(source.to_owned()).or_default() += 1;
    }
}

fn tokens(bytes: usize) -> u32 {
    u32::try_from(bytes.div_ceil(BYTES_PER_TOKEN)).unwrap_or(u32::MAX)
}

fn product(at: usize) -> Product {
    let kind = KINDS[at % KINDS.len()];
    let number = at as u64;
    Product {
        id: format!("gid-{}", 8_123_456_789_000 + number),
        title: format!("{} {kind} No. {at}", MAKES[at % MAKES.len()]),
        description: "Solid walnut with a linen shade.".to_owned(),
        vendor: "Oak and Sons".to_owned(),
        category: format!("{kind}s"),
        tags: ["walnut", "living room"].map(str::to_owned).to_vec(),
        url: format!("/products/product-{at}"),
        image: None,
        price: 4_900 + 370 * number,
        price_before: at.is_multiple_of(5).then_some(9_900 + 370 * number),
        available: at % 9 != 8,
        ..Product::default()
    }
}

/// Returns a plan for a page with a subject, of blocks that its schema has.
fn plan_below(schema: &str) -> String {
    let blocks = [
        ("story", r#"{"type":"story","heading":"A quiet moment","text":"There is time to look."}"#),
        ("categories", r#"{"type":"categories","heading":"Other ways in"}"#),
        ("price_guide", r#"{"type":"price_guide","heading":"How much should it be?"}"#),
    ];
    let has = |(name, _): &(&str, &str)| schema.contains(&format!("\"{name}\""));
    let blocks: Vec<_> = blocks.into_iter().filter(has).map(|(_, block)| block).collect();
    format!(r#"{{"title":"A moment","blocks":[{}]}}"#, blocks.join(","))
}

/// Returns a plan of the products in a question, by their numbers.
fn plan(question: &str) -> String {
    let is_sold_out = |line: &&str| line.contains(" sold out |");
    let numbers: Vec<&str> = question
        .lines()
        .filter(|line| line.matches(" | ").count() >= 3 && !is_sold_out(line))
        .filter_map(|line| line.split(" | ").next())
        .filter(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
        .collect();
    let listed = |from: usize, count: usize| {
        let mut list = String::new();
        for (at, number) in numbers.iter().skip(from).take(count).enumerate() {
            let _infallible = write!(list, "{}\"{number}\"", if at > 0 { "," } else { "" });
        }
        list
    };
    format!(
        r#"{{"title":"Lights for dusk","hero":{{"headline":"Dusk is near","text":"Bring a light.","product":{}}},"blocks":[{{"type":"grid","heading":"To begin with","products":[{}]}},{{"type":"spotlight","heading":"The quiet one","text":"It listens.","product":{}}},{{"type":"grid","heading":"Look around","products":[{}]}},{{"type":"search","heading":"Looking for something?","terms":["walnut"]}}]}}"#,
        listed(0, 1),
        listed(1, 6),
        listed(7, 1),
        listed(8, 6),
    )
}
