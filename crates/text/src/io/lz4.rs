//! Reads LZ4 files with any number of frames.

use std::io::{self, BufRead, ErrorKind, Read};

use lz4_flex::frame::FrameDecoder;

/// A reader of all frames of an LZ4 file. A frame without its end is an error.
pub(crate) struct Lz4Frames<R: BufRead> {
    decoder: FrameDecoder<Source<R>>,
    has_ended: bool,
}

/// The packed data.
struct Source<R> {
    reader: R,
    /// Whether more bytes were wanted than there are.
    is_exhausted: bool,
}

impl<R: BufRead> Read for Source<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        self.is_exhausted |= read == 0 && !buffer.is_empty();
        Ok(read)
    }
}

impl<R: BufRead> Lz4Frames<R> {
    pub(crate) fn new(source: R) -> Self {
        Self { decoder: FrameDecoder::new(Source { reader: source, is_exhausted: false }), has_ended: false }
    }
}

impl<R: BufRead> Read for Lz4Frames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        while !self.has_ended {
            let read = self.decoder.read(buffer)?;
            if read > 0 {
                return Ok(read);
            }
            // The decoder pauses at the end of a frame. It also pauses without an error if the data ends between two
            // blocks of a frame; only then does it want bytes that are not there.
            let source = self.decoder.get_mut();
            if source.is_exhausted {
                return Err(io::Error::new(ErrorKind::UnexpectedEof, "the LZ4 data ends within a frame"));
            }
            self.has_ended = source.reader.fill_buf()?.is_empty();
        }
        Ok(0)
    }
}
