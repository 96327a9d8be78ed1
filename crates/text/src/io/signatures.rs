//! The first bytes of files that are no text: formats that are unpacked, and files that users give by mistake.

use crate::io::fault::FormatFault;
use crate::io::packed::Packed;

/// The first bytes of a format, after `offset` bytes of any value. `mask` selects bits of the byte at its index.
pub(crate) struct Magic {
    pub(crate) packed: Packed,
    offset: usize,
    bytes: &'static [u8],
    mask: (usize, u8),
}

const fn magic(packed: Packed, bytes: &'static [u8]) -> Magic {
    Magic { packed, offset: 0, bytes, mask: (0, 0xFF) }
}

const fn unread(name: &'static str, remedy: &'static str, bytes: &'static [u8]) -> Magic {
    magic(Packed::Unread(name, remedy), bytes)
}

const TABLE: &str = "save the table as `CSV UTF-8` or `Unicode text`, and give that file";
const DOCUMENT: &str = "save the document as plain text in UTF-8, one sentence per line, and give that file";
const OFFICE: &str = "save a table as `CSV UTF-8`, or a document as plain text in UTF-8, and give that file";
const PDF: &str = "take out its text, e.g. `pdftotext -layout FILE text.txt`, and look at the result before you use it";
const PICTURE: &str = "read its text first, e.g. `tesseract FILE text`, and give the text";
const WEIGHTS: &str = "a model is given by its directory, --model DIR; give a text here";
const DATABASE: &str =
    "write its pairs to a TSV, e.g. `sqlite3 -tabs FILE 'SELECT source, target FROM pairs' > pairs.tsv`";
const PARQUET: &str = "write its pairs to a TSV, e.g. `duckdb -c \"COPY (SELECT source, target FROM 'FILE') TO \
                       'pairs.tsv' (DELIMITER '\\t', HEADER false)\"`";
const ARRAY: &str = "write its text to a TSV or to text files with the program that wrote it";
const CATALOGUE: &str = "turn it into a text, e.g. `msgunfmt FILE | po2tmx -l de - pairs.tmx`";

/// Every format that is recognised. Zstandard can begin with a skippable frame, whose first byte has sixteen values, and
/// the fourth byte of bzip2 is a digit.
pub(crate) const MAGICS: [Magic; 35] = [
    magic(Packed::Gzip, &[0x1F, 0x8B]),
    magic(Packed::Zstandard, &[0x28, 0xB5, 0x2F, 0xFD]),
    Magic { mask: (0, 0xF0), ..magic(Packed::Zstandard, &[0x50, 0x2A, 0x4D, 0x18]) },
    magic(Packed::Xz, &[0xFD, b'7', b'z', b'X', b'Z', 0]),
    Magic { mask: (3, 0xF0), ..magic(Packed::Bzip2, b"BZh01AY&SY") },
    Magic { mask: (3, 0xF0), ..magic(Packed::Bzip2, b"BZh0\x17\x72\x45\x38\x50\x90") },
    magic(Packed::Lz4, &[0x04, 0x22, 0x4D, 0x18]),
    magic(Packed::Zip, b"PK\x03\x04"),
    magic(Packed::Zip, b"PK\x05\x06"),
    Magic { offset: 257, ..magic(Packed::Tar, b"ustar") },
    unread("7-Zip archive", "unpack it, e.g. `7z x -so FILE | glosser ... -`", b"7z\xBC\xAF\x27\x1C"),
    unread("RAR archive", "unpack it, e.g. `unrar p -inul FILE | glosser ... -`", b"Rar!\x1A\x07"),
    unread("file of `compress`", "unpack it, e.g. `gzip -dc FILE | glosser ... -`", &[0x1F, 0x9D]),
    unread("file of `lzip`", "unpack it, e.g. `lzip -dc FILE | glosser ... -`", b"LZIP\x01"),
    unread("file of `lzma`", "unpack it, e.g. `xz -dc FILE | glosser ... -`", &[0x5D, 0, 0]),
    unread("file of an old `lz4`", "unpack it, e.g. `lz4 -dc FILE | glosser ... -`", &[0x02, 0x21, 0x4C, 0x18]),
    unread("file of Excel or Word (.xls, .doc)", OFFICE, &[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]),
    unread("PDF", PDF, b"%PDF-"),
    unread("RTF document", DOCUMENT, b"{\\rtf1"),
    unread("PNG picture", PICTURE, b"\x89PNG\r\n\x1A\n"),
    unread("JPEG picture", PICTURE, &[0xFF, 0xD8, 0xFF]),
    unread("GIF picture", PICTURE, b"GIF89a"),
    unread("GIF picture", PICTURE, b"GIF87a"),
    unread("SQLite database", DATABASE, b"SQLite format 3\0"),
    unread("Parquet file", PARQUET, b"PAR1\x15"),
    unread("Arrow file", ARRAY, b"ARROW1\0\0"),
    unread("NumPy array", ARRAY, b"\x93NUMPY"),
    unread("HDF5 file", ARRAY, b"\x89HDF\r\n\x1A\n"),
    unread("pickle of Python", ARRAY, &[0x80, 4, 0x95]),
    unread("pickle of Python", ARRAY, &[0x80, 5, 0x95]),
    unread("compiled catalogue of gettext (.mo)", CATALOGUE, &[0xDE, 0x12, 0x04, 0x95]),
    unread("program", "give a text", b"\x7FELF"),
    unread("file of model weights (GGUF)", WEIGHTS, b"GGUF"),
    // The length of the header in eight bytes, of which the upper four are zero, then the header in JSON.
    Magic { offset: 4, ..unread("file of model weights (safetensors)", WEIGHTS, b"\0\0\0\0{\"") },
    Magic { offset: 4, ..unread("file of model weights (safetensors)", WEIGHTS, b"\0\0\0\0{ ") },
];

impl Magic {
    /// Returns whether data that begins with `start` can have this format.
    pub(crate) fn fits(&self, start: &[u8]) -> bool {
        // A name in an archive has no line end; therefore a typed line is never waited for longer than to its end.
        if self.offset > 0 && start.contains(&b'\n') {
            return false;
        }
        let found = start.iter().skip(self.offset).enumerate();
        let (masked, mask) = self.mask;
        let masked = found.map(|(index, byte)| if index == masked { (byte & mask, mask) } else { (*byte, 0xFF) });
        masked.zip(self.bytes).all(|((byte, mask), wanted)| byte == wanted & mask)
    }

    /// Returns the number of bytes that decide.
    pub(crate) fn len(&self) -> usize {
        self.offset + self.bytes.len()
    }
}

/// The first files in the ZIP archives of office programs and of e-books, whose contents name the kind of document.
pub(crate) const DOCUMENT_PARTS: [&str; 3] = ["[Content_Types].xml", "_rels/.rels", "mimetype"];

/// The kinds of documents in ZIP archives: words in their first file, name, and remedy.
const DOCUMENTS: [(&[&str], &str, &str); 4] = [
    (&["spreadsheetml", "sheet.macro", "opendocument.spreadsheet", "xl/workbook"], "spreadsheet (.xlsx, .ods)", TABLE),
    (&["wordprocessingml.document.main", "word/document", "opendocument.text"], "document (.docx, .odt)", DOCUMENT),
    (&["presentationml", "ppt/presentation", "opendocument.presentation"], "presentation (.pptx, .odp)", DOCUMENT),
    (&["epub"], "e-book (.epub)", "turn it into a text, e.g. `pandoc -t plain --wrap=none FILE -o text.txt`"),
];

/// Returns the fault of a document in a ZIP archive, from the contents of its first file.
pub(crate) fn document(content: &str) -> std::io::Error {
    // A document may contain a table, but a table contains no document.
    let has = |marks: &[&str]| marks.iter().any(|mark| content.contains(mark));
    let is_document = has(DOCUMENTS[1].0);
    let found =
        DOCUMENTS.iter().find(|(marks, ..)| has(marks)).map(|found| if is_document { &DOCUMENTS[1] } else { found });
    match found {
        Some((_, name, remedy)) => FormatFault::new(format!("this is a {name}"), *remedy),
        None => FormatFault::new("this is a file of Excel, Word or LibreOffice", OFFICE),
    }
}

/// Returns the fault of a file in a ZIP archive that is part of something else than a corpus.
pub(crate) fn part_of_other(name: &str) -> Option<std::io::Error> {
    let ends = |ending: &str| name.ends_with(ending);
    if ends("/data.pkl") {
        return Some(FormatFault::new("this is a file of model weights (PyTorch)", WEIGHTS));
    }
    ends(".npy").then(|| FormatFault::new("this is a file of NumPy arrays", ARRAY))
}
