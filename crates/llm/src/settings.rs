//! The settings of the model, which are the section `[llm]` of the configuration, and the variables that hold its key.

use model::shop::{Dollars, PlansPer};
use secrets::Secret;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::facts;
use crate::protocol::Protocol;
use crate::spending::Limits;
use crate::wire::SchemaMode;

/// The variables that may hold the key: the first one that is set counts. The second name is that of the original
/// deployment.
pub const KEY_VARIABLES: [&str; 2] = ["LLM_API_KEY", "KIMI_API_KEY"];
/// Kimi's address, for a deployment with a key and no address.
const KIMI_URL: &str = "https://api.moonshot.ai/v1";

/// The key of the model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// The key.
    pub secret: Secret,
    /// The variable that holds it.
    pub variable: &'static str,
    /// The variables that hold a key too and do not count.
    pub ignored: Vec<&'static str>,
}

impl Key {
    /// Reads the key with `variable`. An empty variable counts as not set.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Option<Self> {
        let known = |name| Some((name, variable(name)?.trim().to_owned()));
        let mut set = KEY_VARIABLES.into_iter().filter_map(known).filter(|(_, key)| !key.is_empty());
        let (variable, key) = set.next()?;
        Some(Self { secret: Secret::new(key), variable, ignored: set.map(|(name, _)| name).collect() })
    }
}

/// The language model. Its key comes from the environment only.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// The base address of an endpoint, such as `https://api.moonshot.ai/v1`, which is asked if there is only a key, or
    /// `http://127.0.0.1:11434/v1`. With neither, pages are planned locally. `AI_GATEWAY_URL`, `LLM_BASE_URL`.
    pub base_url: Option<String>,
    /// The protocol of that endpoint: `chat-completions`, which most endpoints support, or `messages`, which is
    /// Anthropic's.
    pub protocol: Protocol,
    /// The model's name at that endpoint. `LLM_MODEL`.
    pub model: String,
    /// Whether a plan of the model is for a `segment`, which is all shoppers of a persona and a market, or for one
    /// `shopper`, which costs a call for each. A shop may say otherwise. `PLANS_PER`.
    pub plans_per: PlansPer,
    /// The time limit for a whole answer, retries included.
    pub timeout_ms: u64,
    /// How long an answer that has begun may pause. One that pauses for longer is cut off, and the part that
    /// arrived is used. Answers are read as they arrive by the native host only; others know the limit of the whole.
    pub idle_timeout_ms: u64,
    /// The number of retries after the first attempt.
    pub retries: u32,
    /// The first pause before a retry; it doubles from there.
    pub backoff_ms: u64,
    /// The most questions at once.
    pub concurrency: u32,
    /// The number of failures in a row after which the model is not asked for a while.
    pub breaker_failures: u32,
    /// How long the model is not asked then, at most: 4 s at first, twice as long after each request that fails again.
    pub breaker_cooldown_ms: u64,
    /// How the plan's schema is sent: `json-schema`, `json-object` or `none`. An endpoint that refuses one is asked in
    /// the next way for a day.
    pub schema_mode: SchemaMode,
    /// The limit of tokens per day (UTC), questions and answers together, for all processes on the data folder; 0 means
    /// no limit. Before each call its maximum cost is reserved.
    pub tokens_per_day_max: u64,
    /// The same limit for each shop. When four fifths of either limit are used, the log warns, and the pages of shoppers
    /// without signals are planned without the model. When all tokens are used, every page is, until the next day. The
    /// default is about 1,100 pages.
    pub tokens_per_shop_per_day_max: u64,
    /// The most that all questions and answers may cost on a day (UTC), in US dollars, such as `"20"` or `"2.50"`, at the
    /// prices below. Without it there is no limit. A shop may have a budget of its own, which its merchant sets.
    pub budget_per_day: Option<Dollars>,
    /// The same for a month of the calendar (UTC).
    pub budget_per_month: Option<Dollars>,
    /// Price of a million tokens of question, in millionths of a dollar; for budgets and metrics.
    pub price_in_microdollars: u64,
    /// Price of a million tokens of answer, in millionths of a dollar; for budgets and metrics.
    pub price_out_microdollars: u64,
    /// Additional members of the request body, in the endpoint's form; they replace ours, and null removes ours. Without
    /// this setting, models that think are told not to where it is known how, such as `kimi-k2.6` at whatever endpoint,
    /// a few get the temperature that their provider recommends, and every other model gets none. With `{}` no model
    /// gets any.
    pub extra: Option<Map<String, Value>>,
    /// Members of the request body that are not sent, such as `max_tokens`.
    pub omit: Vec<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            base_url: None,
            protocol: Protocol::default(),
            model: "kimi-k2.6".into(),
            plans_per: PlansPer::default(),
            timeout_ms: 60_000,
            idle_timeout_ms: 15_000,
            retries: 2,
            backoff_ms: 250,
            concurrency: 32,
            breaker_failures: 5,
            breaker_cooldown_ms: 30_000,
            schema_mode: SchemaMode::default(),
            tokens_per_day_max: 0,
            tokens_per_shop_per_day_max: 3_000_000,
            budget_per_day: None,
            budget_per_month: None,
            price_in_microdollars: 950_000,
            price_out_microdollars: 4_000_000,
            extra: None,
            omit: Vec::new(),
        }
    }
}

impl Settings {
    /// Returns the model's address. Returns `None` if there is neither an address nor a key: pages are then planned
    /// locally.
    pub fn address(&self, has_key: bool) -> Option<&str> {
        self.base_url.as_deref().or(has_key.then_some(KIMI_URL))
    }

    /// Returns the additional members of the request body.
    pub fn extra_members(&self) -> Map<String, Value> {
        let address = self.base_url.as_deref().unwrap_or(KIMI_URL);
        let usual = || match self.protocol {
            Protocol::ChatCompletions => facts::of(address).members(&self.model),
            Protocol::Messages => Map::new(),
        };
        self.extra.clone().unwrap_or_else(usual)
    }

    /// Returns the limits of the deployment's budget.
    pub fn limits(&self) -> Limits {
        Limits {
            tokens_per_day: Some(self.tokens_per_day_max).filter(|tokens| *tokens > 0),
            microdollars_per_day: self.budget_per_day.map(Dollars::microdollars),
            microdollars_per_month: self.budget_per_month.map(Dollars::microdollars),
        }
    }

    /// Returns the most tokens per day for each shop.
    pub fn tokens_of_shop(&self) -> Option<u64> {
        Some(self.tokens_per_shop_per_day_max).filter(|tokens| *tokens > 0)
    }

    /// Returns the prices.
    pub fn prices(&self) -> Prices {
        Prices { in_microdollars: self.price_in_microdollars, out_microdollars: self.price_out_microdollars }
    }
}

/// The prices of a million tokens, in millionths of a dollar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Prices {
    /// The price of the tokens of questions.
    pub in_microdollars: u64,
    /// The price of the tokens of answers.
    pub out_microdollars: u64,
}

impl Prices {
    /// Returns the cost of tokens in millionths of a dollar, questions and answers each rounded up.
    pub fn cost_microdollars(self, tokens_in: u64, tokens_out: u64) -> u64 {
        let cost = |tokens: u64, price: u64| tokens.saturating_mul(price).div_ceil(1_000_000);
        cost(tokens_in, self.in_microdollars).saturating_add(cost(tokens_out, self.out_microdollars))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads the key where these variables are set.
    fn key(variables: &[(&str, &str)]) -> Option<Key> {
        Key::read(|name| {
            let (_, value) = variables.iter().find(|(known, _)| *known == name)?;
            Some((*value).to_owned())
        })
    }

    #[test]
    fn the_key_has_a_name_and_an_alias_and_the_name_counts_where_both_are_set() {
        let found = |variables| key(variables).map(|key| (key.secret, key.variable, key.ignored));
        let expected = |key, variable, ignored| Some((Secret::new(key), variable, ignored));
        assert_eq!(found(&[("LLM_API_KEY", "new")]), expected("new", "LLM_API_KEY", vec![]));
        assert_eq!(found(&[("KIMI_API_KEY", "old")]), expected("old", "KIMI_API_KEY", vec![]));
        let both = [("KIMI_API_KEY", "old"), ("LLM_API_KEY", "new")];
        assert_eq!(found(&both), expected("new", "LLM_API_KEY", vec!["KIMI_API_KEY"]));
    }

    #[test]
    fn an_empty_variable_is_not_set() {
        assert_eq!(key(&[("LLM_API_KEY", ""), ("KIMI_API_KEY", " ")]), None);
        let alias = key(&[("LLM_API_KEY", " "), ("KIMI_API_KEY", " old\n")]).unwrap();
        assert_eq!((alias.secret, alias.variable), (Secret::new("old"), "KIMI_API_KEY"));
    }

    #[test]
    fn with_a_key_and_no_address_it_is_kimis() {
        let mut settings = Settings::default();
        assert_eq!((settings.address(false), settings.address(true)), (None, Some(KIMI_URL)));
        settings.base_url = Some("http://h/v1".into());
        assert_eq!(settings.address(false), Some("http://h/v1"));
    }

    #[test]
    fn cost_is_rounded_up_to_a_millionth_of_a_dollar() {
        let prices = Prices { in_microdollars: 600_000, out_microdollars: 0 };
        for (tokens, cost) in [(1_000, 600), (1, 1), (0, 0)] {
            assert_eq!(prices.cost_microdollars(tokens, 1_000), cost);
        }
        let prices = Prices { in_microdollars: 600_000, out_microdollars: 2_500_000 };
        assert_eq!(prices.cost_microdollars(1, 1), 1 + 3);
    }
}
