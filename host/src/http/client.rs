//! The client's address. Requests to a shop's APIs carry it, so that Shopify counts each shopper separately.

use std::net::IpAddr;

use http::HeaderMap;

/// The field in which proxies note their clients. The first address is that of the original client.
const FORWARDED_FOR: &str = "x-forwarded-for";

/// Returns the client's address.
///
/// A peer on this machine or in a private network is the operator's proxy and is trusted. With `server.trust_forwarded`
/// every peer is trusted, as behind a proxy with a public address. Otherwise the field is ignored, because it is easily
/// forged. Shopify does not sign it either, so it is used for nothing but counting.
pub fn address(peer: IpAddr, headers: &HeaderMap, trust_all: bool) -> IpAddr {
    let forwarded = || {
        let first = headers.get(FORWARDED_FOR)?.to_str().ok()?.split(',').next()?;
        first.trim().parse().ok().map(|address: IpAddr| address.to_canonical())
    };
    let peer = peer.to_canonical();
    if trust_all || is_near(peer) { forwarded().unwrap_or(peer) } else { peer }
}

fn is_near(peer: IpAddr) -> bool {
    match peer {
        IpAddr::V4(peer) => peer.is_loopback() || peer.is_private() || peer.is_link_local(),
        IpAddr::V6(peer) => peer.is_loopback() || peer.is_unique_local() || peer.is_unicast_link_local(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(peer: &str, forwarded: &str, trust_all: bool) -> String {
        let mut headers = HeaderMap::new();
        headers.insert(FORWARDED_FOR, forwarded.parse().unwrap());
        address(peer.parse().unwrap(), &headers, trust_all).to_string()
    }

    #[test]
    fn a_proxy_on_a_private_address_names_the_client() {
        for peer in ["127.0.0.1", "10.0.0.3", "::1", "fd00::1", "::ffff:192.168.0.2"] {
            assert_eq!(seen(peer, "203.0.113.7, 198.51.100.2", false), "203.0.113.7", "{peer}");
        }
        assert_eq!(seen("127.0.0.1", "2001:db8::1", false), "2001:db8::1");
    }

    #[test]
    fn somebody_from_outside_is_believed_only_if_the_operator_says_so() {
        assert_eq!(seen("198.51.100.2", "203.0.113.7", false), "198.51.100.2");
        assert_eq!(seen("198.51.100.2", "203.0.113.7", true), "203.0.113.7");
    }

    #[test]
    fn an_invalid_forwarded_address_leaves_the_peer() {
        for forwarded in ["", "unknown", "<script>", "999.1.1.1", "203.0.113.7:80"] {
            assert_eq!(seen("127.0.0.1", forwarded, true), "127.0.0.1", "{forwarded:?}");
        }
    }
}
