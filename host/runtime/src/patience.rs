//! The time that a call from outside may wait for storage. All components that the call reaches share it.
//!
//! Only waiting for storage counts, because everything else has limits of its own. Once the time is used up, or a
//! backend has used up its share, storage is unavailable at once, and every component handles that.

use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::Poll;
use std::time::{Duration, Instant};

/// The backend that a call waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// Short-term storage.
    Kv,
    /// Long-term storage.
    Blob,
    /// The queue. It is asked last, so it may use all the time that is left.
    Jobs,
}

/// Each backend's share of the time, in percent, so that one that hangs leaves enough for the others.
const SHARES: [u32; 3] = [40, 40, 100];
/// Shares with which each backend may use all of the time.
const NO_SHARES: [u32; 3] = [100; 3];

/// Storage did not answer in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("storage did not answer within {} ms", .0.as_millis())]
pub struct Late(pub Duration);

impl From<Late> for capabilities::kv::Error {
    fn from(late: Late) -> Self {
        Self::Unavailable(late.to_string())
    }
}

impl From<Late> for capabilities::blob::Error {
    fn from(late: Late) -> Self {
        Self::Unavailable(late.to_string())
    }
}

impl From<Late> for capabilities::jobs::Error {
    fn from(late: Late) -> Self {
        Self::Unavailable(late.to_string())
    }
}

/// The time for waiting, and how much of it each backend has used.
#[derive(Debug)]
pub struct Patience {
    whole: Duration,
    shares: [u32; 3],
    /// Time spent waiting for each backend, in microseconds.
    waited_us: [AtomicU64; 3],
}

impl Patience {
    /// Creates a patience of `whole` that a single backend may use up, for callers that cannot do without it.
    pub fn new(whole: Duration) -> Self {
        Self { whole, shares: NO_SHARES, waited_us: Default::default() }
    }

    /// Creates a patience of `whole` in shares, so that time is left for the other backends: for a shopper, who gets a
    /// page without any of them.
    pub fn in_shares(whole: Duration) -> Self {
        Self { shares: SHARES, ..Self::new(whole) }
    }

    /// Returns the result of `call` if it comes in time. A call that is abandoned may still take effect.
    pub async fn wait<T, E: From<Late>>(
        &self,
        backend: Backend,
        call: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        let left = self.left(backend);
        if left.is_zero() {
            return Err(Late(self.whole).into());
        }
        let mut call = pin!(call);
        // A result that is ready needs no timer.
        if let Poll::Ready(answer) = std::future::poll_fn(|task| Poll::Ready(call.as_mut().poll(task))).await
        {
            return answer;
        }
        let began = Instant::now();
        let answer = tokio::time::timeout(left, call).await;
        let waited_us = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.waited_us[backend as usize].fetch_add(waited_us, Ordering::Relaxed);
        answer.unwrap_or_else(|_| Err(Late(self.whole).into()))
    }

    /// Returns the time that is left for a backend.
    fn left(&self, backend: Backend) -> Duration {
        let waited = |of: &AtomicU64| Duration::from_micros(of.load(Ordering::Relaxed));
        let in_all: Duration = self.waited_us.iter().map(waited).sum();
        let share = self.whole * self.shares[backend as usize] / 100;
        let of_share = share.saturating_sub(waited(&self.waited_us[backend as usize]));
        of_share.min(self.whole.saturating_sub(in_all))
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use capabilities::kv::Error;

    use super::*;

    const WHOLE: Duration = Duration::from_millis(250);

    async fn hang(patience: &Patience, backend: Backend) -> Duration {
        let began = tokio::time::Instant::now();
        let answer = patience.wait::<(), Error>(backend, pending()).await;
        assert!(matches!(answer, Err(Error::Unavailable(_))), "{answer:?}");
        began.elapsed()
    }

    /// Time is real here, because the test measures the machine's.
    #[tokio::test]
    async fn all_calls_share_the_time_and_one_backend_cannot_use_it_up() {
        let patience = Patience::in_shares(WHOLE);
        let began = Instant::now();
        assert!(hang(&patience, Backend::Kv).await >= Duration::from_millis(100));
        let again = hang(&patience, Backend::Kv).await;
        assert!(again < Duration::from_millis(20), "it is not waited for twice: {again:?}");
        assert_eq!(patience.wait::<_, Error>(Backend::Blob, async { Ok(1) }).await, Ok(1));
        hang(&patience, Backend::Blob).await;
        hang(&patience, Backend::Jobs).await;
        let in_all = began.elapsed();
        assert!(in_all >= WHOLE && in_all < WHOLE * 2, "{in_all:?}");
        let late: Result<i32, Error> = patience.wait(Backend::Jobs, async { Ok(1) }).await;
        assert_eq!(late, Err(Late(WHOLE).into()), "nothing is left");
    }

    #[tokio::test]
    async fn an_answer_in_time_costs_what_it_took() {
        let patience = Patience::in_shares(WHOLE);
        let slow = async {
            tokio::time::sleep(Duration::from_millis(30)).await;
            Ok::<_, Error>("page")
        };
        assert_eq!(patience.wait(Backend::Kv, slow).await, Ok("page"));
        let left = patience.left(Backend::Kv);
        assert!(left <= Duration::from_millis(70) && left > Duration::ZERO, "{left:?}");
    }
}
