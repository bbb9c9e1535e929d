//! Upstreams with scripted answers.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use super::{Answer, Error, Fetch, Question};

/// A queue of answers, and the recorded requests. Once the queue is empty, there is no upstream.
#[derive(Default)]
pub struct Scripted(Mutex<Script>);

#[derive(Default)]
struct Script {
    answers: VecDeque<Result<Answer, Error>>,
    questions: Vec<Question>,
}

impl Scripted {
    /// Adds an answer to the queue.
    pub fn answer(&self, answer: Result<Answer, Error>) {
        self.script().answers.push_back(answer);
    }

    /// Adds an answer of status 200 to the queue.
    pub fn say(&self, body: &str) {
        self.answer(Ok(Answer { status: 200, retry_after_ms: None, body: body.into() }));
    }

    /// Returns the requests so far, oldest first.
    pub fn questions(&self) -> Vec<Question> {
        self.script().questions.clone()
    }

    fn script(&self) -> MutexGuard<'_, Script> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Fetch for Scripted {
    async fn post(&self, question: Question) -> Result<Answer, Error> {
        let mut script = self.script();
        script.questions.push(question);
        script.answers.pop_front().unwrap_or(Err(Error::NoSuchUpstream))
    }
}
