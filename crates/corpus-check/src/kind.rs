//! The kinds of faults of a parallel corpus: their severity, title, remedy and automatic treatment.

use serde::Serialize;

/// The severity of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Training would stop, or would learn nonsense without a message.
    Error,
    /// Pairs are lost, or something wrong is learnt.
    Warning,
    /// No fault, but useful to know.
    Information,
}

/// A kind of fault. The order is that of the report: the most serious first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// No pair has text on both sides.
    NoPairs,
    /// The two files have different numbers of lines.
    LineCounts,
    /// From some line on, source and target no longer match.
    #[serde(rename = "slip")]
    LineShift,
    /// A TSV line has too few columns.
    TooFewColumns,
    /// Bytes that are not UTF-8.
    NotUtf8,
    /// A NUL character.
    Nul,
    /// Lines that end with a carriage return only.
    CarriageReturnEnds,
    /// A side that has only numbers.
    Numbers,
    /// A byte order mark within the text.
    BomInside,
    /// A carriage return that is not part of a line end.
    CarriageReturn,
    /// U+0085, U+2028 or U+2029.
    LineSeparator,
    /// Another control character.
    Control,
    /// Text that was encoded twice, such as `Ã©` for `é`.
    DoubleEncoded,
    /// Text that was encoded twice, beside text that was not.
    PartlyDoubleEncoded,
    /// U+FFFD, which stands for text that was lost.
    Replacement,
    /// HTML entities.
    Entities,
    /// Zero-width spaces, soft hyphens and other invisible characters.
    Invisible,
    /// A word with letters of two scripts that look the same.
    MixedScripts,
    /// The first row names languages or columns.
    Header,
    /// One side has no text.
    BlankSide,
    /// A side is longer than training accepts.
    TooLong,
    /// One side is far longer than the other, compared with the other pairs of the corpus.
    LengthRatio,
    /// Source and target are exchanged.
    SwappedSides,
    /// A side is in the language of the other side.
    WrongLanguage,
    /// A placeholder or tag of one side is missing on the other.
    PlaceholdersDiffer,
    /// The two sides have different numbers.
    NumbersDiffer,
    /// Both sides are the same text.
    SameText,
    /// A long run of one character.
    Repeats,
    /// A pair that occurs earlier in the corpus.
    DuplicatePair,
    /// A validation or test pair that is also a training pair.
    PairInTrain,
    /// A source that occurs earlier with another target.
    SameSource,
    /// A source of a validation or test pair that occurs in the training pairs with another target.
    SourceInTrain,
    /// A byte order mark at the start of a file.
    Bom,
    /// Neither side has text.
    BlankPair,
    /// Tags such as `<b>`, the same on both sides.
    Tags,
}

impl Kind {
    /// Returns the severity.
    pub fn severity(self) -> Severity {
        match self {
            Self::NoPairs | Self::LineCounts | Self::LineShift | Self::TooFewColumns => Severity::Error,
            Self::NotUtf8 | Self::Nul | Self::CarriageReturnEnds | Self::Numbers => Severity::Error,
            Self::SameSource | Self::SourceInTrain | Self::Bom | Self::BlankPair | Self::Tags => Severity::Information,
            _ => Severity::Warning,
        }
    }

    /// Returns a description in a few words.
    pub fn title(self) -> &'static str {
        match self {
            Self::NoPairs => "no pair has text on both sides",
            Self::LineCounts => "the two files have different numbers of lines",
            Self::LineShift => "source and target no longer match (a missing or extra line)",
            Self::TooFewColumns => "a column is missing",
            Self::NotUtf8 => "bytes that are not UTF-8",
            Self::Nul => "NUL characters",
            Self::CarriageReturnEnds => "lines that end with a carriage return only (classic Mac OS)",
            Self::Numbers => "a side that has only numbers, probably ids",
            Self::BomInside => "byte order marks within the text",
            Self::CarriageReturn => "carriage returns within a line",
            Self::LineSeparator => "U+0085, U+2028 or U+2029, which other tools take for line ends",
            Self::Control => "control characters",
            Self::DoubleEncoded => "text that was encoded twice, such as `Ã©` for `é`",
            Self::PartlyDoubleEncoded => "text that was encoded twice, such as `Ã©` for `é`, beside text that was not",
            Self::Replacement => "the replacement character U+FFFD",
            Self::Entities => "HTML entities such as `&amp;`",
            Self::Invisible => "invisible characters, such as zero-width spaces, soft hyphens and directional controls",
            Self::MixedScripts => "letters that look like those of their word, but are of another script",
            Self::Header => "the first row seems to be a header",
            Self::BlankSide => "one side is blank",
            Self::TooLong => "lines too long to train on",
            Self::LengthRatio => "one side is far longer than the other",
            Self::SwappedSides => "source and target seem to be swapped",
            Self::WrongLanguage => "a side seems to be in the language of the other",
            Self::PlaceholdersDiffer => "placeholders or tags that only one side has",
            Self::NumbersDiffer => "numbers that differ between the sides",
            Self::SameText => "both sides are the same text",
            Self::Repeats => "long runs of one character",
            Self::DuplicatePair => "pairs that occur more than once",
            Self::PairInTrain => "pairs that are also in the training corpus",
            Self::SameSource => "sources that occur again with another target",
            Self::SourceInTrain => "sources that are in the training corpus with another target",
            Self::Bom => "a byte order mark at the start of the file",
            Self::BlankPair => "both sides are blank",
            Self::Tags => "tags such as `<b>`",
        }
    }

    /// Returns the remedy.
    pub fn remedy(self) -> &'static str {
        match self {
            Self::NoPairs => "give a corpus with one pair per line; for a TSV see --columns",
            Self::LineCounts | Self::LineShift => {
                "look there for a line that is missing, added, split or joined, and correct it by hand; \
                 --fix does not guess"
            }
            Self::TooFewColumns => {
                "separate source and target by one tab; for other columns see --columns; \
                 --fix removes such lines"
            }
            Self::NotUtf8 => "convert the file, e.g. `iconv -f WINDOWS-1252 -t UTF-8`; --fix converts only these bytes",
            Self::Nul => "--fix removes them; if every other byte is NUL the file is UTF-16: use iconv",
            Self::CarriageReturnEnds => "--fix writes line feeds; so does `tr '\\r' '\\n'`",
            Self::Numbers => "choose other columns; exports of Tatoeba are `id text id text` and need --columns 2,4",
            Self::BomInside => "files that begin with such a mark were joined; --fix removes the marks",
            Self::CarriageReturn | Self::LineSeparator => "--fix replaces each by a space",
            Self::Control => "--fix removes them",
            Self::DoubleEncoded => {
                "UTF-8 was read as Windows-1252 or Windows-1251, and written as UTF-8 again; --fix decodes it"
            }
            Self::PartlyDoubleEncoded => {
                "correct these lines by hand: --fix decodes only lines where all characters were encoded twice"
            }
            Self::Replacement => {
                "the text was lost when the file was converted: convert the original again; --fix removes such pairs"
            }
            Self::Entities => "--fix writes the characters that they stand for",
            Self::Invisible => "the same word with and without them is two words; --fix removes them",
            Self::MixedScripts => "to a program such a word is another word; --fix replaces these letters",
            Self::Header => "training would learn it as a pair; --fix removes it",
            Self::BlankSide => {
                "training leaves such pairs out; --fix removes them; if there are many, look for a missing or extra line"
            }
            Self::TooLong => "training leaves such pairs out; split them at the end of a sentence; --fix removes them",
            Self::LengthRatio => "check whether they are translations; --fix removes them",
            Self::SwappedSides => "exchange the sides of these lines; --columns 2,1 exchanges those of a whole TSV",
            Self::WrongLanguage => "check whether they were left untranslated, and remove or translate them",
            Self::PlaceholdersDiffer => {
                "correct the translation, or remove these pairs: a model learns to lose placeholders"
            }
            Self::NumbersDiffer => "check whether they are translations, and correct or remove them",
            Self::SameText => "remove them, or translate one side: a model learns to copy sentences from them",
            Self::Repeats => "remove rulers, dot leaders and the like",
            Self::DuplicatePair => {
                "they count more than others, and one copy may be held out while another is learnt; --fix keeps the first"
            }
            Self::PairInTrain => "remove them from the training corpus; otherwise scores are too good",
            Self::SameSource => "not a fault: a sentence can have several translations",
            Self::SourceInTrain => "not a fault for short sentences; for long ones scores are too good",
            Self::Bom => "this program skips it, other programs add it to the first word; --fix removes it",
            Self::BlankPair => "training leaves such pairs out; --fix removes them",
            Self::Tags => "not a fault if the text to translate has tags; otherwise remove them",
        }
    }

    /// Returns a description of what `--fix` does; `None` if a user must decide.
    pub fn treatment(self) -> Option<&'static str> {
        Some(match self {
            Self::TooFewColumns => "lines removed (a column is missing)",
            Self::BlankSide => "pairs removed (one side is blank)",
            Self::BlankPair => "pairs removed (both sides are blank)",
            Self::TooLong => "pairs removed (too long)",
            Self::LengthRatio => "pairs removed (one side is far longer)",
            Self::DuplicatePair => "pairs removed (they occur earlier)",
            Self::NotUtf8 => "lines with bytes that are not UTF-8, which were read as Windows-1252",
            Self::Nul => "lines from which NUL was removed",
            Self::CarriageReturnEnds => "lines whose end became a line feed",
            Self::Bom | Self::BomInside => "lines from which a byte order mark was removed",
            Self::CarriageReturn => "lines whose carriage returns were replaced by spaces",
            Self::LineSeparator => "lines whose U+0085, U+2028 or U+2029 were replaced by spaces",
            Self::Control => "lines from which control characters were removed",
            Self::DoubleEncoded => "lines that were encoded twice and are now decoded",
            Self::Replacement => "pairs removed (U+FFFD in the place of lost text)",
            Self::Entities => "lines whose HTML entities were decoded",
            Self::Invisible => "lines from which invisible characters were removed",
            Self::MixedScripts => "lines whose look-alike letters were replaced by those of their word's script",
            Self::Header => "header rows removed",
            _ => return None,
        })
    }
}
