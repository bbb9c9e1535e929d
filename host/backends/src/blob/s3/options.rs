//! Where a bucket is.

use std::net::IpAddr;

use reqwest::Url;
use serde::Deserialize;

/// The section as the operator writes it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// The name of the bucket, which must exist. The names of our objects in it begin with `UI_STORAGE/`, `PROBES/` or
    /// `RETENTION/`.
    pub bucket: String,
    /// The origin of the service, such as `https://<account>.r2.cloudflarestorage.com`. Without it, it is Amazon's in the
    /// region.
    pub endpoint: Option<String>,
    /// The region of the bucket, such as `eu-central-1`. Required without `endpoint`; with it, `auto` unless set.
    pub region: Option<String>,
    /// Whether the bucket's name is in the path of addresses, and not in their host. `true` unless set, if there is an
    /// `endpoint`.
    pub path_style: Option<bool>,
    /// Whether an `endpoint` without TLS is accepted that is not on this machine. Shoppers' pages then cross the network
    /// unencrypted.
    #[serde(default)]
    pub allow_http: bool,
}

/// A bucket, its region and its address.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Section")]
pub struct Options {
    pub(super) bucket: String,
    pub(super) region: String,
    /// The address of the bucket, with no slash at the end.
    pub(super) address: String,
}

/// The section is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    #[error(
        "`bucket` is {0:?}; a bucket's name has 3 to 63 lower-case letters, digits, hyphens and dots, and begins and \
         ends with a letter or digit"
    )]
    Bucket(String),
    #[error("`endpoint` is {0:?}; it must be an origin, such as https://s3.example, without a path")]
    Endpoint(String),
    #[error(
        "`endpoint` is {0:?}, which is without TLS and not on this machine: use https, or set `allow_http = true`"
    )]
    Unencrypted(String),
    #[error("`region` is not set: set it to that of the bucket, such as eu-central-1, or set `endpoint`")]
    NoRegion,
    #[error("`region` is {0:?}; a region's name has letters, digits and hyphens, such as eu-central-1")]
    Region(String),
}

impl TryFrom<Section> for Options {
    type Error = Invalid;

    fn try_from(section: Section) -> Result<Self, Invalid> {
        let Section { bucket, endpoint, region, path_style, allow_http } = section;
        if !is_bucket(&bucket) {
            return Err(Invalid::Bucket(bucket));
        }
        let region = match (region, &endpoint) {
            (Some(region), _) if is_label(&region) => region,
            (Some(region), _) => return Err(Invalid::Region(region)),
            (None, Some(_)) => "auto".to_owned(),
            (None, None) => return Err(Invalid::NoRegion),
        };
        // A name with a dot has no certificate as a part of a host.
        let path_style = path_style.unwrap_or(endpoint.is_some() || bucket.contains('.'));
        let endpoint = endpoint.unwrap_or_else(|| format!("https://s3.{region}.amazonaws.com"));
        let origin = origin(&endpoint).ok_or_else(|| Invalid::Endpoint(endpoint.clone()))?;
        if origin.scheme() == "http" && !is_on_this_machine(&origin) && !allow_http {
            return Err(Invalid::Unencrypted(endpoint));
        }
        let origin = origin.as_str().trim_end_matches('/');
        let address = match (path_style, origin.split_once("://")) {
            (false, Some((scheme, host))) => format!("{scheme}://{bucket}.{host}"),
            _ => format!("{origin}/{bucket}"),
        };
        Ok(Self { bucket, region, address })
    }
}

/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html>
fn is_bucket(name: &str) -> bool {
    let is_end = |c: Option<char>| c.is_some_and(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    let is_inner = |c: char| is_end(Some(c)) || matches!(c, '-' | '.');
    (3..=63).contains(&name.len())
        && name.chars().all(is_inner)
        && is_end(name.chars().next())
        && is_end(name.chars().next_back())
}

fn is_label(name: &str) -> bool {
    !name.is_empty() && name.len() <= 63 && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
}

/// Parses an origin: scheme, host and port, and nothing else.
fn origin(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let is_origin = matches!(url.scheme(), "http" | "https")
        && url.path() == "/"
        && url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none();
    is_origin.then_some(url)
}

fn is_on_this_machine(origin: &Url) -> bool {
    let host = origin.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn read(section: Value) -> Result<(String, String), String> {
        let options = serde_json::from_value::<Options>(section).map_err(|error| error.to_string())?;
        Ok((options.address, options.region))
    }

    fn accepted(section: Value, address: &str, region: &str) {
        assert_eq!(read(section), Ok((address.to_owned(), region.to_owned())));
    }

    fn refused(section: Value, reason: &str) {
        let told = read(section).expect_err("it is wrong");
        assert!(told.starts_with(reason), "{told}");
    }

    #[test]
    fn an_address_names_the_bucket_in_its_host_or_in_its_path() {
        let amazon = json!({ "bucket": "wands", "region": "eu-central-1" });
        accepted(amazon, "https://wands.s3.eu-central-1.amazonaws.com", "eu-central-1");
        let dotted = json!({ "bucket": "a.wands", "region": "eu-central-1" });
        accepted(dotted, "https://s3.eu-central-1.amazonaws.com/a.wands", "eu-central-1");
        let r2 = json!({ "bucket": "wands", "endpoint": "https://abc.r2.cloudflarestorage.com/" });
        accepted(r2, "https://abc.r2.cloudflarestorage.com/wands", "auto");
        let hosted = json!({ "bucket": "wands", "endpoint": "https://s3.example:9000", "path_style": false });
        accepted(hosted, "https://wands.s3.example:9000", "auto");
    }

    #[test]
    fn without_tls_only_this_machine_is_asked_unless_the_operator_says_otherwise() {
        for endpoint in ["http://127.0.0.1:9000", "http://localhost:9000", "http://[::1]:9000"] {
            let address = format!("{endpoint}/wands");
            accepted(json!({ "bucket": "wands", "endpoint": endpoint }), &address, "auto");
        }
        let remote =
            |allow| json!({ "bucket": "wands", "endpoint": "http://minio:9000", "allow_http": allow });
        accepted(remote(true), "http://minio:9000/wands", "auto");
        refused(remote(false), "`endpoint` is \"http://minio:9000\", which is without TLS");
    }

    #[test]
    fn invalid_options_of_a_bucket_are_refused_with_the_reason() {
        for bucket in ["", "ab", "Wands", "wands/x", "-wands", "wands.", "wänds", &"w".repeat(64)] {
            refused(json!({ "bucket": bucket, "region": "us-east-1" }), "`bucket` is ");
        }
        for endpoint in
            ["", "s3.example", "ftp://s3.example", "https://s3.example/x", "https://a:b@s3.example"]
        {
            refused(json!({ "bucket": "wands", "endpoint": endpoint }), "`endpoint` is ");
        }
        refused(json!({ "bucket": "wands" }), "`region` is not set");
        refused(json!({ "bucket": "wands", "region": "eu/central" }), "`region` is \"eu/central\"");
        refused(json!({ "bucket": "wands", "regoin": "eu" }), "unknown field `regoin`");
        refused(json!({}), "missing field `bucket`");
    }
}
