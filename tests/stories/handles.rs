//! Handles: a page's bytes stay in the host, and no handle outlives its call.

use runtime::component::{Export, Pool};
use runtime::context::Cause;

use crate::harness::Host;
use crate::harness::broken::{self, Ending};

/// A component that reads a page allocates memory for it, and an instance never releases memory.
#[tokio::test]
async fn the_bytes_of_a_page_stay_outside_wasm_on_a_hit() {
    let host = Host::open().await;
    let (small, large) = (1_000, 900_000);
    store_page(&host, "small", small).await;
    store_page(&host, "large", large).await;
    let hit = async |shopper: &str, bytes: usize| {
        let page = host.visit(shopper).await;
        assert_eq!((page.header("x-cache"), page.body.len()), ("HIT", bytes));
        [memory_left(&host.deployment.routing).await, memory_left(&host.deployment.caching).await]
    };
    let before = hit("small", small).await;
    assert_eq!(hit("large", large).await, before);
}

#[tokio::test]
async fn an_instance_that_leaks_a_handle_or_fails_is_not_used_again() {
    for (ending, is_used_again) in [(Ending::Clean, true), (Ending::Leaks, false), (Ending::Traps, false)] {
        let path = broken::counting_catalog(ending).display().to_string();
        let config = format!("[components.catalog]\npath = {path:?}\ninstances = 1\n");
        let host = Host::builder().config(&config).open().await;
        for shopper in ["first", "second"] {
            assert_eq!(host.visit(shopper).await.status, 200);
        }
        let count = host.deployment.capabilities.kv.get("UI_CACHE", "shopify:magic-wands:mine").await;
        let count = count.expect("kv answers").expect("the catalog was asked").value;
        assert_eq!(
            count.as_ref() > b"1".as_slice(),
            is_used_again,
            "{ending:?}: an instance had {count:?} calls"
        );
    }
}

/// Stores a fresh page of this size, without its metadata.
async fn store_page(host: &Host, shopper: &str, bytes: usize) {
    let head = "<!--wand explorer 50 local job-1 1 99999999999999 0-->\n";
    let (start, end) = ("<!doctype html>", "</html>");
    let page = format!("{head}{start}{}{end}", "x".repeat(bytes - start.len() - end.len()));
    let key = format!("ui:magic-wands:{shopper}");
    host.deployment.capabilities.kv.set("UI_CACHE", &key, page.into(), None).await.expect("it is stored");
}

/// How much memory the instance that served the last call may still use.
async fn memory_left<E: Export>(pool: &Pool<E>) -> usize {
    let instance = pool.acquire("none", Cause::Operator).await.expect("an instance is free");
    let left = instance.handles.memory.left();
    instance.finish(Ok(Ok(()))).expect("nothing was called");
    left
}
