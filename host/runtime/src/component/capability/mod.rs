//! The capabilities that the host supplies to components: each interface of `wandstore:capabilities`, over its backend.
//!
//! Conversions only; what a backend does is in the `capabilities` crate.

mod access;
mod ambient;
mod blob;
mod fetch;
mod jobs;
mod kv;
mod llm;
mod reads;
mod values;

use bytes::Bytes;

/// Returns the first bytes of a value.
fn head(value: &Bytes, peek: u32) -> Vec<u8> {
    value[..value.len().min(peek as usize)].to_vec()
}
