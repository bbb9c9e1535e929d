//! Conversions between WIT records and our own types, which have the same fields or variants.

use model::{Market, Persona, ShopId, Source};

use super::bindings::wandstore::capabilities::kv;
use super::bindings::wandstore::capabilities::values::Value;
use super::bindings::wandstore::storefront::{
    catalog_types, http_types as wit, job_types, page_types, shopper_types,
};
use crate::{
    Assortment, Body, BodyError, CacheOutcome, Cached, Deleted, Failure, Fragment, GenerationRequest,
    JobError, Member, Page, PageMetadata, Pending, Progress, Reply, Response, Signals, Staleness, Work,
};

model::conversions!(enum Persona as shopper_types::Persona { Minimalist, Explorer, Dealhunter, Loyalist });
model::conversions!(enum Source as page_types::Source { Llm, Local });
model::conversions!(enum Staleness as page_types::Staleness { CatalogChanged, Expired });
model::conversions!(struct Deleted as page_types::Deleted { count, more });
model::job_types_conversions!(job_types);
model::conversions!(enum Work as job_types::Work { Generate, Rerender });
model::conversions!(struct Signals as shopper_types::Signals {
    visits, views, searches, filters, sorts, carted, purchased
});
model::conversions!(struct Member as job_types::Member { name, queued, running, dead, depth_max, oldest_ms });
model::conversions!(struct JobError as job_types::JobError { at_ms, job, shop, cause: option, reason, ending });
model::conversions!(struct page::Image as catalog_types::Image { url, alt, width, height });
model::conversions!(struct page::Product as catalog_types::Product {
    id, title, description, vendor, category, tags, url, image: option, price, price_before, available
});
model::conversions!(struct Assortment as catalog_types::Assortment {
    shop_name, currency, money_format, best_sellers_first, products: list
});
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
        match error {
            catalog_types::CatalogError::NoSuchShop => Self::Invalid("the catalog knows no such shop".into()),
            catalog_types::CatalogError::Unavailable(again_ms) => {
                Self::Unavailable(format!("the catalog did not answer; retry after {again_ms} ms"))
            }
            catalog_types::CatalogError::Busy(again_ms) => {
                Self::Unavailable(format!("the catalog is busy; retry after {again_ms} ms"))
            }
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

impl From<page_types::Cached> for Cached<Value> {
    fn from(cached: page_types::Cached) -> Self {
        match cached {
            page_types::Cached::Fresh(page) => Self::Fresh(page.into()),
            page_types::Cached::Stale(page_types::StalePage { page, reason }) => {
                Self::Stale(page.into(), reason.into())
            }
            page_types::Cached::Miss => Self::Miss,
            page_types::Cached::Closed => Self::Closed,
        }
    }
}

impl From<page_types::Page> for Page<Value> {
    fn from(page_types::Page { content, metadata }: page_types::Page) -> Self {
        let page_types::PageMetadata { persona, source, planned_ms, fragment_offset, fragment_size, .. } =
            metadata;
        let fragment = Fragment { offset: fragment_offset, size: fragment_size };
        let fragment = (fragment_size > 0).then_some(fragment);
        Self {
            content,
            metadata: PageMetadata { persona: persona.into(), source: source.into(), planned_ms, fragment },
        }
    }
}

impl From<&Market> for catalog_types::Market {
    fn from(market: &Market) -> Self {
        Self { country: market.country().to_owned(), language: market.language().to_owned() }
    }
}

impl From<Progress> for job_types::Progress {
    fn from(progress: Progress) -> Self {
        match progress {
            Progress::More => Self::More,
            Progress::Done => Self::Over(job_types::Outcome::Done(None)),
            Progress::Retry(reason) => {
                let trouble = job_types::Trouble { cause: None, reason };
                Self::Over(job_types::Outcome::Retry(job_types::Retry { after_ms: None, trouble }))
            }
            Progress::Impossible(reason) => Self::Over(job_types::Outcome::Failed(reason)),
        }
    }
}

impl From<GenerationRequest<'_>> for job_types::GenerationRequest {
    fn from(
        GenerationRequest { shop, shopper, work, signals, persona, market }: GenerationRequest<'_>,
    ) -> Self {
        Self {
            shop: shop.to_string(),
            shopper: shopper.to_string(),
            work: work.into(),
            signals: signals.into(),
            persona: persona.map(Into::into),
            market: (&market).into(),
        }
    }
}
