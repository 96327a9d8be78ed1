//! A reader that counts lines and limits the number of bytes.

use std::io::{self, BufRead, Read};

/// Counts lines, so that errors can name them, and limits the bytes of a piece, so that none fills the memory.
pub(super) struct Metered<R> {
    reader: R,
    /// The one-based line.
    pub(super) line: usize,
    /// The number of bytes read of the current line.
    pub(super) column: usize,
    /// The number of bytes that may be read until the next call of [`Metered::allow`].
    left: usize,
}

impl<R: BufRead> Metered<R> {
    pub(super) fn new(reader: R) -> Self {
        Self { reader, line: 1, column: 0, left: 0 }
    }

    /// Sets the number of bytes that may be read from here on.
    pub(super) fn allow(&mut self, bytes: usize) {
        self.left = bytes;
    }

    /// Returns whether all allowed bytes have been read.
    pub(super) fn is_exhausted(&self) -> bool {
        self.left == 0
    }
}

impl<R: BufRead> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(buffer)?;
        self.consume(read);
        Ok(read)
    }
}

impl<R: BufRead> BufRead for Metered<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let available = self.reader.fill_buf()?;
        if self.left == 0 && !available.is_empty() {
            return Err(io::Error::other("more than may be read at once"));
        }
        Ok(&available[..available.len().min(self.left)])
    }

    fn consume(&mut self, amount: usize) {
        // This reads nothing: the consumed bytes are in the buffer.
        if let Ok(available) = self.reader.fill_buf() {
            let consumed = &available[..amount];
            self.line += consumed.iter().filter(|byte| **byte == b'\n').count();
            self.column = match consumed.iter().rposition(|byte| *byte == b'\n') {
                Some(last) => amount - last - 1,
                None => self.column + amount,
            };
        }
        self.left -= amount;
        self.reader.consume(amount);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_are_counted_and_no_more_than_allowed_is_read() {
        let mut reader = Metered::new(&b"ab\ncd\n\ne"[..]);
        let mut buffer = [0; 100];
        reader.allow(4);
        assert_eq!(reader.read(&mut buffer).expect("allowed"), 4);
        assert_eq!((reader.line, reader.column, reader.is_exhausted()), (2, 1, true));
        assert!(reader.read(&mut buffer).is_err());
        reader.allow(100);
        assert_eq!(reader.read(&mut buffer).expect("allowed"), 4);
        assert_eq!((reader.line, reader.column, reader.is_exhausted()), (4, 1, false));
        reader.allow(0);
        assert_eq!(reader.read(&mut buffer).expect("the end is allowed"), 0);
    }
}
