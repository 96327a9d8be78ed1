//! Reads the one file of a tar archive.

use std::io::{self, ErrorKind, Read};

use crate::io::archive::{damaged, empty, is_file_of_user, read_vec, several, skip};
use crate::io::fault::FormatFault;

/// The size of a header; data is padded to a multiple of it.
const BLOCK: u64 = 512;

/// A reader of the one file of a tar archive (POSIX.1-2001 `ustar` and `pax`, and long names of GNU). A second file is
/// an error.
pub(crate) struct Tar<R> {
    source: R,
    file: Option<String>,
    /// The number of bytes of the file that are not read yet.
    left: u64,
    /// The number of bytes between them and the next header.
    padding: u64,
    has_ended: bool,
}

/// Name and size of the next entry, from entries before it that only describe it.
#[derive(Default)]
struct Described {
    name: Option<String>,
    size: Option<u64>,
}

impl<R: Read> Tar<R> {
    pub(crate) fn new(source: R) -> Self {
        Self { source, file: None, left: 0, padding: 0, has_ended: false }
    }

    /// Goes to the data of the next file; returns its name, or `None` at the end of the archive.
    fn next_file(&mut self) -> io::Result<Option<String>> {
        let mut described = Described::default();
        loop {
            let header = read_vec(&mut self.source, BLOCK)?;
            if header.iter().all(|byte| *byte == 0) {
                return Ok(None);
            }
            check_sum(&header)?;
            let kind = header[156];
            let size = described.size.filter(|_| is_regular(kind)).map_or_else(|| number(&header[124..136]), Ok)?;
            let padding = size.next_multiple_of(BLOCK) - size;
            match kind {
                b'L' | b'x' => {
                    let data = read_vec(&mut self.source, size)?;
                    if kind == b'L' {
                        described.name = Some(text(&data))
                    } else {
                        described.read_pax(&data)
                    }
                    skip(&mut self.source, padding)?;
                    continue;
                }
                b'S' => return Err(FormatFault::new("the archive has a sparse file", "unpack it with `tar -xf FILE`")),
                _ => {}
            }
            let name = described.name.take().unwrap_or_else(|| name_of(&header));
            if is_regular(kind) && is_file_of_user(&name) {
                (self.left, self.padding) = (size, padding);
                return Ok(Some(name));
            }
            skip(&mut self.source, size + padding)?;
            described = Described::default();
        }
    }
}

impl<R: Read> Read for Tar<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() || self.has_ended {
            return Ok(0);
        }
        if self.file.is_none() {
            self.file = Some(self.next_file()?.ok_or_else(empty)?);
        }
        if self.left > 0 {
            let read = self.source.by_ref().take(self.left).read(buffer)?;
            self.left -= read as u64;
            return if read == 0 { Err(ErrorKind::UnexpectedEof.into()) } else { Ok(read) };
        }
        skip(&mut self.source, self.padding)?;
        if let (Some(second), Some(first)) = (self.next_file()?, &self.file) {
            return Err(several(first, &second, "tar -xOf FILE"));
        }
        self.has_ended = true;
        Ok(0)
    }
}

impl Described {
    /// Reads the records `LENGTH KEY=VALUE\n` of an extended header.
    fn read_pax(&mut self, data: &[u8]) {
        for record in String::from_utf8_lossy(data).lines() {
            match record.split_once(' ').and_then(|(_, record)| record.split_once('=')) {
                Some(("path", path)) => self.name = Some(path.to_owned()),
                Some(("size", size)) => self.size = size.parse().ok(),
                _ => {}
            }
        }
    }
}

fn is_regular(kind: u8) -> bool {
    matches!(kind, b'0' | b'7' | 0)
}

/// Checks the sum of all bytes of a header, with spaces in the place of the sum itself.
fn check_sum(header: &[u8]) -> io::Result<()> {
    let sum: u64 = header
        .iter()
        .enumerate()
        .map(|(at, byte)| u64::from(if (148..156).contains(&at) { b' ' } else { *byte }))
        .sum();
    if number(&header[148..156])? == sum { Ok(()) } else { Err(damaged("tar archive")) }
}

/// Returns a number in octal digits, or in binary if the first bit is set.
fn number(field: &[u8]) -> io::Result<u64> {
    if field[0] & 0x80 != 0 {
        return Ok(field[1..].iter().fold(0_u64, |number, byte| (number << 8) | u64::from(*byte)) & (u64::MAX >> 1));
    }
    let digits = text(field);
    let digits = digits.trim();
    if digits.is_empty() { Ok(0) } else { u64::from_str_radix(digits, 8).map_err(|_| damaged("tar archive")) }
}

/// Returns a text that ends at the first NUL.
fn text(field: &[u8]) -> String {
    let end = field.iter().position(|byte| *byte == 0).unwrap_or(field.len());
    String::from_utf8_lossy(&field[..end]).into_owned()
}

fn name_of(header: &[u8]) -> String {
    let (name, folder) = (text(&header[..100]), text(&header[345..500]));
    let is_posix = header[263..265] == *b"00";
    if folder.is_empty() || !is_posix { name } else { format!("{folder}/{name}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An entry of a tar archive, with its padding.
    fn entry(name: &str, kind: u8, data: &[u8]) -> Vec<u8> {
        let mut header = [0; 512];
        header[..name.len()].copy_from_slice(name.as_bytes());
        header[124..135].copy_from_slice(format!("{:011o}", data.len()).as_bytes());
        header[148..156].fill(b' ');
        header[156] = kind;
        header[257..265].copy_from_slice(b"ustar\x0000");
        let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
        header[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
        let mut bytes = [&header[..], data].concat();
        bytes.resize(bytes.len().next_multiple_of(512), 0);
        bytes
    }

    fn read(parts: &[Vec<u8>]) -> io::Result<Vec<u8>> {
        let mut text = Vec::new();
        Tar::new(&parts.concat()[..]).read_to_end(&mut text).map(|_| text)
    }

    fn end() -> Vec<u8> {
        vec![0; 1024]
    }

    #[test]
    fn the_one_file_is_read_and_folders_and_files_of_systems_are_skipped() {
        let long = vec![b'x'; 1025];
        for data in [&b""[..], b"ein Hund\n", &long[..512], &long] {
            let pax = entry("pax", b'x', b"20 path=dogs/a.tsv\n");
            let parts =
                [entry("dogs/", b'5', b""), entry("dogs/._a.tsv", b'0', b"??"), pax, entry("short", b'0', data), end()];
            assert_eq!(read(&parts).expect("one file"), data);
        }
    }

    #[test]
    fn several_files_none_and_damage_are_errors() {
        let (one, other) = (entry("a.tsv", b'0', b"a"), entry("b.tsv", b'0', b"b"));
        let message = read(&[one.clone(), other, end()]).expect_err("two files").to_string();
        assert!(message.contains("`a.tsv` and `b.tsv`") && message.contains("tar -xOf FILE a.tsv"), "{message}");
        assert!(read(&[end()]).expect_err("empty").to_string().contains("no file"));
        assert_eq!(read(&[one[..513].to_vec()]).expect_err("cut").kind(), ErrorKind::UnexpectedEof);
        let mut damaged = one;
        damaged[0] = b'z';
        assert!(read(&[damaged, end()]).expect_err("another sum").to_string().contains("damaged"));
    }
}
