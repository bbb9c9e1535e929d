//! The model's task for each kind of page.
//!
//! A page with a subject begins with what is about the subject, which is filled in for each request. The model plans what
//! follows, once for all subjects, so it is told what precedes its blocks and not which subject it is.

use model::PageKind;

/// What the model does for a home page.
const HOME: &str = "\
You plan one page of an online shop for one shopper. You answer with a plan, one JSON object, and nothing else: a title, \
a hero and a list of blocks. You choose blocks, their order, products and copy. Titles of products, prices, pictures, \
links, stock and the shop's promises are added from the shop's own data.";

/// What it does for other pages, whichever kind they are.
const BELOW: &str = "\
You plan the last part of a page of an online shop for one shopper. You answer with a plan, one JSON object, and nothing \
else: a title and a list of blocks. You choose blocks, their order and copy. Products, prices, pictures, links, answers and \
the shop's promises are added from the shop's own data.";

/// Returns the task for a page of this kind.
pub fn of(page: PageKind) -> String {
    match about(page) {
        None => HOME.to_owned(),
        Some(about) => format!("{BELOW}\n\nThe page: {about}"),
    }
}

/// Returns what kind of page it is, what precedes the model's blocks, and what they are for; `None` for a home page.
fn about(page: PageKind) -> Option<&'static str> {
    match page {
        PageKind::Home => None,
        PageKind::Product => Some(
            "it follows a product that the shopper looks at. What could go with it, and more of its type, come before your \
             blocks. Your blocks help to decide, and lead on if this is not the one. You do not know the product: no word is \
             about it.",
        ),
        PageKind::Collection => Some(
            "it follows the products of a collection. A comparison of some of them comes before your blocks. Your blocks lead \
             to what is beside the collection. You do not know the collection: no word is about it.",
        ),
        PageKind::Search => Some(
            "it follows the results of a search. What suits the search comes before your blocks. Your blocks offer other ways \
             to find something. You do not know what was searched for: no word is about it.",
        ),
        PageKind::Cart => Some(
            "it follows the cart. What could go with its products comes before your blocks. Your blocks answer and reassure, in \
             few words: nothing leads away from the cart. You do not know what is in it: no word is about it.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_page_has_a_task_of_its_own() {
        let tasks: std::collections::BTreeSet<_> = PageKind::ALL.map(of).into();
        assert_eq!(tasks.len(), PageKind::ALL.len());
        for task in tasks {
            assert_eq!(task.contains("a hero"), task == HOME, "{task}");
        }
    }
}
