//! Reads the one file of a ZIP archive.

use std::io::{self, BufRead, ErrorKind, Read, Take};

use flate2::Crc;
use flate2::bufread::DeflateDecoder;

use crate::io::archive::{damaged, empty, is_file_of_user, read_vec, several};
use crate::io::fault::FormatFault;
use crate::io::signatures::{DOCUMENT_PARTS, document, part_of_other};

/// A reader of the one file of a ZIP archive (PKWARE's APPNOTE, sections 4.3.7 and 4.3.9). It goes from one local header
/// to the next, so that it can read a pipe. A second file is an error.
pub(crate) struct Zip<R: BufRead> {
    /// `None` at the end, and after an error.
    entry: Option<Entry<R>>,
    file: Option<String>,
}

/// The next entry, or the file that is being read.
enum Entry<R: BufRead> {
    Next(R),
    File(Header, Data<R>, Crc),
}

/// The data of an entry.
enum Data<R: BufRead> {
    Stored(Take<R>),
    Deflated(DeflateDecoder<R>),
}

/// The content of the local header of an entry.
struct Header {
    name: String,
    has_descriptor: bool,
    is_zip64: bool,
    crc: u32,
}

const LOCAL_HEADER: [u8; 4] = *b"PK\x03\x04";
const DESCRIPTOR: [u8; 4] = *b"PK\x07\x08";

impl<R: BufRead> Zip<R> {
    pub(crate) fn new(source: R) -> Self {
        Self { entry: Some(Entry::Next(source)), file: None }
    }

    /// Reads from the current entry; returns 0 at the end of the archive.
    fn read_some(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while let Some(entry) = self.entry.take() {
            match entry {
                Entry::Next(source) => {
                    let Some((header, data)) = open_next(source)? else {
                        return if self.file.is_none() { Err(empty()) } else { Ok(0) };
                    };
                    if is_file_of_user(&header.name) {
                        if let Some(first) = &self.file {
                            return Err(several(first, &header.name, "unzip -p FILE"));
                        }
                        self.file = Some(header.name.clone());
                    }
                    self.entry = Some(Entry::File(header, data, Crc::new()));
                }
                Entry::File(header, mut data, mut crc) => {
                    let read = data.read(buffer)?;
                    if read == 0 {
                        self.entry = Some(Entry::Next(finish(&header, data, &crc)?));
                        continue;
                    }
                    crc.update(&buffer[..read]);
                    let is_wanted = is_file_of_user(&header.name);
                    self.entry = Some(Entry::File(header, data, crc));
                    if is_wanted {
                        return Ok(read);
                    }
                }
            }
        }
        Ok(0)
    }
}

impl<R: BufRead> Read for Zip<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() { Ok(0) } else { self.read_some(buffer) }
    }
}

impl<R: BufRead> Read for Data<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Stored(data) => {
                let read = data.read(buffer)?;
                if read == 0 && data.limit() > 0 { Err(ErrorKind::UnexpectedEof.into()) } else { Ok(read) }
            }
            Self::Deflated(data) => data.read(buffer),
        }
    }
}

/// Reads the header of the next entry; `None` if the list of all entries begins.
fn open_next<R: BufRead>(mut source: R) -> io::Result<Option<(Header, Data<R>)>> {
    if read_vec(&mut source, 4)? != LOCAL_HEADER {
        return Ok(None);
    }
    let fixed = read_vec(&mut source, 26)?;
    let short = |at: usize| u16::from_le_bytes([fixed[at], fixed[at + 1]]);
    let long = |at: usize| u32::from_le_bytes([fixed[at], fixed[at + 1], fixed[at + 2], fixed[at + 3]]);
    let name = String::from_utf8_lossy(&read_vec(&mut source, short(22).into())?).into_owned();
    let extra = read_vec(&mut source, short(24).into())?;
    let (flags, method, size) = (short(2), short(4), long(14));
    let zip64 = zip64_field(&extra);
    if DOCUMENT_PARTS.contains(&name.as_str()) {
        return Err(document(&first_file(source, method, size)));
    }
    if let Some(fault) = part_of_other(&name) {
        return Err(fault);
    }
    let unread = |problem: String| FormatFault::new(problem, "unpack it, e.g. `unzip -p FILE | glosser ... -`");
    if flags & 1 != 0 {
        return Err(unread("the archive is encrypted".to_owned()));
    }
    let header = Header { name, has_descriptor: flags & 8 != 0, is_zip64: zip64.is_some(), crc: long(10) };
    let data = match method {
        // The sizes of the original and of the stored data, 8 bytes each, replace the sizes of 4 bytes.
        0 if size == u32::MAX => {
            let size = zip64.and_then(|field| field.get(8..16)).and_then(|size| size.try_into().ok());
            Data::Stored(source.take(size.map(u64::from_le_bytes).ok_or_else(|| damaged("ZIP archive"))?))
        }
        0 if header.has_descriptor && size == 0 && !header.name.ends_with('/') => {
            return Err(unread("the archive does not name the size of its file".to_owned()));
        }
        0 => Data::Stored(source.take(size.into())),
        8 => Data::Deflated(DeflateDecoder::new(source)),
        other => return Err(unread(format!("the archive uses the compression method {other}"))),
    };
    Ok(Some((header, data)))
}

/// Returns what can be read of the first file of a document.
fn first_file(source: impl BufRead, method: u16, size: u32) -> String {
    const MOST: u64 = 1 << 16;
    let mut content = Vec::new();
    // A document is named in any case, though perhaps less exactly.
    let _ = match method {
        8 => DeflateDecoder::new(source).take(MOST).read_to_end(&mut content),
        _ => source.take(MOST.min(size.into())).read_to_end(&mut content),
    };
    String::from_utf8_lossy(&content).into_owned()
}

/// Returns the extra field of large files (section 4.5.3).
fn zip64_field(mut extra: &[u8]) -> Option<&[u8]> {
    while let [id, id_high, length, length_high, rest @ ..] = extra {
        let length = usize::from(u16::from_le_bytes([*length, *length_high]));
        let field = rest.get(..length)?;
        if (*id, *id_high) == (1, 0) {
            return Some(field);
        }
        extra = &rest[length..];
    }
    None
}

/// Compares the checksum of an entry, and goes to its end.
fn finish<R: BufRead>(header: &Header, data: Data<R>, crc: &Crc) -> io::Result<R> {
    let mut source = match data {
        Data::Stored(data) => data.into_inner(),
        Data::Deflated(data) => data.into_inner(),
    };
    let mut stored = header.crc;
    if header.has_descriptor {
        let mut first = read_vec(&mut source, 4)?;
        if first == DESCRIPTOR {
            first = read_vec(&mut source, 4)?;
        }
        stored = u32::from_le_bytes([first[0], first[1], first[2], first[3]]);
        read_vec(&mut source, if header.is_zip64 { 16 } else { 8 })?;
    }
    if stored == crc.sum() { Ok(source) } else { Err(damaged("ZIP archive (the checksum does not match)")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::write::DeflateEncoder;
    use std::io::Write;

    /// An entry with its sizes in its header (`is_streamed` is false), or behind its data.
    fn entry(name: &str, text: &[u8], method: u16, is_streamed: bool) -> Vec<u8> {
        let mut crc = Crc::new();
        crc.update(text);
        let data = if method == 8 {
            let mut encoder = DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
            encoder.write_all(text).and_then(|()| encoder.finish()).expect("memory")
        } else {
            text.to_vec()
        };
        let sizes: Vec<u8> =
            [crc.sum(), data.len() as u32, text.len() as u32].iter().flat_map(|value| value.to_le_bytes()).collect();
        let mut bytes = LOCAL_HEADER.to_vec();
        bytes.extend([20, 0, u8::from(is_streamed) * 8, 0, method as u8, 0, 0, 0, 0, 0]);
        bytes.extend(if is_streamed { vec![0; 12] } else { sizes.clone() });
        bytes.extend([name.len() as u8, 0, 0, 0]);
        bytes.extend(name.as_bytes());
        bytes.extend(data);
        if is_streamed {
            bytes.extend(DESCRIPTOR);
            bytes.extend(sizes);
        }
        bytes
    }

    fn read(parts: &[Vec<u8>]) -> io::Result<Vec<u8>> {
        let bytes = [parts.concat(), b"PK\x01\x02 and the list of all entries".to_vec()].concat();
        let mut text = Vec::new();
        Zip::new(&bytes[..]).read_to_end(&mut text).map(|_| text)
    }

    #[test]
    fn the_one_file_is_read_and_folders_and_files_of_systems_are_skipped() {
        let long: Vec<u8> = (0..20_000).flat_map(|i| format!("{} ", i * 31 % 997).into_bytes()).collect();
        for text in [&b""[..], b"ein Hund\n", &long] {
            for (method, is_streamed) in [(0, false), (8, false), (8, true)] {
                let parts = [
                    entry("dogs/", b"", 0, false),
                    entry("__MACOSX/dogs/._a.tsv", b"??", 8, is_streamed),
                    entry("dogs/a.tsv", text, method, is_streamed),
                ];
                assert_eq!(read(&parts).expect("one file"), text, "{method} {is_streamed}");
            }
        }
    }

    #[test]
    fn several_files_none_damage_and_other_methods_are_errors() {
        let (one, other) = (entry("a.tsv", b"a", 8, true), entry("b.tsv", b"b", 0, false));
        let message = |parts: &[Vec<u8>]| read(parts).expect_err("a fault").to_string();
        let text = message(&[one.clone(), other.clone()]);
        assert!(text.contains("`a.tsv` and `b.tsv`") && text.contains("unzip -p FILE a.tsv"), "{text}");
        assert!(message(&[]).contains("no file"));
        for (name, content, method, parts) in [
            ("[Content_Types].xml", "", 0, ["Excel", "CSV UTF-8"]),
            ("[Content_Types].xml", "spreadsheetml.sheet.main+xml", 8, ["spreadsheet (.xlsx", "CSV UTF-8"]),
            ("[Content_Types].xml", "a spreadsheetml, wordprocessingml.document.main+xml", 8, [".docx", "plain text"]),
            ("mimetype", "application/vnd.oasis.opendocument.text", 0, [".odt", "plain text"]),
            ("_rels/.rels", "ppt/presentation.xml", 8, [".pptx", "plain text"]),
            ("model/data.pkl", "", 0, ["PyTorch", "--model DIR"]),
        ] {
            let text = message(&[entry(name, content.as_bytes(), method, false)]);
            assert!(parts.iter().all(|part| text.contains(part)), "{text}");
        }
        let [readme, license] = ["README", "LICENSE"].map(|name| entry(name, b"x", 8, true));
        assert_eq!(read(&[readme, license, one.clone()]).expect("one file of the user"), b"a");
        assert!(message(&[entry("a", b"a", 12, false)]).contains("method 12"));
        let mut damaged = other;
        *damaged.last_mut().expect("data") ^= 1;
        assert!(message(&[damaged]).contains("checksum"));
        let mut text = Vec::new();
        let cut = Zip::new(&one[..one.len() - 14]).read_to_end(&mut text).expect_err("cut data");
        assert_eq!(cut.kind(), ErrorKind::UnexpectedEof);
    }
}
