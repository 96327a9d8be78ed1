//! Packing by gzip, as small as the file gets and always to the same bytes.

use flate2::Crc;
use flate2::read::GzDecoder;
use miniz_oxide::DataFormat;
use miniz_oxide::deflate::core::{CompressionStrategy, CompressorOxide, TDEFLFlush, TDEFLStatus, compress_to_output};
use std::io::{self, Read};

/// The best level of the compressor.
const LEVEL: u8 = 10;

/// The window of DEFLATE, in bits.
const WINDOW_BITS: u8 = 15;

/// The header without a time, a file name or the name of a system.
const HEADER: [u8; 10] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 2, 255];

/// The first bytes of every gzip stream.
pub const MAGIC: [u8; 2] = [HEADER[0], HEADER[1]];

/// Packs bytes. Rounded weights repeat no longer pieces, only values: for them matches cost more than they save, so the
/// smaller result of both ways is taken.
pub fn pack(bytes: &[u8]) -> Vec<u8> {
    let with = |strategy| deflate(bytes, strategy);
    let (default, huffman) = (with(CompressionStrategy::Default), with(CompressionStrategy::HuffmanOnly));
    let smaller = if huffman.len() < default.len() { huffman } else { default };
    let mut packed = HEADER.to_vec();
    packed.extend(smaller);
    packed.extend(crc32(bytes).to_le_bytes());
    packed.extend((bytes.len() as u32).to_le_bytes());
    packed
}

fn deflate(bytes: &[u8], strategy: CompressionStrategy) -> Vec<u8> {
    let mut compressor = CompressorOxide::with_params(DataFormat::Raw, LEVEL, strategy, WINDOW_BITS);
    let mut packed = Vec::new();
    let append = |piece: &[u8]| {
        packed.extend_from_slice(piece);
        true
    };
    let (status, read) = compress_to_output(&mut compressor, bytes, TDEFLFlush::Finish, append);
    assert!(status == TDEFLStatus::Done && read == bytes.len(), "memory takes all bytes");
    packed
}

/// Unpacks a gzip stream of at most `limit` bytes.
///
/// # Errors
/// If it is damaged, or longer.
pub fn unpack(packed: &[u8], limit: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    GzDecoder::new(packed).take(limit as u64 + 1).read_to_end(&mut bytes)?;
    if bytes.len() > limit {
        return Err(io::Error::other(format!("it unpacks to more than {limit} bytes")));
    }
    Ok(bytes)
}

/// Returns the CRC-32 of bytes.
pub fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = Crc::new();
    crc.update(bytes);
    crc.sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_bytes_come_back_and_are_always_the_same() {
        let text = "one two three ".repeat(5000);
        let noise: Vec<u8> = (0_u32..100_000).map(|i| (i.wrapping_mul(2_654_435_761) >> 20) as u8 & 0x3F).collect();
        for bytes in [&b""[..], b"a", text.as_bytes(), &noise] {
            let packed = pack(bytes);
            assert!(packed.starts_with(&MAGIC));
            assert_eq!(packed[4..8], [0; 4], "a time");
            assert_eq!(unpack(&packed, bytes.len()).expect("a gzip stream"), bytes);
            assert_eq!(packed, pack(bytes));
        }
        assert!(pack(text.as_bytes()).len() < 500);
        assert!(pack(&noise).len() < 80_000, "six of eight bits");
    }

    #[test]
    fn what_is_longer_or_damaged_is_an_error() {
        let packed = pack(&[7; 1000]);
        assert!(unpack(&packed, 999).expect_err("longer").to_string().contains("more than 999 bytes"));
        let mut damaged = packed.clone();
        let at = damaged.len() - 6;
        damaged[at] ^= 1;
        assert!(unpack(&damaged, 1000).is_err());
        assert!(unpack(&packed[..packed.len() - 4], 1000).is_err());
        assert!(unpack(b"<!doctype html>", 1000).is_err());
    }
}
