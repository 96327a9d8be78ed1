//! Attention matrices and word links as plain data: merging, symmetrising, scoring, rendering; a statistical aligner.
//!
//! A translator with attention leaves, for each target sub-word, one row of weights over the source sub-words.
//! This crate takes those rows from there:
//!
//! ```text
//! AttentionMatrix --Words--> WordAttention --threshold--> Links --score--> AER
//!   (sub-words)               (words, EOS apart)   \
//!                                                   +--Labelled--> grid, svg
//! ```
//!
//! # The one decision: no tensors
//!
//! Everything here is rows of `f32`, sets of index pairs and strings. The weights are copied out of their tensor
//! once per sentence, and what is inspected, scored or drawn after that cannot depend on a device, a batch or a
//! beam. The price is that copy, a few kilobytes beside a whole translation, and that nothing here can be
//! differentiated: guided training needs its own way from links to a loss. In return the crate builds and tests in
//! seconds, and serves weights from any model, a posterior, or another aligner's links.
//!
//! Matrices are `[target][source]`; links are `source-target`, zero-based inside the program whatever the files say.
//!
//! # Attention is not alignment
//!
//! A row of weights says where the decoder looked *before* it knew its word; a link says which words correspond.
//! [`Links::from_attention`] turns one into the other by argmax, and [`score`](fn@score) says how well that went.
//!
//! [`symmetrize`](fn@symmetrize) joins the links of two directions, whatever they come from. Where nothing but the
//! correspondence of words is wanted, [`statistical`] learns it from the pairs, in seconds and without a translator.
//!
//! # Papers
//!
//! - Bahdanau, Cho, Bengio 2015, *Neural machine translation by jointly learning to align and translate*, section
//!   5.2.1 and figure 3: the grid of weights.
//! - Och, Ney 2003, *A systematic comparison of various statistical alignment models*, section 5: sure and possible
//!   links, the alignment error rate.
//! - Koehn, Och, Marcu 2003, *Statistical phrase-based translation*, section 4.1: growing the intersection.
//!
//! # Example
//!
//! ```
//! use glosser_alignment::{AttentionMatrix, Labelled, Links, Shades, WordAttention, Words, grid};
//!
//! // "Hund" came as two sub-words, and the last column is the end of the source.
//! let subwords = AttentionMatrix::from_rows(&[
//!     vec![0.9, 0.1, 0.0, 0.0],
//!     vec![0.0, 0.5, 0.4, 0.1],
//! ])?;
//! let source = Words { of_subword: &[0..1, 1..2, 1..2], count: 2 };
//! let target = Words { of_subword: &[0..1, 1..2], count: 2 };
//! let words = WordAttention::merge(&subwords, source, target)?;
//!
//! assert_eq!(Links::from_attention(&words, 1.0).to_string(), "0-0 1-1");
//!
//! let labelled = Labelled::new(&["ein", "Hund"], &["a", "dog"], &words)?;
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

mod concordance;
mod cut;
mod gold;
mod grid;
mod interlinear;
mod interlinear_page;
mod label;
mod labelled;
mod lexicon;
mod links;
mod matrix;
mod phrase;
mod posteriors;
mod score;
mod shades;
mod soft;
pub mod statistical;
mod svg;
mod symmetrize;
mod text_file;
mod words;

pub use concordance::{Concordance, Occurrence, Rendering};
pub use cut::Cut;
pub use gold::Gold;
pub use grid::grid;
pub use interlinear::Interlinear;
pub use interlinear_page::interlinear_page;
pub use labelled::{LabelError, Labelled};
pub use lexicon::{LexiconCounter, LexiconEntry};
pub use links::{IndexBase, Link, LinkError, Links};
pub use matrix::{AttentionMatrix, MatrixError, Shape, entropy};
pub use phrase::{NO_LINK, phrase};
pub use posteriors::Posteriors;
pub use score::{AlignmentScore, ScoreError, ScoreOptions, score, score_files};
pub use shades::Shades;
pub use soft::soft_rows;
pub use svg::svg;
pub use symmetrize::{Symmetrization, symmetrize};
pub use text_file::{LineError, TextFile};
pub use words::{MergeError, WordAttention, Words};

/// How the end of the sentence is written wherever it is shown.
pub const EOS: &str = "</s>";
