//! How good translations are, in the figures that papers print: BLEU, chrF2 and TER, as sacreBLEU computes them; and
//! whether the difference of two systems is more than chance.
//!
//! ```text
//! hypothesis, reference --tokenize_13a---> words      --n-grams, n <= 4---> Bleu
//!                       --no white space-> characters --n-grams, n <= 6---> Chrf
//!                       --lower case-----> words      --edits and shifts--> Ter
//! SentenceCounts of two systems --1000 resamples--> Comparison, by each metric
//! ```
//!
//! # The one decision: sacreBLEU's numbers, not ours
//!
//! BLEU is a family: the tokens, the smoothing and the case move it by several points, and a figure computed with
//! one's own choices compares with nobody's (Post 2018, section 2). So there are no options here. All metrics are what
//! the Python package sacreBLEU 2 computes with its defaults, to the last printed digit and for odd lines too, and the
//! line that is displayed carries the signature that says so. The price: its habits are kept even where one would
//! choose otherwise, such as the 0 for a perfect corpus of three-word sentences. `scripts/check_evaluation.sh`
//! holds the two programs against each other.
//!
//! # How it is counted
//!
//! A metric is a sum over sentences (its sufficient statistics) and a score of sums. Resampling therefore adds numbers and
//! never looks at text again.
//!
//! N-grams of up to four words or six characters fit into one integer of 128 bits. Each sentence is a sorted list of
//! such integers; all orders are matched by walking two lists side by side, with no table of counts at all.
//!
//! TER looks for the shift of words that saves most edits, again and again. Each one tried costs the rows of an edit table
//! from the first word that it moves, near the diagonal only.
//!
//! # Papers
//!
//! - Papineni, Roukos, Ward, Zhu 2002, *BLEU: a method for automatic evaluation of machine translation*, section 2.
//! - Post 2018, *A call for clarity in reporting BLEU scores*: why the signature is part of the number.
//! - Popović 2015, *chrF: character n-gram F-score for automatic MT evaluation*, section 2.
//! - Chen, Cherry 2014, *A systematic comparison of smoothing techniques for sentence-level BLEU*, section 3, method 3.
//! - Snover, Dorr, Schwartz, Micciulla, Makhoul 2006, *A study of translation edit rate with targeted human annotation*,
//!   section 3.
//! - Koehn 2004, *Statistical significance tests for machine translation evaluation*, section 4.
//!
//! # Example
//!
//! ```
//! use glosser_evaluation::{Bleu, Chrf, SentenceCounts, Ter, paired_bootstrap};
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
//!
//! let ter = Ter::compute(&hypotheses, &references)?;
//! assert_eq!((ter.edits, ter.reference_len), (1, 10));
//!
//! let system = SentenceCounts::new(&hypotheses, &references)?;
//! let baseline = SentenceCounts::new(&["A dog runs through deep snow.", "Two men walk."], &references)?;
//! let [bleu, ..] = paired_bootstrap(&system, &baseline, 1)?;
//! assert!(!bleu.is_significant(), "two sentences prove nothing");
//! # Ok::<(), glosser_evaluation::EvaluationError>(())
//! ```

mod bleu;
mod bootstrap;
mod chrf;
mod error;
mod metric;
mod ngrams;
mod numbers;
mod pairs;
mod sentence_counts;
mod sums;
mod ter;
mod tokenize;
mod white_space;

pub use bleu::Bleu;
pub use bootstrap::{Comparison, Estimate, RESAMPLES, paired_bootstrap};
pub use chrf::Chrf;
pub use error::EvaluationError;
pub use metric::Metric;
pub use sentence_counts::SentenceCounts;
pub use ter::Ter;
pub use tokenize::tokenize_13a;
