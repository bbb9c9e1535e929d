//! The settings of the operator and the merchants.

use capabilities::settings::Live;
use wasmtime::Result;

use super::view;
use crate::bindings::wandstore::capabilities::settings;

struct View<'a>(&'a Live);

view!(settings, View, |context| View(&context.capabilities.settings));

impl settings::Host for View<'_> {
    fn development(&mut self) -> Result<bool> {
        Ok(self.0.look(|settings| settings.development))
    }

    fn pool(&mut self) -> Result<settings::PoolLimits> {
        Ok(self.0.look(|settings| settings.pool).into())
    }

    fn lifetimes(&mut self) -> Result<settings::PageLifetimes> {
        Ok(self.0.look(|settings| settings.lifetimes).into())
    }

    fn get_shop(&mut self, id: String) -> Result<Option<settings::Shop>> {
        Ok(self.0.look(|settings| settings.shop(&id)).map(Into::into))
    }

    fn status(&mut self, id: String, vouched_for: bool) -> Result<settings::ShopStatus> {
        Ok(self.0.look(|settings| settings.shop_status(&id, vouched_for)).into())
    }

    fn list_shops(&mut self) -> Result<Vec<String>> {
        Ok(self.0.look(|settings| settings.shops.keys().cloned().collect()))
    }
}

capabilities::settings::settings_conversions!(settings);
