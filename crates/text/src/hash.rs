//! FNV-1a: a hash that is the same on every machine and in every version of this program.

/// The hash of no bytes.
pub(crate) const EMPTY: u64 = 0xcbf2_9ce4_8422_2325;

/// Returns the 64-bit FNV-1a hash of bytes. It protects against chance, not against malice.
///
/// ```
/// assert_eq!(glosser_text::fnv1a(*b"foobar"), 0x8594_4171_f739_67e8);
/// ```
pub fn fnv1a(bytes: impl IntoIterator<Item = u8>) -> u64 {
    continued(EMPTY, bytes)
}

/// Returns the hash of the bytes that have the hash `before`, followed by `bytes`.
pub(crate) fn continued(before: u64, bytes: impl IntoIterator<Item = u8>) -> u64 {
    bytes.into_iter().fold(before, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
