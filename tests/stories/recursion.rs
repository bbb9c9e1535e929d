//! JSON that is nested as deeply as a parser follows it, from everybody who can send some. A component's stack is 64 KiB
//! (`host/component-build`): if it overflows, the component traps.

use crate::harness::shopify::shop;
use crate::harness::{Host, LlmServer, Saying};
use crate::llm;

/// `serde_json` refuses 128 levels.
const LEVELS: usize = 120;

/// Arrays and objects in each other.
pub fn nested() -> String {
    let levels = LEVELS / 2;
    format!("{}0{}", r#"[{"a":"#.repeat(levels), "}]".repeat(levels))
}

#[tokio::test]
async fn a_shoppers_report_may_be_nested() {
    let host = Host::open().await;
    for body in [nested(), format!(r#"{{"store":"magic-wands","shopper":"a","events":[{}]}}"#, nested())] {
        host.post("/api/shopper/track", body).await.is_refusal(400);
    }
    assert_nothing_trapped(&host).await;
}

#[tokio::test]
async fn a_webhook_may_be_nested() {
    let host = shop().open().await;
    for topic in ["products/update", "customers/redact", "shop/redact", "app/uninstalled"] {
        let deep = host.webhook(topic, &format!("{topic}-1"), &nested()).await;
        assert!([200, 400].contains(&deep.status), "{topic}: {} {}", deep.status, deep.body);
        let with_more = format!(r#"{{"id":1,"more":{}}}"#, nested());
        let deep = host.webhook(topic, &format!("{topic}-2"), &with_more).await;
        assert!([200, 400].contains(&deep.status), "{topic}: {} {}", deep.status, deep.body);
    }
}

#[tokio::test]
async fn a_plan_may_be_nested() {
    let deep_member = llm::plan().replacen('{', &format!(r#"{{"more":{},"#, nested()), 1);
    let deep_product = llm::plan().replace(r#""willow-whisper""#, &nested());
    for text in [nested(), deep_member, deep_product] {
        let server = LlmServer::open([Saying::Text(text)]).await;
        let host = llm::host(&server).await;
        llm::page_of(&host).await;
        assert_nothing_trapped(&host).await;
    }
}

async fn assert_nothing_trapped(host: &Host) {
    let errors = host.get("/debug/errors").await;
    assert!(!errors.body.contains("trapped"), "{}", errors.body);
}
