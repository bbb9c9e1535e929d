//! The WebAssembly engine and its compiled code.

pub mod ahead;
mod compiled;
mod interfaces;

use std::time::Duration;

use anyhow::Context as _;
use wasmtime::{Config, Enabled, Engine, InstanceAllocationStrategy, OptLevel, PoolingAllocationConfig};

pub use compiled::Compiled;
pub use interfaces::Interfaces;

/// The length of an epoch, in which the computing time of components is counted.
pub const EPOCH: Duration = Duration::from_millis(10);

/// Creates an engine for `instances` instances of at most `memory_bytes_max` each.
pub fn new(instances: usize, memory_bytes_max: usize) -> anyhow::Result<Engine> {
    let engine = create(&config(u32::try_from(instances)?, memory_bytes_max))?;
    keep_time(&engine)?;
    Ok(engine)
}

/// Creates an engine that compiles for the baseline CPU ([`ahead::CPU`]) and runs nothing.
#[expect(unsafe_code, reason = "wasmtime cannot know whether the CPU has what a flag says")]
fn for_baseline() -> anyhow::Result<Engine> {
    let mut config = config(1, 0);
    // With a target, wasmtime does not add what this machine's CPU has.
    config.target(&format!("{}-unknown-linux-gnu", std::env::consts::ARCH))?;
    for flag in ahead::CPU_FLAGS {
        // SAFETY: this engine runs nothing, and the engine that loads its code checks each flag against its CPU.
        unsafe { config.cranelift_flag_enable(flag) };
    }
    create(&config)
}

fn create(config: &Config) -> anyhow::Result<Engine> {
    Engine::new(config).map_err(anyhow::Error::from).context("the WebAssembly engine")
}

fn config(instances: u32, memory_bytes_max: usize) -> Config {
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(instances)
        // A component has a few core instances: its module and the adapters around it.
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
    config
}

/// Starts the thread that advances the epoch for as long as the engine exists.
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
