//! Addresses that the admin links to.

use admin::Links;
use anyhow::bail;
use http::Uri;

use super::file::Server;

/// Returns the links for merchants, or an error that names the key of one that is not an address.
pub(super) fn links(server: &Server) -> anyhow::Result<Links> {
    let checked = |page: &str, url: &Option<String>| match url {
        Some(url) if !is_address(url) => bail!(
            "server.{page}_url is {url:?}: it must be an address such as https://wandstore.example/{page} or \
             mailto:{page}@wandstore.example"
        ),
        url => Ok(url.clone()),
    };
    Ok(Links {
        support: checked("support", &server.support_url)?,
        privacy: checked("privacy", &server.privacy_url)?,
        changelog: checked("changelog", &server.changelog_url)?,
    })
}

fn is_address(url: &str) -> bool {
    let is_plain = url.bytes().all(|byte| byte.is_ascii_graphic());
    match url.strip_prefix("mailto:") {
        Some(mailbox) => {
            is_plain
                && mailbox.split_once('@').is_some_and(|(name, host)| !name.is_empty() && !host.is_empty())
        }
        None => url.starts_with("https://") && url.parse::<Uri>().is_ok_and(|uri| uri.host().is_some()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn support(url: &str) -> anyhow::Result<Links> {
        links(&Server { support_url: Some(url.to_owned()), ..Server::default() })
    }

    #[test]
    fn a_link_is_an_address_that_a_browser_opens_and_nothing_else() {
        for url in ["https://help.example/wandstore?a=b", "mailto:help@wandstore.example"] {
            assert_eq!(support(url).unwrap().support.as_deref(), Some(url));
        }
        for url in [
            "",
            "help.example",
            "http://help.example",
            "javascript:alert(1)",
            "https://",
            "mailto:",
            "mailto:a b@c",
        ] {
            let error = support(url).unwrap_err().to_string();
            assert!(error.starts_with(&format!("server.support_url is {url:?}: it must be")), "{error}");
            assert!(error.contains("https://wandstore.example/support or mailto:support@"), "{error}");
        }
        assert_eq!(links(&Server::default()).unwrap(), Links::default());
    }
}
