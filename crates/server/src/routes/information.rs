//! What the server is and can: `/languages`, `/detect`, `/health`, `/frontend/settings`, `/metrics`, `/spec`.

use crate::error::{ApiError, ErrorReplies};
use crate::parameters::{MOST_BYTES, Parameters};
use crate::routes::{Answer, DetectedLanguage, TextWork};
use crate::server::Shared;
use crate::specification;
use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, Request, header};
use axum::response::IntoResponse;
use glosser_documents::Format;
use glosser_translator::ServedModel;
use serde::Serialize;
use utoipa::ToSchema;

/// The number of languages in a reply of `/detect`.
const MOST_DETECTED: usize = 3;

/// The time that a person pauses before the page translates, in milliseconds.
const TYPING_PAUSE: u32 = 250;

/// A language as `/languages` lists it, for the documentation.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes `glosser_translator::ListedLanguage`")]
pub struct ListedLanguage {
    /// Its code.
    #[schema(example = "de")]
    code: String,
    /// Its English name.
    #[schema(example = "German")]
    name: String,
    /// Codes of the languages that it can be translated to, and its own.
    targets: Vec<String>,
}

/// Lists the languages.
#[utoipa::path(get, path = "/languages", responses((status = 200, description = "All languages", body = [ListedLanguage])))]
pub async fn languages(State(server): State<Shared>) -> Json<Vec<glosser_translator::ListedLanguage>> {
    Json(server.models.languages())
}

/// The parameters of `/detect`, for the documentation.
#[derive(ToSchema)]
#[expect(dead_code, reason = "requests are read leniently, by name; this describes them")]
pub struct DetectRequest {
    /// A text.
    #[schema(example = "Ein Hund läuft.")]
    q: String,
    /// The key, where one is necessary.
    api_key: Option<String>,
}

/// Detects the language of a text among the source languages of the models.
#[utoipa::path(
    post,
    path = "/detect",
    request_body(content((DetectRequest = "application/json"), (DetectRequest = "application/x-www-form-urlencoded"))),
    responses(
        (status = 200, description = "Up to three languages, the most probable first", body = [DetectedLanguage]),
        ErrorReplies,
    )
)]
pub async fn detect(
    State(server): State<Shared>,
    request: Request<Body>,
) -> Result<Answer<Vec<DetectedLanguage>>, ApiError> {
    let client = server.client(&request);
    let parameters = Parameters::read(request, MOST_BYTES, &server.received).await?;
    server.admission.admit(&client, parameters.key().as_deref(), 1)?;
    let text = parameters.texts()?.as_slice().join("\n");
    let found = server.models.detect(&text).into_iter().take(MOST_DETECTED);
    let found = found.map(|(language, confidence)| DetectedLanguage { language: language.to_string(), confidence });
    Ok(Answer(found.collect(), TextWork { texts: 1, characters: text.chars().count() }))
}

/// The reply of `/health`.
#[derive(Serialize, ToSchema)]
pub struct Health {
    #[schema(example = "ok")]
    status: &'static str,
}

/// Says that the models are loaded and requests are answered. Before that, nothing answers.
#[utoipa::path(get, path = "/health", responses((status = 200, description = "All is well", body = Health)))]
pub async fn health() -> Json<Health> {
    Json(Health { status: "ok" })
}

/// The reply of `/frontend/settings`: what a page needs to know.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FrontendSettings {
    /// Whether clients may have keys.
    api_keys: bool,
    /// The greatest number of characters of a text.
    char_limit: usize,
    /// Whether files can be translated.
    files_translation: bool,
    /// The pause after which a page translates what is typed, in milliseconds.
    frontend_timeout: u32,
    /// Whether a key is necessary.
    key_required: bool,
    /// The languages to begin with.
    language: FirstLanguages,
    /// Whether better translations can be suggested.
    suggestions: bool,
    /// The endings of files that can be translated.
    supported_files_format: Vec<String>,
    /// The models.
    #[schema(value_type = Vec<ModelInformation>)]
    models: Vec<glosser_translator::ModelInformation>,
}

/// The languages that a page begins with.
#[derive(Serialize, ToSchema)]
pub struct FirstLanguages {
    source: NamedCode,
    target: NamedCode,
}

/// A language.
#[derive(Serialize, ToSchema)]
pub struct NamedCode {
    code: String,
    name: String,
}

/// Where a model comes from, for the documentation.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes `glosser_translator::ModelInformation`")]
pub struct ModelInformation {
    source: String,
    target: String,
    /// The name of its training corpus.
    corpus: String,
    /// The number of its training pairs.
    pairs: usize,
    /// The score of the validation pairs that chose its weights, with its name.
    score: String,
}

/// Tells pages what they need to know.
#[utoipa::path(
    get,
    path = "/frontend/settings",
    responses((status = 200, description = "The settings", body = FrontendSettings))
)]
pub async fn frontend_settings(State(server): State<Shared>) -> Json<FrontendSettings> {
    let settings = &server.settings;
    let target = &server.models.all()[0].languages.target;
    Json(FrontendSettings {
        api_keys: !settings.keys.is_empty(),
        char_limit: settings.max_characters,
        files_translation: true,
        frontend_timeout: TYPING_PAUSE,
        key_required: settings.requires_key,
        language: FirstLanguages {
            source: NamedCode { code: "auto".to_owned(), name: "Auto Detect".to_owned() },
            target: NamedCode { code: target.to_string(), name: target.english_name() },
        },
        suggestions: false,
        supported_files_format: Format::ALL
            .iter()
            .flat_map(|format| format.extensions())
            .map(|ending| format!(".{ending}"))
            .collect(),
        models: server.models.all().iter().map(ServedModel::information).collect(),
    })
}

/// Refuses suggestions of better translations, which LibreTranslate collects if its operator wants it.
pub async fn suggest() -> ApiError {
    ApiError::Forbidden("Suggestions are disabled on this server.")
}

/// Counts, times and load, in the text format of Prometheus.
#[utoipa::path(
    get,
    path = "/metrics",
    responses((status = 200, description = "The metrics", body = String, content_type = "application/openmetrics-text"))
)]
pub async fn metrics(State(server): State<Shared>) -> impl IntoResponse {
    let headers: [(HeaderName, &str); 1] =
        [(header::CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8")];
    (headers, server.metrics.text(server.queue.load()))
}

/// Describes the server in the OpenAPI format.
#[utoipa::path(get, path = "/spec", responses((status = 200, description = "This description", body = Object)))]
pub async fn spec(State(server): State<Shared>, headers: HeaderMap) -> impl IntoResponse {
    Json(specification::of(&server.base_url(&headers)))
}
