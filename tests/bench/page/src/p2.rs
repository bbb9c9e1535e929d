//! HTTP of WASI 0.2.

use wasi::exports::http::incoming_handler::Guest;
use wasi::http::types::{Fields, IncomingRequest, OutgoingBody, OutgoingResponse, ResponseOutparam};

struct Component;

wasi::http::proxy::export!(Component);

impl Guest for Component {
    fn handle(_: IncomingRequest, response_out: ResponseOutparam) {
        let (fields, content) = crate::split(include_bytes!(env!("BENCH_ANSWER")));
        let Ok(fields) = Fields::from_list(&fields) else { return };
        let response = OutgoingResponse::new(fields);
        let Ok(body) = response.body() else { return };
        ResponseOutparam::set(response_out, Ok(response));
        if let Ok(stream) = body.write() {
            // The most that one write may have (wasi:io/streams, `blocking-write-and-flush`).
            for part in content.chunks(4096) {
                if stream.blocking_write_and_flush(part).is_err() {
                    return;
                }
            }
        }
        let _ = OutgoingBody::finish(body, None);
    }
}
