//! The merchant's answers to questions that shoppers ask.

use askama::Template;
use model::PageKind;
use model::shop::question;

use super::{Render, Rules};
use crate::Look;
use crate::forms::filled_in;
use crate::sections::Sections;

/// The most questions.
const QUESTIONS_MAX: usize = 8;
/// The most questions whose answers are shown at once.
const OPEN_MAX: usize = 2;

filled_in! {
    /// The merchant's answers; filled in. At most once.
    Questions if "the merchant answered questions", offer_min: Rules::ROOMY,
    pages: &[PageKind::Home, PageKind::Collection, PageKind::Product, PageKind::Cart],
    |heading, _, given| View::of(heading, given.questions)
}

/// The questions with their answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View<'a> {
    /// The heading.
    pub heading: &'a str,
    answered: Vec<(&'a str, &'a str)>,
}

impl<'a> View<'a> {
    /// Returns the block of a merchant's questions, each with its answer after the question mark; `None` if there are
    /// none.
    pub fn of(heading: &'a str, questions: &'a [String]) -> Option<Self> {
        let answered: Vec<_> =
            questions.iter().filter_map(|text| question(text)).take(QUESTIONS_MAX).collect();
        (!answered.is_empty()).then_some(Self { heading, answered })
    }
}

impl<'a> Render<'a> for View<'a> {
    fn render(&self, sections: &mut Sections<'a>) {
        let is_open = sections.look() == Look::Calm || self.answered.len() <= OPEN_MAX;
        let (id, answered) = (sections.next_id(), &self.answered);
        sections.add(&Section { id, heading: self.heading, answered, is_open });
    }
}

#[derive(Template)]
#[template(path = "blocks/questions.html")]
struct Section<'a> {
    id: usize,
    heading: &'a str,
    answered: &'a [(&'a str, &'a str)],
    /// Whether all answers are shown, or each when its question is chosen.
    is_open: bool,
}
