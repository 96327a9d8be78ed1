//! Statistics as bytes: numbers of one to ten bytes (LEB128), texts, positive numbers of two bytes, and a check sum.

use thiserror::Error;

/// First bytes of the format of a [`StatisticalAligner`](super::StatisticalAligner), with its version.
pub(super) const MAGIC: &[u8; 8] = b"glstat\x00\x01";

/// The reason why bytes are no statistics.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum StatisticsError {
    /// They begin with something else, or with another version.
    #[error("no statistics of this version")]
    Format,
    /// They were cut or changed.
    #[error("damaged, the check sum is wrong")]
    Damaged,
}

/// Bytes that grow.
#[derive(Debug)]
pub struct Writer {
    bytes: Vec<u8>,
}

impl Writer {
    /// Begins with the first bytes of a format.
    pub fn new(magic: &[u8; 8]) -> Self {
        Self { bytes: magic.to_vec() }
    }

    /// Writes a number, the smaller the shorter.
    pub fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.bytes.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.bytes.push(number as u8);
    }

    pub(super) fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        self.bytes.extend(text.as_bytes());
    }

    pub(super) fn float(&mut self, value: f32) {
        self.bytes.extend(value.to_le_bytes());
    }

    /// Writes a positive number in two bytes: its logarithm in steps of 1/2000 from -16 on, so that the error is below
    /// 0.03 %.
    pub(super) fn ratio(&mut self, ratio: f32) {
        let steps = ((f64::from(ratio).ln() - MIN_LOG) * LOG_STEPS).round().clamp(0.0, f64::from(u16::MAX));
        self.bytes.extend((steps as u16).to_le_bytes());
    }

    /// The bytes with their check sum at the end.
    pub fn finish(mut self) -> Vec<u8> {
        let sum = checksum(&self.bytes);
        self.bytes.extend(sum.to_le_bytes());
        self.bytes
    }
}

/// Steps of the logarithm of a number for each unit, and the smallest logarithm.
const LOG_STEPS: f64 = 2000.0;
const MIN_LOG: f64 = -16.0;

/// Bytes that are read from their beginning. Every method returns an error if too few are left.
#[derive(Debug)]
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Checks the first bytes, which are those of the format, and the check sum.
    ///
    /// # Errors
    /// If the bytes are of another format, or damaged.
    pub fn new(bytes: &'a [u8], magic: &[u8; 8]) -> Result<Self, StatisticsError> {
        let rest = bytes.strip_prefix(magic).ok_or(StatisticsError::Format)?;
        let (content, sum) = rest.split_last_chunk::<4>().ok_or(StatisticsError::Damaged)?;
        if checksum(&bytes[..bytes.len() - 4]) != u32::from_le_bytes(*sum) {
            return Err(StatisticsError::Damaged);
        }
        Ok(Self { rest: content })
    }

    fn take(&mut self, count: usize) -> Result<&'a [u8], StatisticsError> {
        let (taken, rest) = self.rest.split_at_checked(count).ok_or(StatisticsError::Damaged)?;
        self.rest = rest;
        Ok(taken)
    }

    fn chunk<const N: usize>(&mut self) -> Result<[u8; N], StatisticsError> {
        self.take(N)?.try_into().map_err(|_| StatisticsError::Damaged)
    }

    /// Reads a number.
    ///
    /// # Errors
    /// If too few bytes are left.
    pub fn number(&mut self) -> Result<u64, StatisticsError> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let [byte] = self.chunk()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(StatisticsError::Damaged)
    }

    /// Reads the number of things that follow. Each has at least one byte, so a larger number is a fault.
    ///
    /// # Errors
    /// If fewer bytes are left.
    pub fn count(&mut self) -> Result<usize, StatisticsError> {
        let count = usize::try_from(self.number()?).map_err(|_| StatisticsError::Damaged)?;
        if count > self.rest.len() { Err(StatisticsError::Damaged) } else { Ok(count) }
    }

    pub(super) fn text(&mut self) -> Result<&'a str, StatisticsError> {
        let len = self.count()?;
        std::str::from_utf8(self.take(len)?).map_err(|_| StatisticsError::Damaged)
    }

    pub(super) fn float(&mut self) -> Result<f32, StatisticsError> {
        let value = f32::from_le_bytes(self.chunk()?);
        if value.is_finite() { Ok(value) } else { Err(StatisticsError::Damaged) }
    }

    /// Reads a share: a positive number of at most 1.
    pub(super) fn share(&mut self) -> Result<f32, StatisticsError> {
        let share = self.float()?;
        if share > 0.0 && share <= 1.0 { Ok(share) } else { Err(StatisticsError::Damaged) }
    }

    pub(super) fn ratio(&mut self) -> Result<f32, StatisticsError> {
        let steps = u16::from_le_bytes(self.chunk()?);
        Ok((f64::from(steps) / LOG_STEPS + MIN_LOG).exp() as f32)
    }

    /// Checks that nothing is left.
    ///
    /// # Errors
    /// If something is left.
    pub fn finish(self) -> Result<(), StatisticsError> {
        if self.rest.is_empty() { Ok(()) } else { Err(StatisticsError::Damaged) }
    }
}

/// FNV-1a, 32 bits: finds damage by chance, not by intent.
fn checksum(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |sum, byte| (sum ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}
