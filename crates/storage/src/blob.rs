//! Blob storage over a database, for deployments without a bucket.

use ::sql::{blob as sql, first_after};
use serde_json::json;

use crate::database::{Database, Sql};
use crate::{Failure, within};

/// Blob storage.
pub struct Blob<'a, S>(pub &'a Database<S>);

impl<S: Sql> Blob<'_, S> {
    /// Returns the object at `key`.
    pub fn get(&self, bucket: &str, key: &str) -> Result<Option<Vec<u8>>, Failure> {
        let row = self.0.first(sql::GET, &[bucket.into(), key.into()])?;
        row.map(|mut row| row.bytes()).transpose()
    }

    /// Writes the whole object at `key`.
    pub fn put(&self, bucket: &str, key: &str, bytes: &[u8]) -> Result<(), Failure> {
        within(bytes, sql::OBJECT_BYTES_MAX)?;
        self.0.execute(sql::PUT, &[bucket.into(), key.into(), bytes.into()])?;
        Ok(())
    }

    /// Deletes the object at `key`; succeeds if there is none.
    pub fn delete(&self, bucket: &str, key: &str) -> Result<(), Failure> {
        self.0.execute(sql::DELETE, &[bucket.into(), key.into()])?;
        Ok(())
    }

    /// Deletes many objects; succeeds if there are none.
    pub fn delete_many(&self, bucket: &str, keys: &[String]) -> Result<(), Failure> {
        self.0.execute(sql::DELETE_MANY, &[bucket.into(), json!(keys).to_string().as_str().into()])?;
        Ok(())
    }

    /// Returns the keys that start with `prefix` and sort after `after`, in byte order, at most `limit`.
    pub fn list_keys(
        &self,
        bucket: &str,
        prefix: &str,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<String>, Failure> {
        let bound = first_after(prefix);
        let parameters = [bucket.into(), prefix.into(), bound.as_deref().into(), after.into(), limit.into()];
        self.0.execute(sql::LIST_KEYS, &parameters)?.into_iter().map(|mut row| row.text()).collect()
    }
}
