//! What can be wrong with a parallel corpus, how bad that is, and what to do about it.

use serde::Serialize;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Training would stop, or learn nonsense without a word.
    Error,
    /// Something is lost or learnt wrongly.
    Warning,
    /// Good to know.
    Information,
}

/// What was found. The order is that of the report, worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// There is no pair with text on both sides.
    NoPairs,
    /// Two files have different numbers of lines.
    LineCounts,
    /// From some line on the sides no longer belong together.
    Slip,
    /// A line of a TSV lacks a column.
    TooFewColumns,
    /// Bytes are not UTF-8.
    NotUtf8,
    /// A NUL.
    Nul,
    /// A side of nothing but numbers.
    Numbers,
    /// A byte order mark within the text.
    BomInside,
    /// A carriage return that ends no line.
    CarriageReturn,
    /// U+0085, U+2028 or U+2029.
    LineSeparator,
    /// Another control character.
    Control,
    /// One side has no text.
    BlankSide,
    /// A side has more words than training takes.
    TooLong,
    /// One side is far longer than the other, for this corpus.
    LengthRatio,
    /// The sides stand the wrong way round.
    SwappedSides,
    /// A side is in the language of the other.
    WrongLanguage,
    /// Both sides are the same text.
    SameText,
    /// One character again and again.
    Repeats,
    /// A pair that stood there before.
    DuplicatePair,
    /// A pair to validate or test with that stands in the training pairs.
    PairInTrain,
    /// A source that stood there before with another target.
    SameSource,
    /// A source to validate or test with that stands in the training pairs, with another target.
    SourceInTrain,
    /// A byte order mark at the start of a file.
    Bom,
    /// Neither side has text.
    BlankPair,
}

impl Kind {
    /// How bad it is.
    pub fn severity(self) -> Severity {
        match self {
            Self::NoPairs | Self::LineCounts | Self::Slip | Self::TooFewColumns => Severity::Error,
            Self::NotUtf8 | Self::Nul | Self::Numbers => Severity::Error,
            Self::SameSource | Self::SourceInTrain | Self::Bom | Self::BlankPair => Severity::Information,
            _ => Severity::Warning,
        }
    }

    /// What is wrong, in a few words.
    pub fn title(self) -> &'static str {
        match self {
            Self::NoPairs => "no pair has text on both sides",
            Self::LineCounts => "the two files have different numbers of lines",
            Self::Slip => "the sides slip: they no longer belong together",
            Self::TooFewColumns => "a column is missing",
            Self::NotUtf8 => "bytes that are not UTF-8",
            Self::Nul => "NUL characters",
            Self::Numbers => "a side of nothing but numbers, likely ids",
            Self::BomInside => "byte order marks within the text",
            Self::CarriageReturn => "carriage returns within a line",
            Self::LineSeparator => "U+0085, U+2028 or U+2029, which other tools take for line ends",
            Self::Control => "control characters",
            Self::BlankSide => "one side is blank",
            Self::TooLong => "lines too long to train on",
            Self::LengthRatio => "one side is far longer than the other",
            Self::SwappedSides => "source and target seem to be swapped",
            Self::WrongLanguage => "a side seems to be in the language of the other",
            Self::SameText => "both sides are the same text",
            Self::Repeats => "one character again and again",
            Self::DuplicatePair => "pairs that occur more than once",
            Self::PairInTrain => "pairs that stand in the training corpus too",
            Self::SameSource => "sources that occur again with another target",
            Self::SourceInTrain => "sources that stand in the training corpus with another target",
            Self::Bom => "a byte order mark at the start of the file",
            Self::BlankPair => "both sides are blank",
        }
    }

    /// What to do about it.
    pub fn remedy(self) -> &'static str {
        match self {
            Self::NoPairs => "give a corpus with one pair a line; for a TSV see --columns",
            Self::LineCounts | Self::Slip => {
                "look there for a line that is missing, split, joined or too much, and mend it by hand; \
                 --fix does not guess"
            }
            Self::TooFewColumns => {
                "separate source and target by one tab; for other columns see --columns; \
                 --fix removes such lines"
            }
            Self::NotUtf8 => {
                "convert the file, e.g. `iconv -f WINDOWS-1252 -t UTF-8`; --fix does so for such bytes alone"
            }
            Self::Nul => "--fix removes them; if every other byte is NUL the file is UTF-16: use iconv",
            Self::Numbers => "choose other columns; exports of Tatoeba are `id text id text` and want --columns 2,4",
            Self::BomInside => "files were joined that began with one each; --fix removes them",
            Self::CarriageReturn | Self::LineSeparator => "--fix makes each a space",
            Self::Control => "--fix removes them",
            Self::BlankSide => "training leaves such pairs out; --fix removes them; if there are many, look for a slip",
            Self::TooLong => "training leaves such pairs out; cut them where sentences end; --fix removes them",
            Self::LengthRatio => "look whether they are translations; --fix removes them",
            Self::SwappedSides => "exchange the sides of these lines; --columns 2,1 exchanges those of a whole TSV",
            Self::WrongLanguage => "look whether they were left untranslated, and remove or translate them",
            Self::SameText => "remove them, or translate one side: a model learns to copy sentences from them",
            Self::Repeats => "remove rulers, dot leaders and the like",
            Self::DuplicatePair => "they count more than others, and may be held out and learnt; --fix keeps the first",
            Self::PairInTrain => "remove them from the training corpus, or scores will be too good",
            Self::SameSource => "several translations of a sentence are no fault",
            Self::SourceInTrain => "no fault for short sentences; for long ones scores will be too good",
            Self::Bom => "this program skips it, others glue it to the first word; --fix removes it",
            Self::BlankPair => "training leaves such pairs out; --fix removes them",
        }
    }

    /// What `--fix` does about it; nothing where only a person can tell what is right.
    pub fn treatment(self) -> Option<&'static str> {
        Some(match self {
            Self::TooFewColumns => "lines removed: a column is missing",
            Self::BlankSide => "pairs removed: one side is blank",
            Self::BlankPair => "pairs removed: both sides are blank",
            Self::TooLong => "pairs removed: too long",
            Self::LengthRatio => "pairs removed: one side is far longer",
            Self::DuplicatePair => "pairs removed: they occur before",
            Self::NotUtf8 => {
                "lines with bytes that are not UTF-8, read as Windows-1252 where that makes letters, else U+FFFD"
            }
            Self::Nul => "lines from which NUL was removed",
            Self::Bom | Self::BomInside => "lines from which a byte order mark was removed",
            Self::CarriageReturn => "lines whose carriage returns became spaces",
            Self::LineSeparator => "lines whose U+0085, U+2028 or U+2029 became spaces",
            Self::Control => "lines from which control characters were removed",
            _ => return None,
        })
    }
}
