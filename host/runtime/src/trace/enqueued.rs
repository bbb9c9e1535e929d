//! The recorded requests of this process that enqueued jobs.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use opentelemetry::trace::SpanContext;

/// The most jobs that are remembered. Most are claimed within seconds; of more, the oldest are forgotten.
const JOBS_MAX: usize = 1_024;

/// The span that enqueued each job.
#[derive(Debug, Default)]
pub(super) struct Enqueued(Mutex<VecDeque<(String, SpanContext)>>);

impl Enqueued {
    pub(super) fn remember(&self, job: &str, span: SpanContext) {
        let mut jobs = self.lock();
        if jobs.len() >= JOBS_MAX {
            jobs.pop_front();
        }
        jobs.push_back((job.to_owned(), span));
    }

    /// Returns the span that enqueued a job, and forgets it.
    pub(super) fn take(&self, job: &str) -> Option<SpanContext> {
        let mut jobs = self.lock();
        let at = jobs.iter().position(|(id, _)| id == job)?;
        jobs.remove(at).map(|(_, span)| span)
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<(String, SpanContext)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_is_found_once_and_the_oldest_are_forgotten() {
        let enqueued = Enqueued::default();
        for job in 0..=JOBS_MAX {
            enqueued.remember(&job.to_string(), SpanContext::NONE);
        }
        assert_eq!(enqueued.take("0"), None, "it was the oldest");
        assert_eq!(enqueued.take("1"), Some(SpanContext::NONE));
        assert_eq!(enqueued.take("1"), None);
        assert_eq!(enqueued.lock().len(), JOBS_MAX - 1);
    }
}
