use super::*;
use model::pages::{InvalidJobId, JobId};
use proptest::prelude::*;

fn any_metadata() -> impl Strategy<Value = PageMetadata> {
    let persona = prop::sample::select(Persona::ALL.to_vec());
    let source = prop::sample::select(Source::ALL.to_vec());
    let numbers = (any::<u32>(), any::<u64>(), any::<u64>(), any::<u64>());
    let fragment = (any::<u32>(), any::<u32>()).prop_map(|(offset, size)| Fragment { offset, size });
    // The time 0 stands for none.
    let changes_ms = any::<Option<u64>>().prop_map(|ms| ms.filter(|ms| *ms > 0));
    let parts = (persona, source, "[A-Za-z0-9_-]{0,64}", numbers, fragment, changes_ms, any::<u64>());
    parts.prop_map(|(persona, source, job, numbers, fragment, changes_ms, exclusions)| PageMetadata {
        persona,
        source,
        job: job.try_into().unwrap(),
        confidence: numbers.0,
        planned_ms: numbers.1,
        fresh_until_ms: numbers.2,
        catalog_version: numbers.3,
        changes_ms,
        exclusions,
        fragment,
    })
}

proptest! {
    #[test]
    fn metadata_survives_the_head_of_a_page(metadata in any_metadata(), page in "\\PC{0,600}") {
        let head = encode_head(&metadata);
        let stored = [head.clone(), page.into_bytes()].concat();
        let peeked = &stored[..stored.len().min(HEAD_BYTES_MAX as usize)];
        prop_assert_eq!(Head::decode(peeked), Head { metadata: Some(metadata), bytes: head.len() });
    }

    #[test]
    fn a_head_is_two_comments_each_on_a_line(metadata in any_metadata()) {
        let text = String::from_utf8(encode_head(&metadata)).unwrap();
        prop_assert!(text.len() <= HEAD_BYTES_MAX as usize);
        prop_assert_eq!(text.matches("-->").count(), 2);
        prop_assert!(text.lines().all(|line| line.starts_with("<!--") && line.ends_with("-->")));
    }

    #[test]
    fn metadata_survives_the_form_of_plans(metadata in any_metadata()) {
        let json = serde_json::to_string(&metadata).unwrap();
        prop_assert_eq!(serde_json::from_str::<PageMetadata>(&json).unwrap(), metadata);
    }

    #[test]
    fn decoding_any_bytes_as_a_head_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        prop_assert_eq!(Head::decode(&bytes), Head { metadata: None, bytes: 0 });
        let opened = [OPENING, &bytes].concat();
        prop_assert!(Head::decode(&opened).bytes <= opened.len());
    }
}

fn decoded(stored: &[u8]) -> Option<PageMetadata> {
    Head::decode(stored).metadata
}

#[test]
fn a_head_that_is_not_understood_is_no_part_of_the_document() {
    for head in [
        "<!--wand of a later form, by job-1-->\n",
        "<!--wand of a later form, by job-1-->\n<!--part 1 2-->\n",
        "<!--wand explorer 1 llm job-1 1 1 1-->\n<!--part of a later form-->\n",
    ] {
        let stored = format!("{head}<!doctype html>");
        assert_eq!(Head::decode(stored.as_bytes()), Head { metadata: None, bytes: head.len() }, "{head}");
    }
    let not_text = [OPENING, b"\xff", CLOSING, b"<!doctype html>"].concat();
    assert_eq!(Head::decode(&not_text).bytes, not_text.len() - b"<!doctype html>".len());
}

#[test]
fn a_malformed_head_is_ignored() {
    for head in [
        "",
        "<!doctype html>",
        "<!--wand -->\n",
        "<!--wand explorer-->\n",
        "<!--wand explorer 1 llm . 1 1-->\n",
        "<!--wand explorer 1 llm . 1 1 1 1-->\n",
        "<!--wand nobody 1 llm . 1 1 1-->\n",
        "<!--wand explorer 1 llm . 1 1 -1-->\n",
        "<!--wand explorer 1 llm . 1 1 1-->\n<!--part 1-->\n",
        "<!--wand explorer 1 llm . 1 1 1-->\n<!--part 1 -1-->\n",
    ] {
        assert_eq!(decoded(head.as_bytes()), None, "{head}");
    }
    let head = encode_head(&PageMetadata::unknown());
    let first_line = head.iter().position(|byte| *byte == b'\n').unwrap();
    assert_eq!(decoded(&head[..first_line]), None);
}

#[test]
fn a_job_id_cannot_close_the_comment() {
    for text in ["-->", "a b", "a\"", "é", &"a".repeat(65)] {
        assert_eq!(JobId::try_from(text.to_owned()), Err(InvalidJobId), "{text}");
    }
    assert_eq!(decoded(b"<!--wand explorer 1 llm <b> 1 1 1-->\n"), None);
}

#[test]
fn the_fragment_is_found_in_the_document() {
    let document = "<!doctype html><main>hello</main>";
    let fragment = Fragment { offset: 15, size: 18 };
    let stored =
        [encode_head(&PageMetadata { fragment, ..PageMetadata::unknown() }), document.into()].concat();
    let head = Head::decode(&stored);
    let Fragment { offset, size } = head.metadata.unwrap().fragment;
    assert_eq!(&stored[head.bytes..][offset as usize..(offset + size) as usize], b"<main>hello</main>");
}

#[test]
fn every_persona_and_source_is_stored_by_name() {
    for persona in ["minimalist", "explorer", "dealhunter", "loyalist"] {
        for source in ["llm", "local"] {
            let head = format!("<!--wand {persona} 50 {source} job-1 1 2 3-->\n<!--part 0 0-->\n");
            let metadata = decoded(head.as_bytes()).unwrap();
            assert_eq!((metadata.persona.name(), metadata.source.name()), (persona, source));
            assert_eq!(encode_head(&metadata), head.as_bytes());
            let json = |more: &str| {
                format!(
                    r#"{{"p":"{persona}","c":50,"s":"{source}","j":"job-1","t":1,"f":2,"v":3,{more}"d":{{"offset":0,"size":0}}}}"#
                )
            };
            let written = json(r#""n":null,"x":0,"#);
            assert_eq!(serde_json::to_string(&metadata).unwrap(), written);
            for json in [written, json("")] {
                assert_eq!(
                    serde_json::from_str::<PageMetadata>(&json).unwrap(),
                    metadata,
                    "of an earlier release"
                );
            }
        }
    }
}

#[test]
fn a_page_of_an_earlier_release_has_no_fragment() {
    let head = "<!--wand explorer 50 local job-1 1 2 3-->\n<!doctype html>";
    let metadata = decoded(head.as_bytes()).unwrap();
    assert_eq!((metadata.catalog_version, metadata.fragment), (3, Fragment::default()));
    let json = r#"{"p":"explorer","c":50,"s":"local","j":"job-1","t":1,"f":2,"v":3}"#;
    assert_eq!(serde_json::from_str::<PageMetadata>(json).unwrap(), metadata);
}

#[test]
fn a_release_from_before_there_were_fragments_reads_the_first_line_as_ever() {
    let text = String::from_utf8(encode_head(&PageMetadata::unknown())).unwrap();
    assert_eq!(text.lines().next(), Some("<!--wand explorer 0 llm . 0 0 0-->"));
}
