//! One test suite for every backend of a capability.

/// Runs every case against every backend. A backend is an async function that returns a stage; a
/// case is an async function that takes one. A backend is added by name and runs every case. A case
/// that is not listed is dead code, and the compiler warns about it.
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
