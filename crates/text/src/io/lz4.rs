//! Reads LZ4 files with any number of frames.

use std::io::{self, BufRead, Read};

use lz4_flex::frame::FrameDecoder;

/// A reader of all frames of an LZ4 file.
pub(crate) struct Lz4Frames<R: BufRead>(FrameDecoder<R>);

impl<R: BufRead> Lz4Frames<R> {
    pub(crate) fn new(source: R) -> Self {
        Self(FrameDecoder::new(source))
    }
}

impl<R: BufRead> Read for Lz4Frames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.0.read(buffer)?;
            // The decoder pauses at the end of a frame.
            if read > 0 || buffer.is_empty() || self.0.get_mut().fill_buf()?.is_empty() {
                return Ok(read);
            }
        }
    }
}
