//! Shops that installed the app, in an `SQLite` file: their tokens, encrypted, and their
//! merchants' choices.

use std::path::Path;
use std::sync::Arc;

use capabilities::clock::Clock;
use capabilities::random::Random;
use capabilities::sqlite::{Database, Durability, OpenError, Statement};
use model::ShopId;
use model::shop::Choices;
use sqlx::Row as _;
use sqlx::migrate::Migrator;
use sqlx::sqlite::SqliteRow;

use crate::keys::Keys;
use crate::records::{Column, Credentials, Installation, State, Token, integer, natural, place};
use crate::{Unavailable, Usage, sql};

static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/sqlite/shops");

/// The stored data of shops.
pub struct Shops {
    /// Their installations.
    pub installations: Arc<Installations>,
    /// Their usage counts.
    pub usage: Arc<Usage>,
}

/// Installations of the app.
pub struct Installations {
    database: Arc<Database>,
    keys: Keys,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
}

impl Shops {
    /// Opens the file at `path`, which is created if it is missing.
    pub async fn open(
        path: &Path,
        keys: Keys,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Result<Self, OpenError> {
        let database = Arc::new(Database::open(path, &MIGRATIONS, Durability::Power).await?);
        let usage = Arc::new(Usage::new(database.clone(), clock.clone()));
        let installations = Arc::new(Installations { database, keys, clock, random });
        Ok(Self { installations, usage })
    }

    /// Fails if the file cannot be written.
    pub async fn probe(&self) -> Result<(), Unavailable> {
        Ok(self.installations.database.probe().await?)
    }

    /// Writes pending counts, finishes pending work and closes the file.
    pub async fn close(&self) {
        self.usage.flush().await;
        self.installations.database.close().await;
    }
}

impl Installations {
    /// Returns the installation of a shop. Tokens whose encryption key is gone count as absent.
    pub async fn find(&self, shop: &ShopId) -> Result<Option<Installation>, Unavailable> {
        let query = sqlx::query(sql::FIND).bind(shop.as_str());
        let Some(row) = self.database.first(query).await? else { return Ok(None) };
        let (access, old) = self.token(&row, shop, Column::Access)?;
        let (refresh, older) = self.token(&row, shop, Column::Refresh)?;
        let found = Installation {
            state: State::named(row.try_get("state")?),
            scopes: row.try_get("scopes")?,
            access,
            refresh,
            changed_ms: natural(row.try_get("changed_ms")?),
        };
        if old || older {
            self.encrypt_again(shop, &found, row.try_get("access")?);
        }
        Ok(Some(found))
    }

    /// Returns the shops that installed the app.
    pub async fn installed(&self) -> Result<Vec<ShopId>, Unavailable> {
        let rows = self.database.all(sqlx::query(sql::INSTALLED)).await?;
        let parsed = |row: &SqliteRow| ShopId::parse(row.try_get("shop").ok()?).ok();
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
        self.database.change(statement).await?;
        Ok(())
    }

    /// Stores new tokens of a shop, all in one write. If the app is no longer installed, stores nothing and returns
    /// false.
    pub async fn renew(&self, shop: &ShopId, credentials: &Credentials) -> Result<bool, Unavailable> {
        let statement = self.writing(sql::RENEW, shop, credentials);
        Ok(self.database.change(statement).await?.is_some())
    }

    /// Returns a statement that writes all tokens.
    fn writing(&self, sql: &'static str, shop: &ShopId, credentials: &Credentials) -> Statement {
        let Credentials { scopes, access, refresh } = credentials;
        let refresh = refresh.as_ref();
        sqlx::query(sql)
            .bind(shop.to_string())
            .bind(scopes.clone())
            .bind(self.seal(shop, Column::Access, access))
            .bind(integer(access.until_ms))
            .bind(refresh.map(|refresh| self.seal(shop, Column::Refresh, refresh)))
            .bind(refresh.map(|refresh| integer(refresh.until_ms)))
            .bind(integer(self.clock.now_ms()))
    }

    /// Deletes tokens that Shopify rejected, if they are still the ones written at `changed_ms`.
    pub async fn drop_tokens(&self, shop: &ShopId, changed_ms: u64) -> Result<(), Unavailable> {
        let statement = sqlx::query(sql::DROP_TOKENS)
            .bind(shop.to_string())
            .bind(integer(self.clock.now_ms()))
            .bind(integer(changed_ms));
        self.database.change(statement).await?;
        Ok(())
    }

    /// Records that the shop uninstalled the app at `at_ms`. Deletes its tokens; the merchant's choices stay until
    /// the shop is redacted. Returns false, and changes nothing, if the app was installed again since.
    pub async fn uninstalled(&self, shop: &ShopId, at_ms: u64) -> Result<bool, Unavailable> {
        let statement = sqlx::query(sql::UNINSTALL)
            .bind(shop.to_string())
            .bind(integer(self.clock.now_ms()))
            .bind(integer(at_ms));
        Ok(self.database.change(statement).await?.is_some())
    }

    /// Deletes all data of a shop, unless it was installed after `at_ms`. Returns whether nothing is left.
    pub async fn delete(&self, shop: &ShopId, at_ms: u64) -> Result<bool, Unavailable> {
        let statement = sqlx::query(sql::DELETE).bind(shop.to_string()).bind(integer(at_ms));
        self.database.change(statement).await?;
        if self.find(shop).await?.is_some() {
            return Ok(false);
        }
        self.database.change_many(sqlx::query(sql::DELETE_USAGE).bind(shop.to_string())).await?;
        Ok(true)
    }

    /// Returns a merchant's choices, if there are any.
    pub async fn choices(&self, shop: &ShopId) -> Result<Option<Choices>, Unavailable> {
        let row = self.database.first(sqlx::query(sql::CHOICES).bind(shop.as_str())).await?;
        let text = row.map(|row| row.try_get::<Option<String>, _>("choices")).transpose()?;
        Ok(text.flatten().and_then(|text| serde_json::from_str(&text).ok()))
    }

    /// Returns every merchant's choices.
    pub async fn all_choices(&self) -> Result<Vec<(ShopId, Choices)>, Unavailable> {
        let rows = self.database.all(sqlx::query(sql::ALL_CHOICES)).await?;
        let parsed = |row: &SqliteRow| {
            let (shop, text): (&str, &str) = (row.try_get("shop").ok()?, row.try_get("choices").ok()?);
            Some((ShopId::parse(shop).ok()?, serde_json::from_str(text).ok()?))
        };
        Ok(rows.iter().filter_map(parsed).collect())
    }

    /// Stores a merchant's choices. If the app is not installed in the shop, stores nothing and returns false.
    pub async fn choose(&self, shop: &ShopId, choices: &Choices) -> Result<bool, Unavailable> {
        let text = serde_json::to_string(choices).map_err(|error| Unavailable(error.to_string()))?;
        let statement =
            sqlx::query(sql::CHOOSE).bind(shop.to_string()).bind(text).bind(integer(self.clock.now_ms()));
        Ok(self.database.change(statement).await?.is_some())
    }

    /// Encrypts tokens of a former key with the current one, unless they were replaced meanwhile. Readers do not wait
    /// for the write: each read tries again until it has succeeded.
    fn encrypt_again(&self, shop: &ShopId, found: &Installation, stored: Option<Vec<u8>>) {
        let sealed = |column: Column, token: &Option<Token>| {
            token.as_ref().map(|token| self.seal(shop, column, token))
        };
        let statement = sqlx::query(sql::ENCRYPT_AGAIN)
            .bind(shop.to_string())
            .bind(sealed(Column::Access, &found.access))
            .bind(sealed(Column::Refresh, &found.refresh))
            .bind(stored);
        self.database.change_later(statement);
    }

    fn seal(&self, shop: &ShopId, column: Column, token: &Token) -> Vec<u8> {
        self.keys.seal(&token.secret, &place(shop, column), &*self.random)
    }

    /// Returns a row's token, and whether a former key was needed to decrypt it.
    fn token(
        &self,
        row: &SqliteRow,
        shop: &ShopId,
        column: Column,
    ) -> Result<(Option<Token>, bool), Unavailable> {
        let sealed: Option<Vec<u8>> = row.try_get(column.name())?;
        let until_ms: Option<i64> = row.try_get(column.until())?;
        let (Some(sealed), Some(until_ms)) = (sealed, until_ms) else { return Ok((None, false)) };
        let Some(opened) = self.keys.open(&sealed, &place(shop, column)) else {
            tracing::warn!(%shop, token = column.name(), "no configured encryption key decrypts a stored token");
            return Ok((None, false));
        };
        Ok((Some(Token { secret: opened.secret, until_ms: natural(until_ms) }), opened.former))
    }
}
