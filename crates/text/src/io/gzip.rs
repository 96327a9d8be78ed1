//! Reads gzip files with any number of members, and with zero bytes after the last one.

use std::io::{self, BufRead, ErrorKind, Read};

use flate2::bufread::GzDecoder;

use crate::io::fault::FormatFault;

/// A reader of all members of a gzip file. Zero bytes may follow them: tapes and block devices pad files so.
pub(crate) struct Members<R: BufRead> {
    /// `None` while the next member is being created.
    member: Option<GzDecoder<R>>,
}

impl<R: BufRead> Members<R> {
    pub(crate) fn new(source: R) -> Self {
        Self { member: Some(GzDecoder::new(source)) }
    }

    /// Begins the next member; returns `false` at the end of the data.
    fn next_member(&mut self) -> io::Result<bool> {
        let Some(ended) = self.member.take() else { return Ok(false) };
        let mut source = ended.into_inner();
        let mut is_padded = false;
        loop {
            let found = source.fill_buf()?;
            let zeros = found.iter().take_while(|byte| **byte == 0).count();
            let (is_end, is_other) = (found.is_empty(), zeros < found.len());
            if is_end {
                return Ok(false);
            }
            if is_other && (is_padded || zeros > 0 || found[0] != 0x1F) {
                let remedy = "if the text is complete, `gzip -dc FILE | glosser ... -` reads it; else copy it again";
                return Err(FormatFault::new("other data follows the compressed data", remedy));
            }
            if is_other {
                self.member = Some(GzDecoder::new(source));
                return Ok(true);
            }
            is_padded = true;
            source.consume(zeros);
        }
    }
}

impl<R: BufRead> Read for Members<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        while let Some(member) = &mut self.member {
            let read = member.read(buffer);
            match read {
                Ok(0) if self.next_member()? => {}
                Err(cause) if cause.kind() == ErrorKind::Interrupted => {}
                read => return read,
            }
        }
        Ok(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::write::GzEncoder;
    use std::io::Write;

    fn member(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(text).expect("memory");
        encoder.finish().expect("memory")
    }

    fn read(parts: &[&[u8]]) -> io::Result<Vec<u8>> {
        let mut text = Vec::new();
        Members::new(&parts.concat()[..]).read_to_end(&mut text).map(|_| text)
    }

    #[test]
    fn all_members_are_read_and_zeros_behind_them_are_ignored() {
        let (one, other) = (member(b"ein "), member(b"Hund"));
        for padding in [0, 1, 511, 100_000] {
            assert_eq!(read(&[&one, &other, &vec![0; padding]]).expect("whole data"), b"ein Hund", "{padding}");
        }
    }

    #[test]
    fn cut_data_and_other_data_behind_it_are_errors() {
        let whole = member(b"ein Hund");
        assert_eq!(read(&[&whole[..whole.len() - 2]]).expect_err("cut").kind(), ErrorKind::UnexpectedEof);
        for parts in [[&whole[..], b"text"], [&whole, b"\0\0text"], [&whole, &[0x1F, 0x8C]]] {
            assert!(read(&parts).is_err(), "{:?}", parts[1]);
        }
    }
}
