use bytes::Bytes;

use super::*;
use crate::changes::Changes;

const MEMORY_BYTES: usize = 1 << 20;

fn context() -> Context {
    let (capabilities, _) = Capabilities::scripted();
    let links = Links::new(&Arc::new(Changes::new()));
    Context::new(Role::Caching, Arc::new(capabilities), Arc::new(links), MEMORY_BYTES)
}

fn of(bytes: usize) -> Bytes {
    vec![0; bytes].into()
}

#[test]
fn values_count_as_memory_until_they_are_dropped() {
    let mut context = context();
    for _ in 0..1_000 {
        let handle = context.handles.lend(of(MEMORY_BYTES / 2)).expect("it fits");
        assert!(context.handles.lend(of(MEMORY_BYTES / 2)).is_err(), "both do not");
        context.handles.take(handle).expect("it was lent");
    }
    assert!(context.handles.memory.exceeded());
    assert_eq!(context.handles.memory.left(), MEMORY_BYTES);
}

#[test]
fn a_slice_counts_as_the_whole_that_it_keeps() {
    let mut context = context();
    let mut slices = Vec::new();
    let refused = (0..1_000).find(|_| {
        let Ok(whole) = context.handles.lend(of(MEMORY_BYTES / 4)) else { return true };
        let whole = context.handles.take(whole).expect("it was lent");
        let slice = context.handles.lend(whole.slice(0, 1));
        slices.extend(slice.ok());
        false
    });
    assert_eq!(refused, Some(3), "three quarters are kept by slices of a byte each");
}

#[test]
fn handles_of_empty_values_count_too() {
    let mut context = context();
    let handles = (0..=MEMORY_BYTES).take_while(|_| context.handles.lend(of(0)).is_ok()).count();
    assert_eq!(handles, MEMORY_BYTES / Value::HANDLE_BYTES);
}

#[test]
fn a_body_counts_until_the_request_is_given_back() {
    let mut context = context();
    let body = RequestBody::Read(of(MEMORY_BYTES / 2));
    context.give_request(Request { body, ..Request::default() }).expect("it fits");
    assert!(context.handles.lend(of(MEMORY_BYTES / 2)).is_err());
    drop(context.give_back_request());
    assert_eq!(context.handles.memory.left(), MEMORY_BYTES);
}
