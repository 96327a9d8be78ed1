//! The files of a model: the same for the same seed, with the documented names of weights, and equal to the model in
//! memory.

use crate::independence::bits;
use crate::support::{SMALL, TINY, Trained, overrides, reversals, run};
use candle_core::DType;
use glosser_text::Tokenizer;
use glosser_training::{Parameters, Settings};
use glosser_translator::{
    DevMetric, FORMAT_VERSION, ModelCard, ModelDirectory, OptionalFiles, Provenance, Tokenizers, Translator,
    write_weights,
};

const STEPS: &str = "
    [training]
    dropout = 0.2
    [training.budget]
    steps = 12
";

fn seeded(seed: u64) -> anyhow::Result<Trained> {
    run(reversals(100, 1), None, overrides(&[TINY, STEPS, &format!("[training]\nseed = {seed}")]))
}

#[test]
fn the_same_seed_gives_the_same_weights_file_and_another_seed_another() -> anyhow::Result<()> {
    let [one, again, other] = [seeded(1)?, seeded(1)?, seeded(2)?];
    assert!(one.weights() == again.weights(), "one seed, two weights files");
    for file in ["config.json", "tokenizer.json", "training/last.safetensors"] {
        assert!(one.file(file) == again.file(file), "one seed, two files `{file}`");
    }
    assert!(one.weights() != other.weights(), "the seed changes nothing");
    Ok(())
}

#[test]
fn a_model_file_has_these_weights_in_these_shapes() -> anyhow::Result<()> {
    for (members, prefixes) in [(1, &[""][..]), (2, &["members.0.", "members.1."])] {
        let sizes =
            format!("[tokenizer]\nvocab = 270\n[model]\nencoder_layers = 2\nattention_size = 10\nensemble = {members}");
        let trained = run(reversals(100, 1), None, overrides(&[TINY, STEPS, &sizes]))?;
        let bytes = trained.weights();
        let file = safetensors::SafeTensors::deserialize(&bytes)?;
        assert!(file.iter().all(|(_, tensor)| tensor.dtype() == safetensors::Dtype::F32));
        let mut found: Vec<String> = file.iter().map(|(name, tensor)| format!("{name} {:?}", tensor.shape())).collect();
        found.sort();
        let expected = prefixes.iter().flat_map(|prefix| WEIGHTS.map(|weight| format!("{prefix}{weight}")));
        assert_eq!(found, expected.collect::<Vec<_>>());
    }
    Ok(())
}

/// Names and shapes of the weights of an encoder-decoder.
const WEIGHTS: [&str; 40] = [
    "decoder.aligner.key.weight [10, 40]",
    "decoder.aligner.query.bias [10]",
    "decoder.aligner.query.weight [10, 48]",
    "decoder.aligner.score.weight [10]",
    "decoder.ask.input.bias [72]",
    "decoder.ask.input.weight [72, 16]",
    "decoder.ask.recurrent.bias [1, 24]",
    "decoder.ask.recurrent.weight [72, 24]",
    "decoder.attention.key.weight [10, 40]",
    "decoder.attention.query.bias [10]",
    "decoder.attention.query.weight [10, 24]",
    "decoder.attention.score.weight [10]",
    "decoder.output.bias [270]",
    "decoder.read.input.bias [72]",
    "decoder.read.input.weight [72, 64]",
    "decoder.read.recurrent.bias [1, 24]",
    "decoder.read.recurrent.weight [72, 24]",
    "decoder.readout.bias [16]",
    "decoder.readout.weight [16, 80]",
    "decoder.start_ask.bias [24]",
    "decoder.start_ask.weight [24, 24]",
    "decoder.start_read.bias [24]",
    "decoder.start_read.weight [24, 24]",
    "embedding.weight [270, 16]",
    "encoder.layer0.backward.input.bias [36]",
    "encoder.layer0.backward.input.weight [36, 16]",
    "encoder.layer0.backward.recurrent.bias [1, 12]",
    "encoder.layer0.backward.recurrent.weight [36, 12]",
    "encoder.layer0.forward.input.bias [36]",
    "encoder.layer0.forward.input.weight [36, 16]",
    "encoder.layer0.forward.recurrent.bias [1, 12]",
    "encoder.layer0.forward.recurrent.weight [36, 12]",
    "encoder.layer1.backward.input.bias [36]",
    "encoder.layer1.backward.input.weight [36, 24]",
    "encoder.layer1.backward.recurrent.bias [1, 12]",
    "encoder.layer1.backward.recurrent.weight [36, 12]",
    "encoder.layer1.forward.input.bias [36]",
    "encoder.layer1.forward.input.weight [36, 24]",
    "encoder.layer1.forward.recurrent.bias [1, 12]",
    "encoder.layer1.forward.recurrent.weight [36, 12]",
];

#[test]
fn separate_vocabularies_train_load_and_translate() -> anyhow::Result<()> {
    let mut pairs = reversals(100, 1);
    pairs.iter_mut().for_each(|pair| pair.target = pair.target.to_uppercase());
    let trained = run(pairs, None, overrides(&[TINY, STEPS, "[tokenizer]\nvocab = 290\njoint = false"]))?;
    let directory = trained.directory.path();
    assert!(directory.join("tokenizer.source.json").exists() && directory.join("tokenizer.target.json").exists());
    assert!(!directory.join("tokenizer.json").exists(), "a file that is not read");
    let weights = trained.weights();
    let file = safetensors::SafeTensors::deserialize(&weights)?;
    for member in ["members.0", "members.1"] {
        assert!(file.tensor(&format!("{member}.embedding.weight")).is_err());
        file.tensor(&format!("{member}.source_embedding.weight"))?;
        file.tensor(&format!("{member}.target_embedding.weight"))?;
    }

    let translator = Translator::load(directory)?;
    // Each tokenizer knows the words of its side.
    assert!(
        translator.scorer().encode_source("ka lo mi").ids.len()
            < translator.scorer().encode_target("ka lo mi").ids.len()
    );
    assert!(
        translator.scorer().encode_target("KA LO MI").ids.len()
            < translator.scorer().encode_source("KA LO MI").ids.len()
    );
    let translations = translator.translate(&["ka lo mi", "tu"])?;
    assert!(translations.iter().all(|translation| !translation.text.is_empty() && translation.log_prob < 0.0));
    Ok(())
}

#[test]
fn a_model_that_was_saved_and_loaded_translates_as_the_one_in_memory() -> anyhow::Result<()> {
    let pairs = reversals(100, 1);
    for separate in [false, true] {
        let tokenizer = || Tokenizer::train(pairs.iter().map(|pair| pair.source.as_str()), 290);
        let tokenizers =
            if separate { Tokenizers::separate(tokenizer()?, tokenizer()?) } else { Tokenizers::joint(tokenizer()?) };
        let settings = Settings::for_corpus(SMALL, &overrides(&[TINY]))?;
        let config = settings.model_config(&tokenizers);
        let (_, parameters) = Parameters::initialise(&config, 3, DType::F32)?;
        for (_, var) in parameters.named() {
            // Larger than initial weights, so that translations differ.
            var.set(&var.affine(2.0, 0.01)?)?;
        }
        let in_memory = Translator::new(parameters.frozen(&config)?, tokenizers.clone())?;

        let directory = tempfile::tempdir()?;
        let provenance = Provenance {
            program: String::new(),
            corpus: String::new(),
            pairs: 0,
            dev_pairs: 0,
            step: 0,
            epochs: 0.0,
            target_tokens: 0,
            dev_loss: 0.0,
            dev_bleu: 0.0,
            dev_chrf: None,
            dev_metric: DevMetric::Bleu,
            training: serde_json::Value::Null,
            from: None,
        };
        let card = ModelCard {
            format_version: FORMAT_VERSION,
            model: config,
            provenance,
            languages: None,
            search: None,
            links: None,
            short_list: false,
        };
        let saved = ModelDirectory::new(directory.path());
        saved.save(&card, &tokenizers, &write_weights(&parameters.tensors())?, OptionalFiles::default())?;
        assert_eq!(saved.read_card()?, card);

        let sources: Vec<&str> = pairs[..20].iter().map(|pair| pair.source.as_str()).collect();
        let translated = |translator: &Translator| -> anyhow::Result<Vec<_>> {
            Ok(translator.translate(&sources)?.iter().map(bits).collect())
        };
        let (expected, found) = (translated(&in_memory)?, translated(&Translator::load(directory.path())?)?);
        assert!(expected.iter().any(|translation| translation.0 != expected[0].0), "one translation for all");
        assert!(expected == found, "separate: {separate}");
    }
    Ok(())
}
