//! Models of random weights.

use candle_core::{DType, Device, Result, Shape, Tensor};
use candle_nn::var_builder::SimpleBackend;
use candle_nn::{Init, VarBuilder};
use glosser_attention_decoder::{AttentionConfig, DecoderConfig, Score};
use glosser_encoder::EncoderConfig;
use glosser_kernels::Precision;
use glosser_text::{SideProfile, TextProfile, Tokenizer, WordCollector, WordRule, WritingCollector};
use glosser_translator::{Model, ModelConfig, Tokenizers, Translation, Translator, read_weights, write_weights};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

pub const SCORES: [Score; 4] = [Score::Dot, Score::General, Score::Additive, Score::Mlp];

pub const SENTENCES: [&str; 6] = [
    "ein Hund läuft über die Wiese",
    "ein Mann spricht mit einer Frau",
    "zwei Männer",
    "die Frau sieht den Hund, der über die Wiese läuft, und den Mann, der mit ihr spricht",
    "Wiese",
    "der Hund sieht die Frau",
];

/// Weights by name.
pub type Weights = BTreeMap<String, Tensor>;

/// A model, its weights, and tokenizers trained on [`SENTENCES`].
pub struct Random {
    pub config: ModelConfig,
    pub weights: Weights,
    pub translator: Translator,
}

/// A model of one encoder-decoder. The score `dot` requires a decoder state of the size of an annotation, so all have
/// it.
pub fn random(score: Score, joint_vocab: bool) -> Random {
    ensemble(score, joint_vocab, 1)
}

/// A model of several encoder-decoders.
pub fn ensemble(score: Score, joint_vocab: bool, size: usize) -> Random {
    let train = || Tokenizer::train(SENTENCES.into_iter(), 298).expect("a tokenizer");
    let tokenizers = if joint_vocab { Tokenizers::joint(train()) } else { Tokenizers::separate(train(), train()) };
    let config = ModelConfig {
        source_vocab: tokenizers.source().vocab_size(),
        target_vocab: tokenizers.target().vocab_size(),
        joint_vocab,
        embed: 12,
        encoder: EncoderConfig { hidden: 8, layers: 1, dropout: 0.5 },
        decoder: DecoderConfig { hidden: 16, dropout: 0.5, attention: AttentionConfig::new(score, 10), aligner: None },
        ensemble: size,
        precision: Precision::F32,
    };
    let weights = Arc::new(Mutex::new(Weights::new()));
    let backend = Drawn(weights.clone());
    let vb = VarBuilder::from_backend(Box::new(backend), DType::F32, Device::Cpu);
    let model = Model::new(&config, vb).expect("a model");
    let weights = weights.lock().expect("unpoisoned").clone();
    Random { config, weights, translator: Translator::new(model, tokenizers).expect("a translator") }
}

/// A random model with a profile of its sentences, which begin with a capital and end with a full stop.
pub fn with_profile() -> Translator {
    let translator = random(SCORES[2], true).translator;
    let (mut writing, mut words) = (WritingCollector::default(), WordCollector::default());
    for sentence in SENTENCES.iter().cycle().take(30) {
        let sentence = format!("{}{}.", sentence[..1].to_uppercase(), &sentence[1..]);
        writing.add(&sentence);
        words.add(&sentence);
    }
    let side = SideProfile { words: WordRule::WhiteSpace, writing: Some(writing.finish()) };
    let tokenizers = translator.tokenizers().clone().with_training_words(words.finish());
    let tokenizers =
        tokenizers.with_profile(TextProfile { source: side.clone(), target: side, ..TextProfile::default() });
    Translator::new(translator.model().clone(), tokenizers).expect("a translator")
}

impl Random {
    /// The weights of one encoder-decoder of several, with the names of a model of one.
    pub fn weights_of(&self, number: usize) -> Weights {
        let prefix = format!("members.{number}.");
        let own = |(name, weight): (&String, &Tensor)| Some((name.strip_prefix(&prefix)?.to_owned(), weight.clone()));
        self.weights.iter().filter_map(own).collect()
    }

    /// One encoder-decoder of several, as a model of its own.
    pub fn alone(&self, number: usize) -> Translator {
        let config = ModelConfig { ensemble: 1, ..self.config.clone() };
        self.read(&write_weights(&self.weights_of(number)).expect("bytes"), &config)
    }

    /// A translator with the same tokenizers and other weights.
    pub fn read(&self, weights: &[u8], config: &ModelConfig) -> Translator {
        let model = read_weights(weights, config, &Device::Cpu).expect("a model");
        Translator::new(model, self.translator.tokenizers().clone()).expect("a translator")
    }

    /// Returns the model with another output bias for one target token.
    pub fn with_bias(&self, token: u32, bias: f32) -> Translator {
        const NAME: &str = "decoder.output.bias";
        let mut weights = self.weights.clone();
        let mut biases = weights[NAME].to_vec1::<f32>().expect("f32");
        biases[token as usize] = bias;
        let len = biases.len();
        weights.insert(NAME.to_owned(), Tensor::from_vec(biases, len, &Device::Cpu).expect("a tensor"));
        self.read(&write_weights(&weights).expect("bytes"), &self.config)
    }
}

/// Draws random weights and keeps them.
struct Drawn(Arc<Mutex<Weights>>);

impl SimpleBackend for Drawn {
    fn get(&self, shape: Shape, name: &str, _: Init, _: DType, device: &Device) -> Result<Tensor> {
        let seed = name.bytes().fold(7_u64, |seed, byte| seed.wrapping_mul(31).wrapping_add(u64::from(byte)));
        // Scaled as in a trained model, and large enough that the choices of a search are clear.
        let scale = match *shape.dims() {
            [_, width] => 3.0 / (width as f32).sqrt(),
            _ => 1.0,
        };
        let data: Vec<f32> = (0..shape.elem_count() as u64).map(|at| scale * random_value(seed, at)).collect();
        let tensor = Tensor::from_vec(data, shape, device)?;
        self.0.lock().expect("unpoisoned").insert(name.to_owned(), tensor.clone());
        Ok(tensor)
    }

    fn get_unchecked(&self, name: &str, _: DType, _: &Device) -> Result<Tensor> {
        candle_core::bail!("{name}: no shape")
    }

    fn contains_tensor(&self, _: &str) -> bool {
        true
    }
}

/// A value in [-1, 1), the same in every run (SplitMix64).
fn random_value(seed: u64, at: u64) -> f32 {
    let mut mixed = seed.wrapping_add((at + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((mixed ^ (mixed >> 31)) >> 40) as f32 / (1 << 23) as f32 - 1.0
}

/// Text, log probability, score and attention of a translation, floats as bits.
pub fn bits(translation: &Translation) -> (String, u32, u32, Vec<u32>) {
    let weights = translation
        .attention
        .iter()
        .flat_map(|attention| attention.rows())
        .flatten()
        .map(|weight| weight.to_bits())
        .collect();
    (translation.text.clone(), translation.log_prob.to_bits(), translation.score.to_bits(), weights)
}
