//! The operator's configuration, read from variables: a document as `wandstore export` writes it, and single variables
//! that override it.

use secrets::Secret;
use secrets::signatures::Secrets;
use settings::Settings;
use settings::document::{Document, InvalidSettings, VARIABLES};

/// The operator's configuration.
pub struct Configuration {
    /// The part that is the same on every platform.
    pub document: Document,
    /// The settings in it that components read.
    pub settings: Settings,
    /// The key of the language model.
    pub llm_key: Option<llm::Key>,
    /// The connected shop and its private Storefront token.
    storefront: Option<(String, Secret)>,
    /// The secrets that components may check against.
    pub secrets: Secrets,
    /// The mistakes in the variables, for the log. A wrong variable is ignored, so that shops are still served.
    pub mistakes: Vec<Mistake>,
}

/// A mistake in the variables.
#[derive(Debug, thiserror::Error)]
pub enum Mistake {
    /// The document is no JSON, or has a value of the wrong type.
    #[error("WANDSTORE_SETTINGS: {0}")]
    Document(#[from] serde_json::Error),
    /// The document has an invalid setting.
    #[error("WANDSTORE_SETTINGS: {0}")]
    Settings(InvalidSettings),
    /// A variable that overrides the document is invalid.
    #[error(transparent)]
    Variable(#[from] InvalidSettings),
}

impl Configuration {
    /// Reads the configuration with `variable`. Fingerprints of secrets are made with `key`.
    pub fn read(variable: impl Fn(&str) -> Option<String>, key: [u8; 32]) -> Self {
        let mut mistakes = Vec::new();
        let mut document = Document::default();
        if let Some(text) = variable("WANDSTORE_SETTINGS") {
            accept(parse(&text), &mut document, &mut mistakes);
        }
        accept(laid_over(document.clone(), |_| None), &mut document, &mut mistakes);
        for (name, value) in VARIABLES.into_iter().filter_map(|name| Some((name, variable(name)?))) {
            let only = |asked: &str| (asked == name).then(|| value.clone());
            accept(laid_over(document.clone(), only), &mut document, &mut mistakes);
        }
        let token = variable("SHOPIFY_ACCESS_TOKEN").map(Secret::new);
        Self {
            settings: document.settings(),
            document,
            llm_key: llm::Key::read(&variable),
            storefront: variable("SHOPIFY_STORE").zip(token),
            secrets: Secrets::new(key, secrets::named(&variable)),
            mistakes,
        }
    }

    /// Returns whether the variables name a language model, even one that cannot be asked as they are.
    pub fn has_model(&self) -> bool {
        self.document.llm.address(self.llm_key.is_some()).is_some()
    }

    /// Returns the private Storefront token of a shop, and never that of another shop.
    pub fn storefront_token(&self, shop: &str) -> Option<&Secret> {
        let (_, token) = self.storefront.as_ref().filter(|(connected, _)| connected == shop)?;
        Some(token)
    }
}

/// Takes the new document, or notes why there is none.
fn accept(read: Result<Document, Mistake>, document: &mut Document, mistakes: &mut Vec<Mistake>) {
    match read {
        Ok(read) => *document = read,
        Err(mistake) => mistakes.push(mistake),
    }
}

fn parse(text: &str) -> Result<Document, Mistake> {
    let document: Document = serde_json::from_str(text)?;
    document.validate().map_err(Mistake::Settings)?;
    Ok(document)
}

fn laid_over(mut document: Document, variable: impl Fn(&str) -> Option<String>) -> Result<Document, Mistake> {
    document.lay_over(variable)?;
    document.validate()?;
    Ok(document)
}

#[cfg(test)]
mod tests {
    use secrets::signatures::Signatures as _;

    use super::*;

    fn read(variables: &[(&str, &str)]) -> Configuration {
        let lookup = |name: &str| {
            let (_, value) = variables.iter().find(|(known, _)| *known == name)?;
            Some((*value).to_owned())
        };
        Configuration::read(lookup, [7; 32])
    }

    #[test]
    fn without_variables_it_is_the_demo_shop() {
        let configuration = read(&[]);
        assert_eq!(configuration.document.shops.keys().collect::<Vec<_>>(), ["magic-wands"]);
        assert!(configuration.mistakes.is_empty() && configuration.llm_key.is_none());
    }

    #[test]
    fn variables_lie_over_the_document() {
        let document = r#"{"pool": {"size": 3, "depth_max": 7}, "shops": {"lamps": {"name": "Lamps"}}}"#;
        let configuration = read(&[("WANDSTORE_SETTINGS", document), ("POOL_SIZE", "5")]);
        let pool = &configuration.document.pool;
        assert_eq!((pool.size, pool.depth_max, configuration.mistakes.is_empty()), (5, 7, true));
        assert_eq!(configuration.document.shops["lamps"].name, "Lamps");
    }

    #[test]
    fn an_invalid_variable_is_reported_and_disables_only_itself() {
        let wrong = read(&[("POOL_SIZE", "0"), ("MAX_QUEUE_DEPTH", "7"), ("CACHE_TTL_SECONDS", "soon")]);
        let mistakes: Vec<_> = wrong.mistakes.iter().map(Mistake::to_string).collect();
        assert_eq!(mistakes.len(), 2, "{mistakes:?}");
        assert!(mistakes[0].starts_with("CACHE_TTL_SECONDS"), "{mistakes:?}");
        assert_eq!(mistakes[1], "pool.size is 0; it must be at least 1");
        assert_eq!((wrong.document.pool.size, wrong.document.pool.depth_max), (10, 7));
        let broken = read(&[("WANDSTORE_SETTINGS", "{"), ("POOL_SIZE", "2")]);
        assert!(matches!(broken.mistakes[..], [Mistake::Document(_)]));
        assert_eq!(broken.document.pool.size, 2);
    }

    #[test]
    fn the_alias_of_the_models_key_counts_only_if_the_key_is_unset() {
        let key = |variables| read(variables).llm_key.map(|key| key.secret);
        assert_eq!(key(&[("KIMI_API_KEY", "old")]), Some(Secret::new("old")));
        assert_eq!(key(&[("KIMI_API_KEY", "old"), ("LLM_API_KEY", "new")]), Some(Secret::new("new")));
        assert!(read(&[("KIMI_API_KEY", "old")]).has_model());
    }

    #[test]
    fn the_connected_shop_is_served_and_only_it_gets_the_token() {
        let shop = "lamps.myshopify.com";
        let read = read(&[("SHOPIFY_STORE", shop), ("SHOPIFY_ACCESS_TOKEN", "shpat_hush")]);
        assert_eq!(read.document.shops[shop].name, "lamps");
        assert_eq!(read.storefront_token(shop).map(Secret::expose), Some("shpat_hush"));
        assert!(read.storefront_token("magic-wands").is_none());
    }

    #[test]
    fn webhooks_are_checked_with_the_apps_secret_unless_they_have_their_own() {
        let app = [("SHOPIFY_API_SECRET", "new"), ("SHOPIFY_API_SECRET_PREVIOUS", "old")];
        assert_eq!(read(&app).secrets.matches("WEBHOOK_SECRET", "old"), Ok(true));
        let own = read(&[app[0], ("WEBHOOK_SECRET", "own")]).secrets;
        assert_eq!(own.matches("WEBHOOK_SECRET", "new"), Ok(false));
        assert_eq!(own.matches("WEBHOOK_SECRET", "own"), Ok(true));
    }

    #[test]
    fn a_token_is_known_by_its_name() {
        let secrets = read(&[("DEBUG_TOKEN", "open sesame")]).secrets;
        assert_eq!(secrets.matches("DEBUG_TOKEN", "open sesame"), Ok(true));
        assert_eq!(secrets.matches("DEBUG_TOKEN", "closed"), Ok(false));
        assert!(secrets.matches("LLM_API_KEY", "").is_err());
    }
}
