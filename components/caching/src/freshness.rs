//! The rules for when a page is stale.

use model::pages::{PageMetadata, Staleness};

/// Returns why a page is stale, or `None` if it is fresh. If `catalog_version` is unknown, only the page's own
/// metadata counts.
///
/// A page to which both reasons apply is `Expired`, because its plan is too old to be rendered again. Versions are
/// compared for equality: even if the counter starts again, older pages are stale.
pub fn staleness(metadata: &PageMetadata, now_ms: u64, catalog_version: Option<u64>) -> Option<Staleness> {
    if now_ms >= metadata.fresh_until_ms {
        return Some(Staleness::Expired);
    }
    let has_changed = metadata.changes_ms.is_some_and(|changes_ms| now_ms >= changes_ms);
    let is_of_version = catalog_version.is_none_or(|version| version == metadata.catalog_version);
    (has_changed || !is_of_version).then_some(Staleness::CatalogChanged)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(now_ms: u64, current: Option<u64>) -> Option<Staleness> {
        let metadata = PageMetadata { fresh_until_ms: 1000, catalog_version: 3, ..PageMetadata::unknown() };
        staleness(&metadata, now_ms, current)
    }

    #[test]
    fn a_page_is_fresh_until_its_time() {
        assert_eq!(judge(999, Some(3)), None);
        assert_eq!(judge(1000, Some(3)), Some(Staleness::Expired));
    }

    #[test]
    fn a_catalog_that_changed_makes_it_stale_whichever_way() {
        assert_eq!(judge(0, Some(4)), Some(Staleness::CatalogChanged));
        assert_eq!(judge(0, Some(0)), Some(Staleness::CatalogChanged));
    }

    #[test]
    fn a_page_is_stale_when_a_campaign_begins_or_ends() {
        let metadata =
            PageMetadata { changes_ms: Some(500), fresh_until_ms: 1000, ..PageMetadata::unknown() };
        assert_eq!(staleness(&metadata, 499, Some(0)), None);
        assert_eq!(staleness(&metadata, 500, Some(0)), Some(Staleness::CatalogChanged));
        assert_eq!(staleness(&metadata, 500, None), Some(Staleness::CatalogChanged));
        assert_eq!(staleness(&metadata, 1000, None), Some(Staleness::Expired));
    }

    #[test]
    fn expired_wins_over_catalog_changed() {
        assert_eq!(judge(1000, Some(4)), Some(Staleness::Expired));
    }

    #[test]
    fn an_unknown_catalog_version_leaves_the_page_its_own_metadata() {
        assert_eq!(judge(999, None), None);
        assert_eq!(judge(1000, None), Some(Staleness::Expired));
    }
}
