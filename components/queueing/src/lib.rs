//! x

#[cfg(target_arch = "wasm32")]
mod guest;
