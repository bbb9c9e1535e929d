//! A component that answers every request with one page: what a platform costs by itself.
//!
//! `BENCH_ANSWER` names the file with the answer when this is compiled: field lines, an empty line, content.

#[cfg(all(target_arch = "wasm32", feature = "p2"))]
mod p2;
#[cfg(all(target_arch = "wasm32", feature = "p3"))]
mod p3;

/// Splits an answer into its field lines, as names and values, and its content.
#[cfg_attr(not(target_arch = "wasm32"), expect(dead_code, reason = "the components use it"))]
fn split(answer: &'static [u8]) -> (Vec<(String, Vec<u8>)>, &'static [u8]) {
    let end = answer.windows(2).position(|pair| pair == b"\n\n").unwrap_or(0);
    let lines = answer[..end].split(|byte| *byte == b'\n').filter_map(|line| {
        let colon = line.iter().position(|byte| *byte == b':')?;
        Some((String::from_utf8_lossy(&line[..colon]).into_owned(), line.get(colon + 2..)?.to_vec()))
    });
    (lines.collect(), answer.get(end + 2..).unwrap_or_default())
}
