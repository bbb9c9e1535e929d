//! Tests that a feature that an endpoint refused is not requested again for a while.

use super::*;

const DAY_MS: u64 = 24 * 60 * 60 * 1_000;

struct Conversation {
    endpoint: Endpoint,
    client: Client,
    clock: Arc<clock::Scripted>,
}

impl Conversation {
    async fn with(script: impl IntoIterator<Item = Reply>, extra: Value) -> Self {
        let endpoint = Endpoint::following(script).await;
        let clock = Arc::new(clock::Scripted::new(0));
        let extra = serde_json::from_value(extra).unwrap();
        let settings = Settings { extra, ..settings(&endpoint) };
        let client = client_at(&settings, Some(&Secret::new(KEY)), clock.clone());
        Self { endpoint, client, clock }
    }

    /// Asks, and expects an answer.
    async fn asks(&self) {
        put(&self.client).await.unwrap();
    }

    /// Returns the answer forms requested since the last call.
    fn forms(&self) -> Vec<String> {
        let mut requests = self.endpoint.requests.lock().unwrap();
        let form =
            |asked: Received| asked.body["response_format"]["type"].as_str().unwrap_or("none").to_owned();
        requests.drain(..).map(form).collect()
    }
}

#[tokio::test]
async fn an_endpoint_without_response_formats_is_remembered_for_a_day() {
    let refusal = || complaint(400, "", "response_format is not supported");
    let script = [refusal(), refusal(), answer("1"), answer("2"), answer("3"), answer("4")];
    let conversation = Conversation::with(script, json!({})).await;
    conversation.asks().await;
    assert_eq!(conversation.forms(), ["json_schema", "json_object", "none"]);
    conversation.asks().await;
    assert_eq!(conversation.forms(), ["none"]);
    conversation.clock.advance(Duration::from_millis(DAY_MS - 1));
    conversation.asks().await;
    assert_eq!(conversation.forms(), ["none"]);
    conversation.clock.advance(Duration::from_millis(1));
    conversation.asks().await;
    assert_eq!(conversation.forms(), ["json_schema"], "endpoints learn");
}

#[tokio::test]
async fn a_failure_that_may_have_been_about_the_form_is_remembered_for_ten_minutes() {
    let script = [complaint(500, "", "oops"), answer("1"), answer("2"), answer("3")];
    let conversation = Conversation::with(script, json!({})).await;
    conversation.asks().await;
    conversation.asks().await;
    assert_eq!(conversation.forms(), ["json_schema", "json_object", "json_object"]);
    conversation.clock.advance(Duration::from_mins(10));
    conversation.asks().await;
    assert_eq!(conversation.forms(), ["json_schema"]);
}

#[tokio::test]
async fn an_endpoint_that_refuses_streams_or_their_figures_is_asked_without() {
    let figures = json!({ "detail": [{ "type": "extra_forbidden", "loc": ["body", "stream_options", "include_usage"], "msg": "Extra inputs are not permitted" }] });
    let stream = complaint(400, "", "stream is not supported by this deployment");
    let script = [reply(422, "", &figures.to_string()), stream, answer("1"), answer("2")];
    let conversation = Conversation::with(script, json!({})).await;
    conversation.asks().await;
    conversation.asks().await;
    let asked = |at: usize| {
        let body = &conversation.endpoint.requests()[at].body;
        (body["stream"].clone(), body["stream_options"]["include_usage"].clone())
    };
    let (yes, none) = (Value::Bool(true), Value::Null);
    let expected =
        [(yes.clone(), yes.clone()), (yes, none.clone()), (none.clone(), none.clone()), (none.clone(), none)];
    assert_eq!([asked(0), asked(1), asked(2), asked(3)], expected);
}

/// Asks for an answer of at most so many tokens.
async fn asks_for(conversation: &Conversation, tokens_max: u32) -> Result<Completion, Error> {
    conversation.client.complete(Request { tokens_max, ..request() }, &Spent::default()).await
}

#[tokio::test]
async fn a_small_context_is_remembered_for_a_day() {
    let too_long = || complaint(400, "", "This model's maximum context length is 4096 tokens");
    let conversation =
        Conversation::with([too_long(), answer("1"), answer("2"), too_long()], json!({})).await;
    let asked = || conversation.endpoint.requests().len();
    assert_eq!(failed(asks_for(&conversation, 5_000).await).cause, Cause::Context);
    assert!(asks_for(&conversation, 700).await.is_ok());
    for tokens_max in [5_000, 6_000] {
        let failed = failed(asks_for(&conversation, tokens_max).await);
        assert_eq!((failed.cause, asked()), (Cause::Context, 2), "it is not asked: {}", failed.said);
    }
    assert!(asks_for(&conversation, 4_900).await.is_ok(), "this may fit");
    conversation.clock.advance(Duration::from_millis(DAY_MS));
    assert_eq!((failed(asks_for(&conversation, 5_000).await).cause, asked()), (Cause::Context, 4));
}

#[tokio::test]
async fn a_limit_that_is_too_large_is_lowered_to_what_the_endpoint_accepts_for_a_day() {
    for refusal in [
        "max_tokens is too large: 1500. This model supports at most 1,024 completion tokens, whereas you provided 1500.",
        "Invalid max_tokens value, the valid range of max_tokens is [1, 1024]",
        "max_tokens: 1500 > 1024, which is the maximum allowed number of output tokens for this model",
    ] {
        let script = [complaint(400, "", refusal), answer("1"), answer("2"), answer("3")];
        let conversation = Conversation::with(script, json!({})).await;
        for tokens_max in [1_500, 1_500, 700] {
            assert!(asks_for(&conversation, tokens_max).await.is_ok(), "{refusal}");
        }
        let requests = conversation.endpoint.requests();
        let limits: Vec<_> = requests.iter().map(|asked| asked.body["max_tokens"].clone()).collect();
        assert_eq!(limits, [1_500, 1_024, 1_024, 700], "{refusal}");
    }
    let place = json!({ "detail": [{ "loc": ["body", "max_tokens"], "msg": "Input should be less than or equal to 1024" }] });
    let script = [reply(422, "", &place.to_string()), answer("1")];
    let conversation = Conversation::with(script, json!({ "max_tokens": 9_000 })).await;
    conversation.asks().await;
    assert_eq!(conversation.endpoint.requests()[1].body["max_tokens"], 1_024, "the operator's own");
}

#[tokio::test]
async fn a_limit_that_leaves_no_room_for_a_page_or_shrinks_with_every_question_is_not_followed() {
    let refused =
        |most: u32| complaint(400, "", &format!("max_tokens is too large, at most {most} are accepted"));
    for (script, requests) in
        [(vec![refused(100)], 1), ((1..100).map(|step| refused(1_500 - step)).collect(), 2)]
    {
        let conversation = Conversation::with(script, json!({})).await;
        assert_eq!(failed(asks_for(&conversation, 1_500).await).cause, Cause::Length);
        assert_eq!(conversation.endpoint.requests().len(), requests);
    }
}

#[tokio::test]
async fn a_refusal_that_says_nothing_may_be_about_the_stream() {
    let script = [complaint(400, "", "no"), complaint(400, "", "no"), answer("1")];
    let conversation = Conversation::with(script, json!({})).await;
    conversation.asks().await;
    assert_eq!(conversation.endpoint.requests()[2].body["stream"], false);
    assert_eq!(conversation.forms(), ["json_schema", "json_object", "none"]);
}

#[tokio::test]
async fn a_failure_that_names_a_time_is_not_taken_for_a_refusal() {
    let script = [complaint(503, "", "busy"), answer("1")];
    let conversation = Conversation::with(script, json!({})).await;
    conversation.asks().await;
    assert_eq!(conversation.forms(), ["json_schema", "json_schema"]);
}

#[tokio::test]
async fn a_refusal_for_another_reason_teaches_nothing() {
    let script = [400, 400, 400].map(|status| complaint(status, "", "no such thing"));
    let conversation = Conversation::with(script.into_iter().chain([answer("1")]), json!({})).await;
    assert_eq!(failed(put(&conversation.client).await).said, "status 400: no such thing");
    assert_eq!(conversation.forms(), ["json_schema", "json_object", "none"]);
    conversation.asks().await;
    assert_eq!(conversation.forms(), ["json_schema"]);
}

#[tokio::test]
async fn members_that_an_endpoint_refuses_are_not_sent_to_it_again() {
    let refusals = [
        json!({ "message": "Unsupported value: 'temperature' does not support 0.2 with this model.", "param": "temperature" }),
        json!({ "message": "Unrecognized request argument supplied: seed" }),
        json!({ "message": "Unknown parameter: 'reasoning_effort'." }),
        json!({ "message": "Unsupported parameter: 'max_tokens'", "param": "max_tokens" }),
        json!({ "message": "Unsupported parameter: 'max_completion_tokens'", "param": "max_completion_tokens" }),
    ];
    let refusals = refusals.map(|error| reply(400, "", &json!({ "error": error }).to_string()));
    let script = refusals.into_iter().chain([answer("1"), answer("2")]);
    let extra = json!({ "temperature": 0.2, "seed": 1, "reasoning_effort": "low", "top_p": 1 });
    let conversation = Conversation::with(script, extra).await;
    conversation.asks().await;
    conversation.asks().await;
    let requests = conversation.endpoint.requests();
    assert_eq!(requests.len(), 7);
    let names: Vec<_> = requests[6].body.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(names, ["messages", "model", "response_format", "stream", "stream_options", "top_p"]);
    assert_eq!(requests[4].body["max_completion_tokens"], 500);
}
