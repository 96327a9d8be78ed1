//! Errors as clients of LibreTranslate know them: a status, and `{"error": text}`.

use crate::queue::QueueError;
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use glosser_translator::LanguageError;
use serde::Serialize;
use std::time::Duration;
use thiserror::Error;
use utoipa::{IntoResponses, ToSchema};

/// The body of every error.
#[derive(Serialize, ToSchema)]
pub struct ErrorBody {
    /// What is wrong, and the remedy.
    pub error: String,
}

/// The replies of an error, for the documentation.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "it describes replies and is never made")]
pub enum ErrorReplies {
    /// A fault of the request
    #[response(status = 400)]
    Invalid(ErrorBody),
    /// A wrong key
    #[response(status = 403)]
    Forbidden(ErrorBody),
    /// The request came too slowly
    #[response(status = 408)]
    Slow(ErrorBody),
    /// The request is too large
    #[response(status = 413)]
    TooLarge(ErrorBody),
    /// Too many texts, or the server is busy; Retry-After has the seconds to wait
    #[response(status = 429)]
    Busy(ErrorBody),
    /// The server is stopping
    #[response(status = 503)]
    Stopping(ErrorBody),
}

/// A request that is not answered.
#[derive(Debug, Error)]
pub enum ApiError {
    /// The request has a fault that its client can mend.
    #[error("Invalid request: {0}")]
    Invalid(String),
    /// A format that is neither text nor HTML.
    #[error("{0} format is not supported")]
    UnknownFormat(String),
    /// A language that no model has, or two without a model.
    #[error(transparent)]
    Language(#[from] LanguageError),
    /// A request without a key, where one is necessary.
    #[error("Please contact the server operator to get an API key")]
    NoKey,
    /// A key that the server does not know.
    #[error("Invalid API key")]
    WrongKey,
    /// The path or method is switched off.
    #[error("{0}")]
    Forbidden(&'static str),
    /// Nothing is there.
    #[error("{0}")]
    NotFound(&'static str),
    /// The path has other methods.
    #[error("this path does not have this method; see the header Allow")]
    WrongMethod,
    /// The body arrives too slowly.
    #[error("the request did not arrive within {0} seconds")]
    Slow(u64),
    /// The body is too large.
    #[error("the request is larger than {0} bytes; send it in parts")]
    TooLarge(usize),
    /// The client has used up its texts.
    #[error("Slowdown: too many texts; try again in {} seconds", .retry_after.as_secs())]
    TooManyTexts {
        /// The time until it may send the request again.
        retry_after: Duration,
    },
    /// One request has more texts than the client may send in a minute.
    #[error("Invalid request: {texts} texts are more than the limit of a minute; send them in parts")]
    MoreTextsThanPerMinute {
        /// Number of texts.
        texts: usize,
    },
    /// Too much work waits, or it was not done in time.
    #[error("the server is busy; try again in {} seconds", .retry_after.as_secs())]
    Busy {
        /// When to try again.
        retry_after: Duration,
    },
    /// The request takes too long, although nothing else is to be done.
    #[error("Invalid request: its translation takes longer than {} seconds; send shorter texts", .0.as_secs_f64())]
    TakesTooLong(Duration),
    /// The server stops.
    #[error("the server is stopping")]
    Stopping,
    /// A fault of the server, which its log names.
    #[error("the translation failed because of a fault of the server; its log says more")]
    Internal,
}

impl ApiError {
    /// The status of the reply.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Invalid(_)
            | Self::UnknownFormat(_)
            | Self::Language(_)
            | Self::NoKey
            | Self::TakesTooLong(_)
            | Self::MoreTextsThanPerMinute { .. } => StatusCode::BAD_REQUEST,
            Self::WrongKey | Self::Forbidden(_) => StatusCode::FORBIDDEN,
            Self::NotFound(_) => StatusCode::NOT_FOUND,
            Self::WrongMethod => StatusCode::METHOD_NOT_ALLOWED,
            Self::Slow(_) => StatusCode::REQUEST_TIMEOUT,
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooManyTexts { .. } | Self::Busy { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Stopping => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::TooManyTexts { retry_after } | Self::Busy { retry_after } => Some(*retry_after),
            _ => None,
        }
    }
}

impl From<QueueError> for ApiError {
    fn from(error: QueueError) -> Self {
        match error {
            QueueError::Full { retry_after } => Self::Busy { retry_after },
            QueueError::Stopped => Self::Stopping,
            QueueError::Failed(_) => Self::Internal,
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let retry_after = self.retry_after();
        let mut response = (self.status(), Json(ErrorBody { error: self.to_string() })).into_response();
        if let Some(time) = retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(time.as_secs()));
        }
        response
    }
}
