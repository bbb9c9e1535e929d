//! Shared by the fuzz targets: a request as text, and a deployment that receives it.

pub mod request;
pub mod world;
