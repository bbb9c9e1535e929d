//! HTTP of WASI 0.3, in Spin, which lets an instance answer many requests.

use spin_sdk::wasip3::exports::http::handler::Guest;
use spin_sdk::wasip3::http::types::{ErrorCode, Fields, Request, Response};
use spin_sdk::wasip3::{self, spawn, wit_future, wit_stream};

struct Component;

wasip3::http::service::export!(Component with_types_in wasip3);

impl Guest for Component {
    async fn handle(_: Request) -> Result<Response, ErrorCode> {
        let (fields, content) = crate::split(include_bytes!(env!("BENCH_ANSWER")));
        let fields = Fields::from_list(&fields).map_err(|_| ErrorCode::InternalError(None))?;
        let (mut writer, reader) = wit_stream::new();
        let (trailers_writer, trailers) = wit_future::new(|| Ok(None));
        drop(trailers_writer);
        spawn(async move {
            writer.write_all(content.to_vec()).await;
        });
        Ok(Response::new(fields, Some(reader), trailers).0)
    }
}
