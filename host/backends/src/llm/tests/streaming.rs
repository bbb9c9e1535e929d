//! Tests that an answer is read as it arrives: a slow one is waited for, a stalled one is not, and what goes wrong is cut
//! off.

use crate::clock::millis;

use super::*;

/// The pause before each chunk. A model of 60 tokens a second sends one in 17 ms.
const PAUSE_MS: u64 = 20;
const HEAD: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n";
/// The tokens of the question, as estimated.
const ASKED: u64 = 6;

/// A full plan of ten blocks, as long as one of 260 tokens.
fn plan() -> String {
    let block = |at: usize| json!({ "type": "story", "heading": format!("Heading {at} of the page"), "text": "One line that says what it is like to own." });
    let blocks: Vec<_> = (0..9).map(block).collect();
    json!({ "title": "Wands", "hero": { "headline": "Calm wands", "text": "A line about it." }, "blocks": blocks }).to_string()
}

fn event(document: &Value) -> Vec<u8> {
    format!("data: {document}\n\n").into_bytes()
}

fn chunk(text: &str) -> Vec<u8> {
    event(
        &json!({ "model": "m", "choices": [{ "index": 0, "delta": { "content": text }, "finish_reason": null }] }),
    )
}

/// The end of a stream, with the numbers of tokens.
fn end() -> Vec<u8> {
    let stop = json!({ "choices": [{ "index": 0, "delta": {}, "finish_reason": "stop" }] });
    let usage = json!({ "choices": [], "usage": { "prompt_tokens": 1_000, "completion_tokens": 260 } });
    [event(&stop), event(&usage), b"data: [DONE]\n\n".to_vec()].concat()
}

/// A text as a stream of tokens of four bytes, without an end.
fn tokens(text: &str) -> Vec<(u64, Vec<u8>)> {
    let chunks =
        text.as_bytes().chunks(4).map(|token| (PAUSE_MS, chunk(std::str::from_utf8(token).unwrap())));
    [(0, HEAD.into())].into_iter().chain(chunks).collect()
}

/// The same, all at once.
fn at_once(text: &str) -> Vec<u8> {
    tokens(text).into_iter().flat_map(|(_, bytes)| bytes).collect()
}

fn impatient(settings: &mut Settings) {
    settings.idle_timeout_ms = 1_000;
    settings.retries = 0;
}

/// Asks an endpoint that replies once, and returns the outcome and the tokens counted.
async fn asked(reply: Reply) -> (Result<Completion, Error>, (u64, u64)) {
    let endpoint = Endpoint::following([reply]).await;
    let mut settings = settings(&endpoint);
    impatient(&mut settings);
    let spent = Spent::default();
    let outcome = client(&settings).complete(request(), &spent).await;
    (outcome, spent.tokens())
}

#[tokio::test]
async fn a_slow_model_has_its_first_block_early_and_is_done_with_its_plan() {
    let counted = Counted::default();
    let _guard = metrics::set_default_local_recorder(&counted);
    let plan = plan();
    assert!((250..300).contains(&plan.len().div_ceil(4)), "{}", plan.len());
    let start = std::time::Instant::now();
    // Its connection stays open.
    let parts = tokens(&plan).into_iter().chain([(0, end()), (60_000, vec![])]).collect();
    let (outcome, spent) = asked(Reply::Paced(parts)).await;
    assert_eq!(outcome.unwrap().text, plan);
    assert_eq!(spent, (1_000, 260), "its last event has the figures");
    let first_ms = counted.of("wandstore_llm_first_block_seconds");
    let whole = start.elapsed();
    assert!((PAUSE_MS..millis(whole) / 2).contains(&first_ms), "{first_ms} ms of {whole:?}");
    assert!(whole < Duration::from_secs(30), "it waited for the connection's end: {whole:?}");
}

#[tokio::test]
async fn a_stalled_stream_ends_at_the_idle_deadline() {
    let start = std::time::Instant::now();
    let (outcome, spent) = asked(Reply::Stall(at_once("{\"title\":\"Wa"))).await;
    assert_eq!(failed(outcome).cause, Cause::Timeout);
    assert_eq!(spent, (ASKED, 3), "what arrived of it");
    assert!((200..2_000).contains(&start.elapsed().as_millis()), "{:?}", start.elapsed());
}

#[tokio::test]
async fn an_endpoint_may_think_for_longer_than_an_answer_may_pause() {
    let start = (0, [HEAD.as_bytes(), b": queued\n\n"].concat());
    let parts = vec![start, (500, [chunk("{}"), end()].concat())];
    assert_eq!(asked(Reply::Paced(parts)).await.0.unwrap().text, "{}");
}

#[tokio::test]
async fn a_plan_that_is_cut_off_in_the_middle_is_handed_on() {
    let plan = plan();
    let half = &plan[..plan.len() / 2];
    let part = at_once(half);
    let overloaded = event(&json!({ "error": { "message": "overloaded", "code": 503 } }));
    for reply in [
        Reply::Send(part.clone()),
        Reply::Stall(part.clone()),
        Reply::Send([part.clone(), overloaded].concat()),
        Reply::Send([part, chunk(&" again".repeat(1_000))].concat()),
    ] {
        let (outcome, (tokens_in, tokens_out)) = asked(reply).await;
        let completion = outcome.unwrap();
        assert!(completion.text.starts_with(half), "{completion:?}");
        assert_eq!((completion.ending, completion.calls), (Ending::Length, 1));
        assert!(
            tokens_in == ASKED && tokens_out >= half.len().div_ceil(4) as u64,
            "{tokens_in} and {tokens_out}"
        );
    }
}

#[tokio::test]
async fn time_that_runs_out_in_the_middle_of_a_plan_leaves_a_part_of_it() {
    let endpoint = Endpoint::following([Reply::Paced(tokens(&plan()))]).await;
    let client = client(&Settings { timeout_ms: 2_000, ..settings(&endpoint) });
    let completion = put(&client).await.unwrap();
    assert_eq!(completion.ending, Ending::Length);
    assert!(plan().starts_with(&completion.text) && completion.text.len() > 200, "{}", completion.text);
}

#[tokio::test]
async fn an_answer_that_is_going_wrong_is_cut_off_and_counted_as_far_as_it_came() {
    let prose = (0..9_000).map(|at| format!("wand {at}, ")).collect::<Vec<_>>().concat();
    for (text, said) in [
        (prose, "the answer is prose"),
        ("wand ".repeat(9_000), "the answer repeats itself"),
        (
            format!(
                "{{\"title\":\"{}",
                (0..9_000).map(|at: u32| at.to_string()).collect::<Vec<_>>().concat()
            ),
            "the answer is too long",
        ),
    ] {
        let parts = [(0, HEAD.into())]
            .into_iter()
            .chain(text.as_bytes().chunks(40).map(|token| (1, chunk(std::str::from_utf8(token).unwrap()))));
        let (outcome, (tokens_in, tokens_out)) = asked(Reply::Paced(parts.collect())).await;
        let failed = failed(outcome);
        assert_eq!((failed.cause, failed.said.as_str()), (Cause::Format, said));
        assert_eq!(tokens_in, ASKED);
        assert!((300..1_000).contains(&tokens_out), "{tokens_out} tokens of: {said}");
    }
}

#[tokio::test]
async fn a_model_that_goes_wrong_does_not_open_the_breaker_of_its_endpoint() {
    let wrong = || Reply::Send(at_once(&"wand ".repeat(600)));
    let endpoint = Endpoint::following([wrong(), answer("{}")]).await;
    let client = client(&Settings { retries: 0, breaker_failures: 1, ..settings(&endpoint) });
    assert_eq!(failed(put(&client).await).cause, Cause::Format);
    assert_eq!(put(&client).await.unwrap().text, "{}");
}
