//! Planted bugs: each is a mistake in the world around the real code, and the simulation must catch it.

/// A mistake that the simulated world makes on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bug {
    /// A job is queued although its key has a live one.
    EnqueueIgnoresLiveJob,
    /// A job is queued only after the answer that it is queued, and a crash loses it.
    EnqueueAnswersFirst,
    /// A job is completed by a worker that lost its lease.
    CompletionIgnoresLease,
    /// A page is stored although its shopper's data was just deleted.
    PutIgnoresDeletionMark,
    /// A page is served and stored although its shop is closed.
    CacheIgnoresClosing,
    /// A report that a shop left closes the shop again after it was reopened.
    ClosingIgnoresTime,
    /// The tokens of a call are reserved after the call.
    BudgetReservesAfterCall,
    /// The keys of pages do not name the shop.
    KeyDropsShop,
    /// A plan that a segment shares has what its first shopper looked at.
    SharedPlanHasViews,
    /// Two jobs plan for a segment at a time.
    PlanningIgnoresLease,
    /// A redaction ends with its record, and does not delete once more what came late.
    RedactionEndsEarly,
    /// A product change does not reach the shop's record.
    CatalogChangeIsLost,
}

impl Bug {
    /// Every planted bug.
    pub const ALL: [Self; 12] = [
        Self::EnqueueIgnoresLiveJob,
        Self::EnqueueAnswersFirst,
        Self::CompletionIgnoresLease,
        Self::PutIgnoresDeletionMark,
        Self::CacheIgnoresClosing,
        Self::ClosingIgnoresTime,
        Self::BudgetReservesAfterCall,
        Self::KeyDropsShop,
        Self::SharedPlanHasViews,
        Self::PlanningIgnoresLease,
        Self::RedactionEndsEarly,
        Self::CatalogChangeIsLost,
    ];
}
