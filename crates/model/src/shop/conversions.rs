//! Conversions between these types and those that bindings generate from WIT.

/// Implements the conversions for the types of `settings` in `wit/capabilities` that stand in `model::shop`. The caller
/// names the module that its bindings generated for the interface. Whether a shop is paused is its status, not a
/// setting of the interface, and hosts alone know budgets. A value from the other side that is invalid counts as absent.
#[macro_export]
macro_rules! shop_conversions {
    ($($wit:ident)::+) => {
        const _: () = {
            use $($wit)::+ as wit;
            use $crate::shop::{Approval, Campaign, PlansPer, ShopSettings, ShopStatus};

            $crate::conversions!(enum ShopStatus as wit::ShopStatus { Unknown, Open, Paused });
            $crate::conversions!(enum PlansPer as wit::PlansPer { Segment, Shopper });
            $crate::conversions!(enum Approval as wit::Approval { Automatic, First, Everything });

            impl From<Campaign> for wit::Campaign {
                fn from(campaign: Campaign) -> Self {
                    Self {
                        text: campaign.text,
                        from_day: campaign.from.map(|day| day.to_string()),
                        until_day: campaign.until.map(|day| day.to_string()),
                        link: campaign.link.map(|link| link.to_string()),
                        personas: campaign.personas.iter().map(|persona| persona.name().to_owned()).collect(),
                    }
                }
            }

            impl From<wit::Campaign> for Campaign {
                fn from(campaign: wit::Campaign) -> Self {
                    Self {
                        text: campaign.text,
                        from: campaign.from_day.and_then(|day| day.parse().ok()),
                        until: campaign.until_day.and_then(|day| day.parse().ok()),
                        link: campaign.link.and_then(|link| link.parse().ok()),
                        personas: campaign.personas.iter().filter_map(|name| $crate::Persona::named(name)).collect(),
                    }
                }
            }

            impl From<ShopSettings> for wit::Shop {
                fn from(shop: ShopSettings) -> Self {
                    Self {
                        name: shop.name,
                        url: shop.url,
                        language: shop.language.to_string(),
                        tone: shop.tone,
                        banned_words: shop.banned_words,
                        promises: shop.promises,
                        questions: shop.questions,
                        campaigns: shop.campaigns.into_iter().map(Into::into).collect(),
                        excluded: shop.excluded.iter().map(|selector| selector.to_string()).collect(),
                        pinned: shop.pinned.iter().map(|selector| selector.to_string()).collect(),
                        personas_off: shop.personas_off.iter().map(|persona| persona.name().to_owned()).collect(),
                        accent: shop.accent.map(|colour| colour.to_string()),
                        surface: shop.surface.map(|colour| colour.to_string()),
                        plans_per: shop.plans_per.unwrap_or_default().into(),
                        approval: shop.approval.into(),
                        only_approved: shop.only_approved,
                        holdout_basis_points: shop.holdout.basis_points(),
                        personas_paused: shop.personas_paused.iter().map(|persona| persona.name().to_owned()).collect(),
                        withdrawals: shop.withdrawals,
                    }
                }
            }

            impl From<wit::Shop> for ShopSettings {
                fn from(shop: wit::Shop) -> Self {
                    Self {
                        name: shop.name,
                        url: shop.url,
                        language: shop.language.parse().unwrap_or_default(),
                        own_language: None,
                        tone: shop.tone,
                        banned_words: shop.banned_words,
                        promises: shop.promises,
                        questions: shop.questions,
                        campaigns: shop.campaigns.into_iter().map(Into::into).collect(),
                        excluded: shop.excluded.iter().filter_map(|line| line.parse().ok()).collect(),
                        pinned: shop.pinned.iter().filter_map(|line| line.parse().ok()).collect(),
                        personas_off: shop.personas_off.iter().filter_map(|name| $crate::Persona::named(name)).collect(),
                        accent: shop.accent.and_then(|colour| colour.parse().ok()),
                        surface: shop.surface.and_then(|colour| colour.parse().ok()),
                        plans_per: Some(shop.plans_per.into()),
                        budget_per_day: None,
                        budget_per_month: None,
                        approval: shop.approval.into(),
                        only_approved: shop.only_approved,
                        holdout: $crate::shop::Share::of_basis_points(shop.holdout_basis_points)
                            .unwrap_or($crate::shop::Share::NOBODY),
                        personas_paused: shop.personas_paused.iter().filter_map(|name| $crate::Persona::named(name)).collect(),
                        paused: false,
                        withdrawals: shop.withdrawals,
                        has_model: true,
                        is_installed: false,
                    }
                }
            }
        };
    };
}
