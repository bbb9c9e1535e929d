//! Manifests of artifacts: what they must be, and how they are made.

use serde::{Deserialize, Serialize};

use crate::digest::Digest;

/// The media type of a manifest.
pub const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
/// The media type of an index of manifests.
pub const INDEX: &str = "application/vnd.oci.image.index.v1+json";
/// The media type of a component's config.
pub const CONFIG: &str = "application/vnd.wasm.config.v0+json";
/// The media type of a component.
pub const COMPONENT: &str = "application/wasm";
/// The most bytes of a component. Those that contain a language's runtime have some tens of MiB.
pub const COMPONENT_BYTES_MAX: u64 = 64 << 20;

/// A manifest: what an artifact consists of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Manifest {
    schema_version: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    media_type: Option<String>,
    config: Descriptor,
    /// The layers. A component's artifact has one.
    pub layers: Vec<Descriptor>,
}

/// A part of an artifact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Descriptor {
    /// Its media type.
    pub media_type: String,
    /// Its digest.
    pub digest: Digest,
    /// Its number of bytes.
    pub size: u64,
    /// The annotations.
    #[serde(default, skip_serializing_if = "Annotations::is_empty")]
    pub annotations: Annotations,
}

/// Statements about a part, by name.
pub type Annotations = std::collections::BTreeMap<String, String>;

/// What a component's config says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Config {
    created: String,
    architecture: String,
    os: String,
    layer_digests: Vec<Digest>,
    /// What the component imports and exports.
    pub component: World,
}

/// The interfaces of a component.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct World {
    /// What it imports.
    pub imports: Vec<String>,
    /// What it exports.
    pub exports: Vec<String>,
    target: Option<String>,
}

/// Why a manifest is not that of a component.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAComponent {
    /// It cannot be read.
    #[error("its manifest or its config cannot be read: {0}")]
    Unreadable(String),
    /// It is a list of manifests or something else.
    #[error("its type is `{0}`; that of a component is `{MANIFEST}`")]
    Kind(String),
    /// The config is that of a container image or another kind of artifact.
    #[error("its config is `{0}`; that of a component is `{CONFIG}`")]
    Config(String),
    /// It has no layer or several.
    #[error("it has {0} layers; a component has exactly one")]
    Layers(usize),
    /// The layer is not WebAssembly.
    #[error("its layer is `{0}`; that of a component is `{COMPONENT}`")]
    Layer(String),
    /// The layer is too large.
    #[error("it has {0} bytes; the limit is {COMPONENT_BYTES_MAX}")]
    Size(u64),
}

impl Manifest {
    /// Reads the manifest of any artifact.
    pub fn parse(bytes: &[u8]) -> Result<Self, NotAComponent> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Kind {
            media_type: Option<String>,
        }
        let unreadable = |error: serde_json::Error| NotAComponent::Unreadable(error.to_string());
        let kind: Kind = serde_json::from_slice(bytes).map_err(unreadable)?;
        match kind.media_type {
            Some(kind) if kind != MANIFEST => Err(NotAComponent::Kind(kind)),
            _ => serde_json::from_slice(bytes).map_err(unreadable),
        }
    }

    /// Makes the manifest of a component.
    pub fn of_component(config: &[u8], component: &[u8]) -> Self {
        Self::of(Descriptor::of(CONFIG, config), Descriptor::of(COMPONENT, component))
    }

    /// Makes the manifest of an artifact with one layer.
    pub(crate) fn of(config: Descriptor, layer: Descriptor) -> Self {
        Self { schema_version: 2, media_type: Some(MANIFEST.into()), config, layers: vec![layer] }
    }

    /// Returns the layer that is the component, if this is the manifest of one.
    pub fn component(&self) -> Result<&Descriptor, NotAComponent> {
        if self.config.media_type != CONFIG {
            return Err(NotAComponent::Config(self.config.media_type.clone()));
        }
        let [layer] = self.layers.as_slice() else { return Err(NotAComponent::Layers(self.layers.len())) };
        if layer.media_type != COMPONENT {
            return Err(NotAComponent::Layer(layer.media_type.clone()));
        }
        if layer.size > COMPONENT_BYTES_MAX {
            return Err(NotAComponent::Size(layer.size));
        }
        Ok(layer)
    }

    /// Returns the config.
    pub fn config(&self) -> &Descriptor {
        &self.config
    }

    /// Returns the bytes that are pushed, which the digest is of.
    pub fn bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }
}

impl Descriptor {
    /// Describes `bytes`.
    pub fn of(media_type: &str, bytes: &[u8]) -> Self {
        Self {
            media_type: media_type.into(),
            digest: Digest::of(bytes),
            size: bytes.len() as u64,
            annotations: Annotations::new(),
        }
    }
}

impl Config {
    /// Reads a config. Any member may be missing.
    pub fn parse(bytes: &[u8]) -> Result<Self, NotAComponent> {
        serde_json::from_slice(bytes).map_err(|error| NotAComponent::Unreadable(error.to_string()))
    }

    /// Makes the config of a component. It names no time, so that the same component has the same digest everywhere.
    pub fn of_component(component: &[u8], imports: Vec<String>, exports: Vec<String>) -> Self {
        Self {
            created: "1970-01-01T00:00:00Z".into(),
            architecture: "wasm".into(),
            os: "wasip2".into(),
            layer_digests: vec![Digest::of(component)],
            component: World { imports, exports, target: None },
        }
    }

    /// Returns the bytes that are pushed.
    pub fn bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn manifest(change: impl Fn(&mut Value)) -> Result<Digest, NotAComponent> {
        let mut json = serde_json::to_value(Manifest::of_component(b"config", b"component")).unwrap();
        change(&mut json);
        Manifest::parse(&serde_json::to_vec(&json).unwrap())?.component().map(|layer| layer.digest)
    }

    #[test]
    fn the_manifest_of_a_component_is_read_as_it_is_written() {
        assert_eq!(manifest(|_| ()), Ok(Digest::of(b"component")));
        // Unknown members and annotations are for others, and a media type is optional.
        let more = |json: &mut Value| {
            json["annotations"] = json!({"org.opencontainers.image.title": "catalog"});
            json["layers"][0]["annotations"] = json!({"a": "b"});
            json.as_object_mut().unwrap().remove("mediaType");
        };
        assert_eq!(manifest(more), Ok(Digest::of(b"component")));
    }

    #[test]
    fn another_kind_of_artifact_is_refused_with_what_it_is() {
        type Change = fn(&mut Value);
        let cases: [(Change, &str); 7] = [
            (|json| json["mediaType"] = json!("application/vnd.oci.image.index.v1+json"), "image.index"),
            (
                |json| json["config"]["mediaType"] = json!("application/vnd.oci.image.config.v1+json"),
                "its config is `application/vnd.oci.image.config.v1+json`",
            ),
            (
                |json| {
                    let layer = json["layers"][0].clone();
                    json["layers"].as_array_mut().unwrap().push(layer);
                },
                "it has 2 layers; a component has exactly one",
            ),
            (|json| json["layers"] = json!([]), "it has 0 layers"),
            (
                |json| json["layers"][0]["mediaType"] = json!("application/gzip"),
                "its layer is `application/gzip`",
            ),
            (|json| json["layers"][0]["size"] = json!(u64::MAX), "the limit is 67108864"),
            (|json| json["layers"][0]["digest"] = json!("md5:1"), "cannot be read"),
        ];
        for (change, why) in cases {
            let refusal = manifest(change).expect_err(why).to_string();
            assert!(refusal.contains(why), "{refusal}");
        }
        let refusal = Manifest::parse(b"<html>").unwrap_err();
        assert!(matches!(refusal, NotAComponent::Unreadable(_)), "{refusal}");
    }

    /// The names are those of the convention.
    #[test]
    fn a_config_has_the_members_of_the_convention() {
        let config = Config::of_component(b"abc", vec!["a:b/c@1.0.0".into()], vec!["a:b/d@1.0.0".into()]);
        let json: Value = serde_json::from_slice(&config.bytes()).unwrap();
        assert_eq!(
            json,
            json!({
                "created": "1970-01-01T00:00:00Z",
                "architecture": "wasm",
                "os": "wasip2",
                "layerDigests": ["sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
                "component": {"imports": ["a:b/c@1.0.0"], "exports": ["a:b/d@1.0.0"], "target": null},
            })
        );
    }
}
