//! Long-term storage.

use std::sync::LazyLock;

use capabilities::blob as blob_backend;
use model::{Operation, Refused};
use wasmtime::Result;
use wasmtime::component::Resource;

use super::access::{Guard, guard};
use super::reads::Outcomes;
use super::waits::{Waits, waits};
use super::{head, view};
use crate::bindings::wandstore::capabilities::blob;
use crate::context::{Handles, Value};
use crate::patience::Backend;

impl From<blob_backend::Error> for blob::Error {
    fn from(error: blob_backend::Error) -> Self {
        match error {
            blob_backend::Error::TooLarge(limit) => Self::TooLarge(limit),
            blob_backend::Error::Unavailable(reason) => Self::Unavailable(reason),
        }
    }
}

/// Reads that the backend answered.
static READS: LazyLock<Outcomes> = LazyLock::new(|| Outcomes::of("blob"));

struct View<'a> {
    backend: &'a dyn blob_backend::Blob,
    guard: Guard<'a>,
    waits: Waits<'a>,
    handles: &'a mut Handles,
}

view!(blob, View, |context| View {
    backend: &*context.capabilities.blob,
    guard: guard!(context),
    waits: waits!(context),
    handles: &mut context.handles,
});

impl View<'_> {
    /// Checks that this component's role may do `operation` with an object.
    fn may_with_object(&mut self, operation: Operation, bucket: &str, key: &str) -> Result<(), blob::Error> {
        self.guard.access().of_object(operation, bucket, key).map_err(|refused| match refused {
            Refused::NoSuchPlace => blob::Error::NoSuchBucket,
            Refused::NotPermitted => blob::Error::NotPermitted(self.guard.refusal(operation, bucket, key)),
        })
    }
}

impl blob::Host for View<'_> {
    async fn get(
        &mut self,
        bucket: String,
        key: String,
        peek: u32,
    ) -> Result<Result<Option<blob::Object>, blob::Error>> {
        if let Err(error) = self.may_with_object(Operation::Read, &bucket, &key) {
            return Ok(Err(error));
        }
        let found =
            self.waits.wait(Backend::Blob, "get", Some(&bucket), self.backend.get(&bucket, &key)).await;
        READS.count(&found);
        match found {
            Ok(Some(value)) => {
                let head = head(&value, peek);
                Ok(Ok(Some(blob::Object { value: self.handles.lend(value)?, head })))
            }
            Ok(None) => Ok(Ok(None)),
            Err(error) => Ok(Err(error.into())),
        }
    }

    async fn put(
        &mut self,
        bucket: String,
        key: String,
        value: Resource<Value>,
    ) -> Result<Result<(), blob::Error>> {
        let value = self.handles.value(&value)?.bytes().clone();
        if let Err(error) = self.may_with_object(Operation::Write, &bucket, &key) {
            return Ok(Err(error));
        }
        let put = self.backend.put(&bucket, &key, value);
        Ok(self.waits.wait(Backend::Blob, "put", Some(&bucket), put).await.map_err(Into::into))
    }

    async fn delete(&mut self, bucket: String, key: String) -> Result<Result<(), blob::Error>> {
        if let Err(error) = self.may_with_object(Operation::Delete, &bucket, &key) {
            return Ok(Err(error));
        }
        let delete = self.backend.delete(&bucket, &key);
        Ok(self.waits.wait(Backend::Blob, "delete", Some(&bucket), delete).await.map_err(Into::into))
    }

    async fn delete_many(&mut self, bucket: String, keys: Vec<String>) -> Result<Result<(), blob::Error>> {
        for key in &keys {
            if let Err(error) = self.may_with_object(Operation::Delete, &bucket, key) {
                return Ok(Err(error));
            }
        }
        let delete = self.backend.delete_many(&bucket, &keys);
        Ok(self.waits.wait(Backend::Blob, "delete_many", Some(&bucket), delete).await.map_err(Into::into))
    }

    async fn list_keys(
        &mut self,
        bucket: String,
        prefix: String,
        after: Option<String>,
        limit: u32,
    ) -> Result<Result<Vec<String>, blob::Error>> {
        if let Err(error) = self.may_with_object(Operation::List, &bucket, &prefix) {
            return Ok(Err(error));
        }
        let list = self.backend.list_keys(&bucket, &prefix, after.as_deref(), limit);
        Ok(self.waits.wait(Backend::Blob, "list_keys", Some(&bucket), list).await.map_err(Into::into))
    }
}
