//! Messages to merchants about a connection that does not work.

use crate::NotConnected;

/// Returns why a shop is not connected and what its merchant can do about it. The log has the details.
pub fn advice(error: &NotConnected) -> &'static str {
    match error {
        NotConnected::NotInstalled => "Open Wandstore from the apps in your shop’s admin to connect it.",
        NotConnected::Uninstalled => {
            "Wandstore was uninstalled from this shop. Install it again, and open it from the apps in your shop’s admin."
        }
        NotConnected::Closed => {
            "Wandstore is closed for this shop: it was uninstalled, or whoever runs it closed it. Open this page again in a \
             minute."
        }
        NotConnected::TokenRefused => {
            "Shopify does not let Wandstore read your products with the access that it gave. Open this page again."
        }
        NotConnected::SessionToken => {
            "Shopify rejected your session twice. Open Wandstore from the apps in your shop’s admin again. If that does \
             not help, whoever runs Wandstore has to check SHOPIFY_API_KEY and SHOPIFY_API_SECRET."
        }
        NotConnected::WrongSecret => {
            "Shopify does not accept Wandstore’s app secret. Whoever runs Wandstore has to correct SHOPIFY_API_KEY and \
             SHOPIFY_API_SECRET: they are the client id and the secret of the app in Shopify’s Dev Dashboard."
        }
        NotConnected::Shopify(_) => {
            "Shopify did not give Wandstore access. Open this page again in a minute."
        }
        NotConnected::Unavailable(_) | NotConnected::Host(_) => {
            "Wandstore cannot read or store the connection at the moment. Open this page again in a minute."
        }
    }
}
