//! The pages of the admin: their addresses and names.

use model::Audience;

use crate::wording::Words;

/// A page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// The connection, the setup, what to do next, numbers.
    Home,
    /// The contents of pages, their audience and their look.
    Pages,
    /// The plans that wait for approval. It belongs to Pages.
    Approval,
    /// The comparison, costs and worth.
    Experiments,
    /// How the shop sounds and looks, and what it promises.
    Brand,
    /// Reports on customers who asked for their data.
    Privacy,
    /// The pause, the language model and the language.
    Settings,
}

impl Place {
    /// The pages of the navigation, in its order.
    pub const NAVIGATION: [Self; 6] =
        [Self::Home, Self::Pages, Self::Experiments, Self::Brand, Self::Privacy, Self::Settings];
    /// The pages that others lead to.
    const BELOW: [Self; 1] = [Self::Approval];

    /// Returns all pages.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::NAVIGATION.into_iter().chain(Self::BELOW)
    }

    /// Returns the page of the navigation that it belongs to.
    pub const fn section(self) -> Self {
        match self {
            Self::Approval => Self::Pages,
            other => other,
        }
    }

    /// Returns its address, which is also where its form is sent to.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Home => "/admin",
            Self::Pages => "/admin/pages",
            Self::Approval => "/admin/approval",
            Self::Experiments => "/admin/experiments",
            Self::Brand => "/admin/brand",
            Self::Privacy => "/admin/privacy",
            Self::Settings => "/admin/settings",
        }
    }

    /// Returns the page at an address. An address below Approval names the audience whose plan is opened.
    pub fn at(path: &str) -> Option<Self> {
        let path = path.strip_suffix('/').unwrap_or(path);
        let is_plan = || Self::Approval.below(path).is_some_and(|name| Audience::parse(name).is_ok());
        Self::all().find(|place| place.path() == path).or_else(|| is_plan().then_some(Self::Approval))
    }

    /// Returns what an address names below the page's own, if anything.
    pub fn below(self, path: &str) -> Option<&str> {
        path.strip_prefix(self.path())?.strip_prefix('/').filter(|name| !name.is_empty())
    }

    /// Returns its name in the navigation and its title.
    pub fn title(self, words: &Words) -> &'static str {
        match self {
            Self::Home => words.home(),
            Self::Pages => words.pages(),
            Self::Approval => words.approval(),
            Self::Experiments => words.experiments(),
            Self::Brand => words.brand(),
            Self::Privacy => words.privacy(),
            Self::Settings => words.settings(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_is_at_its_address_and_so_is_each_plan_that_waits() {
        for place in Place::all() {
            assert_eq!(Place::at(place.path()), Some(place));
            assert!(Place::NAVIGATION.contains(&place.section()), "{place:?}");
        }
        assert_eq!(Place::at("/admin/approval/home_explorer_-"), Some(Place::Approval));
        for nowhere in
            ["/admin/approval/home", "/admin/approval/home_explorer_-/x", "/admin/pages/x", "/", ""]
        {
            assert_eq!(Place::at(nowhere), None, "{nowhere}");
        }
    }
}
