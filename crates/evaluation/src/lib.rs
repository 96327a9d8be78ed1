//! Translation metrics: BLEU, chrF2, chrF2++ and TER, exactly as sacreBLEU computes them, and a significance test for the
//! difference of two systems.
//!
//! ```text
//! hypothesis, references --Tokenization------------> words      --n-grams, n <= 4---> Bleu
//!                        --without white space-----> characters --n-grams, n <= 6---> Chrf
//!                        --without end punctuation-> words      --n-grams, n <= 2---> Chrf (chrF2++)
//!                        --lower case--------------> words      --edits and shifts--> Ter
//! SentenceCounts of two systems ---1000 resamples--> Comparison by each metric
//! ```
//!
//! # The one decision: sacreBLEU's scores
//!
//! BLEU is a family of metrics: tokenisation, smoothing and case change it by several points, so a score computed with other
//! choices cannot be compared with published ones (Post 2018, section 2). Every metric therefore equals the Python package
//! sacreBLEU 2 with its defaults, to the last printed digit and for unusual lines too, and its displayed form includes
//! sacreBLEU's [`Signature`]. Only three choices are left to the caller. The [`Tokenization`], because the default splits
//! text at spaces, so for Chinese, Japanese or Thai it compares whole sentences. The number of references. And the level:
//! the corpus, or each sentence. The price: we keep sacreBLEU's conventions even where we would choose otherwise, such as a
//! BLEU of 0 for a perfect corpus of three-word sentences. `scripts/check_evaluation.sh` compares the two programs.
//!
//! Two tokenisations of sacreBLEU need dictionaries and are not here: `ja-mecab` and `ko-mecab`. For Japanese, `char`
//! compares characters; Korean has spaces.
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
//! - Popović 2017, *chrF++: words helping character n-grams*, section 2.
//! - Chen, Cherry 2014, *A systematic comparison of smoothing techniques for sentence-level BLEU*, section 3, method 3.
//! - Snover, Dorr, Schwartz, Micciulla, Makhoul 2006, *A study of translation edit rate with targeted human annotation*,
//!   section 3.
//! - Koehn 2004, *Statistical significance tests for machine translation evaluation*, section 4.
//!
//! # Example
//!
//! ```
//! use glosser_evaluation::{Bleu, SentenceCounts, Tokenization, paired_bootstrap};
//!
//! let hypotheses = ["A dog runs through the snow.", "Two men are talking."];
//! let references = ["A dog runs through deep snow.", "Two men are talking."];
//!
//! let bleu = Bleu::compute(&hypotheses, &references, Tokenization::V13a)?;
//! assert_eq!(bleu.precisions[0], 100.0 * 11.0 / 12.0);
//! assert!(bleu.to_string().starts_with("BLEU|nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:glosser-"));
//! assert!(bleu.to_string().ends_with(" = 69.19 91.7/80.0/62.5/50.0 (BP = 1.000 ratio = 1.000 hyp_len = 12 ref_len = 12)"));
//!
//! let system = SentenceCounts::new(&hypotheses, &[&references], Tokenization::V13a)?;
//! assert!(system.chrf().to_string().ends_with(" = 82.19"));
//! assert!(system.sentences().nth(1).is_some_and(|scores| scores.chrf == 100.0 && scores.ter == 0.0));
//!
//! let others = ["A dog runs through the snow.", "Two men talk."];
//! let system = SentenceCounts::new(&hypotheses, &[&references, &others], Tokenization::V13a)?;
//! assert_eq!(system.ter().edits, 0);
//!
//! let other = ["A dog runs through deep snow.", "Two men walk."];
//! let baseline = SentenceCounts::new(&other, &[&references, &others], Tokenization::V13a)?;
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
pub use metric::{Metric, Signature};
pub use statistics::{SentenceCounts, SentenceScores};
pub use ter::Ter;
pub use tokenize::Tokenization;
