//! A merchant approves what the language model plans: nothing is shown before, and everybody sees it soon after.

use std::time::{Duration, Instant};

use crate::harness::{Answer, LlmServer, Process, Saying, eventually};
use crate::installation::{fragment, open_admin, session_token, shopify, start};
use crate::llm::plan;

const PERSONAS: &str = "persona=minimalist&persona=explorer&persona=dealhunter&persona=loyalist";
const QUEUE: &str = "/admin/approval";
/// The headline of the first plan, and that of the second.
const FIRST: &str = "Something for curious hands";
const SECOND: &str = "Something for patient hands";

/// Starts a shop with a model, whose merchant holds no shoppers out and approves as this part of the form says.
async fn shop(folder: &std::path::Path, model: &LlmServer, form: &str) -> Process {
    let (origin, _) = shopify().await;
    let host = start(folder, &origin, &[("AI_GATEWAY_URL", &model.url), ("LLM_API_KEY", "sk")]);
    open_admin(&host).await;
    assert_eq!(post(&host, "/admin/experiments", "holdout=0").await.status, 200);
    assert_eq!(post(&host, "/admin/pages", &format!("{PERSONAS}&{form}")).await.status, 200);
    host
}

async fn post(host: &Process, path: &str, body: &str) -> Answer {
    let request = reqwest::Client::new().post(format!("http://{}{path}", host.address));
    let request = request.bearer_auth(session_token()).body(body.to_owned());
    Answer::read(request.send().await.expect("the host answers")).await
}

async fn get(host: &Process, path: &str) -> Answer {
    let request = reqwest::Client::new().get(format!("http://{}{path}", host.address));
    Answer::read(request.bearer_auth(session_token()).send().await.expect("the host answers")).await
}

/// The plan that waits, as the open queue names it.
struct Waiting {
    audience: String,
    version: String,
    digest: String,
    page: String,
}

/// Waits until a page with this headline waits in the queue.
async fn waiting(host: &Process, headline: &str) -> Waiting {
    eventually("a page waits for approval", async || {
        let page = get(host, QUEUE).await.body;
        let of = |name: &str| Some(page.split_once(&format!("{name}=\""))?.1.split_once('"')?.0.to_owned());
        let hidden = |name: &str| of(&format!("name=\"{name}\" value"));
        let (audience, version, digest) = (of("data-of")?, hidden("version")?, hidden("digest")?);
        page.contains(headline).then_some(Waiting { audience, version, digest, page })
    })
    .await
}

async fn decide(host: &Process, plan: &Waiting, more: &str) -> Answer {
    let Waiting { audience, version, digest, .. } = plan;
    let body = format!("version={version}&digest={digest}&{more}");
    post(host, &format!("{QUEUE}/{audience}"), &body).await
}

fn prompt(model: &LlmServer, at: usize) -> String {
    model.requests()[at]["messages"].to_string()
}

#[tokio::test]
async fn a_plan_of_the_model_is_shown_to_nobody_before_its_approval_and_then_to_everybody() {
    let second = plan().replace(FIRST, SECOND);
    let model = LlmServer::open([Saying::Text(plan()), Saying::Text(second)]).await;
    let folder = tempfile::tempdir().expect("a folder");
    let host = shop(folder.path(), &model, "approval=everything&only_approved=on").await;
    assert_eq!(fragment(&host).await.header("x-cache"), "MISS");
    let first = waiting(&host, FIRST).await;
    assert!(first.page.contains("sandbox=\"\"") && first.page.contains(", on a phone"), "{}", first.page);
    for _ in 0..3 {
        let shown = fragment(&host).await;
        assert_eq!((shown.status, shown.header("x-generated")), (200, "false"));
        assert!(!shown.body.contains(FIRST), "{}", shown.body);
    }
    assert_eq!(model.requests().len(), 1, "while one waits, nobody asks again");

    let rejected = decide(&host, &first, "action=reject&reason=Not+%22curious%22,+please").await;
    assert!(
        rejected.status == 200 && rejected.body.contains("made with your reason in mind"),
        "{}",
        rejected.body
    );
    let second = waiting(&host, SECOND).await;
    assert!(
        !prompt(&model, 0).contains("curious") && prompt(&model, 1).contains("curious"),
        "{}",
        prompt(&model, 1)
    );
    assert_eq!(decide(&host, &first, "action=approve").await.status, 409, "it was rejected");

    let claim = "action=approve&text:blocks%5B0%5D.text=Now+half+price,+only+today.";
    let refused = decide(&host, &second, claim).await;
    assert!(
        refused.status == 422 && refused.body.contains("Now half price, only today."),
        "{}",
        refused.body
    );
    let edited = "action=approve&text:blocks%5B0%5D.text=A+wand+that+waits+for+you.";
    let approved = decide(&host, &second, edited).await;
    assert!(approved.status == 200 && approved.body.contains("<td>42</td>"), "{}", approved.body);
    let since = Instant::now();
    let shown = eventually("the shopper sees it", async || {
        let shown = fragment(&host).await;
        (shown.header("x-generated") == "true").then_some(shown)
    })
    .await;
    assert!(since.elapsed() < Duration::from_mins(1));
    assert!(
        shown.body.contains(SECOND) && shown.body.contains("A wand that waits for you."),
        "{}",
        shown.body
    );
    assert_eq!(model.requests().len(), 2);
    withdraw(&host, &second.audience).await;
    let since = Instant::now();
    for _ in 0..3 {
        let shown = fragment(&host).await;
        assert_eq!((shown.status, shown.header("x-generated")), (200, "false"), "not even once more");
        assert!(!shown.body.contains(SECOND), "{}", shown.body);
    }
    assert!(since.elapsed() < Duration::from_mins(1));
    let again = waiting(&host, SECOND).await;
    assert!(
        again.page.contains("A wand that waits for you."),
        "with the texts that were approved: {}",
        again.page
    );
    assert_eq!(model.requests().len(), 2, "it waits, so nobody asks again");
}

/// Takes back the approval of an audience, as the queue's button does.
async fn withdraw(host: &Process, audience: &str) {
    let queue = get(host, QUEUE).await.body;
    let form = queue.split_once(&format!("{QUEUE}/{audience}\" data-aside")).expect("it is approved").1;
    let version = form.split_once("name=\"version\" value=\"").and_then(|(_, rest)| rest.split_once('"'));
    let (version, _) = version.expect("the form names the approval");
    let body = format!("action=withdraw&version={version}");
    let withdrawn = post(host, &format!("{QUEUE}/{audience}"), &body).await;
    assert!(withdrawn.status == 200 && withdrawn.body.contains("Withdrawn"), "{}", withdrawn.body);
}

#[tokio::test]
async fn a_shop_that_approves_first_pages_shows_its_own_rules_until_then_and_what_follows_at_once() {
    let model = LlmServer::open([Saying::Text(plan())]).await;
    let folder = tempfile::tempdir().expect("a folder");
    let host = shop(folder.path(), &model, "approval=first").await;
    fragment(&host).await;
    let first = waiting(&host, FIRST).await;
    let local = eventually("a page of our own rules", async || {
        let shown = fragment(&host).await;
        (shown.header("x-generated") == "true").then_some(shown)
    })
    .await;
    assert!(!local.body.contains(FIRST) && local.header("x-wand-source") == "local", "{}", local.body);
    assert!(get(&host, "/admin/pages").await.body.contains("1 page waits for you."));
    assert_eq!(decide(&host, &first, "action=approve").await.status, 200);
    eventually("the page of before is replaced", async || {
        let shown = fragment(&host).await;
        (shown.header("x-cache") == "HIT" && shown.body.contains(FIRST)).then_some(())
    })
    .await;
    assert_eq!(model.requests().len(), 1);

    // The binary that starts again knows what was approved, and by whom.
    let (origin, _) = shopify().await;
    drop(host);
    let host = start(folder.path(), &origin, &[("AI_GATEWAY_URL", &model.url), ("LLM_API_KEY", "sk")]);
    open_admin(&host).await;
    let queue = get(&host, QUEUE).await.body;
    assert!(queue.contains("No page waits.") && queue.contains("<td>42</td>"), "{queue}");
}
