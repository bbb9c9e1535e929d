//! Conversions between these types and those that bindings generate from WIT: one macro for each interface.

/// Implements the conversions for `jobs` of `wit/capabilities` in both directions. The caller names the module that its
/// bindings generated for the interface, and the type in which it holds payloads.
#[macro_export]
macro_rules! jobs_conversions {
    ($($wit:ident)::+, $payload:ty) => {
        const _: () = {
            use $($wit)::+ as wit;

            $crate::conversions!(struct $crate::jobs::NewJob<$payload> as wit::NewJob {
                queues, queue_depth_max, key, payload, now_ms
            });
            $crate::conversions!(enum $crate::jobs::Enqueued as wit::Enqueued { Accepted(id), Live(id), Full });
            $crate::conversions!(struct $crate::jobs::Claimed<$payload> as wit::Claimed {
                id, key, token, attempt, crashes, payload
            });
            $crate::conversions!(enum $crate::jobs::ClaimResult<$payload> as wit::ClaimResult {
                Job(claimed), Idle(until_ms)
            });
            $crate::conversions!(enum $crate::jobs::State as wit::State { Queued, Running, Done, Dead });
            $crate::conversions!(struct $crate::jobs::Status as wit::Status { id, state, attempt, since_ms });
            $crate::conversions!(enum $crate::Range as wit::Keys { Exactly(key), StartingWith(prefix) });
            $crate::conversions!(struct $crate::jobs::QueueStats as wit::QueueStats {
                queued, running, dead, oldest_ms
            });

            impl From<$crate::jobs::Completion> for wit::Completion {
                fn from(completion: $crate::jobs::Completion) -> Self {
                    use $crate::jobs::Completion;
                    match completion {
                        Completion::Done(note) => Self::Done(note),
                        Completion::Retry { at_ms, reason } => Self::Retry(wit::Retry { at_ms, reason }),
                        Completion::Postponed(at_ms) => Self::Postponed(at_ms),
                        Completion::Dead(reason) => Self::Dead(reason),
                    }
                }
            }

            impl From<wit::Completion> for $crate::jobs::Completion {
                fn from(completion: wit::Completion) -> Self {
                    match completion {
                        wit::Completion::Done(note) => Self::Done(note),
                        wit::Completion::Retry(wit::Retry { at_ms, reason }) => Self::Retry { at_ms, reason },
                        wit::Completion::Postponed(at_ms) => Self::Postponed(at_ms),
                        wit::Completion::Dead(reason) => Self::Dead(reason),
                    }
                }
            }
        };
    };
}

/// Implements the conversions for the types of `job-types` in `wit/storefront` that stand in `model::jobs`. The caller
/// names the module that its bindings generated for the interface.
#[macro_export]
macro_rules! job_types_conversions {
    ($($wit:ident)::+) => {
        const _: () = {
            use $($wit)::+ as wit;

            $crate::conversions!(enum $crate::jobs::Enqueued as wit::Enqueued { Accepted(id), Live(id), Full });
            $crate::conversions!(struct $crate::jobs::Lease as wit::Lease { id, token });
            $crate::conversions!(enum $crate::jobs::State as wit::JobState { Queued, Running, Done, Dead });
            $crate::conversions!(enum $crate::jobs::Ending as wit::Ending { Done, Retry, Dead });
            $crate::conversions!(struct $crate::jobs::Trouble as wit::Trouble { cause: option, reason });
            $crate::cause_conversions!(wit::Cause);

            $crate::conversions!(enum $crate::jobs::Work as wit::Work { Generate, PlanLocally, Rerender });
            $crate::conversions!(enum $crate::PageKind as wit::PageKind { Home, Collection, Product, Search, Cart });

            impl From<$crate::jobs::GenerationRequest> for wit::GenerationRequest {
                fn from(request: $crate::jobs::GenerationRequest) -> Self {
                    Self {
                        shop: request.shop.to_string(),
                        shopper: request.shopper.to_string(),
                        work: request.work.into(),
                        signals: request.signals.into(),
                        persona: request.persona.map(Into::into),
                        market: (&request.market).into(),
                        page: request.page.into(),
                    }
                }
            }

            impl TryFrom<wit::GenerationRequest> for $crate::jobs::GenerationRequest {
                type Error = $crate::jobs::InvalidRequest;

                fn try_from(request: wit::GenerationRequest) -> Result<Self, $crate::jobs::InvalidRequest> {
                    Ok(Self {
                        shop: $crate::ShopId::parse(&request.shop)?,
                        shopper: $crate::ShopperId::parse(&request.shopper)?,
                        work: request.work.into(),
                        signals: request.signals.into(),
                        persona: request.persona.map(Into::into),
                        market: request.market.try_into()?,
                        page: request.page.into(),
                    })
                }
            }

            impl From<$crate::jobs::Outcome> for wit::Outcome {
                fn from(outcome: $crate::jobs::Outcome) -> Self {
                    use $crate::jobs::Outcome;
                    match outcome {
                        Outcome::Done(trouble) => Self::Done(trouble.map(Into::into)),
                        Outcome::Retry { after_ms, trouble } => {
                            Self::Retry(wit::Retry { after_ms, trouble: trouble.into() })
                        }
                        Outcome::Postponed(after_ms) => Self::Postponed(after_ms),
                        Outcome::Failed(reason) => Self::Failed(reason),
                    }
                }
            }

            impl From<wit::Outcome> for $crate::jobs::Outcome {
                fn from(outcome: wit::Outcome) -> Self {
                    match outcome {
                        wit::Outcome::Done(trouble) => Self::Done(trouble.map(Into::into)),
                        wit::Outcome::Retry(wit::Retry { after_ms, trouble }) => {
                            Self::Retry { after_ms, trouble: trouble.into() }
                        }
                        wit::Outcome::Postponed(after_ms) => Self::Postponed(after_ms),
                        wit::Outcome::Failed(reason) => Self::Failed(reason),
                    }
                }
            }

            impl From<$crate::jobs::MaintenanceTask> for wit::MaintenanceTask {
                fn from(task: $crate::jobs::MaintenanceTask) -> Self {
                    let $crate::jobs::MaintenanceTask { shop, cause, happened_ms, kind } = task;
                    Self { shop: shop.to_string(), cause: cause.to_string(), happened_ms, kind: kind.into() }
                }
            }

            impl TryFrom<wit::MaintenanceTask> for $crate::jobs::MaintenanceTask {
                type Error = $crate::InvalidId;

                fn try_from(task: wit::MaintenanceTask) -> Result<Self, $crate::InvalidId> {
                    Ok(Self {
                        shop: $crate::ShopId::parse(&task.shop)?,
                        cause: $crate::EventId::parse(&task.cause)?,
                        happened_ms: task.happened_ms,
                        kind: task.kind.try_into()?,
                    })
                }
            }

            impl From<$crate::jobs::MaintenanceKind> for wit::MaintenanceKind {
                fn from(kind: $crate::jobs::MaintenanceKind) -> Self {
                    use $crate::jobs::MaintenanceKind;
                    match kind {
                        MaintenanceKind::Uninstalled => Self::Uninstalled,
                        MaintenanceKind::RedactShop => Self::RedactShop,
                        MaintenanceKind::RedactCustomer(id) => {
                            Self::RedactCustomer(wit::Customer { id: id.into() })
                        }
                        MaintenanceKind::ReportCustomer(id) => {
                            Self::ReportCustomer(wit::Customer { id: id.into() })
                        }
                        MaintenanceKind::RedactShopper(id) => Self::RedactShopper(id.to_string()),
                        MaintenanceKind::ReportShopper(id) => Self::ReportShopper(id.to_string()),
                    }
                }
            }

            impl TryFrom<wit::MaintenanceKind> for $crate::jobs::MaintenanceKind {
                type Error = $crate::InvalidId;

                fn try_from(kind: wit::MaintenanceKind) -> Result<Self, $crate::InvalidId> {
                    Ok(match kind {
                        wit::MaintenanceKind::Uninstalled => Self::Uninstalled,
                        wit::MaintenanceKind::RedactShop => Self::RedactShop,
                        wit::MaintenanceKind::RedactCustomer(of) => Self::RedactCustomer(of.id.try_into()?),
                        wit::MaintenanceKind::ReportCustomer(of) => Self::ReportCustomer(of.id.try_into()?),
                        wit::MaintenanceKind::RedactShopper(id) => {
                            Self::RedactShopper($crate::ShopperId::parse(&id)?)
                        }
                        wit::MaintenanceKind::ReportShopper(id) => {
                            Self::ReportShopper($crate::ShopperId::parse(&id)?)
                        }
                    })
                }
            }
        };
    };
}
