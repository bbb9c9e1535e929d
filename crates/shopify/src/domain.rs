//! Shop domains, and addresses of shop admins.
//!
//! Parsed domains are used in addresses, keys and headers, so they contain only lower-case letters, digits,
//! hyphens, underscores and the dots of the suffix.

use std::fmt;

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// The suffixes of shop domains. Merchants' shops have the first; the others belong to Shopify's developers. Some
/// of Shopify's libraries accept `*.shopify.com` and `*.spin.dev` as well, where many hosts are not shops.
const SHOPS: [&str; 4] = [".myshopify.com", ".myshopify.io", ".dev-api.shop.dev", ".shop.dev"];
/// The admins that name a shop in the path, and the suffix of that shop's domain.
const ADMINS: [(&str, &str); 2] =
    [("admin.shopify.com/store/", SHOPS[0]), ("admin.shop.dev/store/", SHOPS[3])];
/// The admin of Shopify's developers, which looks like a shop domain.
const LOCAL_ADMIN: &str = "admin.shop.dev";
/// An admin of Shopify's developers that does not reveal the shop's domain.
const SPIN_ADMIN: &str = "admin.spin.dev/store/";
/// The longest label of a DNS name, in bytes (RFC 1035, section 2.3.4).
const LABEL_BYTES_MAX: usize = 63;
/// The longest `host` parameter, in bytes: longer than any encoded address of an admin.
const HOST_PARAM_BYTES_MAX: usize = 256;

/// Shopify's base64: the standard alphabet, with or without padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The error for a text that is not a shop domain. The message does not repeat the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a domain of a Shopify shop")]
pub struct InvalidDomain;

/// The permanent domain of a shop, such as `cup-shop.myshopify.com`, in lower case.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ShopDomain(String);

impl ShopDomain {
    /// Parses a domain, or the address of a shop's admin such as `admin.shopify.com/store/cup-shop`. It accepts
    /// nothing around it: no scheme, user, port, path, dot or space.
    pub fn parse(text: &str) -> Result<Self, InvalidDomain> {
        let text = text.to_ascii_lowercase();
        let named_in_path =
            ADMINS.iter().find_map(|(admin, suffix)| Some((text.strip_prefix(admin)?, suffix)));
        let domain = match named_in_path {
            Some((label, suffix)) => is_label(label).then(|| format!("{label}{suffix}")),
            None => SHOPS.iter().filter_map(|suffix| text.strip_suffix(suffix)).any(is_label).then_some(text),
        };
        domain.filter(|domain| domain != LOCAL_ADMIN).map(Self).ok_or(InvalidDomain)
    }

    /// Parses exactly `https://` and a domain, as in session tokens.
    pub fn of_origin(text: &str) -> Result<Self, InvalidDomain> {
        let domain = text.strip_prefix("https://").ok_or(InvalidDomain)?;
        let shop = Self::parse(domain)?;
        (shop.as_str() == domain).then_some(shop).ok_or(InvalidDomain)
    }

    /// Returns the domain as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ShopDomain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The address of a shop's admin, without scheme, as in Shopify's `host` parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdminHost(String);

impl AdminHost {
    /// Reads a `host` parameter: base64 of `admin.shopify.com/store/cup-shop` or of
    /// `cup-shop.myshopify.com/admin`.
    pub fn parse(parameter: &str) -> Result<Self, InvalidDomain> {
        if parameter.len() > HOST_PARAM_BYTES_MAX {
            return Err(InvalidDomain);
        }
        let bytes = BASE64.decode(parameter).map_err(|_| InvalidDomain)?;
        let address = String::from_utf8(bytes).map_err(|_| InvalidDomain)?;
        is_admin(&address).then_some(Self(address)).ok_or(InvalidDomain)
    }

    /// Returns the address, such as `admin.shopify.com/store/cup-shop`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Encodes an address like Shopify's `host` parameter.
pub fn host_param(address: &str) -> String {
    BASE64.encode(address)
}

fn is_admin(address: &str) -> bool {
    if let Some(domain) = address.strip_suffix("/admin") {
        return ShopDomain::parse(domain).is_ok_and(|shop| shop.as_str() == domain);
    }
    let admins = ADMINS.iter().map(|(admin, _)| *admin).chain([SPIN_ADMIN]);
    admins.filter_map(|admin| address.strip_prefix(admin)).any(is_label)
}

/// Returns whether Shopify's libraries accept the label as a shop's name. They let it end with a hyphen.
fn is_label(label: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    label.len() <= LABEL_BYTES_MAX
        && label.bytes().all(inner)
        && label.bytes().next().is_some_and(|first| first.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_are_lower_cased() {
        let shop = ShopDomain::parse("Cup-Shop.MyShopify.com").unwrap();
        assert_eq!(shop.as_str(), "cup-shop.myshopify.com");
    }

    #[test]
    fn an_address_of_the_admin_names_a_shop() {
        for (address, domain) in [
            ("admin.shopify.com/store/my-shop", "my-shop.myshopify.com"),
            ("admin.shop.dev/store/my-shop", "my-shop.shop.dev"),
        ] {
            assert_eq!(ShopDomain::parse(address).unwrap().as_str(), domain);
        }
    }

    #[test]
    fn lookalike_domains_are_not_shops() {
        for text in [
            "",
            ".myshopify.com",
            "myshopify.com",
            "a.myshopify.com.",
            "a.myshopify.com/",
            "a.myshopify.com/admin",
            "a.myshopify.com:443",
            "https://a.myshopify.com",
            "user@a.myshopify.com",
            "evil.com/.myshopify.com",
            "evil.com#.myshopify.com",
            "evil.com?x=.myshopify.com",
            "evil.com\\.myshopify.com",
            "evil.com%2f.myshopify.com",
            "a.b.myshopify.com",
            "a.myshopify.com.evil.com",
            "a.myshopify.comx",
            "a-myshopify.com",
            "-a.myshopify.com",
            "_a.myshopify.com",
            " a.myshopify.com",
            "a.myshopify.com\n",
            "a\0.myshopify.com",
            "а.myshopify.com", // Cyrillic
            "a.myshopify。com",
            "a.mуshopify.com", // Cyrillic
            "admin.shopify.com",
            "admin.shop.dev",
            "admin.shop.dev/store/admin",
            "a.b.shop.dev",
            "my-shop.shopify.com",
            "my-shop.other.spin.dev",
            "accounts.shopify.com",
            "admin.shopify.com/store/",
            "admin.shopify.com/store/a/b",
            "admin.shopify.com/store/a.b",
            "admin.shopify.com/store/../a",
            "not-admin.shopify.com/store/my-shop",
            "admin.evil.com/store/my-shop",
            &format!("{}.myshopify.com", "a".repeat(64)),
        ] {
            assert_eq!(ShopDomain::parse(text), Err(InvalidDomain), "{text:?}");
        }
    }

    #[test]
    fn an_origin_is_a_scheme_and_a_domain_only() {
        assert!(ShopDomain::of_origin("https://a.myshopify.com").is_ok());
        for text in [
            "a.myshopify.com",
            "http://a.myshopify.com",
            "https://a.myshopify.com/",
            "https://A.myshopify.com",
            "https://admin.shopify.com/store/a",
            "https://https://a.myshopify.com",
        ] {
            assert_eq!(ShopDomain::of_origin(text), Err(InvalidDomain), "{text:?}");
        }
    }

    #[test]
    fn a_host_is_an_admin_of_shopify() {
        for address in
            ["my-shop.myshopify.com/admin", "admin.shopify.com/store/my-shop", "admin.spin.dev/store/my-shop"]
        {
            let padded = host_param(address);
            assert_eq!(AdminHost::parse(&padded).unwrap().as_str(), address);
            assert!(AdminHost::parse(padded.trim_end_matches('=')).is_ok());
            assert_eq!(AdminHost::parse(&format!("{padded}-nope")), Err(InvalidDomain));
        }
        for address in ["admin.shopify.com", "a.myshopify.com", "evil.com/admin", "admin.evil.com/store/a"] {
            assert_eq!(AdminHost::parse(&host_param(address)), Err(InvalidDomain), "{address}");
        }
    }
}
