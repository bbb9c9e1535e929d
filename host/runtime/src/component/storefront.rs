//! The calls between components: an export of one serves an import of another.
//!
//! Each component has a `Store` of its own, so that a trap does not spread: the caller gets an `unavailable` value.
//! Records are passed unchanged; values move from store to store as handles.

use http::HeaderName;
use wasmtime::Result;
use wasmtime::component::Resource;

use super::{Failure, within};
use crate::bindings::wandstore::storefront::{
    cache, cache_control, catalog, catalog_types, catalog_version, http_types, job_types, page_types, queue,
    shopper_types,
};
use crate::context::{Context, Request, RequestBody, Value};

use catalog_types::{Assortment, CatalogError, Collection, Freshness, Market, Product};
use http_types::BodyError;
use job_types::{Enqueued, GenerationRequest, JobError, JobState, MaintenanceTask, Member, QueueError};
use page_types::{
    CacheError, Cached, Deleted, NewPage, Review, ReviewError, SharedPlan, StalePage, StoredPlan, WaitingPlan,
};

model::shopper_types_conversions!(shopper_types);
model::review_conversions!(page_types);
model::conversions!(enum model::PageKind as job_types::PageKind { Home, Collection, Product, Search, Cart });
model::catalog_types_conversions!(catalog_types);

/// Calls a function of another component: acquires an instance, bounds the call, and gives the
/// instance back. `$keep` moves the handles in an answer out of the instance that gave it.
#[macro_export]
macro_rules! call {
    ($pool:expr, $cause:expr, |$guest:ident, $store:ident| $object:ident $(.$part:ident)+ ($($argument:expr),*)) => {
        $crate::call!(
            $pool,
            $cause,
            |$guest, $store| $object $(.$part)+ ($($argument),*),
            |held, answer| Ok(())
        )
    };
    (
        $pool:expr,
        $cause:expr,
        |$guest:ident, $store:ident| $object:ident $(.$part:ident)+ ($($argument:expr),*),
        |$held:ident, $answer:ident| $keep:expr
    ) => {
        match $pool.acquire(concat!($(".", stringify!($part)),+), $cause).await {
            Ok(mut $held) => {
                let ($guest, $store) = $held.parts();
                #[allow(unused_mut, reason = "most answers hold no handle")]
                let outcome = match $crate::component::within($pool.wall(), $object $(.$part)+ ($($argument),*)).await {
                    Ok(Ok(mut $answer)) => Ok($keep.map(|()| $answer)),
                    Ok(Err(error)) => Ok(Err(error)),
                    Err(elapsed) => Err(elapsed),
                };
                $held.finish(outcome)
            }
            Err(failure) => Err(failure),
        }
    };
}

/// The pause before a failed component is called again.
const RETRY_MS: u64 = 1_000;

impl From<Failure> for CacheError {
    fn from(failure: Failure) -> Self {
        Self::Unavailable(failure.to_string())
    }
}

impl From<Failure> for ReviewError {
    fn from(failure: Failure) -> Self {
        Self::Unavailable(failure.to_string())
    }
}

impl From<Failure> for QueueError {
    fn from(failure: Failure) -> Self {
        Self::Unavailable(failure.to_string())
    }
}

impl From<Failure> for CatalogError {
    fn from(_: Failure) -> Self {
        Self::Unavailable(RETRY_MS)
    }
}

/// Turns a failed call into an error of the interface.
fn flat<T, E: From<Failure>>(
    outcome: std::result::Result<std::result::Result<T, E>, Failure>,
) -> std::result::Result<T, E> {
    outcome.unwrap_or_else(|failure| Err(failure.into()))
}

/// Returns the component behind an import; the linker supplies no interface without one.
fn linked<T>(link: Option<&T>) -> Result<&T> {
    link.ok_or_else(|| wasmtime::format_err!("no component is linked to this import"))
}

/// Serves an import by the export of the component that is linked to it.
macro_rules! relay {
    ($context:ident, $link:ident, |$guest:ident, $instance:ident| $($call:tt)+) => {{
        let links = $context.links.clone();
        let pool = linked(links.$link.as_ref())?;
        Ok(flat(call!(pool, $context.cause.clone(), |$guest, $instance| $($call)+)))
    }};
}

impl shopper_types::Host for Context {}
impl catalog_types::Host for Context {}
impl page_types::Host for Context {}
impl job_types::Host for Context {}
impl http_types::Host for Context {}

impl cache::Host for Context {
    async fn get(&mut self, shop: String, shopper: String) -> Result<Result<Cached, CacheError>> {
        let links = self.links.clone();
        let pool = linked(links.cache.as_ref())?;
        let mut content = None;
        let answer = call!(
            pool,
            self.cause.clone(),
            |guest, instance| guest.cache.call_get(instance, &shop, &shopper),
            |held, answer| take_content(&answer, &mut held).map(|taken| content = taken)
        );
        let mut answer = flat(answer);
        if let (Ok(Cached::Fresh(page) | Cached::Stale(StalePage { page, .. })), Some(content)) =
            (&mut answer, content)
        {
            // If there is no memory for it, this component's memory is full, not that of the cache.
            page.content = self.handles.lend(content)?;
        }
        Ok(answer)
    }

    async fn plan(
        &mut self,
        shop: String,
        shopper: String,
    ) -> Result<Result<Option<StoredPlan>, CacheError>> {
        relay!(self, cache, |guest, instance| guest.cache.call_plan(instance, &shop, &shopper))
    }

    async fn put(&mut self, shop: String, shopper: String, page: NewPage) -> Result<Result<(), CacheError>> {
        let links = self.links.clone();
        let pool = linked(links.cache.as_ref())?;
        let content = self.handles.take(page.content)?;
        let answer = match pool.acquire(".cache.call_put", self.cause.clone()).await {
            Ok(mut held) => {
                let outcome = match held.handles.lend(content) {
                    Ok(content) => {
                        let page = NewPage { content, ..page };
                        let (guest, instance) = held.parts();
                        within(pool.wall(), guest.cache.call_put(instance, &shop, &shopper, &page)).await
                    }
                    Err(too_large) => Ok(Err(too_large)),
                };
                held.finish(outcome)
            }
            Err(failure) => Err(failure),
        };
        Ok(flat(answer))
    }

    async fn get_shared_plan(
        &mut self,
        shop: String,
        segment: String,
    ) -> Result<Result<Option<SharedPlan>, CacheError>> {
        relay!(self, cache, |guest, instance| guest.cache.call_get_shared_plan(instance, &shop, &segment))
    }

    async fn lease_planning(
        &mut self,
        shop: String,
        segment: String,
        job: String,
    ) -> Result<Result<bool, CacheError>> {
        relay!(self, cache, |guest, instance| guest
            .cache
            .call_lease_planning(instance, &shop, &segment, &job))
    }

    async fn release_planning(
        &mut self,
        shop: String,
        segment: String,
        job: String,
    ) -> Result<Result<(), CacheError>> {
        relay!(self, cache, |guest, instance| guest
            .cache
            .call_release_planning(instance, &shop, &segment, &job))
    }

    async fn put_shared_plan(
        &mut self,
        shop: String,
        segment: String,
        plan: SharedPlan,
    ) -> Result<Result<(), CacheError>> {
        relay!(self, cache, |guest, instance| guest
            .cache
            .call_put_shared_plan(instance, &shop, &segment, &plan))
    }

    async fn get_review(&mut self, shop: String, audience: String) -> Result<Result<Review, CacheError>> {
        relay!(self, cache, |guest, instance| guest.cache.call_get_review(instance, &shop, &audience))
    }

    async fn submit_plan(
        &mut self,
        shop: String,
        audience: String,
        plan: WaitingPlan,
    ) -> Result<Result<bool, CacheError>> {
        relay!(self, cache, |guest, instance| guest.cache.call_submit_plan(instance, &shop, &audience, &plan))
    }
}

impl catalog_version::Host for Context {
    async fn current(&mut self, shop: String) -> Result<Result<u64, CacheError>> {
        relay!(self, cache, |guest, instance| guest.version.call_current(instance, &shop))
    }
}

impl cache_control::Host for Context {
    async fn bump_catalog_version(&mut self, shop: String) -> Result<Result<u64, CacheError>> {
        relay!(self, cache, |guest, instance| guest.control.call_bump_catalog_version(instance, &shop))
    }

    async fn products_changed(&mut self, shop: String) -> Result<Result<(), CacheError>> {
        relay!(self, cache, |guest, instance| guest.control.call_products_changed(instance, &shop))
    }

    async fn purge(&mut self, shop: String, shopper: String) -> Result<Result<(), CacheError>> {
        relay!(self, cache, |guest, instance| guest.control.call_purge(instance, &shop, &shopper))
    }

    async fn close(&mut self, shop: String, left_ms: Option<u64>) -> Result<Result<(), CacheError>> {
        relay!(self, cache, |guest, instance| guest.control.call_close(instance, &shop, left_ms))
    }

    async fn reopen(&mut self, shop: String) -> Result<Result<(), CacheError>> {
        relay!(self, cache, |guest, instance| guest.control.call_reopen(instance, &shop))
    }

    async fn pages(&mut self, shop: String, shopper: String) -> Result<Result<Vec<String>, CacheError>> {
        relay!(self, cache, |guest, instance| guest.control.call_pages(instance, &shop, &shopper))
    }

    async fn delete(&mut self, shop: String, shopper: Option<String>) -> Result<Result<Deleted, CacheError>> {
        relay!(self, cache, |guest, instance| guest.control.call_delete(instance, &shop, shopper.as_deref()))
    }
}

/// Takes the page of an answer, if there is one, from the component that gave it.
fn take_content(answer: &Result<Cached, CacheError>, from: &mut Context) -> Result<Option<Value>> {
    let Ok(Cached::Fresh(page) | Cached::Stale(StalePage { page, .. })) = answer else { return Ok(None) };
    from.handles.take(Resource::new_own(page.content.rep())).map(Some)
}

impl queue::Host for Context {
    async fn enqueue(&mut self, request: GenerationRequest) -> Result<Result<Enqueued, QueueError>> {
        relay!(self, queue, |guest, instance| guest.queue.call_enqueue(instance, &request))
    }

    async fn enqueue_maintenance(
        &mut self,
        maintenance: MaintenanceTask,
    ) -> Result<Result<Enqueued, QueueError>> {
        relay!(self, queue, |guest, instance| guest.queue.call_enqueue_maintenance(instance, &maintenance))
    }

    async fn delete(&mut self, shop: String, shopper: Option<String>) -> Result<Result<Deleted, QueueError>> {
        relay!(self, queue, |guest, instance| guest.queue.call_delete(instance, &shop, shopper.as_deref()))
    }

    async fn status(
        &mut self,
        shop: String,
        shopper: String,
    ) -> Result<Result<Option<JobState>, QueueError>> {
        relay!(self, queue, |guest, instance| guest.queue.call_status(instance, &shop, &shopper))
    }

    async fn pool(&mut self) -> Result<Result<Vec<Member>, QueueError>> {
        relay!(self, queue, |guest, instance| guest.queue.call_pool(instance))
    }

    async fn errors(&mut self, limit: u32) -> Result<Result<Vec<JobError>, QueueError>> {
        relay!(self, queue, |guest, instance| guest.queue.call_errors(instance, limit))
    }
}

impl catalog::Host for Context {
    async fn products(
        &mut self,
        shop: String,
        market: Market,
        freshness: Freshness,
    ) -> Result<Result<Assortment, CatalogError>> {
        relay!(self, catalog, |guest, instance| guest.call_products(instance, &shop, &market, freshness))
    }

    async fn collections(
        &mut self,
        shop: String,
        market: Market,
        freshness: Freshness,
    ) -> Result<Result<Vec<Collection>, CatalogError>> {
        relay!(self, catalog, |guest, instance| guest.call_collections(instance, &shop, &market, freshness))
    }

    async fn members(
        &mut self,
        shop: String,
        freshness: Freshness,
        handles: Vec<String>,
    ) -> Result<Result<Vec<Vec<String>>, CatalogError>> {
        relay!(self, catalog, |guest, instance| guest.call_members(instance, &shop, freshness, &handles))
    }

    async fn by_name(
        &mut self,
        shop: String,
        market: Market,
        freshness: Freshness,
        names: Vec<String>,
    ) -> Result<Result<Vec<Product>, CatalogError>> {
        relay!(self, catalog, |guest, instance| guest
            .call_by_name(instance, &shop, &market, freshness, &names))
    }

    async fn search(
        &mut self,
        shop: String,
        market: Market,
        freshness: Freshness,
        term: String,
    ) -> Result<Result<Vec<Product>, CatalogError>> {
        relay!(self, catalog, |guest, instance| guest.call_search(instance, &shop, &market, freshness, &term))
    }
}

impl http_types::HostRequest for Context {
    async fn header(&mut self, _request: Resource<Request>, name: String) -> Result<Option<String>> {
        let Ok(name) = HeaderName::from_bytes(name.as_bytes()) else { return Ok(None) };
        let value =
            self.request.headers.get(name).and_then(|value| std::str::from_utf8(value.as_bytes()).ok());
        Ok(value.map(str::to_owned))
    }

    async fn body(&mut self, _request: Resource<Request>, limit: u32) -> Result<Result<Vec<u8>, BodyError>> {
        Ok(match &self.request.body {
            RequestBody::Read(bytes) if bytes.len() <= limit as usize => Ok(bytes.to_vec()),
            RequestBody::Read(_) | RequestBody::TooLarge | RequestBody::Unread => Err(BodyError::TooLarge),
            RequestBody::Empty => Ok(Vec::new()),
            RequestBody::Broken => Err(BodyError::Incomplete),
        })
    }

    async fn drop(&mut self, _request: Resource<Request>) -> Result<()> {
        Ok(())
    }
}
