//! A merchant approves, edits and rejects pages, from a queue that is never a dead end.

use axum::body::Body;
use model::review::Review;

use crate::harness::{Answer, Bench, OTHER, SHOP};

const BRAND: &str = "tone=calm&accent=%23102030&surface=";
const PAGES: &str = "persona=minimalist&persona=explorer&approval=everything";
const HOME: &str = "home_explorer_-";
const QUEUE: &str = "/admin/approval";

fn review(bench: &Bench, audience: &str) -> Review {
    bench.host.reviews.lock().unwrap().get(audience).cloned().unwrap_or_default()
}

async fn open(bench: &Bench) -> String {
    bench.get(QUEUE, Some(&bench.token(SHOP))).await.text
}

async fn send(bench: &Bench, audience: &str, body: &str) -> Answer {
    let body = Body::from(body.to_owned());
    bench.send("POST", &format!("{QUEUE}/{audience}"), Some(&bench.token(SHOP)), body).await
}

/// A connected shop whose merchant approves everything.
async fn start() -> Option<Bench> {
    let bench = Bench::start().await?;
    bench.visit(SHOP).await;
    let token = bench.token(SHOP);
    assert_eq!(bench.save(Some(&token), BRAND).await.status, 200);
    assert_eq!(bench.save_at("/admin/pages", Some(&token), PAGES).await.status, 200);
    bench.host.asked();
    Some(bench)
}

#[tokio::test]
async fn pages_says_how_many_wait_home_leads_there_and_the_first_is_opened() {
    let Some(bench) = start().await else { return };
    let pages = async || bench.visit_at("/admin/pages", SHOP).await.text;
    assert!(pages().await.contains("No page waits for you."));
    assert!(!bench.visit(SHOP).await.text.contains("Pages wait for your approval."));
    bench.submit("cart_explorer_DE-DE", "fine");
    bench.submit(HOME, "fine");
    assert!(pages().await.contains("2 pages wait for you."));
    let home = bench.visit(SHOP).await.text;
    assert!(home.contains("Pages wait for your approval.") && home.contains(r#"data-go="/admin/approval""#));

    let queue = open(&bench).await;
    assert!(queue.contains("Home page · Explorers · your own market"), "{queue}");
    assert!(queue.contains("Cart · Explorers · DE, language DE"), "{queue}");
    assert!(queue.contains(&format!(r#"data-of="{HOME}""#)), "the shop's own market is first: {queue}");
    let painted = "&#60;html style=&#34;--accent: #102030&#34; lang=&#34;en&#34;&#62;";
    assert!(queue.contains(painted) && queue.contains(r#"sandbox="""#), "{queue}");
    assert!(queue.contains("Until you approve it, shoppers get a page of our own rules."), "{queue}");
    let other = bench.get(&format!("{QUEUE}/cart_explorer_DE-DE"), Some(&bench.token(SHOP))).await.text;
    assert!(other.contains(r#"data-of="cart_explorer_DE-DE""#), "{other}");
}

#[tokio::test]
async fn the_queue_opens_as_a_document_too_and_belongs_to_pages() {
    let Some(bench) = start().await else { return };
    bench.submit("cart_explorer_DE-DE", "fine");
    bench.submit(HOME, "fine");
    for (path, opened) in [
        (QUEUE.to_owned(), HOME),
        (format!("{QUEUE}/cart_explorer_DE-DE"), "cart_explorer_DE-DE"),
        (format!("{QUEUE}/cart_explorer_-"), HOME),
    ] {
        let document = bench.visit_at(&path, SHOP).await;
        assert!(document.status == 200 && document.text.contains("<!doctype html>"), "{}", document.text);
        assert!(document.text.contains(&format!(r#"data-of="{opened}""#)), "{path}");
        assert!(document.text.contains(r#"data-go="/admin/pages" aria-current="page""#), "{}", document.text);
        let bounced = bench.get(&format!("{path}?shop={SHOP}&locale=de"), None).await;
        assert_eq!(bounced.status, 302);
        // App Bridge comes back to the same address.
        let back = bench.get(bounced.header("location"), None).await;
        assert_eq!(back.status, 200, "{}", bounced.header("location"));
    }
    assert_eq!(bench.visit_at(&format!("{QUEUE}/home"), SHOP).await.status, 404);
    let session = format!("/admin/session?shop={SHOP}&shopify-reload=%2Fadmin%2Fapproval%2Fhome");
    assert_eq!(bench.get(&session, None).await.status, 400);
}

#[tokio::test]
async fn one_click_approves_and_every_page_is_made_again() {
    let Some(bench) = start().await else { return };
    let version = bench.submit(HOME, "fine");
    bench.submit("cart_explorer_-", "fine");
    let answer = send(&bench, HOME, &format!("action=approve&version={version}&digest=x")).await;
    assert!(
        answer.status == 200 && answer.text.contains("Shoppers see it within a minute"),
        "{}",
        answer.text
    );
    assert!(answer.text.contains(r#"data-of="cart_explorer_-""#), "the next is opened");
    assert!(answer.text.contains("<td>42</td>"), "who approved it: {}", answer.text);
    assert_eq!(bench.host.asked(), [format!("decide {SHOP}"), format!("bump {SHOP}")]);
    let approved = review(&bench, HOME).approved.unwrap();
    assert_eq!((approved.json.as_str(), approved.by.as_str()), ("fine", "42"));

    let version = bench.submit(HOME, "better");
    *bench.host.failures_to_move.lock().unwrap() = 1;
    let answer = send(&bench, HOME, &format!("action=approve&version={version}")).await;
    assert!(
        answer.status == 200 && answer.text.contains("Shoppers see it a little later"),
        "{}",
        answer.text
    );
}

#[tokio::test]
async fn an_approval_is_withdrawn_and_pages_of_it_are_shown_to_nobody() {
    let Some(bench) = start().await else { return };
    let version = bench.submit(HOME, "fine");
    send(&bench, HOME, &format!("action=approve&version={version}")).await;
    let approved = review(&bench, HOME).approved.unwrap().version();
    let queue = open(&bench).await;
    assert!(queue.contains(&approved) && queue.contains(r#"data-decide="withdraw""#), "{queue}");
    assert!(queue.contains("shoppers get a page of our own rules, until you approve another one"), "{queue}");
    let exclusions = || bench.host.served.lock().unwrap()[SHOP].exclusions();
    let before = exclusions();
    bench.host.asked();

    let outdated = send(&bench, HOME, &format!("action=withdraw&version={version}")).await;
    assert!(outdated.status == 409 && bench.host.asked().is_empty(), "{}", outdated.text);
    assert_eq!(exclusions(), before);

    let answer = send(&bench, HOME, &format!("action=withdraw&version={approved}")).await;
    assert!(answer.status == 200 && answer.text.contains("Shoppers no longer get this page"));
    assert!(answer.text.contains(&format!(r#"data-of="{HOME}""#)), "it waits again: {}", answer.text);
    assert!(!answer.text.contains(r#"data-decide="withdraw""#), "{}", answer.text);
    assert!(review(&bench, HOME).approved.is_none() && exclusions() != before);
    let asked = bench.host.asked();
    assert_eq!(
        (asked.first(), asked.last()),
        (Some(&format!("decide {SHOP}")), Some(&format!("bump {SHOP}")))
    );

    let version = bench.submit(HOME, "better");
    send(&bench, HOME, &format!("action=approve&version={version}")).await;
    let approved = review(&bench, HOME).approved.unwrap().version();
    *bench.host.failures_to_move.lock().unwrap() = 1;
    let answer = send(&bench, HOME, &format!("action=withdraw&version={approved}")).await;
    assert!(answer.status == 200 && answer.text.contains("Shoppers stop getting this page a little later"));
}

#[tokio::test]
async fn texts_are_saved_or_approved_if_the_check_accepts_them() {
    let Some(bench) = start().await else { return };
    let version = bench.submit(HOME, "fine");
    let edits =
        |action: &str, text: &str| format!("action={action}&version={version}&digest=fine&text:title={text}");
    let refused = send(&bench, HOME, &edits("approve", "<forbidden>")).await;
    assert_eq!(refused.status, 422);
    assert!(
        refused.text.contains(r#"value="&#60;forbidden&#62;""#),
        "what was typed is there: {}",
        refused.text
    );
    assert!(refused.text.contains("This text was refused:"), "{}", refused.text);
    assert!(refused.text.contains(r#"lang="en">promises too much</p>"#), "{}", refused.text);
    assert!(refused.text.contains("data-unsaved"), "{}", refused.text);
    assert!(review(&bench, HOME).approved.is_none() && bench.host.asked().is_empty());

    let changed = send(&bench, HOME, &edits("save", "New").replace("digest=fine", "digest=old")).await;
    assert!(changed.status == 409 && changed.text.contains(r#"value="New""#), "{}", changed.text);
    let saved = send(&bench, HOME, &edits("save", "New")).await;
    assert!(saved.status == 200 && saved.text.contains("It still waits for your approval"), "{}", saved.text);
    assert!(!saved.text.contains("data-unsaved"), "{}", saved.text);
    let waiting = review(&bench, HOME).waiting.unwrap();
    assert_eq!(waiting.json, "New");
    assert!(saved.text.contains(&waiting.version()));
    let both = format!("action=approve&version={}&digest=New&text:title=Newest", waiting.version());
    assert_eq!(send(&bench, HOME, &both).await.status, 200);
    assert_eq!(review(&bench, HOME).approved.unwrap().json, "Newest");
}

#[tokio::test]
async fn a_plan_is_rejected_for_a_reason_and_the_next_one_is_requested() {
    let Some(bench) = start().await else { return };
    let version = bench.submit(HOME, "fine");
    for reason in ["", "+%0A+", &"x".repeat(301)] {
        let answer = send(&bench, HOME, &format!("action=reject&version={version}&reason={reason}")).await;
        assert!(answer.status == 422 && answer.text.contains("Say in a few words"), "{}", answer.text);
    }
    // The bar for unsaved changes saves the texts of the page. A reason is not one of them.
    let answer = send(&bench, HOME, &format!("action=save&version={version}&reason=too+loud")).await;
    assert!(answer.status == 422 && answer.text.contains("No text was changed"), "{}", answer.text);
    assert!(answer.text.contains("data-unsaved") && answer.text.contains(r#"value="too loud""#));
    assert!(review(&bench, HOME).waiting.is_some() && bench.host.asked().is_empty());
    let answer = send(&bench, HOME, &format!("action=reject&version={version}&reason=too+loud")).await;
    assert!(answer.status == 200 && answer.text.contains("made with your reason in mind"), "{}", answer.text);
    let after = review(&bench, HOME);
    assert_eq!((after.waiting, after.rejections[0].reason.as_str()), (None, "too loud"));
    assert_eq!(bench.host.asked(), [format!("decide {SHOP}"), format!("request {SHOP}")]);
}

#[tokio::test]
async fn of_two_tabs_the_second_is_told_and_sees_the_newest() {
    let Some(bench) = start().await else { return };
    let version = bench.submit(HOME, "fine");
    bench.submit(HOME, "newer");
    for body in ["action=approve", "action=reject&reason=loud", "action=save&text:title=Mine"] {
        let answer = send(&bench, HOME, &format!("{body}&version={version}&digest=fine")).await;
        assert_eq!(answer.status, 409, "{body}");
        assert!(
            answer.text.contains("This is what waits now") && answer.text.contains("newer"),
            "{}",
            answer.text
        );
        assert_eq!(answer.text.contains("data-unsaved"), body != "action=approve", "{body}");
        assert!(body.contains("Mine") == answer.text.contains(r#"value="Mine""#), "nothing typed is lost");
    }
    assert!(review(&bench, HOME).approved.is_none());
    // Somebody else decided, so there is no field for what was typed.
    bench.host.reviews.lock().unwrap().clear();
    let answer = send(&bench, HOME, &format!("action=save&version={version}&text:title=Mine")).await;
    assert!(answer.status == 409 && answer.text.contains("<li dir=\"auto\">Mine</li>"), "{}", answer.text);
}

#[tokio::test]
async fn whatever_is_sent_nothing_is_decided_by_mistake() {
    let Some(bench) = start().await else { return };
    let version = bench.submit(HOME, "fine");
    for body in [
        String::new(),
        "%zz".to_owned(),
        format!("version={version}"),
        format!("action=burn&version={version}"),
    ] {
        assert_eq!(send(&bench, HOME, &body).await.status, 503, "{body}");
    }
    for audience in ["home", "home_wizard_-", "..", "home_explorer_-_1"] {
        assert_eq!(send(&bench, audience, "action=approve").await.status, 404, "{audience}");
    }
    let target = format!("{QUEUE}/{HOME}");
    let body = format!("action=approve&version={version}");
    assert_eq!(bench.send("POST", &target, None, Body::from(body.clone())).await.status, 401);
    // A shop that did not install the app.
    let answer = bench.send("POST", &target, Some(&bench.token(OTHER)), Body::from(body)).await;
    assert!(answer.status == 409 && answer.text.contains("is not connected to this shop"), "{}", answer.text);
    assert!(review(&bench, HOME).approved.is_none() && bench.host.asked().is_empty());
}

#[tokio::test]
async fn a_plan_that_cannot_be_shown_says_why_and_can_be_rejected() {
    let Some(bench) = start().await else { return };
    let version = bench.submit(HOME, "problem");
    let queue = open(&bench).await;
    assert!(queue.contains("blocks[0].product: the product is sold out"), "{queue}");
    assert!(!queue.contains("<iframe") && queue.contains(r#"data-decide="reject""#), "{queue}");
    bench.submit(HOME, "away");
    let queue = open(&bench).await;
    assert!(queue.contains("This page cannot be shown at the moment"), "{queue}");
    let answer = send(&bench, HOME, &format!("action=approve&version={version}")).await;
    assert_eq!(answer.status, 409);
}
