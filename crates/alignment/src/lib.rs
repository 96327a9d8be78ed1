//! Word alignment as plain data: attention matrices, links, their scores and pictures; and a statistical aligner.
//!
//! A translator with attention returns, for each target token, one row of weights over the source tokens. This crate
//! turns these rows into words, links, scores and pictures:
//!
//! ```text
//! AttentionMatrix --TokenWords--> WordAttention --threshold--> Links --GoldLinks--> AlignmentScore
//!  [target tokens]                [target words]    \
//!  [source tokens]                [source words]     +--words--> LabelledAttention --> grid, heat_map
//! ```
//!
//! # The one decision: no tensors
//!
//! This crate holds rows of `f32`, sets of index pairs, and strings. The weights are copied out of their tensor once per
//! sentence; inspection, scoring and drawing then depend on no device, batch or beam. The price: a copy of a few kilobytes
//! per sentence, and nothing here can be differentiated, so guided alignment computes its loss elsewhere. In return the
//! crate builds and tests in seconds, and accepts weights from any source: a model, a posterior, or another aligner's links.
//!
//! Every matrix is `[target][source]`. Every link is `source-target` and zero-based inside the program, whatever a file uses.
//!
//! # Attention weights are not word alignments
//!
//! A row of attention weights says where the decoder looked *before* it chose the word. A link says which words translate
//! each other. [`Links::from_attention`] derives links from weights by argmax, and [`score`](fn@score) measures how good
//! these links are. [`symmetrize`](fn@symmetrize) combines the links of two directions. If you need links only,
//! [`statistical`] learns them from the sentence pairs in seconds, without a translator.
//!
//! # Papers
//!
//! - Bahdanau, Cho, Bengio 2015, *Neural machine translation by jointly learning to align and translate*, section 5.2.1
//!   and figure 3: the matrix of weights as a picture.
//! - Och, Ney 2003, *A systematic comparison of various statistical alignment models*, section 5: sure and possible links,
//!   the alignment error rate.
//! - Koehn, Och, Marcu 2003, *Statistical phrase-based translation*, section 4.1: growing the intersection.
//!
//! # Example
//!
//! ```
//! use glosser_alignment::{AttentionMatrix, LabelledAttention, Links, Shades, TokenWords, WordAttention, grid};
//!
//! // "Hund" is two tokens, and the last column is the end of the sentence (EOS).
//! let tokens = AttentionMatrix::from_rows(&[
//!     vec![0.9, 0.1, 0.0, 0.0],
//!     vec![0.0, 0.5, 0.4, 0.1],
//! ])?;
//! let source = TokenWords { of_token: &[0..1, 1..2, 1..2], word_count: 2 };
//! let target = TokenWords { of_token: &[0..1, 1..2], word_count: 2 };
//! let words = WordAttention::merge(&tokens, source, target)?;
//!
//! assert_eq!(Links::from_attention(&words, 1.0).to_string(), "0-0 1-1");
//!
//! let labelled = LabelledAttention::new(&["ein", "Hund"], &["a", "dog"], &words)?;
//! assert_eq!(
//!     grid(&labelled, 80, Shades::Blocks),
//!     concat!(
//!         "    ein\n",
//!         "    │ Hund\n",
//!         "    │ │ </s>\n",
//!         "  a ██░░\n",
//!         "dog   ██░░\n",
//!     )
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod counted;
mod lexicon;
mod links;
mod matrix;
mod mixture;
mod posteriors;
mod render;
pub mod statistical;
mod word_attention;

pub use lexicon::{LexiconCounter, LexiconEntry};
pub use links::{
    AlignmentScore, GoldLinks, IndexBase, LineError, Link, LinkError, Links, NamedText, ScoreError, ScoreOptions,
    Symmetrization, score, score_files, symmetrize,
};
pub use matrix::{AttentionMatrix, MatrixError, Shape, entropy};
pub use mixture::MixtureThreshold;
pub use posteriors::Posteriors;
pub use render::{
    Colors, Concordance, GlossedSentence, HeatMap, LabelError, LabelledAttention, Occurrence, Role, Shades, SvgColors,
    TranslationGroup, escape_xml, gloss_fragment, gloss_page, grid, heat_map, marian_soft_alignment, palette, phrase,
    text_width, wrapped,
};
pub use word_attention::{MergeError, TokenWords, WordAttention};

/// The end-of-sentence symbol as it is displayed.
pub const EOS: &str = "</s>";
