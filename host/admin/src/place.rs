//! The pages of the admin: their addresses and names.

use crate::wording::Words;

/// A page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// The connection, the setup, what to do next, numbers.
    Home,
    /// What is on pages, for whom they are made, and how they look.
    Pages,
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
    /// All pages, in the order of the navigation.
    pub const ALL: [Self; 6] =
        [Self::Home, Self::Pages, Self::Experiments, Self::Brand, Self::Privacy, Self::Settings];

    /// Returns its address, which is also where its form is sent to.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Home => "/admin",
            Self::Pages => "/admin/pages",
            Self::Experiments => "/admin/experiments",
            Self::Brand => "/admin/brand",
            Self::Privacy => "/admin/privacy",
            Self::Settings => "/admin/settings",
        }
    }

    /// Returns the page at an address.
    pub fn at(path: &str) -> Option<Self> {
        let path = path.strip_suffix('/').unwrap_or(path);
        Self::ALL.into_iter().find(|place| place.path() == path)
    }

    /// Returns its name in the navigation and its title.
    pub fn title(self, words: &Words) -> &'static str {
        match self {
            Self::Home => words.home(),
            Self::Pages => words.pages(),
            Self::Experiments => words.experiments(),
            Self::Brand => words.brand(),
            Self::Privacy => words.privacy(),
            Self::Settings => words.settings(),
        }
    }
}
