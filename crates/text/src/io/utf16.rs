//! Decodes UTF-16 to UTF-8.

use std::io::{self, BufRead, ErrorKind, Read};

use crate::io::start::ByteOrder;

/// The number of bytes that are decoded together.
const PART: usize = 1 << 14;

/// A reader that decodes UTF-16; half a character is [`ErrorKind::InvalidData`].
pub(crate) struct Utf16<R> {
    reader: R,
    order: ByteOrder,
    text: String,
    read: usize,
    /// The first half of a character, if its second half is in the next part.
    half: Option<u16>,
}

impl<R: BufRead> Utf16<R> {
    pub(crate) fn new(reader: R, order: ByteOrder) -> Self {
        Self { reader, order, text: String::new(), read: 0, half: None }
    }

    fn next_part(&mut self) -> io::Result<()> {
        let mut bytes = Vec::new();
        // One read, so that a line from a pipe is not held until more of them fill a part; then the rest of a unit.
        let available = self.reader.fill_buf()?;
        bytes.extend_from_slice(&available[..available.len().min(PART)]);
        self.reader.consume(bytes.len());
        if bytes.len() % 2 == 1 {
            self.reader.by_ref().take(1).read_to_end(&mut bytes)?;
        }
        let (units, rest) = bytes.as_chunks::<2>();
        if !rest.is_empty() {
            return Err(half_a_character());
        }
        let unit = |bytes: &[u8; 2]| match self.order {
            ByteOrder::Little => u16::from_le_bytes(*bytes),
            ByteOrder::Big => u16::from_be_bytes(*bytes),
        };
        let mut units: Vec<u16> = self.half.into_iter().chain(units.iter().map(unit)).collect();
        self.half = units.pop_if(|last| !bytes.is_empty() && (0xD800..0xDC00).contains(last));
        self.text.clear();
        self.read = 0;
        for decoded in char::decode_utf16(units) {
            self.text.push(decoded.map_err(|_| half_a_character())?);
        }
        Ok(())
    }
}

fn half_a_character() -> io::Error {
    io::Error::new(ErrorKind::InvalidData, "half a character: this is not UTF-16, or it is damaged")
}

impl<R: BufRead> Read for Utf16<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(buffer)?;
        self.consume(read);
        Ok(read)
    }
}

impl<R: BufRead> BufRead for Utf16<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.read == self.text.len() {
            self.next_part()?;
            // A part can consist of half a character.
            if self.text.is_empty() && self.half.is_some() {
                self.next_part()?;
            }
        }
        Ok(&self.text.as_bytes()[self.read..])
    }

    fn consume(&mut self, amount: usize) {
        self.read += amount;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(text: &str, order: ByteOrder) -> Vec<u8> {
        let bytes = |unit: u16| match order {
            ByteOrder::Little => unit.to_le_bytes(),
            ByteOrder::Big => unit.to_be_bytes(),
        };
        text.encode_utf16().flat_map(bytes).collect()
    }

    fn decoded(bytes: &[u8], order: ByteOrder) -> io::Result<String> {
        let mut text = String::new();
        Utf16::new(bytes, order).read_to_string(&mut text).map(|_| text)
    }

    #[test]
    fn both_byte_orders_are_decoded_wherever_a_part_ends() {
        for before in [0, 1, PART / 2 - 2, PART / 2 - 1, PART / 2, PART] {
            let text = format!("{}🐕 שלום ü", "x".repeat(before));
            for order in [ByteOrder::Little, ByteOrder::Big] {
                assert_eq!(decoded(&encoded(&text, order), order).expect("UTF-16"), text);
            }
        }
        assert_eq!(decoded(b"", ByteOrder::Big).expect("nothing"), "");
    }

    #[test]
    fn half_a_character_and_half_a_unit_are_errors() {
        for bytes in [&[0xD8, 0x3D, 0, b'x'][..], &[0xDC, 0x15, 0, b'x'], &[0, b'x', 0xD8, 0x3D], &[0, b'x', 0]] {
            assert_eq!(decoded(bytes, ByteOrder::Big).expect_err("half").kind(), ErrorKind::InvalidData, "{bytes:?}");
        }
    }
}
