//! Merchants' choices, which are stored with the installation of their shop.

use capabilities::tables::{Row, Statement};
use model::ShopId;
use model::shop::Choices;
use model::shop::campaign::FormerAnnouncement;

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
    Ok(text.and_then(|text| choices_of(&text)))
}

/// Reads stored choices. Those of earlier releases have an announcement, which is a campaign now.
fn choices_of(text: &str) -> Option<Choices> {
    let mut choices: Choices = serde_json::from_str(text).ok()?;
    let former: FormerAnnouncement = serde_json::from_str(text).unwrap_or_default();
    choices.campaigns.extend(former.campaign());
    Some(choices)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_of_an_earlier_release_keep_their_announcement() {
        let stored = r##"{"tone":"dry","banned_words":["cheap"],"promises":[],"questions":[],
            "announcement":"Robes are back","announcement_until":"2026-12-24","personas_off":["explorer"],
            "accent":"#112233","surface":"","holdout":10,"personas_paused":[],"personas_kept":[],"paused":false}"##;
        let choices = choices_of(stored).unwrap();
        assert_eq!((choices.tone.as_str(), choices.personas_off.len()), ("dry", 1));
        let [campaign] = &choices.campaigns[..] else { panic!("one campaign: {choices:?}") };
        assert_eq!(campaign.text, "Robes are back");
        assert_eq!(campaign.until, "2026-12-24".parse().ok());
        let again = serde_json::to_string(&choices).unwrap();
        assert_eq!(choices_of(&again), Some(choices), "once");
        assert_eq!(choices_of(r#"{"announcement":"","announcement_until":""}"#), Some(Choices::default()));
    }
}
