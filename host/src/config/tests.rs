//! Whole configurations, as operators write them.

use std::path::PathBuf;

use capabilities::Secret;
use model::Persona;
use model::shop::{LanguageTag, ShopSettings};
use serde_json::{Value, json};

use super::{Chosen, Config, Environment, Secrets, Shopify};
use runtime::component::{Builtin, Role, Source};

fn parse(text: &str, variables: &[(&str, &str)]) -> anyhow::Result<Config> {
    let lookup = |name: &str| {
        let (_, value) = variables.iter().find(|(known, _)| *known == name)?;
        Some((*value).to_owned())
    };
    Config::parse(text, PathBuf::from("."), &Environment::from_lookup(lookup)?)
}

fn accepted(text: &str, variables: &[(&str, &str)]) -> Config {
    parse(text, variables).expect("the configuration is right")
}

fn refusal(text: &str, variables: &[(&str, &str)]) -> String {
    format!("{:#}", parse(text, variables).expect_err("the configuration is wrong"))
}

/// Returns the extra members of the model's requests; null if there is no model.
fn extra(text: &str, variables: &[(&str, &str)]) -> Value {
    accepted(text, variables).llm().map(|llm| llm.extra_members().into()).unwrap_or_default()
}

#[test]
fn the_default_configuration_is_the_demo_shop() {
    let shops = accepted("", &[]).settings().shops;
    assert_eq!(shops.into_iter().collect::<Vec<_>>(), [("magic-wands".to_owned(), ShopSettings::demo())]);
}

#[test]
fn a_file_with_two_stores_serves_these_two() {
    let text = "
        [shops.tea-house]
        name = 'The Tea House'
        url = 'https://tea.example'
        language = 'en-GB'
        tone = 'calm'
        banned_words = ['CHEAP', 'Best']
        promises = ['Ships tomorrow']

        [shops.lamps]
        name = 'Lamps & Co'
    ";
    let shops = accepted(text, &[]).settings().shops;
    assert_eq!(shops.keys().collect::<Vec<_>>(), ["lamps", "tea-house"]);
    let tea_house = ShopSettings {
        name: "The Tea House".into(),
        url: Some("https://tea.example".into()),
        language: "en-GB".parse().unwrap(),
        tone: "calm".into(),
        banned_words: vec!["cheap".into(), "best".into()],
        promises: vec!["Ships tomorrow".into()],
        ..ShopSettings::default()
    };
    assert_eq!(shops["tea-house"], tea_house);
    assert_eq!(shops["lamps"], ShopSettings { name: "Lamps & Co".into(), ..ShopSettings::default() });
}

#[test]
fn a_store_without_a_name_is_called_by_its_id_and_promises_nothing() {
    for text in ["[shops.lamps]", "[shops.lamps]\nname = ' '"] {
        let shops = accepted(text, &[]).settings().shops;
        let expected = ShopSettings {
            name: "lamps".into(),
            url: None,
            language: LanguageTag::default(),
            tone: "warm and clear".into(),
            banned_words: vec![],
            promises: vec![],
            ..ShopSettings::default()
        };
        assert_eq!(shops["lamps"], expected, "{text}");
    }
}

#[test]
fn a_section_of_stores_without_a_store_is_refused() {
    assert!(refusal("[shops]", &[]).starts_with("there is no shop"));
}

#[test]
fn an_unknown_key_in_a_shop_is_refused_with_the_nearest() {
    assert_eq!(
        refusal("[shops.lamps]\nlangage = 'en'", &[]),
        "unknown key `shops.lamps.langage`; did you mean `shops.lamps.language`?"
    );
}

#[test]
fn the_address_of_a_store_is_https_without_a_slash_at_the_end() {
    for url in ["http://lamps.example", "lamps.example", "https://lamps.example/"] {
        let refused = refusal(&format!("[shops.lamps]\nurl = '{url}'"), &[]);
        assert!(refused.starts_with("shops.lamps.url is ") && refused.contains(url), "{refused}");
    }
}

#[test]
fn a_pool_without_members_is_refused() {
    let refused = "pool.size is 0; it must be at least 1";
    assert_eq!(refusal("[pool]\nsize = 0", &[]), refused);
    assert_eq!(refusal("", &[("POOL_SIZE", "0")]), refused);
}

#[test]
fn a_variable_that_is_no_number_is_named() {
    let refused = refusal("", &[("CACHE_TTL_SECONDS", "abc")]);
    assert!(refused.starts_with("CACHE_TTL_SECONDS is \"abc\"; it must be a whole number"), "{refused}");
}

#[test]
fn a_variable_lies_over_the_file_and_an_empty_one_does_not() {
    let text = "[cache]\nttl_seconds = 60";
    assert_eq!(accepted(text, &[("CACHE_TTL_SECONDS", "5")]).settings().lifetimes.kv_ttl_seconds, 5);
    assert_eq!(accepted(text, &[("CACHE_TTL_SECONDS", " ")]).settings().lifetimes.kv_ttl_seconds, 60);
}

#[test]
fn secrets_are_known_and_not_shown() {
    let config = accepted("", &[("LLM_API_KEY", "sk-hush"), ("DEBUG_TOKEN", "open sesame")]);
    assert_eq!(config.secrets.llm_key.as_ref().map(|key| key.secret.expose()), Some("sk-hush"));
    let expected = ("DEBUG_TOKEN".to_owned(), vec![Secret::new("open sesame")]);
    assert_eq!(config.secrets.named, [expected]);
    let shown = format!("{config:?} {:?}", config.llm());
    assert!(!shown.contains("sk-hush") && !shown.contains("open sesame"), "{shown}");
}

#[test]
fn every_secret_may_be_in_a_file() {
    let file = tempfile::NamedTempFile::new().unwrap();
    // Of the form of credentials for a registry and of a header field, the only secrets whose form is looked at here.
    let secret = "robot=a:hush@registry.example";
    std::fs::write(file.path(), format!("{secret}\n")).unwrap();
    let path = file.path().to_str().unwrap();
    let names: Vec<_> = super::environment::secret_variables().map(|name| format!("{name}_FILE")).collect();
    let variables: Vec<_> = names.iter().map(|name| (name.as_str(), path)).collect();
    let Secrets {
        llm_key,
        named,
        log_filter: _,
        backends,
        database_url,
        redis_url,
        registry_credentials,
        otlp_headers,
        shopify,
    } = accepted("", &variables).secrets;
    let Shopify { api_secret, api_secret_previous, access_token, encryption_key, .. } = shopify;
    let hush = Secret::new(secret);
    let of_backends = [database_url, redis_url, registry_credentials, otlp_headers];
    for found in of_backends.iter().chain(&[api_secret, api_secret_previous, access_token, encryption_key]) {
        assert_eq!(found.as_ref(), Some(&hush));
    }
    assert_eq!(llm_key.map(|key| key.secret).as_ref(), Some(&hush));
    assert!(backends.len() == 2 && backends.values().all(|secret| *secret == hush));
    assert!(
        named.len() == 3 && named.iter().all(|(_, secrets)| secrets.iter().all(|secret| *secret == hush))
    );
    let refused = refusal("", &[("REDIS_URL_FILE", "/there/is/no/such/file")]);
    assert!(refused.starts_with("REDIS_URL_FILE: cannot open /there/is/no/such/file: "), "{refused}");
}

#[test]
fn the_alias_of_the_models_key_counts_only_if_the_key_is_unset() {
    let key = |variables: &[(&str, &str)]| accepted("", variables).secrets.llm_key.unwrap();
    let alias = key(&[("KIMI_API_KEY", "sk-old")]);
    assert_eq!((alias.secret.expose(), alias.variable, alias.ignored.len()), ("sk-old", "KIMI_API_KEY", 0));
    let both = key(&[("KIMI_API_KEY", "sk-old"), ("LLM_API_KEY", "sk-new")]);
    assert_eq!((both.secret.expose(), both.ignored.as_slice()), ("sk-new", ["KIMI_API_KEY"].as_slice()));
}

#[test]
fn kimi_is_asked_not_to_think_unless_extra_members_are_configured() {
    let key = &[("LLM_API_KEY", "sk-hush")];
    let gateway = &[("LLM_API_KEY", "sk-hush"), ("AI_GATEWAY_URL", "https://gateway.example/v1")];
    assert_eq!(extra("", key), json!({ "thinking": { "type": "disabled" } }));
    assert_eq!(extra("", gateway), json!({ "thinking": { "type": "disabled" } }));
    assert_eq!(extra("[llm]\nextra = {}", key), json!({}));
    let text = "[llm.extra]\ntop_p = 0.9\n[llm.extra.thinking]\ntype = 'enabled'";
    assert_eq!(extra(text, key), json!({ "top_p": 0.9, "thinking": { "type": "enabled" } }));
}

#[test]
fn another_model_gets_only_configured_extra_members() {
    let local = &[("LLM_BASE_URL", "http://127.0.0.1:11434/v1"), ("LLM_MODEL", "llama3.3")];
    assert_eq!(extra("", local), json!({}));
    assert_eq!(extra("[llm.extra]\nkeep_alive = 60", local), json!({ "keep_alive": 60 }));
    assert_eq!(extra("", &[]), Value::Null, "no model at all");
}

/// Every file that states the default has the same value: the original deployment's 100.
#[test]
fn a_member_takes_as_many_live_jobs_as_in_the_original_deployment_wherever_it_is_stated() {
    assert_eq!(accepted("", &[]).settings().pool.depth_max, 100);
    assert_eq!(accepted("", &[("MAX_QUEUE_DEPTH", "7")]).settings().pool.depth_max, 7);
    for (stated, file) in [
        ("\ndepth_max = 100\n", include_str!("../../../wandstore.example.toml")),
        ("| `depth_max` | `100` | `MAX_QUEUE_DEPTH` |", include_str!("../../../docs/configuration.md")),
        ("\"MAX_QUEUE_DEPTH\": \"100\"", include_str!("../../../targets/cloudflare/wrangler.jsonc")),
        (
            "| `MAX_QUEUE_DEPTH` | live jobs that a member takes | 100 |",
            include_str!("../../../targets/cloudflare/README.md"),
        ),
        ("\nmax_queue_depth = { default = \"\" }\n", include_str!("../../../spin.toml")),
    ] {
        assert!(file.contains(stated), "{stated}");
    }
}

const SHOP: &str = "tea-house.myshopify.com";

#[test]
fn products_come_from_shopify_where_there_is_a_shop_or_an_app_and_the_file_may_say_otherwise() {
    let catalog = |text, variables: &[(&str, &str)]| accepted(text, variables).source(Role::Catalog).unwrap();
    let [demo, shopify] =
        [Builtin::Demo, Builtin::Shopify].map(|builtin| Chosen::Here(Source::Embedded(builtin)));
    assert_eq!(catalog("", &[]), demo);
    assert_eq!(catalog("", &[("SHOPIFY_STORE", SHOP)]), shopify);
    assert_eq!(catalog("", &[("SHOPIFY_API_KEY", "key")]), shopify);
    assert_eq!(catalog("[components.catalog]\nbuiltin = 'shopify'", &[]), shopify);
    assert_eq!(catalog("[components.catalog]\nbuiltin = 'demo'", &[("SHOPIFY_STORE", SHOP)]), demo);
}

#[test]
fn the_public_url_is_an_origin_and_the_variable_lies_over_the_file() {
    let text = "[server]\npublic_url = 'https://file.example/'";
    let public_url = |variables| accepted(text, variables).file.server.public_url;
    assert_eq!(public_url(&[]).as_deref(), Some("https://file.example"));
    let variable = [("WANDSTORE_PUBLIC_URL", "https://wandstore.example")];
    assert_eq!(public_url(&variable).as_deref(), Some("https://wandstore.example"));
    let refused = refusal("", &[("WANDSTORE_PUBLIC_URL", "wandstore.example")]);
    assert!(
        refused.starts_with("server.public_url is \"wandstore.example\": it must be an http(s) URL"),
        "{refused}"
    );
}

#[test]
fn in_production_an_admin_without_a_public_url_is_refused() {
    let app = |variables: &[(&str, &str)]| {
        let secrets = [("SHOPIFY_API_KEY", "key"), ("SHOPIFY_API_SECRET", "hush")];
        accepted("", &[&secrets, variables].concat()).app()
    };
    let refused = app(&[]).err().unwrap().to_string();
    assert!(
        refused.starts_with("server.public_url is not set") && refused.contains("WANDSTORE_PUBLIC_URL"),
        "{refused}"
    );
    let found = app(&[("WANDSTORE_PUBLIC_URL", "https://wandstore.example")]).unwrap().unwrap();
    assert_eq!(found.public_url, "https://wandstore.example");
    let found = app(&[("ENVIRONMENT", "development")]).unwrap().unwrap();
    assert_eq!(found.public_url, "", "on somebody's own machine, addresses are relative");
    assert!(accepted("", &[]).app().unwrap().is_none(), "without the admin it is not needed");
}

#[test]
fn a_backend_is_of_a_kind_that_there_is() {
    for text in ["", "[backends.kv]", "[backends.kv]\nkind = 'memory'\n[backends.blob]\nkind = 'folder'"] {
        accepted(text, &[]);
    }
    assert_eq!(
        refusal("[backends.kv]\nkind = 'memcached'", &[]),
        "`backends.kv.kind` is `memcached`; it must be one of: sqlite, postgres, redis, memory"
    );
    accepted("[backends.blob]\nkind = 's3'\nbucket = 'wands'\nregion = 'eu-central-1'", &[]);
    assert_eq!(
        refusal("[backends.blob]\nkind = 's3'\nbucket = 'wands'", &[]),
        "`backends.blob` (kind `s3`): `region` is not set: set it to that of the bucket, such as eu-central-1, or set \
         `endpoint`"
    );
    let refused = refusal("[backends.kv]\nkidn = 'sqlite'", &[]);
    assert!(refused.starts_with("`backends.kv` (kind `sqlite`): unknown field `kidn`"), "{refused}");
    assert_eq!(
        refusal("[backends.kvs]\nkind = 'sqlite'", &[]),
        "unknown key `backends.kvs`; did you mean `backends.kv`?"
    );
}

#[test]
fn a_backend_in_redis_needs_a_database_for_what_must_not_be_lost() {
    let text = "[backends.kv]\nkind = 'redis'";
    let database = ("DATABASE_URL", "postgres://u:hush@db/d");
    let refused = refusal(text, &[("REDIS_URL", "redis://:hush@cache")]);
    assert!(refused.starts_with("`backends.kv.kind` is `redis`, but DATABASE_URL is not set"), "{refused}");
    let refused = refusal(text, &[database]);
    assert!(refused.starts_with("`backends.kv.kind` is `redis`, but REDIS_URL is not set"), "{refused}");
    for url in ["hush", "http://:hush@cache", "redis://:hush@cache/x", "redis://:hush@cache?timeout=1"] {
        let refused = refusal(text, &[database, ("REDIS_URL", url)]);
        assert!(refused.starts_with("REDIS_URL: ") && !refused.contains("hush"), "{refused}");
    }
    let config = accepted(text, &[database, ("REDIS_URL", "rediss://:hush@cache:6380/1")]);
    let (_, prefix) = config.redis().unwrap().unwrap();
    assert!(prefix == "wandstore" && config.database().unwrap().is_some());
    assert!(!format!("{config:?}").contains("hush"));
    let config = accepted("", &[("REDIS_URL", "a server of something else")]);
    assert!(config.redis().unwrap().is_none(), "no backend needs it");
}

#[test]
fn a_backend_in_postgresql_needs_the_url_of_a_database() {
    for capability in ["kv", "jobs", "shops", "budget"] {
        let text = format!("[backends.{capability}]\nkind = 'postgres'");
        let refused = refusal(&text, &[]);
        assert!(
            refused.starts_with(&format!(
                "`backends.{capability}.kind` is `postgres`, but DATABASE_URL is not set"
            )),
            "{refused}"
        );
        for url in ["hush", "mysql://u:hush@db/d", "postgres://u:hush@db/d?sslmode=always"] {
            let refused = refusal(&text, &[("DATABASE_URL", url)]);
            assert!(refused.starts_with("DATABASE_URL: ") && !refused.contains("hush"), "{refused}");
        }
        let config = accepted(&text, &[("DATABASE_URL", "postgres://u:hush@db/d")]);
        assert!(config.database().unwrap().is_some());
        assert!(!format!("{config:?}").contains("hush"));
    }
    let config = accepted("", &[("DATABASE_URL", "a database of something else")]);
    assert!(config.database().unwrap().is_none(), "no backend needs it");
}

#[test]
fn the_servers_of_the_compose_file_are_those_of_the_configuration_for_them() {
    let text = include_str!("../../../wandstore.servers.toml");
    let servers = include_str!("../../../compose.yaml");
    let exported = servers.lines().filter_map(|line| line.strip_prefix("#     export "));
    let variables: Vec<_> =
        exported.flat_map(|line| line.split(' ')).filter_map(|variable| variable.split_once('=')).collect();
    assert_eq!(variables.len(), 4, "{variables:?}");
    let config = accepted(text, &variables);
    assert!(config.database().unwrap().is_some() && config.redis().unwrap().is_some());
    for port in ["5433:5432", "6380:6379", "8333:8333"] {
        assert!(servers.contains(&format!("127.0.0.1:{port}")), "{port}");
    }
}

#[test]
fn hosts_that_share_merchants_tokens_need_a_key_that_they_share() {
    let text = "[backends.shops]\nkind = 'postgres'";
    let mut variables = vec![
        ("DATABASE_URL", "postgres://u:hush@db/d"),
        ("SHOPIFY_API_KEY", "client-id"),
        ("SHOPIFY_API_SECRET", "hush"),
    ];
    let refused = refusal(text, &variables);
    assert!(
        refused.starts_with("`backends.shops.kind` is `postgres`, but WANDSTORE_ENCRYPTION_KEY is not set"),
        "{refused}"
    );
    variables.push(("WANDSTORE_ENCRYPTION_KEY", "hush"));
    accepted(text, &variables);
}

#[test]
fn deployments_differ_in_name_environment_or_app() {
    let of = |text, variables: &[_]| accepted(text, variables).deployment();
    let usual = of("", &[]);
    assert_eq!(of("[cache]\nmemory_mib = 7", &[("SHOPIFY_STORE", SHOP)]), usual);
    for other in [
        of("[server]\ndeployment = 'staging'", &[]),
        of("", &[("ENVIRONMENT", "development")]),
        of("", &[("SHOPIFY_API_KEY", "client-id")]),
    ] {
        assert_ne!(other, usual);
    }
}

#[test]
fn a_builtin_is_chosen_for_the_catalog_only_and_not_beside_a_path() {
    let refused = refusal("[components.routing]\nbuiltin = 'demo'", &[]);
    assert!(refused.starts_with("components.routing.builtin is set"), "{refused}");
    let refused = refusal("[components.catalog]\nbuiltin = 'demo'\npath = 'c.wasm'", &[]);
    assert!(refused.starts_with("components.catalog: set `path` or `builtin`, not both"), "{refused}");
}

#[test]
fn a_component_of_a_registry_has_a_digest_and_nothing_else_names_a_component() {
    let digest = "a".repeat(64);
    let pinned = format!("ghcr.io/acme/catalog:1.2@sha256:{digest}");
    let config = accepted(&format!("[components.catalog]\noci = '{pinned}'\npublic_key = 'cosign.pub'"), &[]);
    let Chosen::Artifact(reference) = config.source(Role::Catalog).unwrap() else {
        panic!("it is of a registry")
    };
    assert_eq!(reference.to_string(), pinned);
    assert_eq!(config.public_key(Role::Catalog), Some("./cosign.pub".into()));
    for (lines, why) in [
        ("oci = 'ghcr.io/acme/catalog:1.2'".to_owned(), "names no digest"),
        ("oci = 'acme/catalog'".to_owned(), "does not begin with a registry"),
        (format!("oci = '{pinned}'\npath = 'c.wasm'"), "set one of `oci`, `path` and `builtin`"),
        (format!("oci = '{pinned}'\nsha256 = '{digest}'"), "the digest is in components.catalog.oci"),
        ("path = 'c.wasm'\npublic_key = 'cosign.pub'".to_owned(), "set `path` or `public_key`, not both"),
    ] {
        let refused = refusal(&format!("[components.catalog]\n{lines}"), &[]);
        assert!(refused.starts_with("components.catalog") && refused.contains(why), "{refused}");
    }
}

#[test]
fn credentials_of_registries_are_checked_and_never_shown() {
    let config = accepted("", &[("REGISTRY_CREDENTIALS", "me:hush@ghcr.io")]);
    assert!(!format!("{config:?}").contains("hush"));
    let refused = refusal("", &[("REGISTRY_CREDENTIALS", "me:hush")]);
    assert!(refused.starts_with("REGISTRY_CREDENTIALS") && !refused.contains("hush"), "{refused}");
}

#[tokio::test]
async fn a_shop_is_connected_by_variables_and_only_it_gets_the_token() {
    let config = accepted("", &[("SHOPIFY_STORE", SHOP), ("SHOPIFY_ACCESS_TOKEN", "shpat_hush")]);
    assert_eq!(config.settings().shops[SHOP].name, "tea-house");
    let tokens = config.tokens();
    assert_eq!(tokens.token(SHOP).await, Some(Secret::new("shpat_hush")));
    assert_eq!(tokens.token("lamps.myshopify.com").await, None);
    assert!(!format!("{config:?}").contains("hush"));
}

#[test]
fn a_shop_says_how_its_pages_look_and_whether_there_are_any() {
    let text = "[shops.lamps]\npersonas_off = ['Explorer']\naccent = '#1b3a57'\npaused = true";
    let shop = &accepted(text, &[]).settings().shops["lamps"];
    assert_eq!(shop.personas_off, [Persona::Explorer]);
    assert!(shop.paused);
    let refused = refusal("[shops.lamps]\naccent = 'red'", &[]);
    assert!(refused.starts_with("shops.lamps.accent: \"red\" is not a colour"), "{refused}");
}

#[test]
fn a_registry_is_named_as_in_references() {
    let text = "[registries.'registry.example:5000']\nca = 'ca.pem'\n[registries.'ghcr.io']";
    let config = accepted(text, &[]);
    let found: Vec<_> = config.authorities().collect();
    assert_eq!(found, [("registry.example:5000", config.folder.join("ca.pem"))]);
    for name in ["https://registry.example", "registry", "registry.example/acme", "registry.example:port"] {
        let refused = refusal(&format!("[registries.'{name}']\nca = 'ca.pem'"), &[]);
        assert!(refused.contains("write the registry as in references"), "{refused}");
    }
}
