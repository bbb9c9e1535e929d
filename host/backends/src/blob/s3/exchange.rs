//! Sends requests to a bucket, and says what its answers mean. Answers are bounded in size and in time.

use std::time::Duration;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use object_store::client::{
    ClientOptions, HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse,
    HttpResponseBody, HttpService,
};
use reqwest::header::CONTENT_LENGTH;
use reqwest::{Body, Client, Method, Request, Response, StatusCode, redirect};

use super::options::Options;
use crate::blob::OBJECT_BYTES_MAX;
use crate::innermost;

/// The time limit of one request. An operation has time for another one.
const ATTEMPT: Duration = Duration::from_secs(2);
/// The bytes in which the first element of a document begins.
const BEGINNING: usize = 512;
/// The most characters that are repeated of the service's own words.
const WORDS_MAX: usize = 200;

/// Why a request was not carried out: in one line, with what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    #[error("cannot connect to {address}: {reason}; correct `backends.blob`, or start the service")]
    Unreachable { address: String, reason: String },
    #[error("{0} did not answer within {limit} s", limit = ATTEMPT.as_secs())]
    Silent(String),
    #[error("the connection to {address} broke: {reason}")]
    Broken { address: String, reason: String },
    #[error("{0} answered with more than {OBJECT_BYTES_MAX} bytes")]
    TooLarge(String),
    #[error("{0} is overloaded ({1})")]
    Busy(String, String),
    #[error("there is no bucket `{bucket}` at {address}: create it, or correct `backends.blob`")]
    NoBucket { bucket: String, address: String },
    #[error(
        "the bucket `{bucket}` does not accept S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY ({code}): correct them"
    )]
    WrongKey { bucket: String, code: String },
    #[error(
        "the key in S3_ACCESS_KEY_ID may not do this in the bucket `{0}`: allow it to read, write, list and delete \
         objects"
    )]
    Forbidden(String),
    #[error("the bucket `{bucket}` is in {region}: correct `backends.blob.region`")]
    Region { bucket: String, region: String },
    #[error("{0} says that this machine's clock is wrong: set it")]
    Clock(String),
    #[error("{0} does not speak the protocol of S3: correct `backends.blob`")]
    Foreign(String),
    #[error("{address} refuses the request ({status} {words})")]
    Refused { address: String, status: u16, words: String },
}

impl Trouble {
    /// Returns whether to send the request again. All of ours may be carried out twice.
    fn kind(&self) -> HttpErrorKind {
        match self {
            Self::Unreachable { .. } | Self::Silent(_) | Self::Broken { .. } | Self::Busy(..) => {
                HttpErrorKind::Request
            }
            _ => HttpErrorKind::Unknown,
        }
    }
}

/// Sends requests to one bucket.
#[derive(Debug, Clone)]
pub struct Exchange {
    client: Client,
    bucket: String,
    address: String,
}

impl Exchange {
    /// Creates a client that follows no redirects, because requests are signed for their host, and takes no proxy from
    /// the environment.
    pub fn new(options: &Options) -> reqwest::Result<Self> {
        let client = Client::builder()
            .user_agent(concat!("wandstore/", env!("CARGO_PKG_VERSION")))
            .redirect(redirect::Policy::none())
            .connect_timeout(ATTEMPT)
            .no_proxy()
            .build()?;
        Ok(Self { client, bucket: options.bucket.clone(), address: options.address.clone() })
    }

    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, Trouble> {
        let expected = expected(&request);
        let request = Request::try_from(request.map(Body::wrap)).map_err(|error| self.failed(error))?;
        let mut response = self.client.execute(request).await.map_err(|error| self.failed(error))?;
        let body = self.read(&mut response).await?;
        self.check(response.status(), &body)?;
        if response.status().is_success() && !begins_with(&body, expected) {
            return Err(Trouble::Foreign(self.address.clone()));
        }
        // An answer in chunks has no length, and `object_store` needs it.
        response.headers_mut().insert(CONTENT_LENGTH, body.len().into());
        let mut answer = HttpResponse::new(HttpResponseBody::from(body));
        *answer.status_mut() = response.status();
        *answer.headers_mut() = std::mem::take(response.headers_mut());
        Ok(answer)
    }

    async fn read(&self, response: &mut Response) -> Result<Bytes, Trouble> {
        let mut body = BytesMut::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| self.failed(error))? {
            if (body.len() + chunk.len()) as u64 > OBJECT_BYTES_MAX {
                return Err(Trouble::TooLarge(self.address.clone()));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body.freeze())
    }

    /// Says what an answer means that is neither a success nor about an absent object:
    /// <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>
    fn check(&self, status: StatusCode, body: &Bytes) -> Result<(), Trouble> {
        if status.is_success() {
            return Ok(());
        }
        let text = String::from_utf8_lossy(body);
        let (bucket, address) = (self.bucket.clone(), self.address.clone());
        let code = element(&text, "Code");
        Err(match (status.as_u16(), code.as_str()) {
            (404, "NoSuchKey") => return Ok(()),
            (_, "NoSuchBucket") => Trouble::NoBucket { bucket, address },
            (_, "RequestTimeTooSkewed") => Trouble::Clock(address),
            (_, "PermanentRedirect" | "IllegalLocationConstraintException" | "InvalidRegionName")
            | (301 | 307, _) => Trouble::Region { bucket, region: region(&text) },
            (_, "AuthorizationHeaderMalformed") if text.contains("<Region>") => {
                Trouble::Region { bucket, region: region(&text) }
            }
            (401, _) | (_, "InvalidAccessKeyId" | "SignatureDoesNotMatch" | "NotSignedUp") => {
                Trouble::WrongKey { bucket, code }
            }
            (403, _) => Trouble::Forbidden(bucket),
            (429 | 500..=599, _) => Trouble::Busy(address, format!("{} {code}", status.as_u16())),
            (status, _) => {
                let words = format!("{code} {}", element(&text, "Message"));
                Trouble::Refused { address, status, words: words.trim().to_owned() }
            }
        })
    }

    fn failed(&self, error: reqwest::Error) -> Trouble {
        let is_connecting = error.is_connect();
        let (address, reason) = (self.address.clone(), innermost(&error.without_url()));
        if is_connecting {
            Trouble::Unreachable { address, reason }
        } else {
            Trouble::Broken { address, reason }
        }
    }
}

#[async_trait]
impl HttpService for Exchange {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let answer = tokio::time::timeout(ATTEMPT, self.send(request)).await;
        let answer = answer.unwrap_or_else(|_| Err(Trouble::Silent(self.address.clone())));
        answer.map_err(|trouble| HttpError::new(trouble.kind(), trouble))
    }
}

impl HttpConnector for Exchange {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(self.clone()))
    }
}

/// Returns the element that a successful answer has at its beginning. `object_store` takes any other document for an empty
/// list.
fn expected(request: &HttpRequest) -> &'static str {
    let is_list = request.uri().query().is_some_and(|query| query.contains("list-type=2"));
    match *request.method() {
        Method::GET if is_list => "<ListBucketResult",
        Method::POST => "<DeleteResult",
        _ => "",
    }
}

/// Returns whether the element is at the beginning of the body, after a declaration at most.
fn begins_with(body: &Bytes, element: &str) -> bool {
    element.is_empty() || String::from_utf8_lossy(&body[..body.len().min(BEGINNING)]).contains(element)
}

/// Returns the text of an element of an error's XML, in one line and not too long. Empty if there is none.
fn element(xml: &str, name: &str) -> String {
    let text = xml.split_once(&format!("<{name}>")).and_then(|(_, rest)| rest.split_once("</"));
    let text = text.map(|(text, _)| text).unwrap_or_default();
    text.chars().filter(|c| !c.is_control()).take(WORDS_MAX).collect()
}

/// Returns the region that an error names.
fn region(xml: &str) -> String {
    match element(xml, "Region") {
        region if region.is_empty() => "another region".to_owned(),
        region => format!("the region `{region}`"),
    }
}
