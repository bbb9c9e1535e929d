//! A model with scripted answers.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use tokio::sync::watch;

use super::{Completion, Ending, Error, Llm, Request, Spent};

/// A queue of answers, and the recorded requests. Once the queue is empty, there is no model.
#[derive(Default)]
pub struct Scripted {
    script: Mutex<Script>,
    held: watch::Sender<bool>,
}

#[derive(Default)]
struct Script {
    answers: VecDeque<Result<Completion, Error>>,
    requests: Vec<Request>,
}

impl Scripted {
    /// Adds an answer to the queue.
    pub fn answer(&self, answer: Result<Completion, Error>) {
        self.script().answers.push_back(answer);
    }

    /// Adds a complete answer with this text to the queue.
    pub fn say(&self, text: &str) {
        self.answer(Ok(Completion {
            text: text.to_owned(),
            model: "scripted".to_owned(),
            configured_model: "scripted".to_owned(),
            tokens_in: 100,
            tokens_out: 50,
            ending: Ending::Complete,
            calls: 1,
            cost_microdollars: 295,
        }));
    }

    /// Holds all answers back until [`release`](Self::release).
    pub fn hold(&self) {
        self.held.send_replace(true);
    }

    /// Releases the answers.
    pub fn release(&self) {
        self.held.send_replace(false);
    }

    /// Returns the requests so far, oldest first.
    pub fn requests(&self) -> Vec<Request> {
        self.script().requests.clone()
    }

    fn script(&self) -> MutexGuard<'_, Script> {
        self.script.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Llm for Scripted {
    async fn complete(&self, request: Request, spent: &Spent) -> Result<Completion, Error> {
        let answer = {
            let mut script = self.script();
            script.requests.push(request);
            script.answers.pop_front().unwrap_or(Err(Error::NotConfigured))
        };
        // The sender lives as long as `self`, so the wait ends only when nothing is held.
        let _ = self.held.subscribe().wait_for(|held| !held).await;
        if let Ok(completion) = &answer {
            spent.add(completion.tokens_in, completion.tokens_out);
        }
        answer
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::llm::{Cause, Failed};

    fn request(text: &str) -> Request {
        let message = crate::llm::Message { role: crate::llm::Role::User, text: text.to_owned() };
        Request {
            messages: vec![message],
            schema: "{}".into(),
            schema_name: "plan".into(),
            tokens_max: 10,
            calls_max: 2,
            is_optional: false,
        }
    }

    #[tokio::test]
    async fn answers_come_in_order_and_questions_are_kept() {
        let llm = Scripted::default();
        llm.say("one");
        let late = Failed { cause: Cause::Timeout, said: String::new(), retry_after_ms: Some(0) };
        llm.answer(Err(late.clone().into()));
        let spent = Spent::default();
        assert_eq!(llm.complete(request("a"), &spent).await.unwrap().text, "one");
        assert_eq!(llm.complete(request("b"), &spent).await, Err(Error::Failed(late)));
        assert_eq!(llm.complete(request("c"), &spent).await, Err(Error::NotConfigured));
        assert_eq!(spent.tokens(), (100, 50));
        assert_eq!(llm.requests(), [request("a"), request("b"), request("c")]);
    }

    #[tokio::test]
    async fn a_held_answer_waits_for_its_release() {
        let llm = Arc::new(Scripted::default());
        llm.say("later");
        llm.hold();
        let asking = tokio::spawn({
            let llm = llm.clone();
            async move { llm.complete(request("a"), &Spent::default()).await }
        });
        while llm.requests().is_empty() {
            tokio::task::yield_now().await;
        }
        assert!(!asking.is_finished());
        llm.release();
        assert_eq!(asking.await.unwrap().unwrap().text, "later");
    }
}
