//! The change of the encryption key for all shops at once. Without it, a shop's tokens are encrypted again when they
//! are read next, so it is unknown when a former key is no longer needed.

use capabilities::tables::Statement;
use model::ShopId;

use super::{Installations, id};
use crate::records::Column;
use crate::{Unavailable, sql};

/// The shops whose tokens were looked at.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Rotated {
    /// How many had tokens under a former key, which are now under the current one.
    pub again: u64,
    /// How many had tokens under the current key.
    pub current: u64,
    /// Those whose tokens no configured key decrypts. Their merchants connect them again by opening the app.
    pub lost: Vec<ShopId>,
}

impl Installations {
    /// Encrypts all tokens with the current key that a former one encrypted. Tokens that a server stores meanwhile are
    /// left as they are.
    pub async fn rotate(&self) -> Result<Rotated, Unavailable> {
        let mut rotated = Rotated::default();
        for row in self.tables.all(Statement::new(sql::TOKENS)).await? {
            let shop = id(&row)?;
            let (access, old) = self.token(&row, &shop, Column::Access)?;
            let (refresh, older) = self.token(&row, &shop, Column::Refresh)?;
            if access.is_none() {
                rotated.lost.push(shop);
            } else if old || older {
                let again =
                    self.encrypted_again(&shop, access.as_ref(), refresh.as_ref(), row.get("access")?);
                rotated.again += self.tables.change_many(again).await?;
            } else {
                rotated.current += 1;
            }
        }
        Ok(rotated)
    }
}
