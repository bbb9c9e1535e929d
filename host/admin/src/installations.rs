//! Shops that installed the app: their tokens, encrypted, and their merchants' choices.

mod choosing;
mod renewal;
mod rotation;

use std::sync::Arc;

use capabilities::clock::Clock;
use capabilities::random::Random;
use capabilities::tables::{Row, Statement, Tables};
use model::ShopId;
use model::shop::Choices;

use crate::keys::Keys;
use crate::records::{Column, Credentials, Installation, State, Token, integer, natural, place};
use crate::{Subscription, Unavailable, Usage, sql};

pub use renewal::Renewal;
pub(crate) use renewal::{Begun, Need};
pub use rotation::Rotated;

/// The stored data of shops.
pub struct Shops {
    /// Their installations.
    pub installations: Arc<Installations>,
    /// Their usage counts.
    pub usage: Arc<Usage>,
}

/// Installations of the app.
pub struct Installations {
    pub(crate) tables: Arc<dyn Tables>,
    keys: Keys,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
}

/// A shop that may be served, as it is stored.
pub(crate) struct Stored {
    pub id: ShopId,
    pub state: State,
}

/// A shop that was changed, with what decides how it is served.
pub(crate) struct Changed {
    pub stored: Stored,
    pub choices: Option<Choices>,
    pub subscription: Option<Subscription>,
}

impl Shops {
    /// Returns the data in `tables`.
    pub fn new(tables: Arc<dyn Tables>, keys: Keys, clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Self {
        let usage = Arc::new(Usage::new(tables.clone(), clock.clone()));
        let installations = Arc::new(Installations { tables, keys, clock, random });
        Self { installations, usage }
    }

    /// Fails if the tables cannot be written.
    pub async fn probe(&self) -> Result<(), Unavailable> {
        Ok(self.installations.tables.probe().await?)
    }

    /// Writes pending counts, finishes pending work and closes the file, if there is one.
    pub async fn close(&self) {
        self.usage.flush().await;
        self.installations.tables.close().await;
    }
}

impl Installations {
    /// Returns the installation of a shop. Tokens whose encryption key is gone count as absent.
    pub async fn find(&self, shop: &ShopId) -> Result<Option<Installation>, Unavailable> {
        let query = Statement::new(sql::FIND).bind(shop.as_str());
        let Some(row) = self.tables.first(query).await? else { return Ok(None) };
        let (access, old) = self.token(&row, shop, Column::Access)?;
        let (refresh, older) = self.token(&row, shop, Column::Refresh)?;
        let found = Installation {
            state: State::named(&row.get::<String>("state")?),
            scopes: row.get("scopes")?,
            access,
            refresh,
            changed_ms: natural(row.get("changed_ms")?),
        };
        if old || older {
            // Readers do not wait for the write: each read tries again until it has succeeded.
            let again =
                self.encrypted_again(shop, found.access.as_ref(), found.refresh.as_ref(), row.get("access")?);
            self.tables.change_later(again);
        }
        Ok(Some(found))
    }

    /// Returns the shops that installed the app.
    pub async fn installed(&self) -> Result<Vec<ShopId>, Unavailable> {
        let rows = self.tables.all(Statement::new(sql::INSTALLED)).await?;
        Ok(rows.iter().filter_map(|row| id(row).ok()).collect())
    }

    /// Returns a number that grows with each change of the served shops, whichever process makes it.
    pub(crate) async fn revision(&self) -> Result<i64, Unavailable> {
        let row = self.tables.first(Statement::new(sql::REVISION)).await?;
        Ok(row.ok_or_else(|| Unavailable("the revision of shops is missing".to_owned()))?.get("number")?)
    }

    /// Returns the shops that may be served.
    pub(crate) async fn served(&self) -> Result<Vec<Stored>, Unavailable> {
        let rows = self.tables.all(Statement::new(sql::SERVED)).await?;
        Ok(rows.iter().filter_map(|row| stored(row).ok()).collect())
    }

    /// Returns the shops that may be served and were changed after a revision.
    pub(crate) async fn changed_after(&self, revision: i64) -> Result<Vec<Changed>, Unavailable> {
        let rows = self.tables.all(Statement::new(sql::CHANGED).bind(revision)).await?;
        let parsed = |row: &Row| {
            let (choices, subscription) = (choosing::choices(row).ok()?, subscription(row).ok()?);
            Some(Changed { stored: stored(row).ok()?, choices, subscription })
        };
        Ok(rows.iter().filter_map(parsed).collect())
    }

    /// Records an installation, or a new request for tokens, at `installed_ms`. Stores all tokens in one write, and
    /// `inherited` as the shop's choices if it has none.
    pub async fn install(
        &self,
        shop: &ShopId,
        credentials: &Credentials,
        installed_ms: u64,
        inherited: Option<&Choices>,
    ) -> Result<(), Unavailable> {
        let inherited = inherited.map(serde_json::to_string).transpose();
        let inherited = inherited.map_err(|error| Unavailable(error.to_string()))?;
        let statement =
            self.writing(sql::INSTALL, shop, credentials).bind(integer(installed_ms)).bind(inherited);
        self.tables.change(statement).await?;
        Ok(())
    }

    /// Stores new tokens of a shop, all in one write. If the app is no longer installed or a later renewal has begun,
    /// stores nothing and returns false.
    pub async fn renew(
        &self,
        shop: &ShopId,
        credentials: &Credentials,
        renewal: &Renewal,
    ) -> Result<bool, Unavailable> {
        let statement = self.writing(sql::RENEW, shop, credentials).bind(renewal.number);
        Ok(self.tables.change(statement).await?.is_some())
    }

    /// Returns a statement that writes all tokens.
    fn writing(&self, sql: &'static str, shop: &ShopId, credentials: &Credentials) -> Statement {
        let Credentials { scopes, access, refresh } = credentials;
        let refresh = refresh.as_ref();
        Statement::new(sql)
            .bind(shop.as_str())
            .bind(scopes.as_str())
            .bind(self.seal(shop, Column::Access, access))
            .bind(integer(access.until_ms))
            .bind(refresh.map(|refresh| self.seal(shop, Column::Refresh, refresh)))
            .bind(refresh.map(|refresh| integer(refresh.until_ms)))
            .bind(integer(self.clock.now_ms()))
    }

    /// Deletes tokens that Shopify rejected, unless a later renewal has begun.
    pub async fn drop_tokens(&self, shop: &ShopId, renewal: &Renewal) -> Result<(), Unavailable> {
        let statement = Statement::new(sql::DROP_TOKENS)
            .bind(shop.as_str())
            .bind(renewal.number)
            .bind(integer(self.clock.now_ms()));
        self.tables.change(statement).await?;
        Ok(())
    }

    /// Records that the shop uninstalled the app at `at_ms`. Deletes its tokens; the merchant's choices stay until
    /// the shop is redacted. Returns false, and changes nothing, if the app was installed again since.
    pub async fn uninstalled(&self, shop: &ShopId, at_ms: u64) -> Result<bool, Unavailable> {
        let statement = Statement::new(sql::UNINSTALL)
            .bind(shop.as_str())
            .bind(integer(self.clock.now_ms()))
            .bind(integer(at_ms));
        Ok(self.tables.change(statement).await?.is_some())
    }

    /// Deletes all data of a shop, unless it was installed after `at_ms`. Returns whether nothing is left.
    pub async fn delete(&self, shop: &ShopId, at_ms: u64) -> Result<bool, Unavailable> {
        let statement = Statement::new(sql::DELETE).bind(shop.as_str()).bind(integer(at_ms));
        self.tables.change(statement).await?;
        if self.find(shop).await?.is_some() {
            return Ok(false);
        }
        self.tables.change_many(Statement::new(sql::DELETE_USAGE).bind(shop.as_str())).await?;
        Ok(true)
    }

    /// Returns a shop's subscription as Shopify reported it last; `None` if it did not yet.
    pub async fn subscription(&self, shop: &ShopId) -> Result<Option<Subscription>, Unavailable> {
        let row = self.tables.first(Statement::new(sql::SUBSCRIPTION).bind(shop.as_str())).await?;
        Ok(row.as_ref().map(subscription).transpose()?.flatten())
    }

    /// Stores a shop's subscription. Returns false if it is the same, or the app is not installed in the shop.
    pub(crate) async fn subscribe(&self, shop: &ShopId, new: &Subscription) -> Result<bool, Unavailable> {
        let text = serde_json::to_string(new).map_err(|error| Unavailable(error.to_string()))?;
        let statement =
            Statement::new(sql::SUBSCRIBE).bind(shop.as_str()).bind(text).bind(integer(self.clock.now_ms()));
        Ok(self.tables.change(statement).await?.is_some())
    }

    /// Returns a statement that encrypts tokens with the current key, unless they were replaced since `stored` was read.
    fn encrypted_again(
        &self,
        shop: &ShopId,
        access: Option<&Token>,
        refresh: Option<&Token>,
        stored: Option<Vec<u8>>,
    ) -> Statement {
        let sealed =
            |column: Column, token: Option<&Token>| token.map(|token| self.seal(shop, column, token));
        Statement::new(sql::ENCRYPT_AGAIN)
            .bind(shop.as_str())
            .bind(sealed(Column::Access, access))
            .bind(sealed(Column::Refresh, refresh))
            .bind(stored)
    }

    fn seal(&self, shop: &ShopId, column: Column, token: &Token) -> Vec<u8> {
        self.keys.seal(&token.secret, &place(shop, column), &*self.random)
    }

    /// Returns a row's token, and whether a former key was needed to decrypt it.
    fn token(&self, row: &Row, shop: &ShopId, column: Column) -> Result<(Option<Token>, bool), Unavailable> {
        let sealed: Option<Vec<u8>> = row.get(column.name())?;
        let until_ms: Option<i64> = row.get(column.until())?;
        let (Some(sealed), Some(until_ms)) = (sealed, until_ms) else { return Ok((None, false)) };
        let Some(opened) = self.keys.open(&sealed, &place(shop, column)) else {
            tracing::warn!(%shop, token = column.name(), "no configured encryption key decrypts a stored token");
            return Ok((None, false));
        };
        Ok((Some(Token { secret: opened.secret, until_ms: natural(until_ms) }), opened.former))
    }
}

fn id(row: &Row) -> Result<ShopId, Unavailable> {
    let text: String = row.get("shop")?;
    ShopId::parse(&text).map_err(|error| Unavailable(error.to_string()))
}

fn stored(row: &Row) -> Result<Stored, Unavailable> {
    let state: String = row.get("state")?;
    Ok(Stored { id: id(row)?, state: State::named(&state) })
}

/// Returns the subscription in a row. One that cannot be read counts as absent.
fn subscription(row: &Row) -> Result<Option<Subscription>, Unavailable> {
    let text: Option<String> = row.get("subscription")?;
    Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
}
