//! The formats of documents, by file name.

use std::fmt;

use crate::error::DocumentError;
use glosser_text::excerpt;

/// The longest file name in an error, in characters.
const LONGEST_NAME: usize = 80;

/// A format of documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// Plain text: each line is translated.
    Text,
    /// Tab-separated values: the first column is translated, the translation becomes a further column.
    Tsv,
    /// An HTML document, or a fragment of one.
    Html,
    /// SubRip subtitles.
    Subtitles,
}

impl Format {
    /// All formats.
    pub const ALL: [Self; 4] = [Self::Text, Self::Tsv, Self::Html, Self::Subtitles];

    /// Returns the format of a file by the extension of its name, in upper or lower case.
    ///
    /// # Errors
    ///
    /// [`DocumentError::UnknownFormat`] if the extension belongs to no format.
    ///
    /// ```
    /// use glosser_documents::Format;
    ///
    /// assert_eq!(Format::from_name("page.HTML"), Ok(Format::Html));
    /// assert!(Format::from_name("page.docx").is_err());
    /// ```
    pub fn from_name(name: &str) -> Result<Self, DocumentError> {
        let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
        let is_of = |format: &Self| format.extensions().iter().any(|known| known.eq_ignore_ascii_case(extension));
        Self::ALL.into_iter().find(is_of).ok_or_else(|| {
            let known = Self::ALL.iter().flat_map(|format| format.extensions()).map(|known| format!(".{known}"));
            let known: Vec<String> = known.collect();
            let (last, others) = known.split_last().map_or(("", &[][..]), |(last, others)| (last.as_str(), others));
            DocumentError::UnknownFormat {
                name: excerpt(name, LONGEST_NAME),
                extensions: format!("{} or {last}", others.join(", ")),
            }
        })
    }

    /// The extensions of file names, without the dot; the usual one first.
    pub fn extensions(self) -> &'static [&'static str] {
        match self {
            Self::Text => &["txt"],
            Self::Tsv => &["tsv"],
            Self::Html => &["html", "htm"],
            Self::Subtitles => &["srt"],
        }
    }

    /// The MIME type. SubRip has no registered type; this is the one in use.
    pub fn mime_type(self) -> &'static str {
        match self {
            Self::Text => "text/plain",
            Self::Tsv => "text/tab-separated-values",
            Self::Html => "text/html",
            Self::Subtitles => "application/x-subrip",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text => "plain text",
            Self::Tsv => "TSV",
            Self::Html => "HTML",
            Self::Subtitles => "SubRip subtitles",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_extension_decides_the_format_in_upper_or_lower_case() {
        for (name, format) in [
            ("a.txt", Format::Text),
            ("a.b.TSV", Format::Tsv),
            ("a.HTML", Format::Html),
            (".htm", Format::Html),
            ("folder.txt/a.Srt", Format::Subtitles),
        ] {
            assert_eq!(Format::from_name(name), Ok(format), "{name}");
        }
    }

    #[test]
    fn another_extension_is_an_error_that_lists_the_formats() {
        for name in ["", "txt", "a.docx", "a.txt.gz", "a.", "a.tsv "] {
            let error = Format::from_name(name).expect_err(name).to_string();
            assert!(error.ends_with("use a file whose name ends in .txt, .tsv, .html, .htm or .srt"), "{error}");
        }
    }
}
