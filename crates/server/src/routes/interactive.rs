//! `POST /complete` and `POST /choices`: a translation whose beginning a person decides.

use crate::error::{ApiError, ErrorReplies};
use crate::parameters::{MOST_BYTES, Parameters};
use crate::routes::{Answer, TextWork};
use crate::server::Shared;
use axum::body::Body;
use axum::extract::State;
use axum::http::Request;
use glosser_translator::{
    ChoiceRecord, Models, SearchOptions, SentenceRecord, Translation, Translator, TranslatorError, Way,
};
use serde::{Serialize, Serializer};
use std::sync::Arc;
use tokio::time::timeout;
use utoipa::ToSchema;

/// The number of choices if the request does not say it.
const CHOICES: usize = 6;

/// The greatest number of choices.
const MOST_CHOICES: usize = 20;

/// The parameters of `/complete` and `/choices`, for the documentation.
#[derive(ToSchema)]
#[expect(dead_code, reason = "requests are read leniently, by name; this describes them")]
pub struct BeginningRequest {
    /// A sentence.
    #[schema(example = "Ein Hund läuft.")]
    q: String,
    /// The code of its language, or `auto`.
    #[schema(example = "de")]
    source: String,
    /// The code of the language to translate to.
    #[schema(example = "en")]
    target: String,
    /// The beginning of the translation. For `/complete` its last word may be incomplete, unless a space follows; for
    /// `/choices` it is complete.
    #[schema(example = "The d")]
    beginning: Option<String>,
    /// `/choices`: how many words are wanted.
    #[schema(maximum = 20)]
    choices: Option<u32>,
    /// The key, where one is necessary.
    api_key: Option<String>,
}

/// The reply of `/complete`.
#[derive(Serialize, ToSchema)]
pub struct CompleteReply {
    /// The best translation with this beginning, as in the `alignment` of `/translate`.
    #[schema(value_type = Object)]
    sentence: AlignedSentence,
}

/// A sentence with words, links and weights; serialised as in the `alignment` of `/translate`.
struct AlignedSentence {
    best: Translation,
    models: Arc<Models>,
    model: usize,
}

impl Serialize for AlignedSentence {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        SentenceRecord::new(&self.best, &[], &self.models.all()[self.model].words).serialize(serializer)
    }
}

/// The reply of `/choices`.
#[derive(Serialize, ToSchema)]
pub struct ChoicesReply {
    /// The most probable next words, best first.
    #[schema(value_type = Vec<ChosenWord>)]
    choices: Vec<ChoiceRecord>,
}

/// A word that may follow the beginning, for the documentation.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes `ChoiceRecord`")]
pub struct ChosenWord {
    /// The word; blank for the end of the sentence.
    word: String,
    /// Its probability after this beginning, 0 to 1.
    probability: f64,
    /// The best translation that goes on with it.
    translation: String,
}

/// A sentence with the beginning of its translation.
struct Beginning {
    model: usize,
    sentence: String,
    beginning: String,
    choices: usize,
}

impl Beginning {
    /// Reads and checks a request.
    async fn read(server: &Shared, request: Request<Body>) -> Result<Self, ApiError> {
        let client = server.client(&request);
        let parameters = Parameters::read(request, MOST_BYTES, &server.received).await?;
        server.admission.admit(&client, parameters.key().as_deref(), 1)?;
        let sentence = parameters.required("q")?.to_owned();
        let beginning = parameters.text("beginning")?.unwrap_or_default().to_owned();
        server.check_sizes(&[sentence.clone(), beginning.clone()])?;
        let source = server.models.language_of(&sentence, parameters.required("source")?)?;
        let target = server.models.language(parameters.required("target")?)?;
        let Way::Model(model) = server.models.way(&source, &target)? else {
            return Err(ApiError::Invalid("source and target are the same language".to_owned()));
        };
        let choices = match parameters.number("choices")? {
            0 => CHOICES,
            number if number <= MOST_CHOICES => number,
            _ => return Err(ApiError::Invalid(format!("choices parameter must be <= {MOST_CHOICES}"))),
        };
        Ok(Self { model, sentence, beginning, choices })
    }

    fn work(&self) -> TextWork {
        TextWork { texts: 1, characters: self.sentence.chars().count() }
    }

    /// Computes something in its turn.
    async fn compute<T: Send + 'static>(
        self,
        server: &Shared,
        compute: impl FnOnce(&Translator, &SearchOptions, &Self) -> Result<T, TranslatorError> + Send + 'static,
    ) -> Result<T, ApiError> {
        let models = Arc::clone(&server.models);
        let bytes = self.sentence.len() + self.beginning.len();
        let compute = move || {
            let options = models.options(self.model);
            compute(&models.all()[self.model].translator, &options, &self)
        };
        let computed = timeout(server.settings.request_time, server.queue.run(bytes, compute)).await;
        let message = |error: TranslatorError| error.message_for("q", "beginning");
        computed.map_err(|_| server.given_up())??.map_err(|error| ApiError::Invalid(message(error)))
    }
}

/// Completes the beginning of a translation.
#[utoipa::path(
    post,
    path = "/complete",
    request_body(content((BeginningRequest = "application/json"), (BeginningRequest = "application/x-www-form-urlencoded"))),
    responses(
        (status = 200, description = "The translation", body = CompleteReply),
        ErrorReplies,
    )
)]
pub async fn complete(State(server): State<Shared>, request: Request<Body>) -> Result<Answer<CompleteReply>, ApiError> {
    let beginning = Beginning::read(&server, request).await?;
    let (work, model) = (beginning.work(), beginning.model);
    let found = beginning
        .compute(&server, |translator, options, own| translator.complete(&own.sentence, &own.beginning, options, 1));
    let best = found.await?.into_iter().next().ok_or(ApiError::Internal)?;
    let sentence = AlignedSentence { best, models: Arc::clone(&server.models), model };
    Ok(Answer(CompleteReply { sentence }, work))
}

/// Lists words that may follow the beginning of a translation.
#[utoipa::path(
    post,
    path = "/choices",
    request_body(content((BeginningRequest = "application/json"), (BeginningRequest = "application/x-www-form-urlencoded"))),
    responses(
        (status = 200, description = "The words", body = ChoicesReply),
        ErrorReplies,
    )
)]
pub async fn choices(State(server): State<Shared>, request: Request<Body>) -> Result<Answer<ChoicesReply>, ApiError> {
    let beginning = Beginning::read(&server, request).await?;
    let work = beginning.work();
    let found = beginning.compute(&server, |translator, options, own| {
        translator.choices(&own.sentence, &own.beginning, options, own.choices)
    });
    let choices = found.await?.into_iter().map(ChoiceRecord::from);
    Ok(Answer(ChoicesReply { choices: choices.collect() }, work))
}
