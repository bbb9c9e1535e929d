//! What a bucket may do wrong, and the errors that report it.

use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use tempfile::TempDir;

use super::server::{self, BUCKET, Server};
use super::*;
use crate::blob;
use crate::kind::Selection;

/// A wait that means that something waits in vain, on a busy machine too.
const BUSY: Duration = Duration::from_mins(1);

async fn open_bucket(selection: Selection, site: &Site) -> Arc<dyn Blob> {
    blob::open(&selection, site).await.unwrap()
}

/// Returns the bucket of a server that gives these answers.
async fn scripted(answers: Vec<Vec<u8>>) -> (Arc<dyn Blob>, Server) {
    let server = Server::scripted(answers).await;
    let site = server::site(Path::new("unused"));
    (open_bucket(server.selection(BUCKET), &site).await, server)
}

async fn real() -> (S3, Server, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path()).await;
    let site = server::site(folder.path());
    let options = server.selection(BUCKET).read("blob", "s3").unwrap();
    (S3::new(options, &site).unwrap(), server, folder)
}

fn answer(status: u16, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status} x\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}").into_bytes()
}

fn refusal(status: u16, code: &str) -> Vec<u8> {
    answer(status, &format!("<Error><Code>{code}</Code><Message>The\nreason</Message></Error>"))
}

/// Returns why an operation failed.
fn told<T: std::fmt::Debug>(outcome: Result<T, Error>) -> String {
    match outcome {
        Err(Error::Unavailable(reason)) => reason,
        other => panic!("not a failure: {other:?}"),
    }
}

/// Writing, reading and listing fail with the same one line.
async fn check(answer: Vec<u8>, expected: &str) {
    let (bucket, server) = scripted(vec![answer]).await;
    let expected = expected.replace("ADDRESS", &format!("{}/{BUCKET}", server.endpoint()));
    assert_eq!(told(bucket.get("B", "k").await), expected);
    assert_eq!(told(bucket.put("B", "k", "v".into()).await), expected);
    assert_eq!(told(bucket.list_keys("B", "", None, 1).await), expected);
    assert_eq!(told(bucket.delete_many("B", &["k".to_owned()]).await), expected);
}

#[tokio::test]
async fn a_refusal_says_in_one_line_what_to_do() {
    check(
        refusal(403, "SignatureDoesNotMatch"),
        "the bucket `wands` does not accept S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY (SignatureDoesNotMatch): \
         correct them",
    )
    .await;
    check(
        refusal(403, "AccessDenied"),
        "the key in S3_ACCESS_KEY_ID may not do this in the bucket `wands`: allow it to read, write, list and \
         delete objects",
    )
    .await;
    check(
        refusal(404, "NoSuchBucket"),
        "there is no bucket `wands` at ADDRESS: create it, or correct `backends.blob`",
    )
    .await;
    check(refusal(403, "RequestTimeTooSkewed"), "ADDRESS says that this machine's clock is wrong: set it")
        .await;
    let elsewhere = "the bucket `wands` is in another region: correct `backends.blob.region`";
    check(refusal(301, "PermanentRedirect"), elsewhere).await;
    let named = "<Error><Code>AuthorizationHeaderMalformed</Code><Region>eu-central-1</Region></Error>";
    let elsewhere = "the bucket `wands` is in the region `eu-central-1`: correct `backends.blob.region`";
    check(answer(400, named), elsewhere).await;
    check(refusal(400, "InvalidURI"), "ADDRESS refuses the request (400 InvalidURI Thereason)").await;
    check(answer(404, "<html>Not found</html>"), "ADDRESS refuses the request (404 )").await;
}

#[tokio::test]
async fn a_real_server_refuses_another_key_and_another_bucket() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path()).await;
    let site = server::site(folder.path());
    let absent = open_bucket(server.selection("absent"), &site).await;
    let reason = told(absent.list_keys("B", "", None, 1).await);
    assert!(reason.starts_with("there is no bucket `absent` at http://127.0.0.1:"), "{reason}");

    for variable in ["S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY"] {
        let mut site = site.clone();
        site.secrets.insert(variable, Secret::new("wrong"));
        let bucket = open_bucket(server.selection(BUCKET), &site).await;
        let reason = told(bucket.put("B", "k", "v".into()).await);
        assert!(reason.starts_with("the bucket `wands` does not accept S3_ACCESS_KEY_ID and "), "{reason}");
    }
}

#[tokio::test]
async fn without_a_key_the_variable_is_named() {
    let server = Server::scripted(vec![]).await;
    for variable in ["S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY"] {
        let mut site = server::site(Path::new("unused"));
        site.secrets.remove(variable);
        let opened = blob::open(&server.selection(BUCKET), &site).await;
        let reason = opened.err().unwrap().to_string();
        assert!(
            reason.starts_with(&format!("`backends.blob` (kind `s3`): {variable} is not set")),
            "{reason}"
        );
    }
}

#[tokio::test]
async fn a_service_with_too_much_to_do_is_asked_again_a_few_times() {
    let busy = refusal(503, "SlowDown");
    let (bucket, server) = scripted(vec![busy.clone(), busy.clone(), answer(200, "page")]).await;
    assert_eq!(bucket.get("B", "k").await.unwrap().unwrap(), "page");
    assert_eq!(server.connections(), 3);

    let (bucket, server) = scripted(vec![busy]).await;
    let reason = told(bucket.put("B", "k", "v".into()).await);
    assert!(reason.ends_with("/wands is overloaded (503 SlowDown)"), "{reason}");
    assert_eq!(server.connections(), 1 + RETRIES);
}

#[tokio::test]
async fn a_silent_server_does_not_hang_an_operation() {
    let (bucket, _server) = scripted(vec![]).await;
    let given_up = tokio::time::timeout(BUSY, bucket.get("B", "k")).await.expect("it ends by itself");
    assert!(told(given_up).contains(" did not answer within "));
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_no_object() {
    let torn = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n<p>half".to_vec();
    let (bucket, server) = scripted(vec![torn.clone()]).await;
    let reason = told(bucket.get("B", "k").await);
    assert!(reason.contains(" broke: "), "{reason}");
    assert_eq!(server.connections(), 1 + RETRIES);

    let (bucket, _server) = scripted(vec![torn, answer(200, "whole")]).await;
    assert_eq!(bucket.get("B", "k").await.unwrap().unwrap(), "whole");
}

#[tokio::test]
async fn an_answer_over_the_limit_is_not_read_to_its_end() {
    let limit = usize::try_from(crate::blob::OBJECT_BYTES_MAX).unwrap();
    let (bucket, server) = scripted(vec![answer(200, &"x".repeat(limit + 1))]).await;
    assert!(told(bucket.get("B", "k").await).contains(" answered with more than 8388608 bytes"));
    assert!(
        told(bucket.list_keys("B", "", None, 1).await).contains(" answered with more than 8388608 bytes")
    );
    assert_eq!(server.connections(), 2, "it is not asked again");
}

#[tokio::test]
async fn an_answer_in_another_format_is_an_error() {
    let (bucket, _server) = scripted(vec![answer(200, "<html>Hello</html>")]).await;
    let foreign = " does not speak the protocol of S3: correct `backends.blob`";
    assert!(told(bucket.list_keys("B", "", None, 1).await).ends_with(foreign));
    assert!(told(bucket.delete_many("B", &["k".to_owned()]).await).ends_with(foreign));
    let lie =
        "<DeleteResult><Error><Key>other</Key><Code>c</Code><Message>m</Message></Error></DeleteResult>";
    let (bucket, _server) = scripted(vec![answer(200, lie)]).await;
    told(bucket.delete_many("B", &["k".to_owned()]).await);
}

#[tokio::test]
async fn a_server_that_is_not_there_is_named() {
    let (bucket, server, _folder) = real().await;
    let address = server.endpoint();
    drop(server);
    let reason = told(bucket.get("B", "k").await);
    assert!(reason.starts_with(&format!("cannot connect to {address}/wands: ")), "{reason}");
    assert!(reason.ends_with("; correct `backends.blob`, or start the service"), "{reason}");
}

#[tokio::test]
async fn a_key_whose_name_is_too_long_for_a_bucket_is_refused() {
    let (bucket, _server, _folder) = real().await;
    let long = "k".repeat(NAME_BYTES_MAX);
    let expected = "the object's name has 1026 bytes; it may have 1024";
    assert_eq!(told(bucket.get("B", &long).await), expected);
    assert_eq!(told(bucket.put("B", &long, "v".into()).await), expected);
    assert_eq!(told(bucket.delete("B", &long).await), expected);
    assert_eq!(told(bucket.delete_many("B", &[long]).await), expected);
}

#[tokio::test]
async fn a_probe_writes_only_if_nothing_else_shows_that_the_bucket_can_be_written() {
    let (bucket, server, _folder) = real().await;
    assert_eq!(bucket.probe().await, Ok(()));
    drop(server);
    assert_eq!(bucket.probe().await, Ok(()), "nothing is sent so soon after");
    told(bucket.get("B", "k").await);
    told(bucket.probe().await);
}

/// Writes an object, as if at that time.
async fn written(folder: &Path, bucket: &S3, of: &str, key: &str, at: SystemTime) {
    bucket.put(of, key, "v".into()).await.unwrap();
    let path = folder.join(BUCKET).join(location::path(of, key).as_ref());
    std::fs::File::options().write(true).open(path).unwrap().set_modified(at).unwrap();
}

#[tokio::test]
async fn objects_that_were_not_written_for_too_long_are_deleted_bit_by_bit() {
    const DAY: Duration = Duration::from_hours(24);
    let (bucket, _server, folder) = real().await;
    let now = SystemTime::UNIX_EPOCH + 20_000 * DAY;
    for day in 0..8 {
        written(folder.path(), &bucket, "UI_STORAGE", &format!("g/s:{day}.html"), now - day * DAY).await;
    }
    written(folder.path(), &bucket, "OTHERS", "old", now - 400 * DAY).await;
    let (unread, now_ms) = (3 * DAY + DAY / 2, 20_000 * 86_400_000);
    let mut deleted = Vec::new();
    for _ in 0..3 {
        deleted.push(retention::trim_some(&bucket, unread, now_ms, 3).await.unwrap());
    }
    assert_eq!(deleted.iter().sum::<u64>(), 4);
    assert!(
        deleted.iter().all(|deleted| *deleted < 4),
        "each call goes on where the last one ended: {deleted:?}"
    );
    let mut left = bucket.list_keys("UI_STORAGE", "", None, 100).await.unwrap();
    left.sort_unstable();
    assert_eq!(left, ["g/s:0.html", "g/s:1.html", "g/s:2.html", "g/s:3.html"]);
    assert_eq!(
        bucket.list_keys("OTHERS", "", None, 100).await.unwrap(),
        ["old"],
        "it may be somebody else's"
    );
    let retention = Retention { unread, bytes_max: 0, bytes_per_owner_max: 0 };
    assert_eq!(bucket.trim(retention, now_ms).await, Ok(0));
}
