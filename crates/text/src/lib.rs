//! Text files, parallel corpora, words, and sub-word tokens.
//!
//! This crate has no tensors, so it builds and tests in seconds. It handles everything that can go wrong between a file
//! and a batch: line ends, encodings, columns, blank lines, sub-words, offsets.
//!
//! # The one decision: bytes
//!
//! Text is bytes until it has been checked, and tokens consist of bytes again.
//!
//! *A line ends at `\n` only.* Some programs treat U+2028, U+2029, U+0085 or a lone carriage return as a line end,
//! others do not, and then the two files of a corpus no longer match from that line on. The price: a file with the line
//! ends of classic Mac OS would be one long line, and is refused by name.
//!
//! *Sub-words are byte-level BPE* (Sennrich et al. 2016, section 3.2, over bytes as in Radford et al. 2019, section
//! 2.2), so no sentence in any script has an unknown token, and `decode` returns the text that was encoded. The price:
//! a letter outside ASCII has two to four tokens until a merge for it is learnt, and part of the vocabulary is used for
//! such letters. A model could therefore write incomplete characters (decoded as U+FFFD) and control characters:
//! [`WritableTokens`] lets a search avoid both.
//!
//! # Layout
//!
//! `language` knows the codes and names of languages, and identifies them; `io` opens, splits and writes files; `corpus` reads and writes pairs; `words` finds words, sentences and the parts
//! of a sentence that placeholders replace; `tokenize` turns sentences into token ids and back. Every file imports only
//! files below it: there is no cycle of modules.
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

mod corpus;
mod counted;
mod error;
mod hash;
mod io;
mod language;
mod printable;
mod tokenize;
mod words;

pub use corpus::columns::Columns;
pub use corpus::files::{CorpusFiles, PairStream, SideChoice, TableRows};
pub use corpus::fingerprint::Fingerprint;
pub use corpus::id_columns::NumberColumn;
pub use corpus::in_memory::Corpus;
pub use corpus::languages::Languages;
pub use corpus::opened_pairs::OpenedPairs;
pub use corpus::pair::Pair;
pub use corpus::reader::{AnyCorpus, CorpusReader, CorpusSize, Survey};
pub use corpus::writer::{CorpusWriter, Written};
pub use counted::counted;
pub use error::{TextError, excerpt};
pub use hash::fnv1a;
pub use io::atomic::{Output, create_beside, sync_directory};
pub use io::compression::{CompressedWriter, Compression};
pub use io::lines::{Lines, LossyLine, TextReader, is_line_end};
pub use io::open::{
    copy_pipe, has_only_carriage_returns, is_pipe, is_tmx, open, open_rows, open_sentences, read_lines, shown,
};
pub use io::wrong_format::format_hint;
pub use language::code::LanguageCode;
pub use language::identifier::{LanguageIdentifier, LanguageProfile};
pub use language::names::{language_by_code, language_by_name};
pub use language::pair::LanguagePair;
pub use printable::{is_unprintable, printable, printable_lines};
pub use tokenize::decoded::Decoded;
pub use tokenize::token_bytes::TokenBytes;
pub use tokenize::token_words::TokenWords;
pub use tokenize::tokenizer::{Encoding, Tokenizer, WordPart};
pub use tokenize::vocabulary::{BOS, EOS, PAD, SMALLEST_VOCAB, fitted_vocab, placeholder, placeholder_index};
pub use tokenize::word_splitter::{WordSplitter, WordSplitters};
pub use tokenize::writable::{TextPlace, WritableTokens};
pub use words::casing::{Casing, Truecaser, bare};
pub use words::digits::digit_value;
pub use words::inline_marks::{Attachment, InlineMark};
pub use words::known_characters::KnownCharacters;
pub use words::letter_case::{CaseShape, LetterCase};
pub use words::mapped::MappedText;
pub use words::mark_tree::{MarkSpan, MarkTree};
pub use words::ngrams::{CharacterNgrams, NgramCollector};
pub use words::numbers::NumberCounter;
pub use words::placeholders::find::find_items;
pub use words::placeholders::item::{Item, ItemKind, PLACEHOLDERS};
pub use words::placeholders::spacing::{Neighbour, PlacedItem};
pub use words::placeholders::term_match::TermMatch;
pub use words::placeholders::terms::Terms;
pub use words::preparation::{Split, TextPreparation};
pub use words::profile::{SideProfile, TextProfile, Writing, WritingCollector};
pub use words::rule::WordRule;
pub use words::script::{ScriptCounts, is_unspaced};
pub use words::sentence_ends::SentenceEnds;
pub use words::sentences::{SentenceMark, closes_quotation, ends_sentence_without_space, sentence_mark};
pub use words::split::{running_words, texts, words, words_of_token};
pub use words::training_words::{TrainingWords, WordCollector};
pub use words::unknown::unknown_words;
