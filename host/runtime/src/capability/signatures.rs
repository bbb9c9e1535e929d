//! Checks against secrets.

use capabilities::signatures as backend;
use wasmtime::Result;

use super::view;
use crate::bindings::wandstore::capabilities::signatures;

struct View<'a>(&'a dyn backend::Signatures);

view!(signatures, View, |context| View(&*context.capabilities.signatures));

impl signatures::Host for View<'_> {
    fn verify(
        &mut self,
        secret: String,
        algorithm: signatures::Algorithm,
        message: Vec<u8>,
        mac: Vec<u8>,
    ) -> Result<Result<bool, signatures::Error>> {
        let algorithm = match algorithm {
            signatures::Algorithm::HmacSha256 => backend::Algorithm::HmacSha256,
        };
        let verified = self.0.verify(&secret, algorithm, &message, &mac);
        Ok(verified.map_err(|_| signatures::Error::NoSuchSecret))
    }

    fn matches(&mut self, secret: String, candidate: String) -> Result<Result<bool, signatures::Error>> {
        Ok(self.0.matches(&secret, &candidate).map_err(|_| signatures::Error::NoSuchSecret))
    }
}
