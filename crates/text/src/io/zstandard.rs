//! Reads Zstandard files with any number of frames.

use std::io::{self, BufRead, ErrorKind, Read};

use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

use crate::io::fault::FormatFault;

/// The largest window that the format's own program writes.
const MOST_WINDOW: u64 = 2 << 30;

/// A reader of all frames of a Zstandard file. Appended files have several frames, and so do the files of parallel
/// compressors.
///
/// Incomplete data is [`ErrorKind::UnexpectedEof`], damaged data [`ErrorKind::InvalidData`]. A window may have up to 2 GiB
/// (`zstd --long=31`); its memory is used as the text grows.
pub(crate) struct Frames<R> {
    source: Watched<R>,
    decoder: FrameDecoder,
    in_frame: bool,
}

impl<R: BufRead> Frames<R> {
    pub(crate) fn new(source: R) -> Self {
        let mut decoder = FrameDecoder::new();
        decoder.set_max_window_size(MOST_WINDOW);
        Self { source: Watched { source, ended: false }, decoder, in_frame: false }
    }

    /// Begins the next frame with text; returns `false` at the end.
    fn next_frame(&mut self) -> io::Result<bool> {
        while !self.source.source.fill_buf()?.is_empty() {
            match self.decoder.reset(&mut self.source) {
                Ok(()) => {
                    self.in_frame = true;
                    return Ok(true);
                }
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame { length, .. })) => {
                    self.skip(u64::from(length))?;
                }
                Err(cause) => return Err(self.fault(cause)),
            }
        }
        Ok(false)
    }

    fn skip(&mut self, length: u64) -> io::Result<()> {
        let skipped = io::copy(&mut self.source.by_ref().take(length), &mut io::sink())?;
        if skipped < length { Err(ErrorKind::UnexpectedEof.into()) } else { Ok(()) }
    }

    /// Reads text of the current frame; returns 0 at its end.
    fn read_frame(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.decoder.can_collect() == 0 && !self.decoder.is_finished() {
            let decoded = self.decoder.decode_blocks(&mut self.source, BlockDecodingStrategy::UptoBlocks(1));
            decoded.map_err(|cause| self.fault(cause))?;
        }
        self.decoder.read(buffer)
    }

    /// Compares the checksum of the frame; the decoder only computes it.
    fn check(&self) -> io::Result<()> {
        let stored = self.decoder.get_checksum_from_data();
        if stored.is_some() && stored != self.decoder.get_calculated_checksum() {
            return Err(io::Error::new(ErrorKind::InvalidData, "the checksum of the Zstandard data does not match"));
        }
        Ok(())
    }

    fn fault(&self, cause: FrameDecoderError) -> io::Error {
        if self.source.ended {
            return ErrorKind::UnexpectedEof.into();
        }
        match cause {
            FrameDecoderError::DictNotProvided { dict_id } => FormatFault::new(
                format!("the Zstandard data needs its dictionary (number {dict_id})"),
                "unpack it with that, e.g. `zstd -dc -D DICTIONARY FILE | glosser ... -`",
            ),
            FrameDecoderError::WindowSizeTooBig { requested, .. } => FormatFault::new(
                format!("the Zstandard data needs a window of {} MiB; at most 2048 are possible", requested >> 20),
                "pack it again with `zstd --long=31` or less",
            ),
            cause => io::Error::new(ErrorKind::InvalidData, format!("the Zstandard data is damaged ({cause})")),
        }
    }
}

impl<R: BufRead> Read for Frames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        while self.in_frame || self.next_frame()? {
            let read = self.read_frame(buffer)?;
            if read > 0 {
                return Ok(read);
            }
            self.check()?;
            self.in_frame = false;
        }
        Ok(0)
    }
}

/// A reader that records whether the data has ended too early, which the decoder's errors do not show.
struct Watched<R> {
    source: R,
    ended: bool,
}

impl<R: Read> Read for Watched<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.source.read(buffer)?;
        self.ended |= read == 0 && !buffer.is_empty();
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use ruzstd::encoding::{CompressionLevel, compress_to_vec};

    fn frame(text: &[u8]) -> Vec<u8> {
        compress_to_vec(text, CompressionLevel::Fastest)
    }

    fn read(bytes: &[u8]) -> io::Result<Vec<u8>> {
        let mut text = Vec::new();
        Frames::new(bytes).read_to_end(&mut text).map(|_| text)
    }

    fn long_text() -> Vec<u8> {
        (0..60_000).flat_map(|i| format!("line {}\n", i * 7919 % 99_991).into_bytes()).collect()
    }

    #[test]
    fn all_frames_are_read_and_skippable_frames_are_skipped() {
        let skipped = [&[0x5A, 0x2A, 0x4D, 0x18, 3, 0, 0, 0][..], b"???"].concat();
        let joined = [frame(b"ein "), skipped.clone(), frame(b""), frame(b"Hund")].concat();
        assert_eq!(read(&joined).expect("whole data"), b"ein Hund");
        assert_eq!(read(&skipped).expect("whole data"), b"");
        assert_eq!(read(&frame(&long_text())).expect("whole data"), long_text());
    }

    #[test]
    fn incomplete_data_is_an_unexpected_end() {
        let (short, long) = (frame(b"ein Hund"), frame(&long_text()));
        let skipped = [0x5A, 0x2A, 0x4D, 0x18, 9, 0, 0, 0, 1];
        let cuts = (1..short.len()).map(|end| &short[..end]);
        let cuts = cuts.chain([&long[..long.len() / 2], &long[..long.len() - 1], &skipped[..]]);
        for cut in cuts {
            assert_eq!(read(cut).expect_err("cut data").kind(), ErrorKind::UnexpectedEof, "{} bytes", cut.len());
        }
    }

    #[test]
    fn damaged_data_and_trailing_data_are_errors() {
        let mut damaged = frame(b"ein Hund");
        *damaged.last_mut().expect("a checksum") ^= 1;
        let message = read(&damaged).expect_err("another checksum").to_string();
        assert!(message.contains("checksum"), "{message}");
        let trailing = [&frame(b"ein Hund")[..], b"and more"].concat();
        assert_eq!(read(&trailing).expect_err("no frame").kind(), ErrorKind::InvalidData);
    }

    #[test]
    fn a_large_window_is_read_and_a_larger_one_and_a_dictionary_are_named() {
        // A frame header (RFC 8878, section 3.1.1.1), and one last raw block `ab`.
        let frame = |descriptor: u8, fields: &[u8]| {
            [&[0x28, 0xB5, 0x2F, 0xFD, descriptor], fields, &[0x11, 0, 0, b'a', b'b']].concat()
        };
        for window in [17, 21] {
            assert_eq!(read(&frame(0, &[window << 3])).expect("up to 2 GiB"), b"ab");
        }
        let message = |bytes: &[u8]| read(bytes).expect_err("not read").to_string();
        let too_large = message(&frame(0, &[22 << 3]));
        assert!(too_large.contains("4096 MiB") && too_large.contains("--long=31"), "{too_large}");
        let dictionary = message(&frame(1, &[0, 7]));
        assert!(dictionary.contains("number 7") && dictionary.contains("zstd -dc -D"), "{dictionary}");
    }

    proptest! {
        #[test]
        fn damaged_data_is_an_error_or_the_original_text(at in 0usize..1000, byte: u8, cut in 0usize..1000) {
            let text: Vec<u8> = (0..500_u32).flat_map(|i| format!("{} ", i * i % 97).into_bytes()).collect();
            let mut bytes = frame(&text);
            let (at, cut) = (at % bytes.len(), cut % bytes.len());
            bytes[at] = byte;
            bytes.truncate(bytes.len() - cut);
            if let Ok(found) = read(&bytes) {
                prop_assert!(found == text || bytes.is_empty());
            }
        }
    }
}
