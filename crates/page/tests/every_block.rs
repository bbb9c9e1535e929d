//! The HTML of every kind of block, byte for byte. After an intended change, this writes the file anew:
//! `cargo run -p page --example preview -- generated 9 content > crates/page/tests/samples/generated.html`.

#[path = "samples/detail.rs"]
mod detail;
#[path = "samples/generated.rs"]
mod generated;
mod samples;

/// The content of the previewed page.
const GENERATED: &str = include_str!("samples/generated.html");

#[test]
fn every_kind_of_block_is_rendered_as_before() {
    let (shop, mut products, promises) = (samples::shop(), samples::products(9), samples::promises());
    detail::detail(&mut products);
    let (collections, questions) = (samples::collections(&products), samples::questions());
    let [first, others @ ..] = products.as_slice() else { panic!("there are nine") };
    let page::Document { html, fragment } =
        page::render(&generated::page(&shop, first, others, &promises, &collections, &questions));
    assert_eq!(&html[fragment], GENERATED.trim_end());
}
