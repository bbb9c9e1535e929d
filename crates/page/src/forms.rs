//! What several kinds of block have in common: what a plan says of them, or how they show it. Each is a macro, because a
//! kind has types of its own, which the JSON Schema of plans describes.

/// Defines a kind of block for which a plan gives only a heading. Its view is filled in when a page is rendered, from
/// the heading, today's products and what is [`Given`]. A page has at most one, and none unless the condition is met.
macro_rules! filled_in {
    (
        $(#[$description:meta])+
        $Kind:ident if $condition:literal, offer_min: $offer_min:expr, pages: $pages:expr,
        |$heading:pat_param, $stock:pat_param, $given:pat_param| $view:expr
    ) => {
        $(#[$description])+
        #[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
        #[serde(deny_unknown_fields)]
        pub struct $Kind {
            /// What to call it.
            #[schemars(length(min = 1, max = crate::kind::HEADING_CHARS_MAX))]
            pub heading: String,
        }

        impl crate::kind::Kind for $Kind {
            type View<'a> = View<'a>;

            const RULES: crate::kind::Rules = crate::kind::Rules {
                occurrence: crate::kind::Occurrence::AtMostOnce,
                filled_in_if: Some($condition),
                offer_min: $offer_min,
                pages: $pages,
                ..crate::kind::Rules::ANY
            };

            fn check(&self, checker: &mut impl crate::kind::Checker) {
                checker.heading(&self.heading);
                checker.no_claim("heading", &self.heading);
            }

            fn bind<'a>(
                &'a self,
                $stock: &'a impl crate::kind::Stock,
                $given: &crate::kind::Given<'a>,
            ) -> Option<View<'a>> {
                let $heading = &self.heading;
                $view
            }
        }
    };
}

/// Defines the view of a block that shows products under a heading, in one layout.
macro_rules! cards_view {
    ($layout:expr) => {
        /// The block with its products.
        #[derive(Debug, Clone, PartialEq)]
        pub struct View<'a> {
            /// What the products have in common.
            pub heading: &'a str,
            /// From the most interesting to the least.
            pub products: Vec<&'a Product>,
        }

        impl<'a> View<'a> {
            /// Returns the view of products; `None` without products.
            pub fn of(heading: &'a str, products: Vec<&'a Product>) -> Option<Self> {
                (!products.is_empty()).then_some(Self { heading, products })
            }
        }

        impl<'a> Render<'a> for View<'a> {
            fn render(&self, sections: &mut Sections<'a>) {
                sections.add_cards(self.heading, $layout, &self.products);
            }
        }
    };
}

/// Defines a kind of block for which a plan gives a heading, a text and the products under them, and its view without the
/// rendering. A page has at most one. It goes on without the products that no longer meet the demand, as long as enough
/// are left and the heading is true of them.
macro_rules! introduced {
    (
        $(#[$description:meta])+
        $Kind:ident, demand: $demand:expr,
        $(#[$products:meta])+
        products: $min:expr, $max:expr
    ) => {
        /// The fewest products.
        pub const PRODUCTS_MIN: usize = $min;
        /// The most products.
        pub const PRODUCTS_MAX: usize = $max;

        $(#[$description])+
        #[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
        #[serde(deny_unknown_fields)]
        pub struct $Kind {
            /// What they have in common.
            #[schemars(length(min = 1, max = crate::kind::HEADING_CHARS_MAX))]
            pub heading: String,
            /// A sentence about them.
            #[schemars(length(min = 1, max = crate::kind::TEXT_CHARS_MAX))]
            pub text: String,
            $(#[$products])+
            #[schemars(length(min = PRODUCTS_MIN, max = PRODUCTS_MAX))]
            pub products: Vec<String>,
        }

        impl crate::kind::Kind for $Kind {
            type View<'a> = View<'a>;

            const RULES: crate::kind::Rules = crate::kind::Rules {
                occurrence: crate::kind::Occurrence::AtMostOnce,
                demand: $demand,
                ..crate::kind::Rules::ANY
            };

            fn products(&self) -> &[String] {
                &self.products
            }

            fn check(&self, checker: &mut impl crate::kind::Checker) {
                checker.heading(&self.heading);
                checker.text(&self.text, crate::kind::TEXT_CHARS_MAX);
                checker.products(&self.products, PRODUCTS_MIN..=PRODUCTS_MAX, Self::RULES.demand);
                checker.true_of("heading", &self.heading, &self.products);
            }

            fn refit(mut self, stock: &impl crate::kind::Stock) -> Option<Self> {
                self.products.retain(|id| stock.meets(id, Self::RULES.demand));
                let fits =
                    self.products.len() >= PRODUCTS_MIN && stock.is_true(&self.heading, &self.products);
                fits.then_some(self)
            }

            fn bind<'a>(
                &'a self,
                stock: &'a impl crate::kind::Stock,
                _: &crate::kind::Given<'a>,
            ) -> Option<View<'a>> {
                View::of(&self.heading, &self.text, stock.products(&self.products))
            }
        }

        /// The block with its products.
        #[derive(Debug, Clone, PartialEq)]
        pub struct View<'a> {
            /// What the products have in common.
            pub heading: &'a str,
            /// A sentence about them.
            pub text: &'a str,
            /// The products, in the order of the plan.
            pub products: Vec<&'a model::catalog::Product>,
        }

        impl<'a> View<'a> {
            /// Returns the block of these products; `None` without products.
            pub fn of(
                heading: &'a str,
                text: &'a str,
                products: Vec<&'a model::catalog::Product>,
            ) -> Option<Self> {
                (!products.is_empty()).then_some(Self { heading, text, products })
            }
        }
    };
}

/// Defines the view of a block of tiles: one for each group that products form by a property.
macro_rules! groups_view {
    ($property:ident, page: $page:expr, tiles: $tiles:expr) => {
        /// The block with the groups that its tiles lead to.
        #[derive(Debug, Clone, PartialEq)]
        pub struct View<'a> {
            /// The heading.
            pub heading: &'a str,
            groups: Vec<crate::group::Group<'a>>,
        }

        impl<'a> View<'a> {
            /// Returns the block of the groups that these products form; `None` if they are too few to choose from.
            pub fn of(heading: &'a str, products: &[&'a model::catalog::Product]) -> Option<Self> {
                let groups = crate::group::groups(products, |product| &product.$property);
                (!groups.is_empty()).then_some(Self { heading, groups })
            }
        }

        impl<'a> crate::kind::Render<'a> for View<'a> {
            fn render(&self, sections: &mut crate::sections::Sections<'a>) {
                let named = crate::tiles::of_groups(sections, &self.groups, $page);
                $tiles(sections, named).add_to(sections, self.heading);
            }
        }
    };
}

pub(crate) use {cards_view, filled_in, groups_view, introduced};
