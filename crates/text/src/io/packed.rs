//! Packed data: formats that are recognised by their first bytes, and unpacked or named.

use std::io::{self, BufRead, BufReader, Cursor, Read};

use bzip2::bufread::MultiBzDecoder;
use lzma_rust2::XzReader;

use crate::io::fault::FormatFault;
use crate::io::gzip::Members;
use crate::io::lines::TextReader;
use crate::io::lz4::Lz4Frames;
use crate::io::signatures::MAGICS;
use crate::io::tar::Tar;
use crate::io::zip::Zip;
use crate::io::zstandard::Frames;

/// A format of packed data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Packed {
    Gzip,
    Zstandard,
    Xz,
    Bzip2,
    Lz4,
    Zip,
    Tar,
    /// A format that is not read: its name, and the remedy with `FILE` for the name of the file.
    Unread(&'static str, &'static str),
}

/// The largest number of formats within each other, such as a tar in a gzip.
const MOST_LAYERS: usize = 4;

/// Unpacks data until it is a text.
///
/// # Errors
/// Those of reading; [`FormatFault`] for a format that is not read.
pub(crate) fn unpacked(reader: impl Read + Send + 'static) -> io::Result<TextReader> {
    let mut reader: TextReader = Box::new(BufReader::new(reader));
    for _ in 0..MOST_LAYERS {
        let (packed, start) = recognise(&mut reader)?;
        reader = Box::new(Cursor::new(start).chain(reader));
        match packed {
            Some(packed) => reader = packed.reader(reader)?,
            None => break,
        }
    }
    Ok(reader)
}

impl Packed {
    fn reader(self, data: TextReader) -> io::Result<TextReader> {
        Ok(match self {
            Self::Gzip => Box::new(BufReader::new(Members::new(data))),
            Self::Zstandard => Box::new(BufReader::new(Frames::new(data))),
            Self::Xz => Box::new(BufReader::new(XzReader::new(data, true))),
            Self::Bzip2 => Box::new(BufReader::new(MultiBzDecoder::new(data))),
            Self::Lz4 => Box::new(BufReader::new(Lz4Frames::new(data))),
            Self::Zip => Box::new(BufReader::new(Zip::new(data))),
            Self::Tar => Box::new(BufReader::new(Tar::new(data))),
            Self::Unread(name, remedy) => {
                let article = if name.starts_with(['A', 'H', 'R']) { "an" } else { "a" };
                return Err(FormatFault::new(format!("this is {article} {name}"), remedy));
            }
        })
    }
}

/// Recognises the format of data. Returns also the bytes that were read for that. A further byte is read only if the
/// bytes so far can begin packed data, so that a user who types an empty line does not have to wait.
fn recognise(reader: &mut impl BufRead) -> io::Result<(Option<Packed>, Vec<u8>)> {
    let mut start = Vec::new();
    loop {
        let read = reader.by_ref().take(1).read_to_end(&mut start)?;
        let mut fitting = MAGICS.iter().filter(|magic| magic.fits(&start)).peekable();
        if read == 0 || fitting.peek().is_none() {
            return Ok((None, start));
        }
        if let Some(magic) = fitting.find(|magic| magic.len() == start.len()) {
            return Ok((Some(magic.packed), start));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::compression::Compression;
    use std::io::Write;

    fn read(data: &[u8]) -> io::Result<Vec<u8>> {
        let mut text = Vec::new();
        unpacked(Cursor::new(data.to_vec()))?.read_to_end(&mut text)?;
        Ok(text)
    }

    fn long_text() -> Vec<u8> {
        (0..90_000).flat_map(|i| format!("line {}\n", i * 7919 % 99_991).into_bytes()).collect()
    }

    fn bzip2(text: &[u8]) -> Vec<u8> {
        let mut writer = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
        writer.write_all(text).expect("memory");
        writer.finish().expect("memory")
    }

    fn lz4(text: &[u8]) -> Vec<u8> {
        let mut writer = lz4_flex::frame::FrameEncoder::new(Vec::new());
        writer.write_all(text).expect("memory");
        writer.finish().expect("memory")
    }

    /// `xz` of the text `ein Hund\n`.
    const XZ: &[u8] = include_bytes!("testdata/dog.txt.xz");

    #[test]
    fn every_format_is_read_also_if_several_are_joined_and_cut_data_is_an_error() {
        for pack in [bzip2 as fn(&[u8]) -> Vec<u8>, lz4] {
            for text in [&b""[..], b"a", b"ein Hund\n", &long_text()] {
                assert_eq!(read(&pack(text)).expect("whole data"), text);
            }
            assert_eq!(read(&[pack(b"ein "), pack(b"Hund")].concat()).expect("whole data"), b"ein Hund");
            let whole = pack(&long_text());
            for end in [11, whole.len() / 2, whole.len() - 1] {
                let error = read(&whole[..end]).expect_err("cut data");
                assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof, "{end} of {}: {error}", whole.len());
            }
        }
        assert_eq!(read(&[XZ, XZ].concat()).expect("whole data"), b"ein Hund\nein Hund\n");
        for end in 7..XZ.len() {
            assert_eq!(read(&XZ[..end]).expect_err("cut data").kind(), io::ErrorKind::UnexpectedEof, "{end}");
        }
    }

    #[test]
    fn formats_within_each_other_are_read() {
        let mut twice = Vec::new();
        let mut writer = Compression::Gzip.writer(&mut twice);
        writer.write_all(&bzip2(b"ein Hund\n")).and_then(|()| writer.flush()).expect("memory");
        drop(writer);
        assert_eq!(read(&twice).expect("whole data"), b"ein Hund\n");
    }

    #[test]
    fn a_format_that_is_not_read_is_named_with_the_command_that_unpacks_it() {
        for (data, name, remedy) in [
            (&b"7z\xBC\xAF\x27\x1C\0\x04"[..], "7-Zip", "7z x -so FILE"),
            (b"Rar!\x1A\x07\x01\0", "RAR", "unrar p"),
            (b"\x1F\x9D\x90abc", "compress", "gzip -dc"),
            (b"LZIP\x01\x0C", "lzip", "lzip -dc"),
            (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1\0", "Excel", "CSV UTF-8"),
            (b"%PDF-1.7\n", "PDF", "pdftotext -layout FILE"),
            (b"\x89PNG\r\n\x1A\n\0\0", "a PNG picture", "give the text"),
            (b"\xFF\xD8\xFF\xE0", "JPEG", "give the text"),
            (b"SQLite format 3\0", "SQLite", "sqlite3 -tabs FILE"),
            (b"PAR1\x15\x04", "Parquet", "duckdb"),
            (b"\x08\x01\0\0\0\0\0\0{\"a\"", "safetensors", "--model DIR"),
            (b"\x80\x04\x95\0", "pickle", "TSV"),
            (b"\x89HDF\r\n\x1A\n", "an HDF5 file", "TSV"),
        ] {
            let message = read(data).expect_err(name).to_string();
            assert!(message.contains(name) && message.contains(remedy), "{message}");
        }
    }

    #[test]
    fn a_text_that_begins_almost_like_packed_data_is_not_changed() {
        let long = [&[b'x'; 257][..], b"ustaR"].concat();
        let line = [&b"a\n"[..], &[b'x'; 255], b"ustar"].concat();
        for text in [
            &b""[..],
            b"\x1F",
            b"\x1F\x8A",
            b"(",
            b"(\xB5/",
            b"P*M",
            b"P*M\x17",
            b"\n",
            b"ein Hund",
            b"BZh1AY",
            b"GIF89",
            b"PAR1",
            b"ABCD",
        ] {
            assert_eq!(read(text).expect("a text"), text);
        }
        for text in [&long, &line] {
            assert_eq!(&read(text).expect("a text"), text);
        }
    }
}
