//! The paths of the server, and what their replies have in common.

pub mod files;
pub mod information;
pub mod interactive;
pub mod page;
pub mod translate;

use axum::Json;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

/// One value, or a list of values if the request had a list.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum OneOrMany<T> {
    /// One.
    One(T),
    /// A list.
    Many(Vec<T>),
}

impl<T> OneOrMany<T> {
    /// The only value, unless `is_list`.
    pub fn new(mut values: Vec<T>, is_list: bool) -> Self {
        match values.pop() {
            Some(only) if !is_list && values.is_empty() => Self::One(only),
            last => {
                values.extend(last);
                Self::Many(values)
            }
        }
    }
}

/// A language that was detected.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DetectedLanguage {
    /// Its code.
    #[schema(example = "de")]
    pub language: String,
    /// How sure it is, 0 to 100.
    #[schema(example = 92.0)]
    pub confidence: f64,
}

/// What a request cost, for logs and metrics.
#[derive(Clone, Copy, Debug, Default)]
pub struct TextWork {
    /// Number of texts.
    pub texts: usize,
    /// Number of characters.
    pub characters: usize,
}

/// A reply in JSON, with what it cost.
pub struct Answer<T>(pub T, pub TextWork);

impl<T: Serialize> IntoResponse for Answer<T> {
    fn into_response(self) -> Response {
        let mut response = Json(self.0).into_response();
        response.extensions_mut().insert(self.1);
        response
    }
}
