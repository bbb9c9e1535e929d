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
    assert_eq!(names, ["messages", "model", "response_format", "stream", "top_p"]);
    assert_eq!(requests[4].body["max_completion_tokens"], 500);
}
