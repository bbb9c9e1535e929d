//! A job, as generation receives it.

use model::jobs::GenerationRequest;
use model::pages::JobId;

/// A generation request under lease.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// The job's id.
    pub id: JobId,
    /// Whether this is the last attempt.
    pub last: bool,
    /// Whether a worker died on the job since the last attempt.
    pub crashed: bool,
    /// The request.
    pub request: GenerationRequest,
}
