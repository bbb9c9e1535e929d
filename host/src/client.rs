//! The client's address, which limits count by. Requests to a shop's APIs carry it too, so that Shopify counts each
//! shopper separately.

use std::net::{IpAddr, SocketAddr};

use http::HeaderMap;
use ipnet::IpNet;
use serde::{Deserialize, Serialize};

/// The field to which each proxy appends the address of its client.
pub const FORWARDED_FOR: &str = "x-forwarded-for";

/// The addresses and networks of the operator's own proxies.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TrustedProxies(Vec<Proxy>);

/// One address, or a network such as `10.0.0.0/8`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(untagged)]
enum Proxy {
    Network(IpNet),
    Address(IpAddr),
}

impl TrustedProxies {
    /// Returns the address of whoever sent a request to the outermost trusted proxy: the rightmost one in
    /// `x-forwarded-for` that is not a trusted proxy's. The client wrote the addresses before it, which mean nothing.
    /// `None` if a trusted proxy asks by itself, or names no client.
    pub fn client(&self, peer: IpAddr, headers: &HeaderMap) -> Option<IpAddr> {
        self.outside(peer).or_else(|| self.forwarded(headers))
    }

    /// Returns the canonical form of an address that is not a trusted proxy's.
    pub fn outside(&self, address: IpAddr) -> Option<IpAddr> {
        let address = address.to_canonical();
        let is_trusted = self.0.iter().any(|proxy| match proxy {
            Proxy::Network(network) => network.contains(&address),
            Proxy::Address(proxy) => *proxy == address,
        });
        (!is_trusted).then_some(address)
    }

    fn forwarded(&self, headers: &HeaderMap) -> Option<IpAddr> {
        for line in headers.get_all(FORWARDED_FOR).iter().rev() {
            for hop in line.to_str().ok()?.rsplit(',') {
                let outside = self.outside(parse(hop.trim())?);
                if outside.is_some() {
                    return outside;
                }
            }
        }
        None
    }
}

/// Parses an address, with or without a port.
fn parse(hop: &str) -> Option<IpAddr> {
    hop.parse().or_else(|_| hop.parse().map(|address: SocketAddr| address.ip())).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(peer: &str, forwarded: &[&str]) -> Option<String> {
        let trusted: TrustedProxies =
            serde_json::from_value(serde_json::json!(["127.0.0.1", "10.0.0.0/8", "fd00::/8"])).unwrap();
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append(FORWARDED_FOR, line.parse().unwrap());
        }
        trusted.client(peer.parse().unwrap(), &headers).map(|address| address.to_string())
    }

    #[test]
    fn a_trusted_proxy_names_the_client() {
        for peer in ["127.0.0.1", "10.0.0.3", "fd00::1", "::ffff:10.9.8.7"] {
            assert_eq!(client(peer, &["203.0.113.7"]).as_deref(), Some("203.0.113.7"), "{peer}");
        }
        assert_eq!(client("127.0.0.1", &["2001:db8::1"]).as_deref(), Some("2001:db8::1"));
        assert_eq!(client("127.0.0.1", &["203.0.113.7:4711"]).as_deref(), Some("203.0.113.7"));
    }

    #[test]
    fn addresses_that_the_client_wrote_itself_are_ignored() {
        assert_eq!(client("10.0.0.1", &["192.0.2.1, 203.0.113.7"]).as_deref(), Some("203.0.113.7"));
        assert_eq!(client("10.0.0.1", &["192.0.2.1, 203.0.113.7, 10.0.0.2"]).as_deref(), Some("203.0.113.7"));
        assert_eq!(
            client("10.0.0.1", &["192.0.2.1", "203.0.113.7", "10.0.0.2"]).as_deref(),
            Some("203.0.113.7")
        );
        assert_eq!(client("10.0.0.1", &["127.0.0.1, 203.0.113.7"]).as_deref(), Some("203.0.113.7"));
    }

    #[test]
    fn a_peer_that_is_no_trusted_proxy_is_the_client() {
        for forwarded in [&[][..], &["192.0.2.1"], &["127.0.0.1"]] {
            assert_eq!(client("198.51.100.2", forwarded).as_deref(), Some("198.51.100.2"));
        }
        assert_eq!(client("::ffff:198.51.100.2", &[]).as_deref(), Some("198.51.100.2"));
    }

    #[test]
    fn a_trusted_proxy_that_names_nobody_has_no_client() {
        for forwarded in
            [&[][..], &[""], &["unknown"], &["203.0.113.7, unknown"], &["10.0.0.4"], &["999.1.1.1"]]
        {
            assert_eq!(client("127.0.0.1", forwarded), None, "{forwarded:?}");
        }
    }
}
