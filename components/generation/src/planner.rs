//! The local planner: plans a page without a model, from the persona, the signals and the assortment alone.
//!
//! It is deterministic and subject to the same check as the model. Its plans always pass: it checks each text
//! before use, and the shop's name is always allowed. No heading makes a false claim about products
//! ([`crate::heading`]). If there are no words in the page's language, the planner uses none of its own phrases, only
//! words that the shop supplies: its name, its categories, and its products' titles and descriptions.

use std::collections::BTreeSet;

use model::catalog::Product;
use model::{Persona, Signals};
use page::blocks::{
    Block, Brands, Bundle, Categories, Collections, Comparison, Deals, Demand, Grid, HEADING_CHARS_MAX, Hero,
    ImageWithText, Lookbook, PriceGuide, Questions, Reassurance, RecentlyViewed, Search, Spotlight, Story,
    TEXT_CHARS_MAX, bundle, comparison, deals, grid, lookbook, search, story,
};
use words::Language;

use crate::affinity::Affinity;
use crate::copy::Company;
use crate::heading::{claims, false_claim, overstated, true_words};
use crate::phrases::Place;
use crate::plan::{Plan, limits};
use crate::profile::{self, Slot, Spotlit};
use crate::storefront::Storefront;

/// The most products of a grid other than the main one.
const SIDE_GRID_MAX: usize = 6;
/// The most products of one category: full rows beside the large tile of an explorer's page.
const CATEGORY_GRID_MAX: usize = 5;
/// The most products of a bundle by this planner.
const PAIRED_MAX: usize = 3;

/// Plans the page for a persona.
pub fn plan(persona: Persona, signals: &Signals, storefront: &Storefront) -> Plan {
    let planner = Planner::new(persona, signals, storefront);
    Plan { title: storefront.voice.name().to_owned(), blocks: planner.blocks() }
}

/// Returns the block for the products that the shopper viewed, if they viewed any that are offered.
pub fn viewed(persona: Persona, signals: &Signals, storefront: &Storefront) -> Option<Block> {
    let is_offered = |id: &String| storefront.assortment.offers(id);
    let planner = Planner::new(persona, signals, storefront);
    let is_allowed = storefront.merchant.allows_block("recently_viewed");
    (is_allowed && signals.views.iter().any(is_offered)).then(|| planner.recently_viewed())
}

/// Returns the grid of products that the shopper bought, if enough of them are available.
pub fn bought(persona: Persona, signals: &Signals, storefront: &Storefront) -> Option<Block> {
    if signals.purchased.is_empty() {
        return None;
    }
    Planner::new(persona, signals, storefront).again(&Left { shown: BTreeSet::new() })
}

struct Planner<'a> {
    persona: Persona,
    signals: &'a Signals,
    storefront: &'a Storefront,
    affinity: Affinity<'a>,
    ranked: Vec<&'a Product>,
}

impl<'a> Planner<'a> {
    fn new(persona: Persona, signals: &'a Signals, storefront: &'a Storefront) -> Self {
        let affinity = Affinity::of(signals, &storefront.assortment);
        let ranked = affinity.rank(persona, &storefront.assortment);
        Self { persona, signals, storefront, affinity, ranked }
    }

    /// Returns the blocks for the persona, in order. Blocks that the shop has nothing for are skipped, and a home page
    /// with too few blocks is filled up. No product is shown twice, except the hero's.
    fn blocks(&self) -> Vec<Block> {
        let storefront = self.storefront;
        if storefront.page.has_subject() {
            let left = Left { shown: BTreeSet::new() };
            let slots = profile::of(self.persona).below.iter();
            let blocks = slots.filter_map(|slot| self.fill(*slot, &left));
            let blocks = blocks.filter(|block| storefront.allows(&block.rules()));
            return blocks.take(limits::BLOCKS_BELOW_MAX).collect();
        }
        let layout = profile::of(self.persona).layout;
        let mut order: Vec<_> = layout.iter().enumerate().collect();
        order.sort_by_key(|(_, slot)| choice(**slot));
        let mut left = Left { shown: BTreeSet::new() };
        let mut filled = Vec::new();
        for (place, slot) in order {
            let Some(block) = self.fill(*slot, &left) else { continue };
            if *slot != Slot::Hero {
                left.shown.extend(block.products().iter().cloned());
            }
            filled.push((place, block));
        }
        filled.sort_by_key(|(place, _)| *place);
        self.filled_up(filled.into_iter().map(|(_, block)| block).collect())
    }

    /// Returns the block for a slot; `None` if the shop has nothing left for it, or its merchant excludes it.
    fn fill(&self, slot: Slot, left: &Left) -> Option<Block> {
        self.filled(slot, left).filter(|block| self.allows(block))
    }

    fn allows(&self, block: &Block) -> bool {
        self.storefront.merchant.allows_block(block.name())
    }

    fn filled(&self, slot: Slot, left: &Left) -> Option<Block> {
        match slot {
            Slot::Hero => Some(self.hero()),
            Slot::Spotlight => self.spotlight(left),
            Slot::BestGrid(products_max) => self.main_grid(self.shown_nowhere_else(left), products_max),
            Slot::CheapestGrid(products_max) => {
                let products: Vec<_> = left.of(self.storefront.assortment.cheapest().into_iter()).collect();
                let for_bundle = products.len().saturating_sub(bundle::PRODUCTS_MIN);
                self.main_grid(products, products_max.min(for_bundle.max(grid::PRODUCTS_MIN)))
            }
            Slot::CategoryGrid => self.category_grid(left),
            Slot::BoughtGrid => self.again(left),
            Slot::Bundle => self.bundle(left),
            Slot::Deals => self.deals(left),
            Slot::ImageWithText => {
                let pictured = self.image_with_text(left).filter(|block| self.allows(block));
                pictured.or_else(|| self.spotlight(left))
            }
            Slot::Lookbook => self.lookbook(left),
            Slot::Comparison(products_max) => self.comparison(left, products_max),
            Slot::Categories => {
                Some(Block::Categories(Categories { heading: self.claimless(Place::Categories) }))
            }
            Slot::Collections => {
                Some(Block::Collections(Collections { heading: self.claimless(Place::Collections) }))
            }
            Slot::Brands => Some(Block::Brands(Brands { heading: self.claimless(Place::Brands) })),
            Slot::Questions => {
                Some(Block::Questions(Questions { heading: self.claimless(Place::Questions) }))
            }
            Slot::PriceGuide => {
                Some(Block::PriceGuide(PriceGuide { heading: self.claimless(Place::PriceGuide) }))
            }
            Slot::Search => Some(self.search()),
            Slot::RecentlyViewed => Some(self.recently_viewed()),
            Slot::Story => Some(self.story()),
            Slot::Reassurance => Some(Block::Reassurance(Reassurance {})),
        }
    }

    /// Adds blocks until there are enough. Blocks that are filled in at rendering do not count, because they may
    /// be empty.
    fn filled_up(&self, mut blocks: Vec<Block>) -> Vec<Block> {
        let is_sure = |block: &&Block| block.rules().filled_in_if.is_none();
        for more in [self.search(), self.story()] {
            let sure = blocks.iter().filter(is_sure).count();
            let there = blocks.iter().any(|block| block.name() == more.name());
            if sure < limits::BLOCKS_MIN && !there && self.allows(&more) {
                blocks.push(more);
            }
        }
        blocks
    }

    fn hero(&self) -> Block {
        let product = self.available().next();
        let described = product.map_or("", |product| &product.description);
        Block::Hero(Hero {
            headline: match product {
                Some(product) => self.heading(Place::Headline(self.persona), &[], &[product]),
                None => self.claimless(Place::Headline(self.persona)),
            },
            text: self.say(Place::HeroText(self.persona), &[described], TEXT_CHARS_MAX, product.as_slice()),
            product: product.map(|product| product.id.clone()),
        })
    }

    /// Returns how many products a block may take so that enough are left for the main grid.
    fn spare(&self, left: &Left) -> usize {
        let is_main = |slot: &Slot| matches!(slot, Slot::BestGrid(_));
        let keeps =
            profile::of(self.persona).layout.iter().any(is_main) && self.ranked.len() >= grid::PRODUCTS_MIN;
        let kept = if keeps { grid::PRODUCTS_MIN } else { 0 };
        left.of(self.ranked.iter().copied()).count().saturating_sub(kept)
    }

    fn spotlight(&self, left: &Left) -> Option<Block> {
        let product = self.spotlit(left, Demand::Available).filter(|_| self.spare(left) > 0)?;
        Some(Block::Spotlight(Spotlight {
            heading: self.heading(Place::Spotlight(self.persona), &[&product.title], &[product]),
            text: self.say(Place::SpotlightText, &[&product.description], TEXT_CHARS_MAX, &[product]),
            product: product.id.clone(),
        }))
    }

    /// Returns a picture of the product for the spotlight, with its description if that may be copy.
    fn image_with_text(&self, left: &Left) -> Option<Block> {
        let product = self.spotlit(left, Demand::Pictured).filter(|_| self.spare(left) > 0)?;
        let texts = [&[product.description.as_str()], self.phrases(Place::SceneText)].concat();
        Some(Block::ImageWithText(ImageWithText {
            heading: self.heading(Place::Scene, &[&product.title], &[product]),
            text: self.first_allowed(&texts, TEXT_CHARS_MAX, &[product]),
            product: product.id.clone(),
        }))
    }

    fn lookbook(&self, left: &Left) -> Option<Block> {
        let products = self.best(left, Demand::Pictured, lookbook::PRODUCTS_MAX);
        (products.len() >= lookbook::PRODUCTS_MIN).then(|| {
            let heading = self.heading(Place::Lookbook, &[], &products);
            let text = self.say(Place::LookbookText, &[], TEXT_CHARS_MAX, &products);
            Block::Lookbook(Lookbook { heading, text, products: ids(&products) })
        })
    }

    fn comparison(&self, left: &Left, products_max: usize) -> Option<Block> {
        let products = self.best(left, Demand::Available, products_max);
        (products.len() >= comparison::PRODUCTS_MIN).then(|| {
            let heading = self.heading(Place::Comparison, &[], &products);
            let text = self.say(Place::ComparisonText, &[], TEXT_CHARS_MAX, &products);
            Block::Comparison(Comparison { heading, text, products: ids(&products) })
        })
    }

    /// Returns the best products after the hero's that no block shows and that meet a condition, as far as they can be
    /// spared.
    fn best(&self, left: &Left, demand: Demand, products_max: usize) -> Vec<&Product> {
        let others = left.of(self.available().skip(1)).filter(|product| demand.unmet(product).is_none());
        others.take(products_max.min(self.spare(left))).collect()
    }

    /// Returns the product for the spotlight.
    fn spotlit(&self, left: &Left, demand: Demand) -> Option<&Product> {
        let hero = self.available().next()?;
        let mut others = left.of(self.available().skip(1)).filter(|product| demand.unmet(product).is_none());
        match profile::of(self.persona).spotlight? {
            Spotlit::SecondBest => others.next(),
            Spotlit::OtherCategory => others.find(|other| other.category != hero.category),
        }
    }

    fn main_grid(&self, mut products: Vec<&Product>, products_max: usize) -> Option<Block> {
        products.truncate(products_max);
        self.grid(Place::Grid(self.persona), &products)
    }

    /// Returns the products that no other block shows, without the hero's if there are enough.
    fn shown_nowhere_else(&self, left: &Left) -> Vec<&Product> {
        let hero = self.available().next().map(|product| &product.id);
        let rest: Vec<_> = left.of(self.ranked.iter().copied()).collect();
        let others: Vec<_> = rest.iter().copied().filter(|product| Some(&product.id) != hero).collect();
        if others.len() < grid::PRODUCTS_MIN { rest } else { others }
    }

    /// Returns a grid of products that the shopper bought and that are still available.
    fn again(&self, left: &Left) -> Option<Block> {
        let assortment = &self.storefront.assortment;
        let bought = assortment.resolve(&self.signals.purchased).filter(|product| product.available);
        let bought = left.of(bought).take(SIDE_GRID_MAX.min(self.spare(left)));
        self.grid(Place::Again, &bought.collect::<Vec<_>>())
    }

    /// Returns a grid of one category, preferably one that is new to the shopper.
    fn category_grid(&self, left: &Left) -> Option<Block> {
        let unknown = |product: &&&Product| !self.affinity.knows(&product.category);
        let lead = self.ranked.iter().find(unknown).or(self.ranked.first())?;
        let same = left.of(self.of_category(&lead.category));
        let products: Vec<_> = same.take(CATEGORY_GRID_MAX.min(self.spare(left))).collect();
        let heading = self.first_true(&[&lead.category], &products);
        (products.len() >= grid::PRODUCTS_MIN)
            .then(|| Block::Grid(Grid { heading, products: ids(&products) }))
    }

    fn grid(&self, place: Place, products: &[&Product]) -> Option<Block> {
        let heading = self.heading(place, &[], products);
        (products.len() >= grid::PRODUCTS_MIN).then(|| Block::Grid(Grid { heading, products: ids(products) }))
    }

    /// Returns a bundle of the best category that has several available products.
    fn bundle(&self, left: &Left) -> Option<Block> {
        let spare = PAIRED_MAX.min(self.spare(left));
        let same = |lead: &Product| {
            let same = self.available().filter(|product| product.category == lead.category);
            left.of(same).take(spare).collect::<Vec<_>>()
        };
        let lead = self.available().find(|product| same(product).len() >= bundle::PRODUCTS_MIN)?;
        let products = same(lead);
        Some(Block::Bundle(Bundle {
            heading: self.heading(Place::Bundle, &[&lead.category], &products),
            text: self.say(Place::BundleText, &[], TEXT_CHARS_MAX, &products),
            products: ids(&products),
        }))
    }

    fn deals(&self, left: &Left) -> Option<Block> {
        let reduced = self.available().filter(|product| product.percent_off().is_some());
        // Some are left for the grid, which every page has.
        let kept =
            if self.ranked.len() > grid::PRODUCTS_MIN { grid::PRODUCTS_MIN } else { self.ranked.len() };
        let products: Vec<_> =
            left.of(reduced).take(deals::PRODUCTS_MAX.min(self.ranked.len() - kept)).collect();
        let heading = self.heading(Place::Deals, &[], &products);
        (!products.is_empty()).then(|| Block::Deals(Deals { heading, products: ids(&products) }))
    }

    /// Returns a search block. Its terms are the shop's categories, never the shopper's own words, because the
    /// next person at the same screen must not read them.
    fn search(&self) -> Block {
        let mut seen = BTreeSet::new();
        let categories = self.ranked.iter().map(|product| product.category.as_str());
        let allowed = categories.filter(|term| self.is_allowed(term, search::TERM_CHARS_MAX, &[]));
        let terms = allowed.filter(|term| seen.insert(*term)).take(search::TERMS_MAX).map(str::to_owned);
        Block::Search(Search {
            terms: terms.collect(),
            heading: self.say(Place::Search, &[], HEADING_CHARS_MAX, &[]),
        })
    }

    fn story(&self) -> Block {
        Block::Story(Story {
            heading: self.say(Place::Story, &[], HEADING_CHARS_MAX, &[]),
            text: self.say(Place::StoryText, &[], story::TEXT_CHARS_MAX, &[]),
        })
    }

    fn recently_viewed(&self) -> Block {
        Block::RecentlyViewed(RecentlyViewed { heading: self.claimless(Place::RecentlyViewed) })
    }

    fn available(&self) -> impl Iterator<Item = &Product> {
        self.ranked.iter().copied().filter(|product| product.available)
    }

    fn of_category<'b>(&'b self, category: &'b str) -> impl Iterator<Item = &'b Product> {
        self.ranked.iter().copied().filter(move |product| product.category == category)
    }

    /// Returns the copy for a place beside these products: one of our phrases in the page's language, else a text
    /// that the shop supplies.
    fn say(&self, place: Place, supplied: &[&str], chars_max: usize, products: &[&Product]) -> String {
        self.first_allowed(&[self.phrases(place), supplied].concat(), chars_max, products)
    }

    /// Returns the heading over these products. Its claims are true of them.
    fn heading(&self, place: Place, supplied: &[&str], products: &[&Product]) -> String {
        self.first_true(&[self.phrases(place), supplied].concat(), products)
    }

    /// Returns a heading without claims, for a place without products of its own.
    fn claimless(&self, place: Place) -> String {
        let says_nothing = |text: &&&str| claims(text, self.storefront).is_empty();
        let phrases: Vec<_> = self.phrases(place).iter().filter(says_nothing).copied().collect();
        self.first_allowed(&phrases, HEADING_CHARS_MAX, &[])
    }

    fn first_true(&self, texts: &[&str], products: &[&Product]) -> String {
        let is_true = |text: &&str| {
            let is_ours = self.storefront.supplies(text) || overstated(text, self.storefront).is_none();
            is_ours && false_claim(text, products, self.storefront).is_none()
        };
        let texts: Vec<_> = texts.iter().copied().filter(is_true).collect();
        self.first_allowed(&texts, HEADING_CHARS_MAX, products)
    }

    fn phrases(&self, place: Place) -> &'static [&'static str] {
        let language = Language::of(self.storefront.merchant.language.as_str());
        language.map_or(&[], |language| place.phrases(language.words()))
    }

    fn first_allowed(&self, texts: &[&str], chars_max: usize, products: &[&Product]) -> String {
        let allowed = texts.iter().find(|text| self.is_allowed(text, chars_max, products));
        allowed.copied().unwrap_or(self.storefront.voice.name()).to_owned()
    }

    fn is_allowed(&self, text: &str, chars_max: usize, products: &[&Product]) -> bool {
        let proven = true_words(text, products, self.storefront);
        let company = Company { products, decided: &proven };
        self.storefront.voice.flaw_beside(text, chars_max, &company).is_none()
    }
}

/// The products that no block shows yet.
struct Left {
    shown: BTreeSet<String>,
}

impl Left {
    fn of<'b>(&self, products: impl Iterator<Item = &'b Product>) -> impl Iterator<Item = &'b Product> {
        products.filter(|product| !self.shown.contains(&product.id))
    }
}

/// Returns when a slot chooses its products: those with few to choose from come first, the main grid takes the rest.
/// A grid from the lowest price up must not miss the lowest, so it chooses before a bundle.
fn choice(slot: Slot) -> usize {
    match slot {
        Slot::Hero => 0,
        Slot::Spotlight | Slot::ImageWithText | Slot::Comparison(_) | Slot::Lookbook => 1,
        Slot::Deals => 2,
        Slot::BoughtGrid => 3,
        Slot::CheapestGrid(_) => 4,
        Slot::Bundle => 5,
        Slot::CategoryGrid => 6,
        Slot::BestGrid(_) => 7,
        Slot::Search
        | Slot::RecentlyViewed
        | Slot::Reassurance
        | Slot::Categories
        | Slot::Collections
        | Slot::Brands
        | Slot::PriceGuide
        | Slot::Story
        | Slot::Questions => 8,
    }
}

fn ids(products: &[&Product]) -> Vec<String> {
    products.iter().map(|product| product.id.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assortment::Assortment;
    use crate::check::check;
    use crate::fakes::{any_signals, any_text, image, merchant, pictured, product, reduced, storefront};
    use model::PageKind;
    use model::catalog::Curation;
    use model::shop::{ShopSettings, selector};
    use proptest::prelude::*;

    fn kinds(plan: &Plan) -> Vec<String> {
        let plan = serde_json::to_value(plan).unwrap();
        plan["blocks"]
            .as_array()
            .unwrap()
            .iter()
            .map(|block| block["type"].as_str().unwrap().to_owned())
            .collect()
    }

    fn planned(persona: Persona, signals: &Signals) -> Plan {
        plan(persona, signals, &storefront())
    }

    #[test]
    fn each_persona_sees_another_page() {
        let kinds = |persona| kinds(&planned(persona, &Signals::default()));
        assert_eq!(kinds(Persona::Minimalist), ["hero", "comparison", "grid", "questions", "reassurance"]);
        assert_eq!(
            kinds(Persona::Explorer),
            [
                "hero",
                "categories",
                "grid",
                "recently_viewed",
                "spotlight",
                "grid",
                "search",
                "brands",
                "reassurance"
            ]
        );
        assert_eq!(
            kinds(Persona::Dealhunter),
            [
                "hero",
                "price_guide",
                "deals",
                "grid",
                "bundle",
                "recently_viewed",
                "search",
                "questions",
                "reassurance"
            ]
        );
        assert_eq!(
            kinds(Persona::Loyalist),
            [
                "hero",
                "recently_viewed",
                "grid",
                "bundle",
                "spotlight",
                "collections",
                "search",
                "questions",
                "reassurance"
            ]
        );
    }

    #[test]
    fn a_minimalist_sees_the_best_match_first_and_few_others() {
        let signals = Signals { carted: vec!["hat-2".to_owned()], ..Signals::default() };
        let plan = planned(Persona::Minimalist, &signals);
        assert!(matches!(&plan.blocks[0], Block::Hero(Hero { product: Some(id), .. }) if id == "hat-1"));
        assert!(matches!(&plan.blocks[2], Block::Grid(Grid { products, .. }) if products.len() == 3));
    }

    #[test]
    fn a_dealhunter_sees_deals_by_reduction_and_a_grid_by_price() {
        let plan = planned(Persona::Dealhunter, &Signals::default());
        assert!(matches!(&plan.blocks[0], Block::Hero(Hero { product: Some(id), .. }) if id == "potion-2"));
        assert!(
            matches!(&plan.blocks[2], Block::Deals(Deals { products, .. }) if products == &["potion-2", "wand-3"])
        );
        assert!(
            matches!(&plan.blocks[3], Block::Grid(Grid { products, .. }) if products == &["potion-1", "hat-1", "hat-2"])
        );
    }

    #[test]
    fn a_dealhunter_sees_the_lowest_price_only_if_it_is_known() {
        let heading = |count: u64| {
            let products = (0..count).map(|at| product(&format!("p{at}"), "Wands", 2_900 + at)).collect();
            let storefront = Storefront::new("s", merchant(), Assortment::new("EUR".to_owned(), products));
            let plan = plan(Persona::Dealhunter, &Signals::default(), &storefront);
            assert!(check(plan.clone(), &storefront).is_ok(), "{plan:?}");
            let grid = plan.blocks.into_iter().find_map(|block| match block {
                Block::Grid(Grid { heading, .. }) => Some(heading),
                _ => None,
            });
            grid.unwrap()
        };
        assert_eq!(heading(99), "Lowest price first");
        assert_eq!(heading(100), "Sorted by price");
    }

    #[test]
    fn an_explorer_sees_what_they_do_not_know() {
        let signals =
            Signals { views: vec!["wand-1".to_owned(), "potion-1".to_owned()], ..Signals::default() };
        let plan = planned(Persona::Explorer, &signals);
        assert!(matches!(&plan.blocks[0], Block::Hero(Hero { product: Some(id), .. }) if id == "hat-1"));
        assert!(matches!(&plan.blocks[5], Block::Grid(Grid { heading, .. }) if heading == "Hats"));
        assert!(
            matches!(&plan.blocks[6], Block::Search(Search { terms, .. }) if terms == &["Hats", "Wands", "Potions"])
        );
    }

    #[test]
    fn an_explorer_of_a_shop_with_pictures_sees_large_ones() {
        let plan = plan(Persona::Explorer, &Signals::default(), &pictured());
        assert_eq!(kinds(&plan)[..3], ["hero", "categories", "lookbook"]);
        assert!(check(plan, &pictured()).is_ok());
        let many = (0..40).map(|at| {
            let category = ["Wands", "Hats", "Potions", "Books"][at % 4];
            Product { image: Some(image()), ..product(&format!("p{at}"), category, 1_000) }
        });
        let storefront = Storefront::new("s", merchant(), Assortment::new("EUR".to_owned(), many.collect()));
        let plan = super::plan(Persona::Explorer, &Signals::default(), &storefront);
        let Some(Block::ImageWithText(scene)) =
            plan.blocks.iter().find(|block| block.name() == "image_with_text")
        else {
            panic!("{plan:?}")
        };
        assert_eq!(scene.text, "Made by hand.", "the merchant's words come first");
        assert!(check(plan, &storefront).is_ok());
    }

    #[test]
    fn a_loyalist_sees_again_what_they_bought() {
        let signals =
            Signals { purchased: vec!["wand-1".to_owned(), "hat-1".to_owned()], ..Signals::default() };
        let plan = planned(Persona::Loyalist, &signals);
        assert!(
            matches!(&plan.blocks[2], Block::Grid(Grid { products, .. }) if products == &["wand-1", "hat-1"])
        );
    }

    #[test]
    fn a_banned_word_leaves_another_phrase_or_the_name() {
        let with = |banned: &[&str]| {
            let banned_words = banned.iter().map(|word| (*word).to_owned()).collect();
            let merchant = ShopSettings { banned_words, ..merchant() };
            let storefront = Storefront::new("s", merchant, storefront().assortment);
            let plan = plan(Persona::Loyalist, &Signals::default(), &storefront);
            let Block::Hero(Hero { headline, .. }) = &plan.blocks[0] else { panic!("a hero is first") };
            headline.clone()
        };
        assert_eq!(with(&[]), "Good to see you");
        assert_eq!(with(&["good"]), "Welcome");
        assert_eq!(with(&["good", "welcome", "here"]), "Magic Wands");
    }

    #[test]
    fn each_language_has_phrases_for_a_page_and_falls_back_to_no_name() {
        let known = || vec!["wand-1".to_owned(), "hat-1".to_owned()];
        let signals = Signals { views: known(), purchased: known(), ..Signals::default() };
        let mut unsaid = Vec::new();
        for language in Language::all() {
            let merchant = ShopSettings { language: language.tag().parse().unwrap(), ..merchant() };
            let storefront = Storefront::new("s", merchant, storefront().assortment);
            for (persona, page) in
                Persona::ALL.into_iter().flat_map(|it| PageKind::ALL.map(|page| (it, page)))
            {
                let storefront = storefront.clone().at(page);
                let blocks = plan(persona, &signals, &storefront).blocks;
                let copy = blocks.iter().flat_map(|block| {
                    crate::across::copy_of(block).into_iter().map(|copy| (block.name(), copy))
                });
                let fallen_back = copy.filter(|(_, (_, text))| text == storefront.voice.name());
                unsaid.extend(fallen_back.map(|(name, (field, _))| (language.tag(), persona, name, field)));
            }
        }
        assert_eq!(unsaid, []);
    }

    #[test]
    fn a_shop_whose_language_has_no_words_is_quoted_and_not_spoken_for() {
        let merchant =
            ShopSettings { language: "da".parse().unwrap(), name: "Zauberstäbe".to_owned(), ..merchant() };
        let storefront = Storefront::new("s", merchant, storefront().assortment);
        let plan = plan(Persona::Explorer, &Signals::default(), &storefront);
        let text = serde_json::to_string(&plan).unwrap();
        assert!(text.contains("Made by hand.") && text.contains("Zauberstäbe"));
        let ours = Language::all()
            .flat_map(|language| Place::all().flat_map(move |place| place.phrases(language.words())))
            .find(|phrase| text.contains(**phrase));
        assert_eq!(ours, None, "{text}");
    }

    #[test]
    fn a_shop_with_nothing_to_show_has_a_page() {
        let storefront = Storefront::new("s", merchant(), Assortment::new("EUR".to_owned(), Vec::new()));
        for persona in Persona::ALL {
            let plan = plan(persona, &Signals::default(), &storefront);
            assert!(kinds(&plan).iter().any(|kind| kind == "story"), "{plan:?}");
            assert!(check(plan, &storefront).is_ok());
        }
    }

    fn any_product() -> impl Strategy<Value = Product> {
        let image = prop::option::of(Just(image()));
        let word =
            prop_oneof![prop::sample::select(vec!["Wands", "Hats"]).prop_map(str::to_owned), any_text()];
        let before = prop::option::of(0u64..200);
        ("[a-d]{1,2}", word.clone(), word.clone(), word, 0u64..200, before, any::<bool>(), image).prop_map(
            |(id, category, title, description, price, price_before, available, image)| Product {
                image,
                title,
                description,
                price_before,
                available,
                ..reduced(&id, &category, price, 0)
            },
        )
    }

    /// What a merchant of any storefront may exclude or pin.
    fn lines() -> Vec<&'static str> {
        let of_products =
            ["product: a", "product: b", "product: cc", "type: wands", "type: hats", "vendor: hollow & sons"];
        let of_blocks =
            ["block: search", "block: story", "block: comparison", "block: deals", "block: spotlight"];
        [of_products.as_slice(), of_blocks.as_slice()].concat()
    }

    fn any_storefront() -> impl Strategy<Value = Storefront> {
        let ours = ["again", "a", "the", "more", "less", "here", "reduced", "search", "hats", "you", "good"];
        let banned = prop_oneof![prop::sample::select(ours.to_vec()).prop_map(str::to_owned), any_text()];
        let languages = Language::all().map(Language::tag).chain(["en-GB", "da"]);
        let language = prop::sample::select(languages.collect::<Vec<_>>());
        let merchant = (any_text(), language, prop::collection::vec(banned, 0..12)).prop_map(
            |(name, language, banned_words)| ShopSettings {
                name,
                banned_words,
                language: language.parse().unwrap(),
                ..merchant()
            },
        );
        let excluded = prop::sample::subsequence(lines(), 0..6);
        let pinned = prop::sample::subsequence(lines(), 0..6);
        (merchant, prop::collection::vec(any_product(), 0..30), excluded, pinned).prop_map(
            |(merchant, products, excluded, pinned)| {
                let excluded = selector::excluded(excluded).unwrap();
                let pinned = pinned.into_iter().filter(|line| !line.starts_with("block"));
                let merchant =
                    ShopSettings { excluded, pinned: selector::pinned(pinned).unwrap(), ..merchant };
                let curation = Curation::of(&merchant, |_| Err("there are no collections")).unwrap();
                let assortment = Assortment::new("EUR".to_owned(), products).curated(&curation);
                Storefront::new("magic-wands", merchant, assortment)
            },
        )
    }

    proptest! {
        #[test]
        fn every_plan_passes_the_check(storefront in any_storefront(), signals in any_signals()) {
            for page in PageKind::ALL {
                let storefront = storefront.clone().at(page);
                for persona in Persona::ALL {
                    let planned = plan(persona, &signals, &storefront);
                    prop_assert_eq!(check(planned.clone(), &storefront).err(), None, "{:?}", planned);
                }
            }
        }

        #[test]
        fn the_same_shopper_sees_the_same_page(storefront in any_storefront(), signals in any_signals()) {
            let again = plan(Persona::Explorer, &signals.clone(), &storefront.clone());
            prop_assert_eq!(plan(Persona::Explorer, &signals, &storefront), again);
        }
    }

    #[test]
    fn a_single_product_is_enough_for_a_page() {
        let assortment = Assortment::new("EUR".to_owned(), vec![product("a", "Wands", 1)]);
        let storefront = Storefront::new("s", merchant(), assortment);
        for persona in Persona::ALL {
            assert!(check(plan(persona, &Signals::default(), &storefront), &storefront).is_ok());
        }
    }
}
