//! Pages that are answered from memory for a moment. Whatever invalidates a page takes effect when that moment is over.

use std::collections::HashMap;
use std::rc::Rc;

/// How long a page is kept: an invalidation takes effect within a second.
const KEPT_MS: u64 = 900;
/// The most bytes of pages.
const BYTES_MAX: usize = 2 << 20;

/// A page.
#[derive(Debug, PartialEq, Eq)]
pub struct Page {
    /// The header fields.
    pub fields: Vec<(String, Vec<u8>)>,
    /// The content.
    pub content: Vec<u8>,
}

impl Page {
    fn bytes(&self, target: &str) -> usize {
        let fields = self.fields.iter().map(|(name, value)| name.len() + value.len()).sum::<usize>();
        target.len() + fields + self.content.len()
    }
}

/// The pages, by target.
#[derive(Debug, Default)]
pub struct Kept {
    pages: HashMap<String, (u64, Rc<Page>)>,
    bytes: usize,
}

impl Kept {
    /// Returns the page of a target.
    pub fn get(&self, target: &str, now_ms: u64) -> Option<Rc<Page>> {
        let (until_ms, page) = self.pages.get(target)?;
        (now_ms < *until_ms).then(|| Rc::clone(page))
    }

    /// Keeps a page that was asked for at `asked_ms`.
    pub fn keep(&mut self, target: &str, page: Rc<Page>, asked_ms: u64) {
        let bytes = page.bytes(target);
        if bytes > BYTES_MAX {
            return;
        }
        self.drop_until(asked_ms);
        if self.bytes + bytes > BYTES_MAX {
            self.drop_until(u64::MAX);
        }
        self.bytes += bytes;
        if let Some((_, before)) = self.pages.insert(target.to_owned(), (asked_ms + KEPT_MS, page)) {
            self.bytes -= before.bytes(target);
        }
    }

    /// Drops the pages that are kept until this time at most.
    fn drop_until(&mut self, ms: u64) {
        let bytes = &mut self.bytes;
        self.pages.retain(|target, (until_ms, page)| {
            let stays = *until_ms > ms;
            if !stays {
                *bytes -= page.bytes(target);
            }
            stays
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(bytes: usize) -> Rc<Page> {
        Rc::new(Page { fields: vec![("x-cache".into(), b"HIT".to_vec())], content: vec![b'a'; bytes] })
    }

    #[test]
    fn a_page_is_kept_for_less_than_a_second_since_it_was_asked_for() {
        let mut kept = Kept::default();
        kept.keep("/s/a", page(10), 5_000);
        assert_eq!(kept.get("/s/a", 5_899), Some(page(10)));
        assert_eq!(kept.get("/s/a", 5_900), None);
        assert_eq!(kept.get("/s/b", 5_000), None);
    }

    #[test]
    fn memory_is_bounded_and_counted_right() {
        let mut kept = Kept::default();
        for n in 0..1_000 {
            kept.keep(&format!("/s/{}", n % 300), page(20_000), n);
            let bytes: usize = kept.pages.iter().map(|(target, (_, page))| page.bytes(target)).sum();
            assert_eq!(kept.bytes, bytes);
            assert!(bytes <= BYTES_MAX);
        }
        kept.keep("/s/huge", page(BYTES_MAX), 1_000);
        assert_eq!(kept.get("/s/huge", 1_000), None);
        kept.keep("/s/later", page(1), 10_000);
        assert_eq!(kept.pages.len(), 1);
    }
}
