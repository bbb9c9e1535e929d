//! Conversions of jobs to their WIT types.

use super::bindings::wandstore::storefront::job_types as wit;
use crate::{Job, Task};

impl From<Job> for wit::Job {
    fn from(job: Job) -> Self {
        let Job { lease, attempt, last, crashed, task } = job;
        Self { lease: lease.into(), attempt, last, crashed, task: task.into() }
    }
}

impl From<Task> for wit::Task {
    fn from(task: Task) -> Self {
        match task {
            Task::Page(request) => Self::Page(request.into()),
            Task::Maintenance(maintenance) => Self::Maintenance(maintenance.into()),
        }
    }
}
