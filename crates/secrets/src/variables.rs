//! The variables with secrets that components may check against, and the names under which components know them.

use crate::Secret;

/// Every variable that is read for secrets.
pub const VARIABLES: [&str; 4] =
    ["DEBUG_TOKEN", "SHOPIFY_API_SECRET", "SHOPIFY_API_SECRET_PREVIOUS", "WEBHOOK_SECRET"];

/// Returns the secrets in the variables, by name. During a rotation, a name has two.
///
/// Shopify signs webhooks with the app's own secret, unless the deployment has another for them.
pub fn named(variable: impl Fn(&str) -> Option<String>) -> Vec<(String, Vec<Secret>)> {
    let known = |names: &[&str]| -> Vec<Secret> {
        let set = names.iter().filter_map(|name| variable(name)).filter(|text| !text.is_empty());
        set.map(Secret::new).collect()
    };
    let app = known(&["SHOPIFY_API_SECRET", "SHOPIFY_API_SECRET_PREVIOUS"]);
    let webhooks = Some(known(&["WEBHOOK_SECRET"])).filter(|own| !own.is_empty());
    let webhooks = webhooks.unwrap_or_else(|| app.clone());
    let named =
        [("DEBUG_TOKEN", known(&["DEBUG_TOKEN"])), ("SHOPIFY_API_SECRET", app), ("WEBHOOK_SECRET", webhooks)];
    let set = named.into_iter().filter(|(_, secrets)| !secrets.is_empty());
    set.map(|(name, secrets)| (name.to_owned(), secrets)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named_of(variables: &[(&str, &str)]) -> Vec<(String, Vec<String>)> {
        let lookup = |name: &str| {
            let (_, value) = variables.iter().find(|(known, _)| *known == name)?;
            Some((*value).to_owned())
        };
        let texts = |secrets: Vec<Secret>| secrets.iter().map(|secret| secret.expose().to_owned()).collect();
        named(lookup).into_iter().map(|(name, secrets)| (name, texts(secrets))).collect()
    }

    fn expected(name: &str, secrets: &[&str]) -> (String, Vec<String>) {
        (name.to_owned(), secrets.iter().map(|secret| (*secret).to_owned()).collect())
    }

    #[test]
    fn webhooks_are_signed_with_the_apps_secret_current_or_previous() {
        let variables = [("SHOPIFY_API_SECRET", "new"), ("SHOPIFY_API_SECRET_PREVIOUS", "old")];
        let both = ["new", "old"];
        assert_eq!(
            named_of(&variables),
            [expected("SHOPIFY_API_SECRET", &both), expected("WEBHOOK_SECRET", &both)]
        );
    }

    #[test]
    fn webhooks_may_have_a_secret_of_their_own() {
        let variables = [("SHOPIFY_API_SECRET", "app"), ("WEBHOOK_SECRET", "hook")];
        assert_eq!(
            named_of(&variables),
            [expected("SHOPIFY_API_SECRET", &["app"]), expected("WEBHOOK_SECRET", &["hook"])]
        );
    }

    #[test]
    fn a_secret_that_is_not_set_or_empty_has_no_name() {
        assert_eq!(named_of(&[("SHOPIFY_API_SECRET", "")]), []);
        assert_eq!(named_of(&[("DEBUG_TOKEN", "t")]), [expected("DEBUG_TOKEN", &["t"])]);
    }
}
