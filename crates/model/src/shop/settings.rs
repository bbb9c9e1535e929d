//! The settings themselves: each is declared once, with its default, for files, for the admin and for components.

use serde::{Deserialize, Serialize};

use super::{
    Approval, Campaign, Colour, Dollars, LanguageTag, PlansPer, Selector, Share, Variant, campaign,
    serialized,
};
use crate::{Look, Persona};

/// Defines [`ShopSettings`] and [`Choices`] from one list of settings. A label says who decides what follows it:
///
/// - `operator`: the configuration alone;
/// - `merchant`: the configuration, or the merchant in the admin, whose choice wins. Both structs have the field;
/// - `admin`: the admin alone, which stores it with the choices. Both structs have the field;
/// - `host`: the host, when it reads the shop. It is stored nowhere.
macro_rules! settings {
    (
        $(#[$about:meta])*
        pub struct $Settings:ident {
            $(
                operator: $($(#[$of_operator:meta])* pub $operator:ident: $Operator:ty = $operators:expr,)*
                merchant: $($(#[$of_merchant:meta])* pub $merchant:ident: $Merchant:ty = $merchants:expr,)*
            )*
            admin: $($(#[$of_admin:meta])* pub $admin:ident: $Admin:ty = $admins:expr,)*
            host: $($(#[$of_host:meta])* pub $host:ident: $Host:ty = $hosts:expr,)*
        }

        $(#[$about_choices:meta])*
        pub struct $Choices:ident {
            $($(#[$of_choices:meta])* pub $choices:ident: $Choice:ty = $choice:expr,)*
        }
    ) => {
        $(#[$about])*
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(default)]
        pub struct $Settings {
            $(
                $($(#[$of_operator])* pub $operator: $Operator,)*
                $($(#[$of_merchant])* pub $merchant: $Merchant,)*
            )*
            $($(#[$of_admin])* #[serde(skip)] pub $admin: $Admin,)*
            $($(#[$of_host])* #[serde(skip)] pub $host: $Host,)*
        }

        $(#[$about_choices])*
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(default)]
        pub struct $Choices {
            $($($(#[$of_merchant])* pub $merchant: $Merchant,)*)*
            $($(#[$of_admin])* pub $admin: $Admin,)*
            $($(#[$of_choices])* pub $choices: $Choice,)*
        }

        impl Default for $Settings {
            /// A shop without any settings, not even a name. It promises nothing.
            fn default() -> Self {
                Self {
                    $($($operator: $operators,)* $($merchant: $merchants,)*)*
                    $($admin: $admins,)*
                    $($host: $hosts,)*
                }
            }
        }

        impl Default for $Choices {
            fn default() -> Self {
                Self::of($Settings::default())
            }
        }

        impl $Choices {
            /// Returns the choices that correspond to a shop's settings.
            pub fn of(shop: $Settings) -> Self {
                Self {
                    $($($merchant: shop.$merchant,)*)*
                    $($admin: shop.$admin,)*
                    $($choices: $choice,)*
                }
            }

            /// Applies the choices to a shop's settings.
            #[must_use]
            pub fn over(self, shop: $Settings) -> $Settings {
                $Settings {
                    $($($merchant: self.$merchant,)*)*
                    $($admin: self.$admin,)*
                    ..shop
                }
            }
        }
    };
}

settings! {
    /// A merchant's shop. A configuration that names no shop serves the demo shop, `magic-wands`.
    pub struct ShopSettings {
        operator:
        /// The name that shoppers see; without it, the id.
        pub name: String = String::new(),
        /// The base address of its theme's own pages, `https://…` without a slash at the end; empty if the shop has
        /// none. A shop at Shopify has `https://<id>`.
        #[serde(with = "serialized::or_empty")]
        pub url: Option<String> = None,
        /// BCP 47 language tag of its texts.
        pub language: LanguageTag = LanguageTag::default(),

        merchant:
        /// How the merchant wants to sound, in a few words.
        pub tone: String = "warm and clear".to_owned(),
        /// Words that its pages must not use, in lower case.
        pub banned_words: Vec<String> = Vec::new(),
        /// The promises that pages may make. They make no others.
        pub promises: Vec<String> = Vec::new(),
        /// Questions that shoppers ask, each with its answer after the question mark: `Do you repair? Yes, for ten
        /// years.`
        pub questions: Vec<String> = Vec::new(),
        /// The announcements above every page, at most 8 campaigns: of those that run, the first is shown. Each has a
        /// `text`, a first day `from` and a last one `until`, as `YYYY-MM-DD`, a `link` such as `collection: sale`, and
        /// the `personas` that see it. All but the text may be left out.
        #[serde(deserialize_with = "campaign::list")]
        pub campaigns: Vec<Campaign> = Vec::new(),
        /// Products and blocks that no page shows, at most 100 lines such as `product: oak-wand`, `collection: sale`,
        /// `vendor: Ollivander`, `type: Robes` or `block: story`, at most 10 of them collections. An address of the
        /// shop stands for its product or collection.
        #[serde(deserialize_with = "serialized::excluded")]
        pub excluded: Vec<Selector> = Vec::new(),
        /// The products that stand first, at most 100 lines such as those of `excluded`, without blocks. The first four
        /// that are available take effect.
        #[serde(deserialize_with = "serialized::pinned")]
        pub pinned: Vec<Selector> = Vec::new(),
        /// Names of personas for which no page is made; not all of them.
        #[serde(deserialize_with = "serialized::personas")]
        pub personas_off: Vec<Persona> = Vec::new(),
        /// The brand's accent colour, `#rrggbb`; if empty, pages have their own.
        #[serde(with = "serialized::or_empty")]
        pub accent: Option<Colour> = None,
        /// The brand's background colour, `#rrggbb`; if empty, pages have their own.
        #[serde(with = "serialized::or_empty")]
        pub surface: Option<Colour> = None,

        operator:
        /// Whether a plan of the language model is for a `segment`, which is all shoppers of a persona and a market, or
        /// for one `shopper`. If empty, as `llm.plans_per` says.
        #[serde(with = "serialized::or_empty")]
        pub plans_per: Option<PlansPer> = None,

        merchant:
        /// Which of the language model's plans wait for the merchant's approval: none (`automatic`), the `first` of
        /// each persona, market and kind of page, and the first after a change of the settings, or `everything`. With
        /// approval, plans are for segments whatever `plans_per` says.
        pub approval: Approval = Approval::Automatic,
        /// Whether shoppers get the fallback page where nothing was approved, and not a page that is planned without
        /// the language model. It has no effect while approval is automatic.
        pub only_approved: bool = false,
        /// The most that the language model may cost for its pages on a day (UTC), in US dollars, such as `"2.50"`; if
        /// empty, there is no limit but those of `[llm]`. Each call reserves the most that it may cost. When four
        /// fifths are spent, pages of shoppers without signals are planned without the model. When all is spent, every
        /// page is, until the next day.
        #[serde(with = "serialized::or_empty")]
        pub budget_per_day: Option<Dollars> = None,
        /// The same for a month of the calendar (UTC).
        #[serde(with = "serialized::or_empty")]
        pub budget_per_month: Option<Dollars> = None,
        /// The share of shoppers who always get the fallback page, in percent, from 0 to 50, so that the effect of
        /// personal pages can be measured. A changed share starts a new comparison.
        pub holdout: Share = Share::TENTH,
        /// A variant of the pages, which half of the shoppers with personal pages get, so that it can be compared with the
        /// pages of the others: another tone of voice, such as `tone: dry and short`, or one layout for all personas,
        /// such as `layout: compact` (`balanced`, `calm`, `varied`, `compact` or `personal`). If empty, none is tested. A
        /// tone needs `approval = "automatic"`.
        #[serde(with = "serialized::or_empty")]
        pub variant: Option<Variant> = None,
        /// Names of personas that are paused, because the comparison shows that personal pages lose: on the kinds of
        /// pages of the shop that suggest them, every shopper gets the fallback page (`docs/experiments.md`).
        #[serde(deserialize_with = "serialized::personas")]
        pub personas_paused: Vec<Persona> = Vec::new(),
        /// Whether the merchant turned personal pages off: every shopper gets the fallback page, and nothing is made or
        /// stored.
        pub paused: bool = false,

        admin:
        /// How many approvals the merchant took back.
        pub withdrawals: u32 = 0,

        host:
        /// The shop's own language, where `language` is that of a shopper's market: see [`ShopSettings::in_market`].
        pub own_language: Option<LanguageTag> = None,
        /// Whether the language model may plan its pages: the shop's plan includes it.
        pub has_model: bool = true,
        /// Whether the shop is served because its merchant installed the app, and not because the operator named it.
        pub is_installed: bool = false,
        /// The look of a shopper's pages in place of the persona's: see [`ShopSettings::for_shopper`].
        pub look: Option<Look> = None,
    }

    /// A merchant's choices, which override the operator's configuration.
    pub struct Choices {
        /// Personas that were paused and that the merchant wants pages for nevertheless. They are not paused again while
        /// the holdout is the same.
        #[serde(deserialize_with = "serialized::personas")]
        pub personas_kept: Vec<Persona> = Vec::new(),
    }
}

/// Implements the conversions for the types of `settings` in `wit/capabilities` that `model::shop` has. The caller
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
                        variant: shop.variant.map(|variant| variant.to_string()),
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
                        variant: shop.variant.and_then(|variant| variant.parse().ok()),
                        personas_paused: shop.personas_paused.iter().filter_map(|name| $crate::Persona::named(name)).collect(),
                        paused: false,
                        withdrawals: shop.withdrawals,
                        has_model: true,
                        is_installed: false,
                        look: None,
                    }
                }
            }
        };
    };
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// A document as the admin stores it, with a value of every choice that is not the default.
    const STORED: &str = r##"{"tone":"dry","banned_words":["cheap"],"promises":["Free returns"],
        "questions":["Open? Yes."],"campaigns":[{"text":"Robes are back","from":"2026-12-01","until":"2026-12-24",
        "link":"collection: robes","personas":["explorer"]}],"excluded":["vendor: Ollivander","block: story"],
        "pinned":["product: oak-wand"],"personas_off":["explorer"],"accent":"#112233","surface":"#ffffff",
        "approval":"first","only_approved":true,"budget_per_day":"2.50","budget_per_month":"40.00","holdout":20,"variant":"layout: compact",
        "personas_paused":["loyalist"],"personas_kept":["minimalist"],"paused":true,"withdrawals":3}"##;

    fn stored() -> Choices {
        serde_json::from_str(STORED).unwrap()
    }

    fn document(value: impl Serialize) -> serde_json::Map<String, serde_json::Value> {
        serde_json::to_value(value).unwrap().as_object().unwrap().clone()
    }

    #[test]
    fn stored_choices_are_read_and_written_again_without_a_change() {
        let expected: serde_json::Value = serde_json::from_str(STORED).unwrap();
        assert_eq!(serde_json::to_value(stored()).unwrap(), expected);
        let usual = document(Choices::default());
        let same: Vec<_> =
            expected.as_object().unwrap().iter().filter(|(key, value)| usual[*key] == **value).collect();
        assert!(same.is_empty(), "the test stores the default of {same:?}");
    }

    #[test]
    fn a_choice_that_is_not_stored_is_the_default() {
        let choices: Choices = serde_json::from_str(r#"{"tone":"dry"}"#).unwrap();
        assert_eq!(choices, Choices { tone: "dry".to_owned(), ..Choices::default() });
    }

    #[test]
    fn every_choice_overrides_the_configuration_and_nothing_else_changes() {
        let shop =
            ShopSettings { plans_per: Some(PlansPer::Shopper), has_model: false, ..ShopSettings::demo() };
        let chosen = stored().over(shop.clone());
        assert_eq!(Choices::of(chosen.clone()), Choices { personas_kept: Vec::new(), ..stored() });
        assert_eq!(
            (chosen.name.as_str(), chosen.plans_per, chosen.has_model),
            ("Magic Wands", shop.plans_per, false)
        );
    }

    #[test]
    fn a_file_cannot_say_what_the_admin_and_the_host_say() {
        let file =
            json!({ "withdrawals": 3, "own_language": "de", "has_model": false, "is_installed": true });
        let shop: ShopSettings = serde_json::from_value(file).unwrap();
        assert_eq!(shop, ShopSettings::default());
        let written = document(shop);
        assert!(
            ["withdrawals", "own_language", "has_model", "is_installed"]
                .iter()
                .all(|key| !written.contains_key(*key))
        );
    }
}
