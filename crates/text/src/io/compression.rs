//! Compressed files: recognised by their first bytes for reading, and by the file name for writing.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::Path;

use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;
use ruzstd::encoding::{CompressionLevel, compress_to_vec};

use crate::io::lines::TextReader;
use crate::io::zstandard::Frames;

/// A compression format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compression {
    /// gzip, `.gz`.
    Gzip,
    /// Zstandard, `.zst`.
    Zstandard,
}

/// The first bytes of compressed files, and a mask for the first one. Zstandard can begin with a skippable frame, whose
/// first byte has sixteen values.
const MAGICS: [(Compression, &[u8], u8); 3] = [
    (Compression::Gzip, &[0x1F, 0x8B], 0xFF),
    (Compression::Zstandard, &[0x28, 0xB5, 0x2F, 0xFD], 0xFF),
    (Compression::Zstandard, &[0x50, 0x2A, 0x4D, 0x18], 0xF0),
];

impl Compression {
    /// Returns the compression for the ending of a file name; `None` for other endings.
    pub fn of_ending(path: &Path) -> Option<Self> {
        let ending = path.extension()?;
        let is = |known: &str| ending.eq_ignore_ascii_case(known);
        if is("gz") { Some(Self::Gzip) } else { is("zst").then_some(Self::Zstandard) }
    }

    /// Returns a writer that compresses to `out`.
    pub fn writer<W: Write>(self, out: W) -> CompressedWriter<W> {
        CompressedWriter { out, compression: self, pending: Vec::new(), is_empty: true }
    }

    /// Returns a reader of the decompressed text.
    pub(crate) fn reader(self, data: impl BufRead + Send + 'static) -> TextReader {
        match self {
            Self::Gzip => Box::new(BufReader::new(MultiGzDecoder::new(data))),
            Self::Zstandard => Box::new(BufReader::new(Frames::new(data))),
        }
    }

    fn compress(self, text: &[u8]) -> io::Result<Vec<u8>> {
        match self {
            Self::Gzip => {
                let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::default());
                encoder.write_all(text)?;
                encoder.finish()
            }
            Self::Zstandard => Ok(compress_to_vec(text, CompressionLevel::Fastest)),
        }
    }
}

/// Recognises the compression of data. Returns also the bytes that were read for that. A further byte is read only if
/// the bytes so far can begin a compressed file, so that a user who types an empty line does not have to wait.
pub(crate) fn recognise(reader: &mut impl Read) -> io::Result<(Option<Compression>, Vec<u8>)> {
    let mut start = Vec::new();
    loop {
        let read = reader.by_ref().take(1).read_to_end(&mut start)?;
        let mut fitting = MAGICS.iter().filter(|(_, magic, mask)| fits(&start, magic, *mask)).peekable();
        if read == 0 || fitting.peek().is_none() {
            return Ok((None, start));
        }
        if let Some((compression, ..)) = fitting.find(|(_, magic, _)| magic.len() == start.len()) {
            return Ok((Some(*compression), start));
        }
    }
}

/// Returns whether the data can begin with these bytes; the mask is for the first one.
fn fits(start: &[u8], magic: &[u8], mask: u8) -> bool {
    let masked = start.iter().enumerate().map(|(index, byte)| if index == 0 { byte & mask } else { *byte });
    masked.zip(magic).all(|(found, wanted)| found == *wanted)
}

/// The number of bytes that are compressed together; a larger number hardly improves the compression.
const PART: usize = 1 << 20;

/// A writer that compresses its data in parts, each a separate gzip member or Zstandard frame.
///
/// After [`flush`](Write::flush) the file is complete so far: a program that is interrupted leaves a readable file, and
/// no error is lost in a `drop`. Data that is not flushed is not written.
#[derive(Debug)]
pub struct CompressedWriter<W: Write> {
    out: W,
    compression: Compression,
    pending: Vec<u8>,
    is_empty: bool,
}

impl<W: Write> CompressedWriter<W> {
    fn write_part(&mut self) -> io::Result<()> {
        self.out.write_all(&self.compression.compress(&self.pending)?)?;
        self.pending.clear();
        self.is_empty = false;
        Ok(())
    }
}

impl<W: Write> Write for CompressedWriter<W> {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        let taken = text.len().min(PART - self.pending.len());
        self.pending.extend_from_slice(&text[..taken]);
        if self.pending.len() == PART {
            self.write_part()?;
        }
        Ok(taken)
    }

    /// An empty text is a part too: an empty file would not be a compressed file.
    fn flush(&mut self) -> io::Result<()> {
        if self.is_empty || !self.pending.is_empty() {
            self.write_part()?;
        }
        self.out.flush()
    }
}

/// Writes the part of an empty text, which may never be flushed. An error is ignored, as by
/// [`BufWriter`](io::BufWriter).
impl<W: Write> Drop for CompressedWriter<W> {
    fn drop(&mut self) {
        if self.is_empty && self.pending.is_empty() {
            let _ = self.flush();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOTH: [Compression; 2] = [Compression::Gzip, Compression::Zstandard];

    fn compressed(compression: Compression, parts: &[&[u8]]) -> Vec<u8> {
        let mut data = Vec::new();
        let mut writer = compression.writer(&mut data);
        for part in parts {
            writer.write_all(part).expect("memory");
            writer.flush().expect("memory");
        }
        drop(writer);
        data
    }

    fn read(data: Vec<u8>) -> (Option<Compression>, Vec<u8>) {
        let mut rest = &data[..];
        let (compression, start) = recognise(&mut rest).expect("memory");
        let whole = io::Cursor::new([start, rest.to_vec()].concat());
        let mut text = Vec::new();
        match compression {
            Some(compression) => compression.reader(whole).read_to_end(&mut text).expect("whole data"),
            None => whole.take(u64::MAX).read_to_end(&mut text).expect("memory"),
        };
        (compression, text)
    }

    #[test]
    fn compressed_text_is_recognised_and_read_whatever_its_length_and_flushes() {
        let long: Vec<u8> = (0..400_000).flat_map(|i| format!("{}\n", i * 31 % 9973).into_bytes()).collect();
        assert!(long.len() > PART);
        for compression in BOTH {
            let cases: [&[&[u8]]; 5] = [&[], &[b""], &[b"a"], &[b"a\n", b"", b"b\n"], &[&long, b"end"]];
            for parts in cases {
                let data = compressed(compression, parts);
                assert_eq!(read(data), (Some(compression), parts.concat()));
            }
            assert!(compressed(compression, &[&long]).len() < long.len() / 2, "{compression:?}");
        }
    }

    #[test]
    fn a_text_that_begins_almost_like_compressed_data_is_not_changed() {
        for text in [&b""[..], b"\x1F", b"\x1F\x8A", b"(", b"(\xB5/", b"P*M", b"P*M\x17", b"\n", b"ein Hund"] {
            assert_eq!(read(text.to_vec()), (None, text.to_vec()));
        }
    }

    #[test]
    fn the_last_ending_selects_the_compression() {
        let of = |name: &str| Compression::of_ending(Path::new(name));
        assert_eq!(of("a.tsv.gz"), Some(Compression::Gzip));
        assert_eq!(of("dir/a.TMX.ZST"), Some(Compression::Zstandard));
        assert_eq!((of("a.tsv"), of("gz"), of("a.gz/b"), of("-")), (None, None, None, None));
    }
}
