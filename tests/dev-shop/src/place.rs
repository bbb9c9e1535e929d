//! The market of a request: its folder or domain determines country and language.

use liquid::{Object, object};

use crate::Options;

/// The markets that have a folder.
pub(crate) const FOLDERS: [Folder; 3] = [
    Folder { path: "/fr", country: "FR", language: "fr" },
    Folder { path: "/en-ca", country: "CA", language: "en" },
    Folder { path: "/pt-br", country: "BR", language: "pt-BR" },
];
/// The prefix of each market's domain, with the country and language.
const DOMAINS: [(&str, &str, &str); 1] = [("de.", "DE", "de")];

/// The folder of a market. Routes within it carry it as an extension.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Folder {
    pub(crate) path: &'static str,
    country: &'static str,
    language: &'static str,
}

/// The market of a request.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    /// The folder, such as `/fr`; empty for none.
    pub(crate) folder: &'static str,
    pub(crate) country: String,
    pub(crate) language: &'static str,
}

impl Place {
    /// Returns the market of a request to `host`, in this folder if it has one.
    pub(crate) fn of(options: &Options, host: &str, folder: Option<&Folder>) -> Self {
        let domain = DOMAINS.into_iter().find(|(start, ..)| host.starts_with(start));
        match (folder, domain) {
            (Some(Folder { path, country, language }), _) => {
                Self { folder: path, country: (*country).to_owned(), language }
            }
            (None, Some((_, country, language))) => {
                Self { folder: "", country: country.to_owned(), language }
            }
            (None, None) => Self { folder: "", country: options.country.clone(), language: "en" },
        }
    }

    /// Returns `routes.root_url`.
    pub(crate) fn root_url(&self) -> &'static str {
        if self.folder.is_empty() { "/" } else { self.folder }
    }

    /// Returns `localization`, `request.locale` and `routes`, as far as templates use them.
    pub(crate) fn globals(&self) -> Object {
        object!({
            "localization": {
                "country": { "iso_code": self.country },
                "language": { "iso_code": self.language },
            },
            "routes": { "root_url": self.root_url() },
            // The prefix of links in themes, without a trailing slash.
            "folder": self.folder,
        })
    }
}
