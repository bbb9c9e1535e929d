//! Conversions between these types and those that bindings generate from WIT.

/// Implements the conversions for `page-types` of `wit/storefront` in both directions. The caller names the module that
/// its bindings generated for the interface, and the type in which it holds documents. A job id from the other side
/// may be invalid.
#[macro_export]
macro_rules! page_types_conversions {
    ($($wit:ident)::+, $content:ty) => {
        const _: () = {
            use $($wit)::+ as wit;
            use $crate::pages;

            $crate::conversions!(enum $crate::Source as wit::Source { Llm, Shared, Approved, Local });
            $crate::conversions!(struct pages::Deleted as wit::Deleted { count, more });
            $crate::conversions!(struct pages::SharedPlan as wit::SharedPlan { json, fresh_until_ms });
            $crate::conversions!(enum pages::Staleness as wit::Staleness { CatalogChanged, Expired });

            impl From<pages::PageMetadata> for wit::PageMetadata {
                fn from(metadata: pages::PageMetadata) -> Self {
                    Self {
                        persona: metadata.persona.into(),
                        confidence: metadata.confidence,
                        source: metadata.source.into(),
                        job: metadata.job.into(),
                        planned_ms: metadata.planned_ms,
                        fresh_until_ms: metadata.fresh_until_ms,
                        catalog_version: metadata.catalog_version,
                        changes_ms: metadata.changes_ms,
                        exclusions: metadata.exclusions,
                        fragment_offset: metadata.fragment.offset,
                        fragment_size: metadata.fragment.size,
                    }
                }
            }

            impl TryFrom<wit::PageMetadata> for pages::PageMetadata {
                type Error = pages::InvalidJobId;

                fn try_from(metadata: wit::PageMetadata) -> Result<Self, pages::InvalidJobId> {
                    Ok(Self {
                        persona: metadata.persona.into(),
                        confidence: metadata.confidence,
                        source: metadata.source.into(),
                        job: metadata.job.try_into()?,
                        planned_ms: metadata.planned_ms,
                        fresh_until_ms: metadata.fresh_until_ms,
                        catalog_version: metadata.catalog_version,
                        changes_ms: metadata.changes_ms,
                        exclusions: metadata.exclusions,
                        fragment: pages::Fragment {
                            offset: metadata.fragment_offset,
                            size: metadata.fragment_size,
                        },
                    })
                }
            }

            impl From<pages::Page<$content>> for wit::Page {
                fn from(page: pages::Page<$content>) -> Self {
                    Self { content: page.content, metadata: page.metadata.into() }
                }
            }

            impl TryFrom<wit::Page> for pages::Page<$content> {
                type Error = pages::InvalidJobId;

                fn try_from(page: wit::Page) -> Result<Self, pages::InvalidJobId> {
                    Ok(Self { content: page.content, metadata: page.metadata.try_into()? })
                }
            }

            impl From<pages::NewPage<$content>> for wit::NewPage {
                fn from(page: pages::NewPage<$content>) -> Self {
                    Self { content: page.content, plan: page.plan, metadata: page.metadata.into() }
                }
            }

            impl TryFrom<wit::NewPage> for pages::NewPage<$content> {
                type Error = pages::InvalidJobId;

                fn try_from(page: wit::NewPage) -> Result<Self, pages::InvalidJobId> {
                    Ok(Self { content: page.content, plan: page.plan, metadata: page.metadata.try_into()? })
                }
            }

            impl From<pages::StoredPlan> for wit::StoredPlan {
                fn from(plan: pages::StoredPlan) -> Self {
                    Self { json: plan.json, metadata: plan.metadata.into() }
                }
            }

            impl TryFrom<wit::StoredPlan> for pages::StoredPlan {
                type Error = pages::InvalidJobId;

                fn try_from(plan: wit::StoredPlan) -> Result<Self, pages::InvalidJobId> {
                    Ok(Self { json: plan.json, metadata: plan.metadata.try_into()? })
                }
            }

            impl From<pages::Cached<$content>> for wit::Cached {
                fn from(cached: pages::Cached<$content>) -> Self {
                    use pages::Cached;
                    match cached {
                        Cached::Fresh(page) => Self::Fresh(page.into()),
                        Cached::Stale(page, reason) => {
                            Self::Stale(wit::StalePage { page: page.into(), reason: reason.into() })
                        }
                        Cached::Miss => Self::Miss,
                        Cached::Closed => Self::Closed,
                    }
                }
            }

            impl TryFrom<wit::Cached> for pages::Cached<$content> {
                type Error = pages::InvalidJobId;

                fn try_from(cached: wit::Cached) -> Result<Self, pages::InvalidJobId> {
                    Ok(match cached {
                        wit::Cached::Fresh(page) => Self::Fresh(page.try_into()?),
                        wit::Cached::Stale(wit::StalePage { page, reason }) => {
                            Self::Stale(page.try_into()?, reason.into())
                        }
                        wit::Cached::Miss => Self::Miss,
                        wit::Cached::Closed => Self::Closed,
                    })
                }
            }
        };
    };
}
