//! The WebAssembly engine, and what it compiled before.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail};
use wasmtime::component::Component;
use wasmtime::{Config, Enabled, Engine, InstanceAllocationStrategy, OptLevel, PoolingAllocationConfig};

use crate::component::{Binary, Role};

/// How often running components are looked after: what their computing time is counted in.
pub const EPOCH: Duration = Duration::from_millis(10);

/// An engine for `instances` instances of at most `memory_bytes_max` each.
pub fn new(instances: usize, memory_bytes_max: usize) -> anyhow::Result<Engine> {
    let instances = u32::try_from(instances)?;
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(instances)
        // A component is a few core instances: its module, and adapters around it.
        .total_core_instances(instances * 4)
        .total_memories(instances)
        .total_tables(instances * 4)
        .total_stacks(instances)
        .max_memories_per_component(1)
        .max_memory_size(memory_bytes_max)
        .table_elements(100_000)
        .linear_memory_keep_resident(256 << 10)
        .table_keep_resident(16 << 10)
        .pagemap_scan(Enabled::Auto);
    let mut config = Config::new();
    config
        .allocation_strategy(InstanceAllocationStrategy::Pooling(pool))
        .concurrency_support(false)
        .epoch_interruption(true)
        .cranelift_opt_level(OptLevel::Speed)
        .max_wasm_stack(512 << 10)
        .async_stack_size(1 << 20);
    let engine = Engine::new(&config).map_err(anyhow::Error::from).context("the WebAssembly engine")?;
    keep_time(&engine)?;
    Ok(engine)
}

/// Lets computing time pass, for as long as there is an engine.
fn keep_time(engine: &Engine) -> anyhow::Result<()> {
    let weak = engine.weak();
    let tick = move || {
        while let Some(engine) = weak.upgrade() {
            engine.increment_epoch();
            drop(engine);
            std::thread::sleep(EPOCH);
        }
    };
    std::thread::Builder::new().name("epoch".into()).spawn(tick).context("the epoch thread")?;
    Ok(())
}

/// Compiled components, by their digest and the engine that compiled them.
///
/// What is in the folder is run as machine code: the folder is the operator's own, and only the
/// owner may write to it.
#[derive(Debug)]
pub struct Compiled {
    folder: PathBuf,
}

impl Compiled {
    /// Opens the folder, made if need be.
    pub fn open(folder: PathBuf) -> anyhow::Result<Self> {
        use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
        const OTHERS_MAY_WRITE: u32 = 0o022;
        let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&folder);
        made.with_context(|| format!("cannot make {}", folder.display()))?;
        let permissions = std::fs::metadata(&folder)
            .with_context(|| format!("cannot look at {}", folder.display()))?
            .mode();
        if permissions & OTHERS_MAY_WRITE != 0 {
            bail!("others may write to {}, and what is in it is run: chmod 700 it", folder.display());
        }
        Ok(Self { folder })
    }

    /// The component, compiled now if it was not before.
    pub fn load(&self, engine: &Engine, role: Role, binary: &Binary) -> anyhow::Result<Component> {
        let path = self.path(engine, binary);
        if path.exists() {
            match deserialize(engine, &path) {
                Ok(component) => return Ok(component),
                Err(error) => {
                    tracing::warn!(path = %path.display(), %error, "a compiled component is unusable; compiling again");
                }
            }
        }
        tracing::info!(component = role.name(), origin = binary.origin, "compiling, once");
        let code =
            engine.precompile_component(&binary.bytes).map_err(|error| not_a_component(binary, &error))?;
        write_whole(&path, &code)?;
        deserialize(engine, &path)
    }

    fn path(&self, engine: &Engine, binary: &Binary) -> PathBuf {
        use std::hash::{DefaultHasher, Hash, Hasher};
        let mut engine_hash = DefaultHasher::new();
        engine.precompile_compatibility_hash().hash(&mut engine_hash);
        self.folder.join(format!("{}-{:016x}.cwasm", binary.digest, engine_hash.finish()))
    }
}

/// The first line says it; the rest is a dump of bytes.
fn not_a_component(binary: &Binary, error: &wasmtime::Error) -> anyhow::Error {
    let reason = format!("{error:#}");
    let reason = reason.lines().next().unwrap_or_default();
    anyhow::anyhow!("{} is not a WebAssembly component: {reason}", binary.origin)
}

/// Nobody reads half a file: it gets its name once it is whole, however many write it at a time.
fn write_whole(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let write = || -> std::io::Result<()> {
        let mut partial = tempfile::NamedTempFile::new_in(path.parent().unwrap_or(Path::new(".")))?;
        partial.write_all(bytes)?;
        partial.persist(path)?;
        Ok(())
    };
    write().with_context(|| format!("cannot write {}", path.display()))
}

#[expect(
    unsafe_code,
    reason = "compiled code is trusted: it is in a folder that only its owner can write to"
)]
fn deserialize(engine: &Engine, path: &Path) -> anyhow::Result<Component> {
    // SAFETY: the file was written by `Compiled::load` from this engine's own compiler, into a
    // folder of mode 0700; wasmtime checks that version and configuration are the same.
    let component = unsafe { Component::deserialize_file(engine, path) };
    component.map_err(anyhow::Error::from).with_context(|| format!("cannot load {}", path.display()))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;
    use crate::component::Source;

    #[test]
    fn a_folder_that_others_may_write_to_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("compiled");
        assert!(Compiled::open(path.clone()).is_ok());
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o777)).expect("it is ours");
        let refusal = Compiled::open(path).expect_err("others may write to it").to_string();
        assert!(refusal.contains("chmod 700"), "{refusal}");
    }

    #[test]
    fn several_that_compile_the_same_component_at_once_all_have_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let compiled = Compiled::open(folder.path().join("compiled")).expect("it is ours");
        let engine = new(1, 1 << 20).expect("an engine");
        let mut text = String::from("(component (core module");
        for _ in 0..2_000 {
            text.push_str(" (func (param i32) (result i32) local.get 0 i32.const 7 i32.mul)");
        }
        let bytes = wat::parse_str(text + "))").expect("it is one");
        let path = folder.path().join("component.wasm");
        std::fs::write(&path, bytes).expect("it is written");
        let binary = Source::File { path, sha256: None }.read(Role::Routing).expect("it is read");
        std::thread::scope(|scope| {
            let load = || compiled.load(&engine, Role::Routing, &binary).map(drop);
            let all: Vec<_> = (0..8).map(|_| scope.spawn(load)).collect();
            for one in all {
                one.join().expect("it does not panic").expect("it loads");
            }
        });
        let files = std::fs::read_dir(&compiled.folder).expect("a folder").count();
        assert_eq!(files, 1, "parts of files are left");
    }
}
