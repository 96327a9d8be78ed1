//! The translator as WebAssembly, for pages without a server.
//!
//! [`Engine`] answers requests in JSON: it loads models from files in memory, translates, completes, aligns and
//! explains. It uses no files, clock or threads. As a WebAssembly module, `exports.rs` makes it callable: a page writes each
//! request to the memory of the module and reads the answer from there.

mod answer;
mod engine;
mod error;
#[cfg(target_family = "wasm")]
mod exports;
mod request;
#[cfg(test)]
mod tests;

pub use engine::Engine;
