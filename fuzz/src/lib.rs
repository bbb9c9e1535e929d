//! What fuzz targets share: a request as text, and a deployment to put it to.

pub mod request;
pub mod world;
