//! One body of tests for every backend of a capability.

/// Runs every case against every backend. A backend is an async function that sets a stage; a
/// case is one that plays on it. A backend joins by its name, and cannot leave a case out; a case
/// that is not named here is dead code, of which the compiler warns.
macro_rules! battery {
    (backends: [$($backend:ident),+ $(,)?], cases: $cases:tt) => {
        $($crate::battery::battery!(@backend $backend $cases);)+
    };
    (@backend $backend:ident [$($case:ident),+ $(,)?]) => {
        mod $backend {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $case() {
                    let stage = super::$backend().await;
                    super::$case(&stage).await;
                }
            )+
        }
    };
}

pub(crate) use battery;
