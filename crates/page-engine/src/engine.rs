//! The engine: models from files in memory, and the answers to requests.

use crate::answer::{Loaded, TextAnswer, to_json};
use crate::error::EngineError;
use crate::request::{Align, Choices, Complete, Explain, Load, Request, Translate};
use glosser_text::LanguageCode;
use glosser_translator::{
    ChoiceRecord, Explanation, ExplanationRecord, LineTranslation, Models, PlainText, SearchOptions, SentenceRecord,
    ServedModel, TextWay, TranslatedText, Translation, Translator, Wanted, Way, Weighting,
};
use std::collections::BTreeMap;
use std::mem::take;

/// The files of a model by their names.
type Files = BTreeMap<String, Vec<u8>>;

/// The number of pairs that are aligned together.
const BATCH: usize = 8;

/// The models of a page.
#[derive(Debug, Default)]
pub struct Engine {
    /// The files of the models that are not loaded yet, by the number of the model.
    files: BTreeMap<usize, Files>,
    models: Option<Models>,
    character_limit: usize,
}

/// A text with its way.
struct Item<'a> {
    original: &'a str,
    text: PlainText,
    way: TextWay,
}

impl Engine {
    /// An engine without models.
    pub const fn new() -> Self {
        Self { files: BTreeMap::new(), models: None, character_limit: 0 }
    }

    /// Adds a file of a model: the first `name_size` bytes of `input` are its name, `NUMBER/FILE`, the others its
    /// content. Models are numbered from 0. Returns the answer in JSON.
    pub fn add_file(&mut self, mut input: Vec<u8>, name_size: usize) -> Vec<u8> {
        let name = input.get(..name_size).map(|name| String::from_utf8_lossy(name).into_owned());
        let place = name.as_deref().and_then(|name| name.split_once('/'));
        let place = place.and_then(|(number, file)| Some((number.parse().ok()?, file)));
        let Some((number, file)) = place else {
            let name = name.unwrap_or_default();
            return to_json::<()>(Err(EngineError::other(format!(
                "`{name}` names no file; write e.g. `0/config.json`"
            ))));
        };
        input.drain(..name_size);
        self.files.entry(number).or_default().insert(file.to_owned(), input);
        to_json(Ok(()))
    }

    /// Answers a request. Both are JSON.
    pub fn ask(&mut self, request: &[u8]) -> Vec<u8> {
        match Request::parse(request) {
            Err(error) => to_json::<()>(Err(error)),
            Ok(Request::Load(load)) => to_json(self.load(&load)),
            Ok(request) => match self.loaded(&request) {
                Ok(models) => self.answer(models, &request),
                Err(error) => to_json::<()>(Err(error)),
            },
        }
    }

    /// Loads all models whose files were added, in place of earlier ones. The files are dropped.
    fn load(&mut self, load: &Load) -> Result<Loaded, EngineError> {
        let files = take(&mut self.files);
        if !load.languages.is_empty() && load.languages.len() != files.len() {
            let (languages, models) = (load.languages.len(), files.len());
            return Err(EngineError::other(format!("there are {languages} pairs of languages for {models} models")));
        }
        let mut models = Vec::new();
        for (place, (number, files)) in files.into_iter().enumerate() {
            let (card, translator) = Translator::from_bytes(&number.to_string(), &files)?;
            let languages = load.languages.get(place).cloned().flatten().or_else(|| card.languages.clone());
            let unknown = || EngineError::other(format!("the languages of model {number} are unknown; name them"));
            models.push(ServedModel::new(translator, languages.ok_or_else(unknown)?, card));
        }
        let models = self.models.insert(Models::new(models, load.beam)?);
        self.character_limit = load.character_limit;
        Ok(information(models, self.character_limit))
    }

    /// The models, if the texts of the request are not too long.
    fn loaded(&self, request: &Request) -> Result<&Models, EngineError> {
        let most = self.character_limit;
        let models = self.models.as_ref().ok_or_else(|| EngineError::other("no model is loaded"))?;
        // A text has at most as many characters as bytes.
        let long = request.texts().into_iter().filter(|text| text.len() > most).map(|text| text.chars().count()).max();
        match long.filter(|found| *found > most) {
            Some(found) => {
                Err(EngineError::too_long(format!("a text has {found} characters; send at most {most} at once")))
            }
            None => Ok(models),
        }
    }

    fn answer(&self, models: &Models, request: &Request) -> Vec<u8> {
        match request {
            Request::Translate(request) => to_json(translate(models, request)),
            Request::Complete(request) => match complete(models, request) {
                Ok((best, model)) => to_json(Ok(SentenceRecord::new(&best, &[], &model.words))),
                Err(error) => to_json::<()>(Err(error)),
            },
            Request::Choices(request) => to_json(choices(models, request)),
            Request::Align(request) => match align(models, request) {
                Ok((pairs, model)) => {
                    let records = pairs.iter().map(|pair| SentenceRecord::new(pair, &[], &model.words));
                    to_json(Ok(records.collect::<Vec<_>>()))
                }
                Err(error) => to_json::<()>(Err(error)),
            },
            Request::Explain(request) => match explain(models, request) {
                Ok(explanation) => to_json(Ok(ExplanationRecord::new(&explanation))),
                Err(error) => to_json::<()>(Err(error)),
            },
            Request::Load(_) | Request::Information => to_json(Ok(information(models, self.character_limit))),
        }
    }
}

fn information(models: &Models, character_limit: usize) -> Loaded {
    Loaded {
        languages: models.languages(),
        models: models.all().iter().map(ServedModel::information).collect(),
        beam: models.beam_size(),
        character_limit,
        version: env!("CARGO_PKG_VERSION"),
    }
}

/// Translates all texts, those of each model together.
fn translate(models: &Models, request: &Translate) -> Result<Vec<TextAnswer>, EngineError> {
    let source = models.given_language(&request.source)?;
    let target = models.language(&request.target)?;
    let items = request.texts.iter().map(|text| item(models, text, source.as_ref(), &target));
    let items: Vec<Item> = items.collect::<Result<_, _>>()?;
    let mut targets: Vec<TranslatedText> = items.iter().map(|item| TranslatedText::unchanged(item.original)).collect();
    let wanted = Wanted { alternatives: request.alternatives, alignment: request.alignment };
    for (number, model) in models.all().iter().enumerate() {
        let own = |item: &&Item| item.way.way == Way::Model(number);
        let lines: Vec<Vec<&str>> = items.iter().filter(own).map(|item| item.text.lines()).collect();
        let n_best = 1 + request.alternatives;
        let options = models.options(number);
        let options = SearchOptions { beam_size: options.beam_size.max(n_best), ..options };
        let found = model.translator.translate_sentences(&lines.concat(), &options, n_best)?;
        let mut rest = &found[..];
        let own = items.iter().zip(&mut targets).filter(|(item, _)| item.way.way == Way::Model(number));
        for ((item, target), lines) in own.zip(&lines) {
            let (found, others): (&[LineTranslation], _) = rest.split_at(lines.len());
            rest = others;
            *target = item.text.translated(found, wanted, &model.words);
        }
    }
    let answer = |(item, target): (Item, TranslatedText)| TextAnswer {
        text: target.text,
        detected: source.is_none().then(|| item.way.source.to_string()),
        confidence: item.way.confidence,
        sentences: target.sentences,
        others: target.alternatives,
    };
    Ok(items.into_iter().zip(targets).map(answer).collect())
}

fn item<'a>(
    models: &Models,
    original: &'a str,
    source: Option<&LanguageCode>,
    target: &LanguageCode,
) -> Result<Item<'a>, EngineError> {
    let text = PlainText::new(original);
    let way = models.way_of(&text.lines().join("\n"), source, target)?;
    Ok(Item { original, text, way })
}

/// The number of the model for a sentence.
fn model_for(models: &Models, sentence: &str, source: &str, target: &str) -> Result<usize, EngineError> {
    let source = models.language_of(sentence, source)?;
    match models.way(&source, &models.language(target)?)? {
        Way::Model(number) => Ok(number),
        Way::Same => Err(EngineError::other("source and target are the same language")),
    }
}

fn complete<'a>(models: &'a Models, request: &Complete) -> Result<(Translation, &'a ServedModel), EngineError> {
    let number = model_for(models, &request.sentence, &request.source, &request.target)?;
    let model = &models.all()[number];
    let found = model.translator.complete(&request.sentence, &request.beginning, &models.options(number), 1)?;
    let best = found.into_iter().next().ok_or_else(|| EngineError::other("no translation was found"))?;
    Ok((best, model))
}

fn choices(models: &Models, request: &Choices) -> Result<Vec<ChoiceRecord>, EngineError> {
    let number = model_for(models, &request.sentence, &request.source, &request.target)?;
    let (translator, options) = (&models.all()[number].translator, models.options(number));
    let found = translator.choices(&request.sentence, &request.beginning, &options, request.choices)?;
    Ok(found.into_iter().map(ChoiceRecord::from).collect())
}

/// Scores given translations, with the weights of the aligner.
fn align<'a>(models: &'a Models, request: &Align) -> Result<(Vec<Translation>, &'a ServedModel), EngineError> {
    let sources: Vec<&str> = request.pairs.iter().map(|(source, _)| source.as_str()).collect();
    let model = &models.all()[model_for(models, &sources.join("\n"), &request.source, &request.target)?];
    let pairs = model.translator.scorer().score(&request.pairs, BATCH, Weighting::Aligner)?;
    let is_blank = |text: &str| text.trim().is_empty();
    let is_long = |pair: &Translation| pair.attention.is_none() && !is_blank(&pair.source) && !is_blank(&pair.text);
    if pairs.iter().any(is_long) {
        return Err(EngineError::too_long("a pair is too long to be aligned; send shorter sentences"));
    }
    Ok((pairs, model))
}

fn explain(models: &Models, request: &Explain) -> Result<Explanation, EngineError> {
    let number = model_for(models, &request.sentence, &request.source, &request.target)?;
    let (translator, options) = (&models.all()[number].translator, models.options(number));
    Ok(translator.explain(&request.sentence, &options, &request.beginning, request.dropped)?)
}
