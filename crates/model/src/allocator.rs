//! The allocator of components. A hit makes some dozens of allocations in them. With the standard library's allocator a
//! signed fragment costs 8 % more instructions, and a component is larger.

use talc::wasm::{WasmDynamicTalc, new_wasm_dynamic_allocator};

#[global_allocator]
static ALLOCATOR: WasmDynamicTalc = new_wasm_dynamic_allocator();
