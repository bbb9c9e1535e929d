//! Messages to merchants about a connection that does not work.

use crate::NotConnected;
use crate::wording::Words;

/// Returns why a shop is not connected and what its merchant can do about it. The log has the details.
pub fn advice(error: &NotConnected, words: &Words) -> &'static str {
    match error {
        NotConnected::NotInstalled => words.advice_not_installed(),
        NotConnected::Uninstalled => words.advice_uninstalled(),
        NotConnected::Closed => words.advice_closed(),
        NotConnected::TokenRefused => words.advice_token_refused(),
        NotConnected::SessionToken => words.advice_session(),
        NotConnected::WrongSecret => words.advice_secret(),
        NotConnected::Shopify(_) => words.advice_shopify(),
        NotConnected::Unavailable(_) | NotConnected::Host(_) => words.advice_unavailable(),
    }
}
