//! A server that translates: the HTTP interface of LibreTranslate, with alignments, and a page that shows them.
//!
//! [`Server::run`] answers requests on its own threads and translates on the thread that calls it. All requests share
//! one queue, which translates lines of several requests together.

mod admission;
mod error;
mod keys;
mod listener;
mod metrics;
mod model_argument;
mod models;
mod parameters;
mod queue;
mod received;
mod routes;
mod server;
mod settings;
mod specification;
mod text;

pub use keys::{ApiKeys, KeyError};
pub use model_argument::{LoadError, ModelArgument, ModelArgumentError};
pub use server::Server;
pub use settings::Settings;
