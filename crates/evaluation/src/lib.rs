//! How good translations are, in the figures that papers print: BLEU and chrF2, as sacreBLEU computes them.
//!
//! ```text
//! hypothesis, reference --tokenize_13a--> words      --n-grams, n <= 4--> Bleu
//!                       --no white space-> characters --n-grams, n <= 6--> Chrf
//! ```
//!
//! # The one decision: sacreBLEU's numbers, not ours
//!
//! BLEU is a family: the tokens, the smoothing and the case move it by several points, and a figure computed with
//! one's own choices compares with nobody's (Post 2018, section 2). So there are no options here. Both metrics are what
//! the Python package sacreBLEU 2 computes with its defaults, to the last printed digit and for odd lines too, and the
//! line that is displayed carries the signature that says so. The price: its habits are kept even where one would
//! choose otherwise, such as the 0 for a perfect corpus of three-word sentences. `scripts/compare_metrics.py`
//! holds the two programs against each other.
//!
//! # How it is counted
//!
//! N-grams of up to four words or six characters fit into one integer of 128 bits. Each sentence is a sorted list of
//! such integers; all orders are matched by walking two lists side by side, with no table of counts at all.
//!
//! # Papers
//!
//! - Papineni, Roukos, Ward, Zhu 2002, *BLEU: a method for automatic evaluation of machine translation*, section 2.
//! - Post 2018, *A call for clarity in reporting BLEU scores*: why the signature is part of the number.
//! - Popović 2015, *chrF: character n-gram F-score for automatic MT evaluation*, section 2.
//! - Chen, Cherry 2014, *A systematic comparison of smoothing techniques for sentence-level BLEU*, section 3, method 3.
//!
//! # Example
//!
//! ```
//! use glosser_evaluation::{Bleu, Chrf};
//!
//! let hypotheses = ["A dog runs through the snow.", "Two men are talking."];
//! let references = ["A dog runs through deep snow.", "Two men are talking."];
//!
//! let bleu = Bleu::compute(&hypotheses, &references)?;
//! assert_eq!(bleu.precisions[0], 100.0 * 11.0 / 12.0);
//! assert!(bleu.to_string().starts_with("BLEU|nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:glosser-"));
//! assert!(bleu.to_string().ends_with(" = 69.19 91.7/80.0/62.5/50.0 (BP = 1.000 ratio = 1.000 hyp_len = 12 ref_len = 12)"));
//!
//! let chrf = Chrf::compute(&hypotheses, &references)?;
//! assert!(chrf.to_string().ends_with(" = 82.19"));
//! # Ok::<(), glosser_evaluation::EvaluationError>(())
//! ```

mod bleu;
mod chrf;
mod error;
mod ngrams;
mod pairs;
mod tokenize;
mod white_space;

pub use bleu::Bleu;
pub use chrf::Chrf;
pub use error::EvaluationError;
pub use tokenize::tokenize_13a;
