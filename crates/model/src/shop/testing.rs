//! The test of a variant: which shoppers get it, and how that changes the settings.

use std::hash::Hasher as _;

use fnv::FnvHasher;

use super::settings::ShopSettings;
use super::variant::{InvalidVariant, Variant, VariantArm};
use crate::assignment::{PLACES, place};
use crate::{Look, Persona, ShopId, ShopperId};

/// The version of the assignment. Another version assigns anew.
const SALT: &str = "wandstore/variant/1";
impl ShopSettings {
    /// Checks that the variant can be tested with the other settings.
    pub fn validate_variant(&self) -> Result<(), InvalidVariant> {
        match &self.variant {
            Some(Variant::Tone(_)) if self.approves() => Err(InvalidVariant::Approval),
            Some(Variant::Tone(tone)) if *tone == self.tone => Err(InvalidVariant::Same),
            _ => Ok(()),
        }
    }

    /// Returns the number of the test that runs; `None` if none does. Another variant is another test, and so is a tone
    /// that is compared with another one.
    pub fn variant_test(&self) -> Option<u32> {
        let variant = self.variant.as_ref().filter(|_| self.validate_variant().is_ok())?;
        let mut hasher = FnvHasher::default();
        hasher.write(variant.to_string().as_bytes());
        if let Variant::Tone(_) = variant {
            hasher.write_u8(0);
            hasher.write(self.tone.as_bytes());
        }
        // The lower bits of FNV depend on each byte.
        u32::try_from(hasher.finish() & u64::from(u32::MAX)).ok()
    }

    /// Returns a shopper's part in the test; `None` if none runs. The pages of a context are for many shoppers, so they
    /// have no variant.
    pub fn variant_arm(&self, shop: &ShopId, shopper: &ShopperId) -> Option<VariantArm> {
        let test = self.variant_test().filter(|_| shopper.context_persona().is_none())?;
        let has_variant = place(&format!("{SALT}/{test:08x}"), shop, &shopper.person()) < PLACES / 2;
        Some(VariantArm { test, has_variant })
    }

    /// Returns the settings for a shopper's pages: with the variant, if they get it.
    #[must_use]
    pub fn for_shopper(self, shop: &ShopId, shopper: &ShopperId) -> Self {
        if !self.gets_variant(shop, shopper) {
            return self;
        }
        match self.variant.clone() {
            Some(Variant::Tone(tone)) => Self { tone, ..self },
            Some(Variant::Layout(look)) => Self { look: Some(look), ..self },
            None => self,
        }
    }

    /// Returns the look of pages for a persona.
    pub fn look_for(&self, persona: Persona) -> Look {
        self.look.unwrap_or_else(|| persona.into())
    }

    /// Returns the look of a shopper's pages, as [`Self::for_shopper`] and [`Self::look_for`] do together.
    pub fn look_of(&self, shop: &ShopId, shopper: &ShopperId, persona: Persona) -> Look {
        match self.variant {
            Some(Variant::Layout(look)) if self.gets_variant(shop, shopper) => look,
            _ => persona.into(),
        }
    }

    fn gets_variant(&self, shop: &ShopId, shopper: &ShopperId) -> bool {
        self.variant_arm(shop, shopper).is_some_and(|arm| arm.has_variant)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shop::Approval;

    fn with(variant: &str) -> ShopSettings {
        ShopSettings { variant: Some(variant.parse().unwrap()), ..ShopSettings::demo() }
    }

    fn shop() -> ShopId {
        ShopId::parse("magic-wands").unwrap()
    }

    fn visitor(number: u32) -> ShopperId {
        ShopperId::visitor(&format!("a-drawn-visitor-{number:08}")).unwrap()
    }

    fn has_variant(settings: &ShopSettings, number: u32) -> bool {
        settings.variant_arm(&shop(), &visitor(number)).unwrap().has_variant
    }

    #[test]
    fn half_of_the_shoppers_get_it_and_another_test_assigns_anew() {
        let (dry, curt) = (with("tone: dry"), with("tone: curt"));
        let count = |gets: &dyn Fn(u32) -> bool| (0..10_000).filter(|number| gets(*number)).count();
        let half = count(&|number| has_variant(&dry, number));
        let both = count(&|number| has_variant(&dry, number) && has_variant(&curt, number));
        assert!((4_800..5_200).contains(&half) && (2_300..2_700).contains(&both), "{half} {both}");
    }

    /// Other code must never compute another side: a shopper would change sides with a release.
    #[test]
    fn the_sides_of_a_test_are_those_that_they_were() {
        let compact = with("layout: compact");
        assert_eq!(compact.variant_test(), Some(3_770_391_102));
        let sides: Vec<_> = (0..8).map(|number| has_variant(&compact, number)).collect();
        assert_eq!(sides, [false, true, true, true, false, false, false, true]);
    }

    #[test]
    fn a_tone_is_tested_against_the_shops_own_and_a_layout_whatever_that_is() {
        let other = |settings: ShopSettings| ShopSettings { tone: "warm".to_owned(), ..settings };
        assert_ne!(with("tone: dry").variant_test(), other(with("tone: dry")).variant_test());
        assert_eq!(with("layout: calm").variant_test(), other(with("layout: calm")).variant_test());
        assert_eq!(ShopSettings::demo().variant_test(), None);
    }

    #[test]
    fn one_side_gets_the_variant_and_the_other_what_it_had() {
        for number in 0..20 {
            let has = has_variant(&with("tone: dry"), number);
            let of = with("tone: dry").for_shopper(&shop(), &visitor(number));
            assert_eq!(of.tone == "dry", has);
            let has = has_variant(&with("layout: compact"), number);
            let of = with("layout: compact").for_shopper(&shop(), &visitor(number));
            let expected = if has { Look::Compact } else { Look::Calm };
            assert_eq!(of.look_for(Persona::Minimalist), expected);
            let persona = Persona::Minimalist;
            assert_eq!(with("layout: compact").look_of(&shop(), &visitor(number), persona), expected);
        }
    }

    #[test]
    fn all_pages_of_a_shopper_are_on_one_side_and_those_of_a_context_have_none() {
        let settings = with("layout: compact");
        for number in 0..20 {
            let shopper = visitor(number);
            let there = shopper.at(crate::PageKind::Cart).unwrap();
            assert_eq!(settings.variant_arm(&shop(), &there), settings.variant_arm(&shop(), &shopper));
        }
        let anybody = ShopperId::context(Persona::Explorer);
        assert_eq!(settings.variant_arm(&shop(), &anybody), None);
    }

    #[test]
    fn a_tone_is_not_tested_while_the_merchant_approves_plans_or_against_itself() {
        let approving = |variant| ShopSettings { approval: Approval::First, ..with(variant) };
        assert_eq!(approving("tone: dry").validate_variant(), Err(InvalidVariant::Approval));
        assert_eq!(approving("tone: dry").variant_arm(&shop(), &visitor(1)), None);
        let same = ShopSettings { tone: "dry".to_owned(), ..with("tone: dry") };
        assert_eq!(same.validate_variant(), Err(InvalidVariant::Same));
        assert_eq!(same.variant_arm(&shop(), &visitor(1)), None);
        assert_eq!(approving("layout: calm").validate_variant(), Ok(()));
        assert!(approving("layout: calm").variant_arm(&shop(), &visitor(1)).is_some());
    }
}
