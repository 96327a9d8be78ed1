//! Compression of written files, which the file name chooses.

use std::io::{self, Write};
use std::path::Path;

use flate2::write::GzEncoder;
use ruzstd::encoding::{CompressionLevel, compress_to_vec};

/// A compression format of files that are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compression {
    /// gzip, `.gz`.
    Gzip,
    /// Zstandard, `.zst`.
    Zstandard,
}

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
    use crate::io::packed::unpacked;
    use std::io::Read;

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

    fn read(data: Vec<u8>) -> Vec<u8> {
        let mut text = Vec::new();
        unpacked(io::Cursor::new(data)).and_then(|mut reader| reader.read_to_end(&mut text)).expect("whole data");
        text
    }

    #[test]
    fn compressed_text_is_recognised_and_read_whatever_its_length_and_flushes() {
        let long: Vec<u8> = (0..400_000).flat_map(|i| format!("{}\n", i * 31 % 9973).into_bytes()).collect();
        assert!(long.len() > PART);
        for compression in BOTH {
            let cases: [&[&[u8]]; 5] = [&[], &[b""], &[b"a"], &[b"a\n", b"", b"b\n"], &[&long, b"end"]];
            for parts in cases {
                let data = compressed(compression, parts);
                assert!(data.starts_with(if compression == Compression::Gzip { &[0x1F, 0x8B] } else { &[0x28, 0xB5] }));
                assert_eq!(read(data), parts.concat());
            }
            assert!(compressed(compression, &[&long]).len() < long.len() / 2, "{compression:?}");
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
