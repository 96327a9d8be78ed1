//! Sentences to token ids and back; reading and checking parallel corpora.
//!
//! This crate knows no tensors, so it builds and tests in seconds, and everything that can slip between a file
//! and a batch - line ends, encodings, columns, blanks, sub-words, offsets - is settled here, once.
//!
//! # The one decision: bytes
//!
//! Text is bytes until it has been checked, and tokens are made of bytes again.
//!
//! *Lines end at `\n` and nowhere else.* U+2028, U+2029, U+0085 and a lone carriage return are taken for line ends
//! by one reader and not by another, and then two files of one corpus slip against each other from that line on.
//! The price: a file with the line ends of classic Mac OS is one long line, and the error about line counts says so
//! only indirectly.
//!
//! *Sub-words are byte-level BPE* (Sennrich et al. 2016, section 3.2, over bytes as in Radford et al. 2019, section
//! 2.2), so no sentence in any script has an unknown token, and `decode` gives back what `encode` was given. The price:
//! a letter outside ASCII begins as two to four tokens and is whole only once a merge has been learnt for it, so part of
//! the vocabulary goes into spelling such letters, and a model can produce broken characters (shown as U+FFFD).
//!
//! ```
//! use glosser_text::{Columns, Corpus, Tokenizer, words, words_of_token};
//!
//! let tsv = "ein Hund läuft\ta dog runs\nein Hund bellt\ta dog barks\n";
//! let corpus = Corpus::parse_tsv("dogs.tsv", tsv.as_bytes(), Columns::DEFAULT)?;
//! let sentences = corpus.pairs.iter().flat_map(|pair| [pair.source.as_str(), pair.target.as_str()]);
//! let tokenizer = Tokenizer::train(sentences, 272)?;
//!
//! let text = "ein Hund läuft 🐕";
//! let encoding = tokenizer.encode(text);
//! assert_eq!(tokenizer.decode(&encoding.ids), text);
//!
//! let owners = words_of_token(&words(text), &encoding.offsets);
//! assert_eq!(owners.first(), Some(&(0..1)));
//! assert_eq!(owners.last(), Some(&(3..4)));
//! # Ok::<(), glosser_text::TextError>(())
//! ```

mod casing;
mod columns;
mod compression;
mod corpus;
mod corpus_writer;
mod decoded;
mod emoji;
mod error;
mod files;
mod fingerprint;
mod items;
mod languages;
mod library;
mod line_ends;
mod lines;
mod normalized;
mod open;
mod output;
mod pairs;
mod reader;
mod resegmenter;
mod spans;
mod terms;
mod tmx;
mod tokenizer;
mod tokenizer_file;
mod training_words;
mod vocab;
mod words;
mod zstandard;

pub use casing::{Casing, Truecaser, bare};
pub use columns::Columns;
pub use compression::{CompressedWriter, Compression};
pub use corpus::{Corpus, Pair};
pub use corpus_writer::{CorpusWriter, Written};
pub use decoded::Decoded;
pub use error::TextError;
pub use files::{CorpusFiles, PairStream, SideChoice};
pub use fingerprint::Fingerprint;
pub use items::{Item, ItemKind, find_items};
pub use languages::Languages;
pub use line_ends::is_line_end;
pub use lines::{Lines, LossyLine};
pub use open::{TextReader, is_tmx, open, read_lines};
pub use output::{Output, sync_directory};
pub use reader::{AnyCorpus, CorpusReader, CorpusSize, Survey, copy_pipe, is_pipe, shown};
pub use resegmenter::BpeResegmenter;
pub use terms::Terms;
pub use tokenizer::{Encoding, Tokenizer, WordPart};
pub use training_words::{TrainingWords, WordCollector};
pub use vocab::{BOS, EOS, PAD, PLACEHOLDERS, SMALLEST_VOCAB, fitted_vocab, placeholder, placeholder_index};
pub use words::{WordRule, running_words, texts, words, words_of_token};
