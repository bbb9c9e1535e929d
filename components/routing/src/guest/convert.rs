//! Conversions between WIT records and our own types, which have the same fields or variants.

use model::ShopId;
use model::catalog::CatalogError;
use model::pages::InvalidJobId;

use super::bindings::wandstore::capabilities::values::Value;
use super::bindings::wandstore::capabilities::{kv, limits, settings};
use super::bindings::wandstore::storefront::{
    catalog_types, http_types as wit, job_types, page_types, shopper_types,
};
use crate::{Body, BodyError, CacheOutcome, Failure, JobError, Member, Pending, Progress, Reply, Response};

model::limits_conversions!(limits);
model::shop_conversions!(settings);
model::shopper_types_conversions!(shopper_types);
model::catalog_types_conversions!(catalog_types);
model::page_types_conversions!(page_types, Value);
model::job_types_conversions!(job_types);
model::conversions!(struct Member as job_types::Member { name, queued, running, dead, depth_max, oldest_ms });
model::conversions!(struct JobError as job_types::JobError { at_ms, job, shop, cause: option, reason, ending });
routes::conversions!(Method as wit::Method);
routes::conversions!(Route as wit::Route);
model::conversions!(enum BodyError as wit::BodyError { TooLarge, Incomplete });
model::conversions!(enum Body<Value> as wit::Body { Empty, Bytes(bytes), Value(value) });
model::conversions!(struct Response<Value> as wit::Response { status, headers, body });
model::conversions!(struct Pending as wit::Pending { topic, wait_ms });
model::conversions!(enum CacheOutcome as wit::CacheOutcome { Hit, Stale, Miss });

impl From<page_types::CacheError> for Failure {
    fn from(error: page_types::CacheError) -> Self {
        match error {
            page_types::CacheError::Invalid(text) => Self::Invalid(text),
            page_types::CacheError::Unavailable(text) => Self::Unavailable(text),
        }
    }
}

impl From<job_types::QueueError> for Failure {
    fn from(error: job_types::QueueError) -> Self {
        match error {
            job_types::QueueError::Invalid(text) => Self::Invalid(text),
            job_types::QueueError::Unavailable(text) => Self::Unavailable(text),
        }
    }
}

impl From<catalog_types::CatalogError> for Failure {
    fn from(error: catalog_types::CatalogError) -> Self {
        let error = CatalogError::from(error);
        match error {
            CatalogError::NoSuchShop => Self::Invalid(error.to_string()),
            CatalogError::Unavailable(_) | CatalogError::Busy(_) => Self::Unavailable(error.to_string()),
        }
    }
}

impl From<kv::Error> for Failure {
    fn from(error: kv::Error) -> Self {
        match error {
            kv::Error::NoSuchStore => Self::Invalid("routing has no access to this store".into()),
            kv::Error::TooLarge(bytes_max) => {
                Self::Invalid(format!("a value may be at most {bytes_max} bytes"))
            }
            kv::Error::NotPermitted(text) => Self::Invalid(text),
            kv::Error::Unavailable(text) => Self::Unavailable(text),
        }
    }
}

impl From<Reply<Value>> for wit::Reply {
    fn from(reply: Reply<Value>) -> Self {
        Self {
            response: reply.response.into(),
            pending: reply.pending.map(Into::into),
            route: reply.route.map(Into::into),
            shop: reply.shop.map(ShopId::into_string),
            cache: reply.cache.map(Into::into),
            may_have_enqueued: reply.may_have_enqueued,
        }
    }
}

impl From<InvalidJobId> for Failure {
    fn from(invalid: InvalidJobId) -> Self {
        Self::Invalid(invalid.to_string())
    }
}

impl From<Progress> for job_types::Progress {
    fn from(progress: Progress) -> Self {
        match progress {
            Progress::More => Self::More,
            Progress::Done => Self::Over(job_types::Outcome::Done(None)),
            Progress::Later(after_ms) => Self::Over(job_types::Outcome::Postponed(after_ms)),
            Progress::Retry(reason) => {
                let trouble = job_types::Trouble { cause: None, reason };
                Self::Over(job_types::Outcome::Retry(job_types::Retry { after_ms: None, trouble }))
            }
            Progress::Impossible(reason) => Self::Over(job_types::Outcome::Failed(reason)),
        }
    }
}
