//! Documents whose text is translated: plain text, TSV, HTML and SubRip subtitles.
//!
//! A [`Document`] gives the [`Segment`]s to translate, without their markup, and writes the document back with the
//! translations. Everything else is copied byte for byte: tags, attributes, comments, times, line ends, blank lines.
//! The crate knows no translator: it takes the text of each translation and the places of its marks.
//!
//! ```
//! use glosser_documents::{Document, Format, TranslatedSegment};
//!
//! let document = Document::read(Format::Html, "<p>The <b>black</b> cat.</p>")?;
//! let segment = &document.segments()[0];
//! assert_eq!(segment.text, "The black cat.");
//! assert_eq!((segment.marks[0].at, segment.marks[1].at), (4, 9));
//!
//! let translated = TranslatedSegment { text: "Le chat noir.".to_owned(), marks: vec![8, 12] };
//! assert_eq!(document.write(&[translated]), "<p>Le chat <b>noir</b>.</p>");
//! # Ok::<(), glosser_documents::DocumentError>(())
//! ```

mod document;
mod error;
mod format;
mod html;
mod inline;
mod lines;
mod segment;
mod subtitles;
#[cfg(test)]
mod tests;

pub use document::Document;
pub use error::DocumentError;
pub use format::Format;
pub use segment::{Mark, Segment, TranslatedSegment};
