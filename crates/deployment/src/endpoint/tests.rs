//! A model behind an endpoint that follows a script, with simulated time.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

use llm::{Message, Role};
use serde_json::{Value, json};

use super::*;

struct Scripted {
    now_ms: Cell<u64>,
    replies: RefCell<VecDeque<Result<Response, Unanswered>>>,
    asked: RefCell<Vec<Value>>,
}

impl Outbound for Scripted {
    fn now_ms(&self) -> u64 {
        self.now_ms.get()
    }

    fn random(&self) -> u64 {
        0
    }

    fn sleep(&self, pause: Duration) {
        self.now_ms.set(self.now_ms.get() + millis(pause));
    }

    fn post(&self, _: &Endpoint, body: &[u8], timeout: Duration) -> Result<Response, Unanswered> {
        self.asked.borrow_mut().push(serde_json::from_slice(body).unwrap());
        self.now_ms.set(self.now_ms.get() + 1_000);
        let reply = self.replies.borrow_mut().pop_front().unwrap_or(Err(Unanswered::Failed));
        if reply == Err(Unanswered::Timeout) {
            self.now_ms.set(self.now_ms.get() + millis(timeout));
        }
        reply
    }
}

#[expect(clippy::unnecessary_wraps, reason = "a script holds failures beside it")]
fn answer(text: &str) -> Result<Response, Unanswered> {
    let body = json!({ "choices": [{ "message": { "content": text }, "finish_reason": "stop" }] });
    Ok((200, None, body.to_string().into_bytes()))
}

#[expect(clippy::unnecessary_wraps, reason = "a script holds failures beside it")]
fn refusal(status: u16, retry_after: Option<&str>, message: &str) -> Result<Response, Unanswered> {
    let body = json!({ "error": { "message": message } }).to_string();
    Ok((status, retry_after.map(str::to_owned), body.into_bytes()))
}

fn configuration(variables: &[(&str, &str)]) -> Configuration {
    let lookup = |name: &str| {
        let (_, value) = variables.iter().find(|(known, _)| *known == name)?;
        Some((*value).to_owned())
    };
    Configuration::read(lookup, [7; 32])
}

/// Asks one question. Returns the result and the requests that were sent.
fn ask(
    replies: impl IntoIterator<Item = Result<Response, Unanswered>>,
) -> (Result<String, Error>, Vec<Value>) {
    let scripted = Scripted {
        now_ms: Cell::new(0),
        replies: RefCell::new(replies.into_iter().collect()),
        asked: RefCell::default(),
    };
    let request = Request {
        messages: vec![Message { role: Role::User, text: "Plan.".into() }],
        schema: "{}".into(),
        schema_name: "plan".into(),
        tokens_max: 10,
        calls_max: 2,
        is_optional: false,
    };
    let variables = [("LLM_BASE_URL", "http://127.0.0.1:1/v1"), ("LLM_API_KEY", "sk-hush")];
    let outcome = complete(&configuration(&variables), &scripted, &mut Memory::default(), &request);
    (outcome.map(|completion| completion.text), scripted.asked.into_inner())
}

fn cause(outcome: &Result<String, Error>) -> Option<Cause> {
    match outcome {
        Err(Error::Failed(failed)) => Some(failed.cause),
        _ => None,
    }
}

#[test]
fn an_answer_is_handed_on() {
    let (outcome, asked) = ask([answer("{}")]);
    assert_eq!(outcome, Ok("{}".into()));
    assert_eq!(asked[0]["model"], "kimi-k2.6");
}

#[test]
fn a_fault_that_passes_is_not_noticed() {
    for fault in [
        refusal(503, Some("1"), "busy"),
        Err(Unanswered::Failed),
        Err(Unanswered::TooLarge),
        Ok((200, None, vec![])),
    ] {
        assert_eq!(ask([fault, answer("{}")]).0, Ok("{}".into()));
    }
}

#[test]
fn a_fault_that_stays_is_reported_after_two_calls_that_may_have_cost_something() {
    let (outcome, asked) = ask([]);
    assert_eq!(cause(&outcome), Some(Cause::Unreachable), "{outcome:?}");
    assert_eq!(asked.len(), 2);
}

#[test]
fn an_endpoint_without_schema_support_gets_the_schema_in_the_prompt() {
    let (outcome, asked) = ask([refusal(400, None, "no 'response_format.json_schema' here"), answer("{}")]);
    assert_eq!(outcome, Ok("{}".into()));
    assert_eq!(asked[1]["response_format"]["type"], "json_object");
}

#[test]
fn an_endpoint_without_response_formats_gets_only_the_prompt() {
    let plain = || refusal(422, None, "response_format is not supported");
    let (outcome, asked) = ask([plain(), plain(), answer("{}")]);
    assert_eq!((outcome, asked.len()), (Ok("{}".into()), 3));
    assert_eq!(asked[2].get("response_format"), None);
}

#[test]
fn a_whole_answer_has_one_time_limit() {
    assert_eq!(cause(&ask([Err(Unanswered::Timeout)]).0), Some(Cause::Timeout));
    let said = "status 429: later".to_owned();
    let failed = Failed { cause: Cause::Rate, said, retry_after_ms: Some(600_000) };
    assert_eq!(ask([refusal(429, Some("600"), "later")]).0, Err(failed.into()));
}

#[test]
fn a_refusal_says_why_without_the_key() {
    let (outcome, asked) = ask([refusal(401, None, "unknown key sk-hush")]);
    let said = "status 401: unknown key (key)".to_owned();
    assert_eq!(outcome, Err(Failed { cause: Cause::Auth, said, retry_after_ms: None }.into()));
    assert_eq!(asked.len(), 1);
}

#[test]
fn a_host_that_is_not_allowed_is_named_at_once() {
    let (outcome, asked) = ask([Err(Unanswered::NotAllowed)]);
    let Err(Error::Failed(failed)) = outcome else { panic!("{outcome:?}") };
    assert!(failed.said.contains("set the variable llm_host"), "{}", failed.said);
    assert_eq!((asked.len(), failed.retry_after_ms), (1, None));
}

#[test]
fn without_address_and_key_there_is_no_model() {
    let scripted = Scripted { now_ms: Cell::new(0), replies: RefCell::default(), asked: RefCell::default() };
    let request = Request {
        messages: vec![],
        schema: "{}".into(),
        schema_name: "plan".into(),
        tokens_max: 1,
        calls_max: 2,
        is_optional: false,
    };
    let configuration = configuration(&[]);
    assert!(!configuration.has_model());
    let outcome = complete(&configuration, &scripted, &mut Memory::default(), &request);
    assert_eq!(outcome, Err(Error::NotConfigured));
}
