//! An answer as it arrives in a stream: whether it has begun, the text so far, and whether it is already invalid.
//!
//! It never decides what the answer means: `reader.rs` does, with everything that arrived.

use std::fmt;
use std::time::Duration;

use crate::answer::{Answer, beyond_thoughts};
use crate::documents;
use crate::endpoint::Endpoint;
use crate::pieces;
use crate::question::Question;
use crate::wire::Wire;

/// The most characters in a token of an answer: JSON and prose have three to five, the longest words eight. An answer
/// with more is not bounded by the limit of tokens.
const CHARS_PER_TOKEN_MAX: usize = 6;
/// The longest text without an object that may still become a plan, in characters. The longest preambles have a tenth.
const PROSE_CHARS_MAX: usize = 3_000;
/// The end of a text that is searched for repeats, in bytes, and the longest part that counts as repeated: a block has
/// 400 bytes at most, and no plan has the same one three times.
const REPEATS_BYTES: usize = 1_200;
const REPEATED_BYTES_MAX: usize = 400;
/// How much has to arrive before the answer is judged again, in bytes.
const STEP_BYTES: usize = 32;

/// How long the numbers of tokens may take after the end of the answer, and the end of the body after that of the stream:
/// some endpoints send none, and some keep the connection open.
const FIGURES_TIMEOUT: Duration = Duration::from_secs(2);
const CLOSE_TIMEOUT: Duration = Duration::from_millis(250);

/// Why an answer that is still arriving is not worth waiting for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrong {
    /// It is longer than any answer to the question.
    TooLong,
    /// It repeats itself.
    Repeats,
    /// It is prose.
    Prose,
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooLong => "the answer is too long",
            Self::Repeats => "the answer repeats itself",
            Self::Prose => "the answer is prose",
        })
    }
}

/// An answer as it arrives.
pub struct Arriving<'a> {
    wire: &'static dyn Wire,
    sent: &'a Question,
    answer: Answer,
    /// The part of a line that has arrived.
    line: Vec<u8>,
    is_document: bool,
    is_over: bool,
    has_piece: bool,
    /// How much there was when the answer was last judged, in bytes.
    judged_bytes: usize,
}

impl<'a> Arriving<'a> {
    /// Expects the answer to `sent`.
    pub fn new(endpoint: &Endpoint, sent: &'a Question) -> Self {
        Self {
            wire: endpoint.protocol.wire(),
            sent,
            answer: Answer::default(),
            line: Vec::new(),
            is_document: false,
            is_over: false,
            has_piece: false,
            judged_bytes: 0,
        }
    }

    /// Takes the next bytes of the body. Returns why it is not worth waiting for more, if it is not.
    pub fn push(&mut self, bytes: &[u8]) -> Option<Wrong> {
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.line.extend_from_slice(piece);
            if piece.ends_with(b"\n") {
                let line = std::mem::take(&mut self.line);
                self.read(&line);
            }
        }
        self.is_document |= self.line.starts_with(b"{");
        self.judge()
    }

    /// Returns how long the next part of the body may take, if `idle` is the longest pause in an answer. Returns `None`
    /// until the model has begun to answer: it may wait for its turn, or think in secret.
    pub fn pause_max(&self, idle: Duration) -> Option<Duration> {
        if self.is_over {
            Some(idle.min(CLOSE_TIMEOUT))
        } else if self.answer.ending.is_some() {
            Some(idle.min(FIGURES_TIMEOUT))
        } else {
            (self.is_document || self.bytes() > 0).then_some(idle)
        }
    }

    /// Returns whether the first block is complete.
    pub fn has_block(&self) -> bool {
        self.has_piece
    }

    fn bytes(&self) -> usize {
        self.answer.said().len() + self.answer.reasoning.len()
    }

    /// Reads a line of a stream of events, or of a stream of documents.
    fn read(&mut self, line: &[u8]) {
        if !line.starts_with(b"data:") && !line.starts_with(b"{") {
            return;
        }
        let documents = documents::read(line);
        self.is_over |= documents.is_over;
        for document in documents.found {
            self.wire.read(document, &mut self.answer);
        }
    }

    fn judge(&mut self) -> Option<Wrong> {
        let bytes = self.bytes();
        if bytes < self.judged_bytes + STEP_BYTES {
            return None;
        }
        self.judged_bytes = bytes;
        let said = beyond_thoughts(self.answer.said());
        self.has_piece = self.has_piece || pieces::complete(said) > 0;
        let texts = [said, self.answer.said(), &self.answer.reasoning];
        // The answer of a model that thinks may begin with a thought whose end alone is marked.
        let room = self.sent.tokens_out_max.saturating_sub(self.sent.answer_tokens_max) as usize;
        let prose_chars_max = PROSE_CHARS_MAX + room * CHARS_PER_TOKEN_MAX;
        let chars_max = self.sent.answer_tokens_max as usize * CHARS_PER_TOKEN_MAX;
        if is_longer(said, prose_chars_max) && !said.contains(['{', '[']) {
            Some(Wrong::Prose)
        } else if is_longer(said, chars_max.max(prose_chars_max)) {
            Some(Wrong::TooLong)
        } else {
            texts.into_iter().any(repeats).then_some(Wrong::Repeats)
        }
    }
}

fn is_longer(text: &str, chars_max: usize) -> bool {
    text.len() > chars_max && text.chars().nth(chars_max).is_some()
}

/// Returns whether the end of a text is one part, over and over.
fn repeats(text: &str) -> bool {
    let Some(start) = text.len().checked_sub(REPEATS_BYTES) else { return false };
    let end = &text.as_bytes()[start..];
    (1..=REPEATED_BYTES_MAX).any(|period| end[period..] == end[..end.len() - period])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{Message, Request, Role, Settings};

    /// Sends an answer in pieces of `bytes`. Returns how much of it was read, and why no more.
    fn judged(text: &str, field: &str, bytes: usize) -> (usize, Option<Wrong>) {
        let settings = Settings { base_url: Some("http://h".into()), ..Settings::default() };
        let endpoint = Endpoint::new(&settings, None).unwrap().unwrap();
        let request = Request {
            messages: vec![Message { role: Role::User, text: "Plan.".into() }],
            schema: "{}".into(),
            schema_name: "plan".into(),
            tokens_max: 1_500,
            calls_max: 2,
            is_optional: false,
        };
        let question = Question::new(&request, &endpoint, &endpoint.dialect()).unwrap();
        let mut arriving = Arriving::new(&endpoint, &question);
        let mut rest = text;
        while !rest.is_empty() {
            let (piece, more) = rest.split_at(rest.ceil_char_boundary(bytes.min(rest.len())));
            let document = json!({ "choices": [{ "delta": { field: piece } }] });
            if let Some(wrong) = arriving.push(format!("data: {document}\n\n").as_bytes()) {
                return (text.len() - more.len(), Some(wrong));
            }
            rest = more;
        }
        (text.len(), None)
    }

    /// A plan with so many blocks.
    fn plan(blocks: usize) -> String {
        let blocks: Vec<_> = (0..blocks)
            .map(|at| json!({ "type": "spotlight", "heading": format!("{at}{}", "h".repeat(58)), "text": format!("{at} {}", "text ".repeat(39)) }))
            .collect();
        json!({ "title": "t", "blocks": blocks }).to_string()
    }

    #[test]
    fn a_full_plan_of_the_longest_texts_is_not_cut_off() {
        let pretty =
            serde_json::to_string_pretty(&serde_json::from_str::<serde_json::Value>(&plan(10)).unwrap())
                .unwrap();
        let thoughts = (0..9_000).map(|at| format!("{at} ")).collect::<Vec<_>>().concat();
        for text in [plan(10), pretty, format!("<think>{thoughts}</think>{}", plan(10))] {
            assert_eq!(judged(&text, "content", 4), (text.len(), None));
        }
        assert_eq!(judged(&thoughts, "reasoning", 4), (thoughts.len(), None), "thoughts are no prose");
    }

    #[test]
    fn an_answer_that_is_going_wrong_is_cut_off() {
        let prose = (0..9_000).map(|at| format!("wand {at}, ")).collect::<Vec<_>>().concat();
        for (text, field, wrong, bytes_max) in [
            (plan(100), "content", Wrong::TooLong, 9_050),
            (format!("{{\"title\":\"{}", "wand ".repeat(9_000)), "content", Wrong::Repeats, 1_300),
            (format!("{{\"title\":{}", " \n".repeat(9_000)), "content", Wrong::Repeats, 1_300),
            (
                format!("{{{}", r#"{"type":"grid","heading":"a"},"#.repeat(900)),
                "content",
                Wrong::Repeats,
                1_300,
            ),
            ("Wait, ".repeat(9_000), "reasoning", Wrong::Repeats, 1_300),
            (prose, "content", Wrong::Prose, 3_050),
        ] {
            let (bytes, found) = judged(&text, field, 4);
            assert_eq!(found, Some(wrong), "{}", &text[..50]);
            assert!(bytes <= bytes_max, "{bytes} bytes of {}", &text[..50]);
        }
    }

    #[test]
    fn a_stream_says_how_long_it_may_pause_and_when_it_has_a_block() {
        let settings = Settings { base_url: Some("http://h".into()), ..Settings::default() };
        let endpoint = Endpoint::new(&settings, None).unwrap().unwrap();
        let question = Question::default();
        let mut arriving = Arriving::new(&endpoint, &question);
        let (mut seen, idle) = (Vec::new(), Duration::from_secs(15));
        let chunk =
            |delta: serde_json::Value| format!("data: {}", json!({ "choices": [{ "delta": delta }] }));
        let said = |text: &str| chunk(json!({ "content": text }));
        for bytes in [
            ": waiting\n\n",
            &(chunk(json!({ "role": "assistant" })) + "\n"),
            &(said(r#"{"hero":{"text":"As calm as the sea is wide"#) + "\n"),
            &said(r#""},"blocks":[{"type":"grid","heading":"A"#),
            "\n",
            "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n",
            "data: [DONE]\n",
        ] {
            arriving.push(bytes.as_bytes());
            seen.push((arriving.pause_max(idle), arriving.has_block()));
        }
        let expected = [
            (None, false),
            (None, false),
            (Some(idle), false),
            (Some(idle), false),
            (Some(idle), true),
            (Some(FIGURES_TIMEOUT), true),
            (Some(CLOSE_TIMEOUT), true),
        ];
        assert_eq!(seen, expected);
    }
}
