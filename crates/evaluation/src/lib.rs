//! Translation metrics: BLEU, chrF2 and TER, exactly as sacreBLEU computes them, and a significance test for the difference
//! of two systems.
//!
//! ```text
//! hypothesis, reference --tokenize_13a------------> words      --n-grams, n <= 4---> Bleu
//!                       --without white space-----> characters --n-grams, n <= 6---> Chrf
//!                       --lower case--------------> words      --edits and shifts--> Ter
//! SentenceCounts of two systems --1000 resamples--> Comparison by each metric
//! ```
//!
//! # The one decision: sacreBLEU's scores
//!
//! BLEU is a family of metrics: tokenisation, smoothing and case change it by several points, so a score computed with other
//! choices cannot be compared with published ones (Post 2018, section 2). This crate therefore has no options. Every metric
//! equals the Python package sacreBLEU 2 with its defaults, to the last printed digit and for unusual lines too, and its
//! displayed form includes sacreBLEU's signature. The price: we keep its conventions even where we would choose otherwise,
//! such as a BLEU of 0 for a perfect corpus of three-word sentences. `scripts/check_evaluation.sh` compares the two programs.
//!
//! # Computation
//!
//! Every metric sums counts over sentences (sufficient statistics), and computes its score from the sums. So resampling adds
//! counts and does not need the text.
//!
//! N-grams of up to four words or six characters fit into one integer of 128 bits. Each sentence is a sorted list of these
//! integers. The matches of all orders are counted by merging two lists, without hash tables.
//!
//! TER repeatedly searches for the shift of words that saves most edits. For each shift it computes only the rows of the edit
//! table from the first moved word on, near the diagonal.
//!
//! # Papers
//!
//! - Papineni, Roukos, Ward, Zhu 2002, *BLEU: a method for automatic evaluation of machine translation*, section 2.
//! - Post 2018, *A call for clarity in reporting BLEU scores*: why a score needs its signature.
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
//! assert!(!bleu.is_significant(), "two sentences are too few");
//! # Ok::<(), glosser_evaluation::EvaluationError>(())
//! ```

mod bleu;
mod bootstrap;
mod chrf;
mod error;
mod metric;
mod ngrams;
mod statistics;
mod ter;
mod tokenize;
mod words;

pub use bleu::Bleu;
pub use bootstrap::{Comparison, Estimate, RESAMPLES, paired_bootstrap};
pub use chrf::Chrf;
pub use error::EvaluationError;
pub use metric::Metric;
pub use statistics::SentenceCounts;
pub use ter::Ter;
pub use tokenize::tokenize_13a;
