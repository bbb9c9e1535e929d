//! One test suite for every backend of a capability.

/// Runs every case against every kind of backend that the capability lists, and against backends over others. `kinds`
/// names an async function that opens a stage for a kind; `backends` names async functions that each open one. They
/// return none if the server of the backend is missing on this machine. A case is an async function that takes a stage. A case that is not listed is dead code, and the compiler warns about it.
macro_rules! battery {
    (kinds: $kind:ident, backends: $backends:tt, cases: $cases:tt $(,)?) => {
        $crate::battery::battery!(@kinds $kind $cases);
        $crate::battery::battery!(backends: $backends, cases: $cases);
    };
    (kinds: $kind:ident, cases: $cases:tt $(,)?) => {
        $crate::battery::battery!(@kinds $kind $cases);
    };
    (@kinds $stage:ident [$($case:ident),+ $(,)?]) => {
        mod kinds {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $case() {
                    for kind in super::super::KINDS {
                        let run = std::panic::AssertUnwindSafe(async {
                            let Some(stage) = super::$stage(kind).await else { return };
                            super::$case(&stage).await;
                        });
                        // Not a task of its own: a case may read in a loop, and must not keep its writers from a worker.
                        let ended = futures_util::FutureExt::catch_unwind(run).await;
                        assert!(ended.is_ok(), "the kind `{kind}` failed");
                    }
                }
            )+
        }
    };
    (backends: [$($backend:ident),+ $(,)?], cases: $cases:tt) => {
        $($crate::battery::battery!(@backend $backend $cases);)+
    };
    (@backend $backend:ident [$($case:ident),+ $(,)?]) => {
        mod $backend {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $case() {
                    let Some(stage) = super::$backend().await else { return };
                    super::$case(&stage).await;
                }
            )+
        }
    };
}

pub(crate) use battery;
