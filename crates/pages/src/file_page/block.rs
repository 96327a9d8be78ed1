//! Blocks of a page: packed bytes as text in an element of their own.

use super::{base125, gzip};
use glosser_alignment::escape_xml;
use std::io;
use thiserror::Error;

/// The most bytes of an engine, unpacked: many times its size.
const MAX_ENGINE_BYTES: usize = 1 << 28;

/// The first bytes of WebAssembly: its name and its version.
const WEBASSEMBLY: [u8; 8] = *b"\0asm\x01\0\0\0";

/// Packed bytes with a name.
#[derive(Debug)]
pub struct Block {
    name: String,
    /// A gzip stream.
    packed: Vec<u8>,
    /// The size of what it unpacks to.
    size: usize,
    /// The CRC-32 of what it unpacks to.
    crc32: u32,
}

/// A file that is not an engine.
#[derive(Debug, Error)]
pub enum EngineError {
    /// It begins like no WebAssembly.
    #[error("this file is not WebAssembly; scripts/build_page_engine.sh builds an engine")]
    NotWebAssembly,
    /// It is a gzip stream that cannot be unpacked.
    #[error("this gzip file is damaged ({0}); build it again with scripts/build_page_engine.sh")]
    Damaged(io::Error),
}

impl Block {
    /// Packs bytes.
    pub fn new(name: impl Into<String>, bytes: &[u8]) -> Self {
        Self { name: name.into(), packed: gzip::pack(bytes), size: bytes.len(), crc32: gzip::crc32(bytes) }
    }

    /// The engine of a page: WebAssembly, perhaps packed by gzip already.
    ///
    /// # Errors
    /// If it is something else.
    pub fn engine(bytes: &[u8]) -> Result<Self, EngineError> {
        const NAME: &str = "engine";
        if !bytes.starts_with(&gzip::MAGIC) {
            let block = || Self::new(NAME, bytes);
            return bytes.starts_with(&WEBASSEMBLY).then(block).ok_or(EngineError::NotWebAssembly);
        }
        let unpacked = gzip::unpack(bytes, MAX_ENGINE_BYTES).map_err(EngineError::Damaged)?;
        if !unpacked.starts_with(&WEBASSEMBLY) {
            return Err(EngineError::NotWebAssembly);
        }
        let (packed, crc32) = (bytes.to_vec(), gzip::crc32(&unpacked));
        Ok(Self { name: NAME.to_owned(), packed, size: unpacked.len(), crc32 })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The number of bytes that it unpacks to.
    pub fn size(&self) -> usize {
        self.size
    }

    /// The CRC-32 of the bytes that it unpacks to.
    pub(crate) fn crc32(&self) -> u32 {
        self.crc32
    }

    /// The number of bytes that it has in a page.
    pub fn written_size(&self) -> usize {
        self.start().len() + base125::encoded_size(self.packed.len()) + END.len()
    }

    /// Appends its element to a page.
    pub(crate) fn write(&self, page: &mut String) {
        *page += &self.start();
        base125::encode(&self.packed, page);
        *page += END;
    }

    /// The start tag of its element.
    fn start(&self) -> String {
        format!("<script type=\"application/octet-stream\" id=\"block-{}\">", escape_xml(&self.name))
    }
}

/// The end tag of an element.
const END: &str = "</script>\n";

#[cfg(test)]
mod tests {
    use super::*;

    const ENGINE: &[u8] = b"\0asm\x01\0\0\0code";

    #[test]
    fn a_packed_engine_stays_as_it_is_and_another_is_packed() {
        let (plain, packed) = (Block::engine(ENGINE).expect("plain"), gzip::pack(ENGINE));
        let given = Block::engine(&packed).expect("packed");
        assert_eq!((plain.size(), plain.crc32()), (given.size(), given.crc32()));
        assert_eq!((&given.packed, &plain.packed), (&packed, &packed));
    }

    #[test]
    fn other_files_are_no_engine() {
        let message = |bytes: &[u8]| Block::engine(bytes).expect_err("no engine").to_string();
        for bytes in [&b""[..], b"\0asm", b"\0asm\x02\0\0\0", b"<!doctype html>", &gzip::pack(b"text")] {
            assert!(message(bytes).contains("not WebAssembly"), "{bytes:?}");
        }
        let packed = gzip::pack(ENGINE);
        assert!(message(&packed[..packed.len() - 3]).contains("damaged"));
    }

    #[test]
    fn an_element_has_the_size_that_was_announced() {
        for name in ["0/config.json", "\"><script>&"] {
            let block = Block::new(name, b"some bytes");
            let mut page = String::new();
            block.write(&mut page);
            assert_eq!(page.len(), block.written_size());
            assert_eq!(page.matches('<').count(), 2, "{page}");
        }
    }
}
