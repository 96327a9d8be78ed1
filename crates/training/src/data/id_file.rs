//! Token ids in a file.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::ops::Range;

/// Bytes of an id in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Width {
    Two = 2,
    Four = 4,
}

/// Writes ids in two or four bytes each, as the vocabulary needs, in little-endian order.
pub(crate) struct IdWriter {
    file: BufWriter<File>,
    width: Width,
}

impl IdWriter {
    /// Writes ids below `vocab` to an empty file.
    pub fn new(file: File, vocab: usize) -> Self {
        let width = if vocab <= 1 << 16 { Width::Two } else { Width::Four };
        Self { file: BufWriter::with_capacity(1 << 16, file), width }
    }

    pub fn write(&mut self, ids: &[u32]) -> io::Result<()> {
        ids.iter().try_for_each(|id| self.file.write_all(&id.to_le_bytes()[..self.width as usize]))
    }

    pub fn finish(self) -> io::Result<IdFile> {
        let file = self.file.into_inner().map_err(|failed| failed.into_error())?;
        Ok(IdFile { file, width: self.width })
    }
}

/// Ids in a file, which are read by position. A memory map would need `unsafe`, and would crash if the file were
/// truncated; the operating system caches the file anyway.
pub(crate) struct IdFile {
    file: File,
    width: Width,
}

impl IdFile {
    /// Reads the ids at `range`, counted in ids.
    pub fn read(&self, range: Range<u64>) -> io::Result<Vec<u32>> {
        let width = self.width as usize;
        let mut bytes = vec![0; (range.end - range.start) as usize * width];
        read_exact_at(&self.file, &mut bytes, range.start * width as u64)?;
        Ok(match self.width {
            Width::Two => bytes.as_chunks().0.iter().map(|id| u32::from(u16::from_le_bytes(*id))).collect(),
            Width::Four => bytes.as_chunks().0.iter().map(|id| u32::from_le_bytes(*id)).collect(),
        })
    }
}

#[cfg(unix)]
fn read_exact_at(file: &File, bytes: &mut [u8], position: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, position)
}

#[cfg(windows)]
fn read_exact_at(file: &File, mut bytes: &mut [u8], mut position: u64) -> io::Result<()> {
    while !bytes.is_empty() {
        let read = std::os::windows::fs::FileExt::seek_read(file, bytes, position)?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        bytes = &mut bytes[read..];
        position += read as u64;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn ids_are_read_from_any_position(
            (vocab, ids) in prop_oneof![Just(1_u32 << 16), Just((1 << 16) + 1), Just(1 << 24)]
                .prop_flat_map(|vocab| (Just(vocab), proptest::collection::vec(0..vocab, 0..200))),
            cuts in (0..200_usize, 0..200_usize),
        ) {
            let mut writer = IdWriter::new(tempfile::tempfile()?, vocab as usize);
            for some in ids.chunks(7) {
                writer.write(some)?;
            }
            let file = writer.finish()?;
            let cut = |at: usize| at.min(ids.len());
            let range = cut(cuts.0.min(cuts.1))..cut(cuts.0.max(cuts.1));
            prop_assert_eq!(file.read(range.start as u64..range.end as u64)?, &ids[range]);
        }
    }

    #[test]
    fn a_file_that_is_too_short_is_an_error() -> io::Result<()> {
        let mut writer = IdWriter::new(tempfile::tempfile()?, 300);
        writer.write(&[1, 2, 3])?;
        let file = writer.finish()?;
        assert_eq!(file.read(1..3)?, [2, 3]);
        assert!(file.read(2..4).is_err());
        Ok(())
    }
}
