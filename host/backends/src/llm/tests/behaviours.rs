//! Observed behaviours of endpoints, each with the expected outcome: an answer or a cause, the number of calls,
//! and the tokens counted.

use super::*;

const PLAN: &str = r#"{"title":"x"}"#;
/// The usage that the endpoint reports.
const FIGURES: (u64, u64) = (1_000, 500);
/// The estimate if the endpoint reports no usage: 22 bytes of question and schema, and 13 bytes of plan.
const ESTIMATE: (u64, u64) = (6, 4);
/// The tokens counted for a call whose answer is unknown.
const UNSEEN: (u64, u64) = (6, 500);
const NOTHING: (u64, u64) = (0, 0);

struct Behaviour {
    name: &'static str,
    script: Vec<Reply>,
    expected: Result<(), Cause>,
    calls: usize,
    tokens: (u64, u64),
}

fn answers(name: &'static str, script: Vec<Reply>, calls: usize, tokens: (u64, u64)) -> Behaviour {
    Behaviour { name, script, expected: Ok(()), calls, tokens }
}

/// A single reply that contains the plan.
fn plan(name: &'static str, body: &Value) -> Behaviour {
    answers(name, vec![reply(200, "", &body.to_string())], 1, FIGURES)
}

fn fails(
    name: &'static str,
    script: Vec<Reply>,
    cause: Cause,
    calls: usize,
    tokens: (u64, u64),
) -> Behaviour {
    Behaviour { name, script, expected: Err(cause), calls, tokens }
}

/// A single reply after which a retry is not worthwhile.
fn refuses(name: &'static str, status: u16, body: &Value, cause: Cause) -> Behaviour {
    fails(name, vec![reply(status, "", &body.to_string())], cause, 1, NOTHING)
}

fn usage() -> Value {
    json!({ "prompt_tokens": 1_000, "completion_tokens": 500, "total_tokens": 1_500 })
}

/// A completion with this message.
fn said(message: &Value, finish: &Value) -> Value {
    json!({ "model": "m", "choices": [{ "index": 0, "message": message, "finish_reason": finish }], "usage": usage() })
}

fn content(content: &Value) -> Value {
    said(&json!({ "role": "assistant", "content": content }), &json!("stop"))
}

/// A completion with these members in place of its own; null removes one.
fn with(changes: &Value) -> Value {
    let mut body = content(&json!(PLAN));
    for (name, value) in changes.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

fn used(usage: &Value, tokens: (u64, u64)) -> Behaviour {
    let body = with(&json!({ "usage": usage })).to_string();
    answers("usage", vec![reply(200, "", &body)], 1, tokens)
}

fn chunk(text: &str, finish: &Value) -> Value {
    json!({ "model": "m", "choices": [{ "index": 0, "delta": { "content": text }, "finish_reason": finish }] })
}

/// The plan as a stream, with `end` at its end.
fn stream(line_end: &str, end: &[&str]) -> String {
    let (one, two) = PLAN.split_at(5);
    let chunks = [chunk(one, &Value::Null).to_string(), chunk(two, &json!("stop")).to_string()];
    let data = chunks.iter().map(String::as_str).chain(end.iter().copied());
    data.flat_map(|data| ["data: ", data, line_end, line_end]).collect()
}

fn gzipped(text: &str) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packer.write_all(text.as_bytes()).unwrap();
    packer.finish().unwrap()
}

fn raw(headers: &str, body: &[u8]) -> Reply {
    let head = format!("HTTP/1.1 200 OK\r\n{headers}\r\n");
    Reply::Send([head.as_bytes(), body].concat())
}

/// Envelopes that have nothing to do with the plan.
fn odd_envelopes() -> Vec<Behaviour> {
    let body = content(&json!(PLAN)).to_string();
    let length = body.len();
    let last = json!({ "choices": [], "usage": usage() }).to_string();
    let one = |name, bytes: Vec<u8>| {
        answers(name, vec![raw(&format!("Content-Length: {}\r\n", bytes.len()), &bytes)], 1, FIGURES)
    };
    let chunked = format!("{length:x}\r\n{body}\r\n");
    let lines = |parts: &[&str]| parts.concat().into_bytes();
    let bad_utf8 = [b"{\"id\":\"\xff\xfe\",".as_slice(), &body.as_bytes()[1..]].concat();
    let ollama = r#"{"message":{"content":"{\"title\""},"done":false}
{"message":{"content":":\"x\"}"},"done":true,"done_reason":"stop"}"#;
    vec![
        one("plain", body.clone().into_bytes()),
        one("a byte order mark", lines(&["\u{feff}", &body])),
        one("blank lines before", lines(&["\r\n\n  \n", &body])),
        one("comments before", lines(&[": OPENROUTER PROCESSING\n\n: OPENROUTER PROCESSING\n\n", &body])),
        one("more behind", lines(&[&body, "\n\nbye"])),
        one("bytes that are no UTF-8", bad_utf8),
        one("gzip", gzipped(&body)),
        one("gzip that is cut", gzipped(&body)[..gzipped(&body).len() - 4].to_vec()),
        one("a stream", stream("\n", &[&last, "[DONE]"]).into_bytes()),
        one("a stream with CRLF", stream("\r\n", &[&last, "[DONE]"]).into_bytes()),
        one("a stream without an end", stream("\n", &[&last]).into_bytes()),
        one("a stream with comments", lines(&[": hello\n\nevent: x\nid: 1\n", &stream("\n", &[&last])])),
        answers("a stream without usage", vec![reply(200, "", &stream("\n", &["[DONE]"]))], 1, ESTIMATE),
        answers("lines of documents", vec![reply(200, "", ollama)], 1, ESTIMATE),
        answers("another content type", vec![reply(200, "Content-Type: text/html\r\n", &body)], 1, FIGURES),
        answers(
            "chunks cut short",
            vec![raw("Transfer-Encoding: chunked\r\n", chunked.as_bytes())],
            1,
            FIGURES,
        ),
        answers(
            "a length that is too long",
            vec![raw(&format!("Content-Length: {}\r\n", length + 9), body.as_bytes())],
            1,
            FIGURES,
        ),
    ]
}

/// Members that have nothing to do with the plan, and unusual places where the plan is still found.
fn odd_members() -> Vec<Behaviour> {
    let call = json!({ "function": { "name": "plan", "arguments": PLAN } });
    let duplicate = format!("{{\"model\":\"a\",\"model\":null,{}", &content(&json!(PLAN)).to_string()[1..]);
    vec![
        plan(
            "a list of parts",
            &content(
                &json!([{ "type": "text", "text": "{\"title\"" }, { "type": "text", "text": ":\"x\"}" }]),
            ),
        ),
        plan(
            "parts of output",
            &content(&json!([{ "type": "output_text", "text": PLAN, "annotations": [] }])),
        ),
        plan(
            "a part of thinking",
            &content(&json!([{ "type": "thinking", "thinking": "hm" }, { "type": "text", "text": PLAN }])),
        ),
        plan("one part", &content(&json!({ "type": "text", "text": { "value": PLAN } }))),
        plan("the document itself", &content(&json!({ "title": "x" }))),
        plan(
            "arguments of a tool",
            &said(&json!({ "content": null, "tool_calls": [call] }), &json!("tool_calls")),
        ),
        plan(
            "arguments of a function",
            &said(
                &json!({ "content": null, "function_call": { "arguments": PLAN } }),
                &json!("function_call"),
            ),
        ),
        plan(
            "the plan where thoughts belong",
            &said(&json!({ "content": null, "reasoning_content": PLAN }), &json!("stop")),
        ),
        plan(
            "thoughts beside the plan",
            &said(&json!({ "content": PLAN, "reasoning": "hm" }), &json!("stop")),
        ),
        plan("a refusal that is null", &said(&json!({ "content": PLAN, "refusal": null }), &json!("stop"))),
        plan("an error that is null", &with(&json!({ "error": null, "message": "ok", "detail": {} }))),
        plan("a model that is null", &with(&json!({ "model": null, "id": null, "created": "now" }))),
        plan("a model that is a number", &with(&json!({ "model": 7 }))),
        plan("an unknown end", &said(&json!({ "content": PLAN }), &json!("eos_token"))),
        plan("an end that is null", &said(&json!({ "content": PLAN }), &Value::Null)),
        plan("a whole plan at the limit", &said(&json!({ "content": PLAN }), &json!("length"))),
        plan("a delta", &json!({ "choices": [{ "delta": { "content": PLAN } }], "usage": usage() })),
        plan(
            "the second choice first",
            &json!({ "choices": [{ "index": 1, "message": { "content": "no" } }, { "index": 0, "message": { "content": PLAN } }], "usage": usage() }),
        ),
        plan(
            "an index that is text",
            &json!({ "choices": [{ "index": "0", "message": { "content": PLAN } }], "usage": usage() }),
        ),
        plan("a completion of text", &json!({ "choices": [{ "text": PLAN }], "usage": usage() })),
        plan("wrapped in a result", &json!({ "result": content(&json!(PLAN)), "success": true })),
        plan("wrapped in a list", &json!([content(&json!(PLAN))])),
        answers("a member that is there twice", vec![reply(200, "", &duplicate)], 1, FIGURES),
        used(&Value::Null, ESTIMATE),
        used(&json!({ "prompt_tokens": null, "completion_tokens": null }), ESTIMATE),
        used(&json!({ "prompt_tokens": 1_000.0, "completion_tokens": 499.2 }), FIGURES),
        used(&json!({ "prompt_tokens": "1000", "completion_tokens": " 500 " }), FIGURES),
        used(&json!({ "input_tokens": 1_000, "output_tokens": 500 }), FIGURES),
        used(&json!({ "prompt_tokens": 1_000, "total_tokens": 1_500 }), FIGURES),
        used(&json!({ "prompt_tokens": 0, "completion_tokens": 0 }), ESTIMATE),
        used(&json!({ "prompt_tokens": -1, "completion_tokens": 1e300 }), ESTIMATE),
        used(
            &json!({ "prompt_tokens": 1_000, "completion_tokens": {}, "completion_tokens_details": { "reasoning_tokens": 3 } }),
            (1_000, 4),
        ),
        used(&json!("many"), ESTIMATE),
        used(&json!([]), ESTIMATE),
    ]
}

/// Answers without a plan, each with its own cause.
fn no_plans() -> Vec<Behaviour> {
    let once =
        |name, body: Value, cause| fails(name, vec![reply(200, "", &body.to_string())], cause, 1, FIGURES);
    let thinks = |name, body: Value| {
        let reply = || reply(200, "", &body.to_string());
        fails(name, vec![reply(), reply()], Cause::Thinking, 2, (2_000, 1_000))
    };
    let twice = |name, body: String, tokens| {
        fails(name, vec![reply(200, "", &body), reply(200, "", &body)], Cause::Format, 2, tokens)
    };
    let mut thought = said(&json!({ "content": "" }), &json!("length"));
    thought["usage"]["completion_tokens_details"] = json!({ "reasoning_tokens": 500 });
    let broken_stream = format!("data: {}\n\n", chunk("{\"tit", &Value::Null));
    vec![
        once(
            "a refusal",
            said(&json!({ "content": null, "refusal": "I cannot" }), &json!("stop")),
            Cause::Refusal,
        ),
        once(
            "a part that refuses",
            content(&json!([{ "type": "refusal", "refusal": "I cannot" }])),
            Cause::Refusal,
        ),
        once("an end that refuses", said(&json!({ "content": "" }), &json!("refusal")), Cause::Refusal),
        thinks(
            "thinking to the limit",
            said(&json!({ "content": null, "reasoning_content": "hm" }), &json!("length")),
        ),
        thinks(
            "thinking under another name",
            said(&json!({ "content": "", "reasoning": "hm" }), &json!("max_tokens")),
        ),
        thinks("thinking in tags", said(&json!({ "content": "<think>hm" }), &json!("length"))),
        thinks("thinking that is only counted", thought),
        once("nothing up to the limit", said(&json!({ "content": "" }), &json!("length")), Cause::Length),
        once("a filter", said(&json!({ "content": null }), &json!("content_filter")), Cause::Filter),
        once("a filter under another name", said(&json!({ "content": "" }), &json!("SAFETY")), Cause::Filter),
        twice("null", content(&Value::Null).to_string(), (2_000, 1_000)),
        twice("blanks", content(&json!(" \n")).to_string(), (2_000, 1_000)),
        twice("no choice", json!({ "choices": [], "usage": usage() }).to_string(), (2_000, 1_000)),
        twice("a page", "<html>Welcome!</html>".to_owned(), (12, 12)),
        twice("half a document", "{\"choices\": [{\"mess".to_owned(), (12, 10)),
        twice("a number", "12".to_owned(), (12, 2)),
        fails("an endless body", vec![Reply::Flood, Reply::Flood], Cause::Format, 2, (12, 1_000)),
        fails(
            "nothing, twice",
            (0..3).map(|_| Reply::Send(vec![])).collect(),
            Cause::Unreachable,
            2,
            (12, 1_000),
        ),
        fails(
            "half a stream, twice",
            (0..3).map(|_| reply(200, "", &broken_stream)).collect(),
            Cause::Unreachable,
            2,
            (12, 4),
        ),
    ]
}

/// Errors with a success status.
fn errors_that_say_success() -> Vec<Behaviour> {
    let down = || reply(200, "", &json!({ "message": "overloaded", "code": 503 }).to_string());
    let slow = || reply(200, "", &json!({ "error": { "code": "429", "message": "slow down" } }).to_string());
    vec![
        refuses("a code", 200, &json!({ "error": { "code": 401, "message": "no" } }), Cause::Auth),
        refuses("a detail", 200, &json!({ "detail": "Unauthorized" }), Cause::Auth),
        refuses("a type", 200, &json!({ "error": { "type": "insufficient_quota" } }), Cause::Quota),
        refuses("words", 200, &json!({ "error": "model 'x' not found" }), Cause::Model),
        refuses(
            "a list",
            200,
            &json!({ "success": false, "result": null, "errors": [{ "message": "Invalid API key" }] }),
            Cause::Auth,
        ),
        refuses(
            "an event",
            200,
            &json!({ "choices": [], "error": { "message": "flagged by moderation" } }),
            Cause::Filter,
        ),
        fails("down", vec![down(), down(), down()], Cause::Unreachable, 2, (12, 0)),
        fails("slow", vec![slow(), slow(), slow()], Cause::Rate, 3, NOTHING),
    ]
}

/// Refusals that are not about the form of the answer: they cost nothing and are not retried.
fn refusals() -> Vec<Behaviour> {
    let error = |message: &str| json!({ "error": { "message": message } });
    let coded = |code: &str| json!({ "error": { "message": "no", "code": code } });
    vec![
        refuses("no key", 401, &error("No auth credentials found"), Cause::Auth),
        refuses("no key, and words of formats", 401, &error("response_format needs a key"), Cause::Auth),
        refuses("a key without rights", 403, &error("forbidden"), Cause::Auth),
        refuses(
            "a key that is not valid",
            400,
            &json!([{ "error": { "code": 400, "message": "API key not valid.", "status": "INVALID_ARGUMENT", "details": [{ "reason": "API_KEY_INVALID" }] } }]),
            Cause::Auth,
        ),
        refuses(
            "no such model",
            404,
            &error("The model `kimi` does not exist or you do not have access to it."),
            Cause::Model,
        ),
        refuses("no such model, by code", 404, &coded("model_not_found"), Cause::Model),
        refuses("no such model, under 400", 400, &error("kimi is not a valid model ID"), Cause::Model),
        refuses(
            "no such model, to be pulled",
            404,
            &error("model 'kimi' not found, try pulling it first"),
            Cause::Model,
        ),
        refuses("no such address", 404, &json!({}), Cause::Model),
        refuses("a bill", 402, &error("Insufficient Balance"), Cause::Quota),
        refuses(
            "a quota",
            429,
            &json!({ "error": { "message": "m", "type": "exceeded_current_quota_error" } }),
            Cause::Quota,
        ),
        refuses("credit", 400, &error("Your credit balance is too low to access the API."), Cause::Quota),
        refuses(
            "a filter",
            400,
            &json!({ "error": { "code": "content_filter", "innererror": { "code": "ResponsibleAIPolicyViolation" } } }),
            Cause::Filter,
        ),
        refuses("moderation", 403, &error("Your input was flagged by moderation"), Cause::Filter),
        refuses("too long", 400, &coded("context_length_exceeded"), Cause::Context),
        refuses(
            "too long, in words",
            400,
            &error("This model's maximum context length is 4096 tokens"),
            Cause::Context,
        ),
        refuses("too large", 413, &json!({}), Cause::Context),
        refuses(
            "a limit that is too high",
            400,
            &json!({ "error": { "message": "max_tokens is too large: 500", "param": "max_tokens" } }),
            Cause::Length,
        ),
        fails(
            "too often",
            vec![complaint(429, "Retry-After: 30\r\n", "Rate limit reached")],
            Cause::Rate,
            1,
            NOTHING,
        ),
        fails(
            "down",
            (0..3).map(|_| complaint(503, "Retry-After: 0\r\n", "down")).collect(),
            Cause::Unreachable,
            3,
            (18, 0),
        ),
        fails(
            "a gateway",
            (0..3).map(|_| reply(502, "Retry-After: 0\r\n", "<html><title>502</title>")).collect(),
            Cause::Unreachable,
            3,
            (18, 0),
        ),
        fails(
            "a failure",
            (0..3).map(|_| complaint(500, "", "oops")).collect(),
            Cause::Unreachable,
            3,
            (18, 0),
        ),
        fails(
            "a bad request",
            (0..3).map(|_| complaint(400, "", "no such thing")).collect(),
            Cause::Refusal,
            3,
            NOTHING,
        ),
    ]
}

/// Refusals of a part of the request: the retry asks for less and gets the plan.
fn renegotiations() -> Vec<Behaviour> {
    let refused = |name, refusals: Vec<Reply>| {
        let calls = refusals.len() + 1;
        answers(name, refusals.into_iter().chain([answer(PLAN)]).collect(), calls, FIGURES)
    };
    let say = |status, message| complaint(status, "", message);
    let newer = "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.";
    let newer = json!({ "error": { "message": newer, "type": "invalid_request_error", "param": "max_tokens", "code": "unsupported_parameter" } });
    let place = json!({ "detail": [{ "type": "extra_forbidden", "loc": ["body", "response_format"], "msg": "Extra inputs are not permitted", "input": { "max_tokens": 1 } }] });
    let guessed = [complaint(500, "", "oops"), complaint(500, "", "oops"), answer(PLAN)];
    vec![
        refused("a newer limit", vec![reply(400, "", &newer.to_string())]),
        refused("a newer limit in words", vec![say(400, "Use max_completion_tokens instead of max_tokens")]),
        refused("no schema", vec![say(400, "unknown parameter: 'response_format.json_schema'")]),
        refused("no structured output", vec![say(400, "This model does not support structured outputs")]),
        refused(
            "no form at all",
            vec![reply(422, "", &place.to_string()), reply(422, "", &place.to_string())],
        ),
        refused("no endpoint", vec![say(404, "No endpoints found that support the requested parameters.")]),
        refused("not for this model", vec![say(404, "response_format is not available for this model")]),
        refused("a feature", vec![say(404, "This feature is not supported")]),
        refused("words that say nothing", vec![say(400, "Bad Request"), say(400, "Bad Request")]),
        refused("no words", vec![reply(415, "", "")]),
        refused("not implemented", vec![say(501, "Not Implemented")]),
        refused("a failure that names it", vec![say(500, "failed to parse grammar")]),
        refused("both", vec![say(400, "json_schema is not supported"), reply(400, "", &newer.to_string())]),
        answers("a failure that does not", guessed.into(), 3, (1_012, 500)),
    ]
}

#[tokio::test]
async fn every_behaviour_comes_to_an_answer_or_a_cause_and_every_call_is_counted() {
    let tables =
        [odd_envelopes(), odd_members(), no_plans(), errors_that_say_success(), refusals(), renegotiations()];
    let table: Vec<_> = tables.into_iter().flatten().collect();
    assert!(table.len() > 100, "{}", table.len());
    let (mut wrong, mut answered, mut paid_twice) = (Vec::new(), 0, 0);
    for Behaviour { name, script, expected, calls, tokens } in table {
        let endpoint = Endpoint::following(script).await;
        let spent = Spent::default();
        let outcome = client(&settings(&endpoint)).complete(request(), &spent).await;
        let shown = format!("{outcome:?}");
        let outcome = match outcome {
            Ok(completion) if completion.text == PLAN => {
                answered += 1;
                paid_twice += usize::from(completion.calls > 1);
                Ok(())
            }
            Ok(completion) => panic!("{name}: {completion:?}"),
            error => Err(failed(error).cause),
        };
        let seen = (outcome, endpoint.requests().len(), spent.tokens());
        if seen != (expected, calls, tokens) {
            wrong.push(format!("{name}: {:?}, but {seen:?}: {shown}", (expected, calls, tokens)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(answered > 60 && paid_twice * 20 <= answered, "{paid_twice} of {answered} were paid for twice");
}

#[tokio::test]
async fn a_call_that_was_given_up_is_counted_at_the_most_that_it_may_cost() {
    for stall in [Reply::Stall(vec![]), Reply::Drip] {
        let endpoint = Endpoint::following([stall]).await;
        let client = client(&Settings { timeout_ms: STALLED_MS, ..settings(&endpoint) });
        let spent = Spent::default();
        assert_eq!(failed(client.complete(request(), &spent).await).cause, Cause::Timeout);
        assert_eq!(spent.tokens(), UNSEEN);
    }
}

#[tokio::test]
async fn a_question_that_was_not_sent_costs_nothing() {
    let base_url = Some("http://127.0.0.1:1".into());
    let client = client(&Settings { base_url, retries: 1, backoff_ms: 1, ..Settings::default() });
    let spent = Spent::default();
    assert_eq!(failed(client.complete(request(), &spent).await).cause, Cause::Unreachable);
    assert_eq!(spent.tokens(), NOTHING);
}
