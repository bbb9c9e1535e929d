//! Merchants' choices, which are stored with the installation of their shop.

use capabilities::tables::{Row, Statement};
use model::ShopId;
use model::shop::Choices;

use super::Installations;
use crate::records::integer;
use crate::{Unavailable, sql};

/// A merchant's choices as they are stored.
pub(crate) struct StoredChoices {
    /// The choices, if there are any that can be read.
    pub choices: Option<Choices>,
    text: Option<String>,
}

impl Installations {
    /// Returns a merchant's choices, if there are any.
    pub async fn choices(&self, shop: &ShopId) -> Result<Option<Choices>, Unavailable> {
        let row = self.tables.first(Statement::new(sql::CHOICES).bind(shop.as_str())).await?;
        Ok(row.as_ref().map(choices).transpose()?.flatten())
    }

    /// Returns a merchant's choices as they are stored, to change them.
    pub(crate) async fn stored_choices(&self, shop: &ShopId) -> Result<StoredChoices, Unavailable> {
        let row = self.tables.first(Statement::new(sql::CHOICES).bind(shop.as_str())).await?;
        let text = row.as_ref().map(|row| row.get("choices")).transpose()?.flatten();
        Ok(StoredChoices { choices: row.as_ref().map(choices).transpose()?.flatten(), text })
    }

    /// Stores a merchant's choices in place of `stored`. If others are stored by now, or the app is not installed in the
    /// shop, stores nothing and returns false.
    pub(crate) async fn choose(
        &self,
        shop: &ShopId,
        stored: &StoredChoices,
        choices: &Choices,
    ) -> Result<bool, Unavailable> {
        let text = serde_json::to_string(choices).map_err(|error| Unavailable(error.to_string()))?;
        let statement = Statement::new(sql::CHOOSE)
            .bind(shop.as_str())
            .bind(text)
            .bind(integer(self.clock.now_ms()))
            .bind(stored.text.clone());
        Ok(self.tables.change(statement).await?.is_some())
    }
}

/// Returns the choices in a row. Choices that cannot be read count as absent.
pub(super) fn choices(row: &Row) -> Result<Option<Choices>, Unavailable> {
    let text: Option<String> = row.get("choices")?;
    Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
}
