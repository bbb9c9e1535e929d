//! Blob storage in an S3-compatible bucket: signed addresses, and the meaning of the answers. Time is an argument, and
//! the platform sends.
//!
//! Addresses are presigned (<https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html>), so that an
//! exchange needs no header of ours, except for the checksum of a list of keys to delete.

use std::time::Duration;

use jiff::Timestamp;
use rusty_s3::actions::{
    DeleteObject, DeleteObjects, DeleteObjectsResponse, GetObject, ListObjectsV2, ObjectIdentifier,
    PutObject, S3Action,
};
use rusty_s3::{Bucket, Credentials, UrlStyle};
use sql::blob::OBJECT_BYTES_MAX;
use url::Url;

use crate::{Failure, within};

/// How long an address is valid: longer than its exchange takes.
const ADDRESS_LIFETIME: Duration = Duration::from_mins(1);
/// The largest part of a list that is read, in bytes.
const LIST_BYTES_MAX: u64 = 4 << 20;
/// The most keys that a bucket lists or deletes at once.
const KEYS_MAX: u32 = 1_000;

/// A request to the bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// `GET`, `PUT`, `POST` or `DELETE`.
    pub method: &'static str,
    /// The signed address. It is a secret while it is valid.
    pub url: String,
    /// Header fields, names in lower case.
    pub headers: Vec<(&'static str, String)>,
    /// The content.
    pub body: Vec<u8>,
    /// How much of the answer is read, in bytes.
    pub answer_bytes_max: u64,
}

/// Sends a request and waits for the whole answer: its status and content.
pub trait Send {
    /// Fails as unavailable if there is no whole answer.
    fn send(&self, request: Request) -> Result<(u16, Vec<u8>), Failure>;
}

/// A bucket that the operator configured.
pub struct S3 {
    endpoint: Url,
    region: String,
    credentials: Credentials,
    prefix: String,
}

/// An invalid configuration of the bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidBucket {
    /// The variable of that name is missing.
    #[error("{0} is not set")]
    Missing(&'static str),
    /// The endpoint is not an address.
    #[error("S3_ENDPOINT must be an http or https address")]
    Endpoint,
}

impl S3 {
    /// Returns the bucket that the variables name: `S3_ENDPOINT`, `S3_ACCESS_KEY_ID`, `S3_SECRET_ACCESS_KEY`,
    /// `S3_REGION` (`auto` unless set) and `S3_BUCKET_PREFIX`, which precedes the names of our buckets. Returns `None`
    /// without an endpoint, and an error if one of the others is missing or wrong.
    pub fn configured(variable: impl Fn(&str) -> Option<String>) -> Option<Result<Self, InvalidBucket>> {
        let endpoint = variable("S3_ENDPOINT")?;
        let needed = |name| variable(name).ok_or(InvalidBucket::Missing(name));
        let parsed = || {
            let url = Url::parse(&endpoint).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
            Ok(Self {
                endpoint: url.ok_or(InvalidBucket::Endpoint)?,
                region: variable("S3_REGION").unwrap_or_else(|| "auto".to_owned()),
                credentials: Credentials::new(needed("S3_ACCESS_KEY_ID")?, needed("S3_SECRET_ACCESS_KEY")?),
                prefix: variable("S3_BUCKET_PREFIX").unwrap_or_default(),
            })
        };
        Some(parsed())
    }

    /// Returns the object at `key`.
    pub fn get(
        &self,
        send: &impl Send,
        bucket: &str,
        key: &str,
        now_ms: u64,
    ) -> Result<Option<Vec<u8>>, Failure> {
        let bucket = self.bucket(bucket)?;
        let action = GetObject::new(&bucket, Some(&self.credentials), key);
        let request = request("GET", &action, Vec::new(), OBJECT_BYTES_MAX, now_ms)?;
        match send.send(request)? {
            (200, body) => Ok(Some(body)),
            (404, _) => Ok(None),
            (status, _) => Err(refused(status)),
        }
    }

    /// Writes the whole object at `key`.
    pub fn put(
        &self,
        send: &impl Send,
        bucket: &str,
        key: &str,
        bytes: &[u8],
        now_ms: u64,
    ) -> Result<(), Failure> {
        within(bytes, OBJECT_BYTES_MAX)?;
        let bucket = self.bucket(bucket)?;
        let action = PutObject::new(&bucket, Some(&self.credentials), key);
        let request = request("PUT", &action, bytes.to_owned(), LIST_BYTES_MAX, now_ms)?;
        match send.send(request)? {
            (200..=299, _) => Ok(()),
            (status, _) => Err(refused(status)),
        }
    }

    /// Deletes the object at `key`; succeeds if there is none.
    pub fn delete(&self, send: &impl Send, bucket: &str, key: &str, now_ms: u64) -> Result<(), Failure> {
        let bucket = self.bucket(bucket)?;
        let action = DeleteObject::new(&bucket, Some(&self.credentials), key);
        let request = request("DELETE", &action, Vec::new(), LIST_BYTES_MAX, now_ms)?;
        match send.send(request)? {
            (200..=299 | 404, _) => Ok(()),
            (status, _) => Err(refused(status)),
        }
    }

    /// Deletes many objects, a thousand with each request; succeeds if there are none. Objects that were deleted before
    /// an error stays deleted.
    pub fn delete_many(
        &self,
        send: &impl Send,
        bucket: &str,
        keys: &[String],
        now_ms: u64,
    ) -> Result<(), Failure> {
        let bucket = self.bucket(bucket)?;
        for keys in keys.chunks(KEYS_MAX as usize) {
            self.delete_at_once(send, &bucket, keys, now_ms)?;
        }
        Ok(())
    }

    /// Deletes objects with one request: <https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html>
    fn delete_at_once(
        &self,
        send: &impl Send,
        bucket: &Bucket,
        keys: &[String],
        now_ms: u64,
    ) -> Result<(), Failure> {
        let objects: Vec<_> = keys.iter().cloned().map(ObjectIdentifier::new).collect();
        let mut action = DeleteObjects::new(bucket, Some(&self.credentials), objects.iter());
        action.set_quiet(true);
        let request = request("POST", &action, Vec::new(), LIST_BYTES_MAX, now_ms)?;
        let (body, md5) = action.body_with_md5();
        let request = Request { headers: vec![("content-md5", md5)], body: body.into(), ..request };
        let body = match send.send(request)? {
            (200, body) => body,
            (status, _) => return Err(refused(status)),
        };
        let unreadable = |_| Failure::Unavailable("cannot parse the bucket's answer to a deletion".into());
        let deleted = DeleteObjectsResponse::parse(&String::from_utf8_lossy(&body)).map_err(unreadable)?;
        match deleted.errors.first() {
            Some(error) => {
                Err(Failure::Unavailable(format!("the bucket refused a deletion: {}", error.code)))
            }
            None => Ok(()),
        }
    }

    /// Returns the keys that start with `prefix` and sort after `after`, in byte order, at most `limit` and at most a
    /// thousand.
    pub fn list_keys(
        &self,
        send: &impl Send,
        bucket: &str,
        prefix: &str,
        after: Option<&str>,
        limit: u32,
        now_ms: u64,
    ) -> Result<Vec<String>, Failure> {
        let bucket = self.bucket(bucket)?;
        let mut action = ListObjectsV2::new(&bucket, Some(&self.credentials));
        action.with_prefix(prefix.to_owned());
        action.with_max_keys(limit.min(KEYS_MAX) as usize);
        if let Some(after) = after {
            action.with_start_after(after.to_owned());
        }
        let request = request("GET", &action, Vec::new(), LIST_BYTES_MAX, now_ms)?;
        let body = match send.send(request)? {
            (200, body) => body,
            (status, _) => return Err(refused(status)),
        };
        let unreadable = |_| Failure::Unavailable("cannot parse the bucket's list of objects".into());
        let listed = ListObjectsV2::parse_response(&String::from_utf8_lossy(&body)).map_err(unreadable)?;
        Ok(listed.contents.into_iter().map(|object| object.key).collect())
    }

    /// Returns a bucket. Bucket names are in lower case with hyphens: `UI_STORAGE` is `ui-storage`.
    fn bucket(&self, name: &str) -> Result<Bucket, Failure> {
        let name = format!("{}{}", self.prefix, name.to_lowercase().replace('_', "-"));
        Bucket::new(self.endpoint.clone(), UrlStyle::Path, name, self.region.clone())
            .map_err(|error| Failure::Unavailable(format!("invalid bucket address: {error}")))
    }
}

fn request<'a>(
    method: &'static str,
    action: &impl S3Action<'a>,
    body: Vec<u8>,
    answer_bytes_max: u64,
    now_ms: u64,
) -> Result<Request, Failure> {
    let at = i64::try_from(now_ms).ok().and_then(|now_ms| Timestamp::from_millisecond(now_ms).ok());
    let at = at.ok_or_else(|| Failure::Unavailable("the clock is outside the range of timestamps".into()))?;
    let url = action.sign_with_time(ADDRESS_LIFETIME, &at).into();
    Ok(Request { method, url, headers: Vec::new(), body, answer_bytes_max })
}

fn refused(status: u16) -> Failure {
    Failure::Unavailable(format!("the bucket answered with status {status}"))
}
