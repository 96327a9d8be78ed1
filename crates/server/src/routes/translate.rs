//! `POST /translate`: texts, as LibreTranslate answers, with alignments in addition.

use crate::admission::Client;
use crate::error::{ApiError, ErrorReplies};
use crate::models::search;
use crate::parameters::{MOST_BYTES, Parameters, Texts};
use crate::queue::Admission;
use crate::routes::{Answer, DetectedLanguage, OneOrMany, TextWork};
use crate::server::{Shared, computed};
use crate::text::{SourceText, TextFormat};
use axum::body::Body;
use axum::extract::State;
use axum::http::Request;
use glosser_text::LanguageCode;
use glosser_translator::{AlignedSentences, LineTranslation, TextWay, TranslatedText, Wanted, Way};
use serde::Serialize;
use tokio::time::timeout;
use utoipa::ToSchema;

/// The parameters of `/translate`, for the documentation.
#[derive(ToSchema)]
#[expect(dead_code, reason = "requests are read leniently, by name; this describes them")]
pub struct TranslateRequest {
    /// A text, or a list of texts.
    #[schema(example = "Ein Hund läuft.")]
    q: OneOrMany<String>,
    /// The code of its language, or `auto`.
    #[schema(example = "auto")]
    source: String,
    /// The code of the language to translate to.
    #[schema(example = "en")]
    target: String,
    /// `text` (the default) or `html`: the translation has the same tags, each where its words went.
    #[schema(example = "text")]
    format: Option<String>,
    /// How many other translations are wanted.
    alternatives: Option<u32>,
    /// Whether words, links and weights of each sentence are wanted; for plain text.
    alignment: Option<bool>,
    /// The key, where one is necessary.
    api_key: Option<String>,
}

/// The reply of `/translate`. If `q` is a list, so is each part of the reply, with the same length.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TranslateReply {
    /// The translation.
    translated_text: OneOrMany<String>,
    /// The language of each text, if `source` was `auto`.
    #[serde(skip_serializing_if = "Option::is_none")]
    detected_language: Option<OneOrMany<DetectedLanguage>>,
    /// Other translations, if some were wanted; without HTML.
    #[serde(skip_serializing_if = "Option::is_none")]
    alternatives: Option<OneOrMany<Vec<String>>>,
    /// The alignment, if it was wanted.
    #[serde(skip_serializing_if = "Option::is_none")]
    alignment: Option<OneOrMany<Alignment>>,
}

/// The alignment of a text.
#[derive(Serialize, ToSchema)]
pub struct Alignment {
    /// Its sentences, in order, as `glosser translate --format jsonl --links attention` writes them: words, offsets in
    /// characters, links (source-target, from 0) and weights `[target word][source word]`.
    #[schema(value_type = Vec<Object>)]
    sentences: AlignedSentences,
}

/// A request with all its checks passed.
struct Checked {
    items: Vec<Item>,
    is_list: bool,
    is_detected: bool,
    wanted: Wanted,
}

/// One text.
struct Item {
    text: SourceText,
    original: String,
    way: Way,
    detected: DetectedLanguage,
}

/// Translates texts.
#[utoipa::path(
    post,
    path = "/translate",
    request_body(content((TranslateRequest = "application/json"), (TranslateRequest = "application/x-www-form-urlencoded"))),
    responses(
        (status = 200, description = "The translations", body = TranslateReply),
        ErrorReplies,
    )
)]
pub async fn translate(
    State(server): State<Shared>,
    request: Request<Body>,
) -> Result<Answer<TranslateReply>, ApiError> {
    let client = server.client(&request);
    let parameters = Parameters::read(request, MOST_BYTES, &server.received).await?;
    let checked = computed(parameters.bytes, || check(&server, &client, &parameters))?;
    let work = TextWork {
        texts: checked.items.len(),
        characters: checked.items.iter().map(|item| item.original.chars().count()).sum(),
    };
    let targets = timeout(server.settings.request_time, all_translated(&server, &checked)).await;
    let targets = targets.map_err(|_| server.given_up())??;
    Ok(Answer(reply(checked, targets), work))
}

fn check(server: &Shared, client: &Client, parameters: &Parameters) -> Result<Checked, ApiError> {
    let texts = parameters.texts();
    let count = texts.as_ref().map_or(1, |texts| texts.as_slice().len());
    // Before all faults, so that a client cannot try without end.
    server.admission.admit(client, parameters.key().as_deref(), count)?;
    let texts = texts?;
    let (source, target) = (parameters.required("source")?, parameters.required("target")?);
    let alternatives = parameters.number("alternatives")?;
    let most = server.settings.max_alternatives;
    if alternatives > most {
        return Err(ApiError::Invalid(format!("alternatives parameter must be <= {most}")));
    }
    server.check_sizes(texts.as_slice())?;
    let source = server.models.given_language(source)?;
    let target = server.models.language(target)?;
    let format = TextFormat::parse(parameters.text("format")?)?;
    let alignment = parameters.flag("alignment")?;
    if alignment && format == TextFormat::Html {
        return Err(ApiError::Invalid("alignment parameter is for plain text, not for html".to_owned()));
    }
    let item = |text: &String| item(server, text, source.as_ref(), &target, format);
    Ok(Checked {
        items: texts.as_slice().iter().map(item).collect::<Result<_, _>>()?,
        is_list: matches!(texts, Texts::Many(_)),
        is_detected: source.is_none(),
        wanted: Wanted { alternatives, alignment },
    })
}

fn item(
    server: &Shared,
    text: &str,
    source: Option<&LanguageCode>,
    target: &LanguageCode,
    format: TextFormat,
) -> Result<Item, ApiError> {
    let taken_apart = SourceText::new(text, format)?;
    let TextWay { way, source, confidence } = server.models.way_of(&taken_apart.lines().join("\n"), source, target)?;
    Ok(Item {
        text: taken_apart,
        original: text.to_owned(),
        way,
        detected: DetectedLanguage { language: source.to_string(), confidence },
    })
}

/// Translates all texts, those of each model together.
async fn all_translated(server: &Shared, checked: &Checked) -> Result<Vec<TranslatedText>, ApiError> {
    let mut targets: Vec<TranslatedText> =
        checked.items.iter().map(|item| TranslatedText::unchanged(&item.original)).collect();
    for (number, model) in server.models.all().iter().enumerate() {
        let own = |item: &&Item| item.way == Way::Model(number);
        let lines: Vec<Vec<String>> = checked.items.iter().filter(own).map(|item| item.text.lines()).collect();
        let search = search(&server.models, number).with_alternatives(checked.wanted.alternatives);
        let found = server.translate_lines(search, &lines.concat(), Admission::Bounded).await?;
        let mut rest = &found[..];
        let own = checked.items.iter().zip(&mut targets).filter(|(item, _)| item.way == Way::Model(number));
        for ((item, target), lines) in own.zip(&lines) {
            let (lines, others): (&[LineTranslation], _) = rest.split_at(lines.len());
            rest = others;
            let bytes = item.original.len();
            *target = computed(bytes, || item.text.translated(lines, checked.wanted, &model.words));
        }
    }
    Ok(targets)
}

fn reply(checked: Checked, targets: Vec<TranslatedText>) -> TranslateReply {
    let Checked { items, is_list, is_detected, wanted } = checked;
    let (mut texts, mut alternatives, mut alignments) = (Vec::new(), Vec::new(), Vec::new());
    for target in targets {
        texts.push(target.text);
        alternatives.push(target.alternatives);
        alignments.push(Alignment { sentences: target.sentences });
    }
    let detected = items.into_iter().map(|item| item.detected).collect();
    TranslateReply {
        translated_text: OneOrMany::new(texts, is_list),
        detected_language: is_detected.then(|| OneOrMany::new(detected, is_list)),
        alternatives: (wanted.alternatives > 0).then(|| OneOrMany::new(alternatives, is_list)),
        alignment: wanted.alignment.then(|| OneOrMany::new(alignments, is_list)),
    }
}
