//! Dot products of 8-bit integers, with the widest instruction set of the processor.
//!
//! Integer sums are exact, so every instruction set gives the same result.

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
use std::arch::wasm32::*;
#[cfg(target_arch = "x86_64")]
use std::arch::x86_64::*;

/// Columns of a panel.
pub(crate) const WIDTH: usize = 32;

/// Rows that are computed together: their sums fill the 32 registers of AVX-512.
pub(crate) const MOST_ROWS: usize = 12;

/// Rows that are computed together with the 16 registers of AVX2, in half a panel: a beam of five is one block.
#[cfg(target_arch = "x86_64")]
const MOST_ROWS_AVX2: usize = 5;

/// Rows that are computed together with simd128, in a quarter of a panel.
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
const MOST_ROWS_SIMD128: usize = 3;

/// Longest dot product that cannot overflow an `i32`.
pub(crate) const LONGEST: usize = 1 << 16;

/// Four rows of a panel, `[WIDTH, 4]`: the processor multiplies the four weights of a column together. Two cache lines.
#[derive(Clone, Debug)]
#[repr(align(64))]
pub(crate) struct Group(pub [[i8; 4]; WIDTH]);

/// An instruction set of this processor. Only [`Instructions::available`] creates one, so it can be used safely.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Instructions(Kind);

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    /// One instruction adds four products for each of 16 columns.
    #[cfg(target_arch = "x86_64")]
    Avx512Vnni,
    /// One instruction adds two products for each of 8 columns, in 16-bit integers: sums of 8-bit products would saturate.
    /// (With the sign of each activation moved to the weight they do not, but that was slower: 43 instead of 61 billion
    /// products in a second.)
    #[cfg(target_arch = "x86_64")]
    Avx2,
    /// One instruction adds two products for each pair of 16-bit integers, into 4 sums: two for each column. A module
    /// of WebAssembly has these instructions or not; it cannot ask.
    #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
    Simd128,
    Portable,
}

impl Instructions {
    /// Returns all instruction sets of this processor, the fastest first.
    pub fn available() -> Vec<Self> {
        let mut all = Vec::new();
        #[cfg(target_arch = "x86_64")]
        {
            if is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512vnni") {
                all.push(Self(Kind::Avx512Vnni));
            }
            if is_x86_feature_detected!("avx2") {
                all.push(Self(Kind::Avx2));
            }
        }
        #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
        all.push(Self(Kind::Simd128));
        all.push(Self(Kind::Portable));
        all
    }

    /// Returns the number of rows of one call of [`Instructions::dot`] that is fastest: as many as fill the registers, once
    /// or twice.
    pub fn best_rows(self) -> usize {
        match self.0 {
            #[cfg(target_arch = "x86_64")]
            Kind::Avx2 => 2 * MOST_ROWS_AVX2,
            _ => MOST_ROWS,
        }
    }

    /// Computes `sums` `[R, WIDTH]`: `start` `[WIDTH]` plus the dot product of each row of `rows` `[R, groups, 4]` with
    /// each column of `panel` `[groups, WIDTH, 4]`. R is at most [`MOST_ROWS`].
    #[cfg_attr(target_arch = "x86_64", expect(unsafe_code, reason = "some processors lack these instructions"))]
    pub fn dot(self, rows: &[[u8; 4]], panel: &[Group], start: &[i32; WIDTH], sums: &mut [[i32; WIDTH]]) {
        match self.0 {
            // SAFETY: `available` has found these instructions on this processor.
            #[cfg(target_arch = "x86_64")]
            Kind::Avx512Vnni => unsafe {
                match sums.len() {
                    1 => avx512_vnni::<1>(rows, panel, start, sums),
                    2 => avx512_vnni::<2>(rows, panel, start, sums),
                    3 => avx512_vnni::<3>(rows, panel, start, sums),
                    4 => avx512_vnni::<4>(rows, panel, start, sums),
                    5 => avx512_vnni::<5>(rows, panel, start, sums),
                    6 => avx512_vnni::<6>(rows, panel, start, sums),
                    7 => avx512_vnni::<7>(rows, panel, start, sums),
                    8 => avx512_vnni::<8>(rows, panel, start, sums),
                    9 => avx512_vnni::<9>(rows, panel, start, sums),
                    10 => avx512_vnni::<10>(rows, panel, start, sums),
                    11 => avx512_vnni::<11>(rows, panel, start, sums),
                    MOST_ROWS => avx512_vnni::<MOST_ROWS>(rows, panel, start, sums),
                    rows => unreachable!("{rows} rows at once"),
                }
            },
            #[cfg(target_arch = "x86_64")]
            Kind::Avx2 => {
                let each = block_size(sums.len(), MOST_ROWS_AVX2);
                for (rows, sums) in rows.chunks(each * panel.len()).zip(sums.chunks_mut(each)) {
                    // SAFETY: `available` has found these instructions on this processor.
                    unsafe {
                        match sums.len() {
                            1 => avx2::<1>(rows, panel, start, sums),
                            2 => avx2::<2>(rows, panel, start, sums),
                            3 => avx2::<3>(rows, panel, start, sums),
                            4 => avx2::<4>(rows, panel, start, sums),
                            _ => avx2::<MOST_ROWS_AVX2>(rows, panel, start, sums),
                        }
                    }
                }
            }
            #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
            Kind::Simd128 => {
                let each = block_size(sums.len(), MOST_ROWS_SIMD128);
                for (rows, sums) in rows.chunks(each * panel.len()).zip(sums.chunks_mut(each)) {
                    match sums.len() {
                        1 => simd128::<1>(rows, panel, start, sums),
                        2 => simd128::<2>(rows, panel, start, sums),
                        _ => simd128::<MOST_ROWS_SIMD128>(rows, panel, start, sums),
                    }
                }
            }
            Kind::Portable => portable(rows, panel, start, sums),
        }
    }
}

/// Returns the number of rows of a block, so that blocks are of similar size: four rows are faster as 2 and 2 than as 3
/// and 1.
#[cfg(any(target_arch = "x86_64", all(target_arch = "wasm32", target_feature = "simd128")))]
fn block_size(rows: usize, most: usize) -> usize {
    rows.div_ceil(rows.div_ceil(most).max(1)).max(1)
}

/// Computes [`Instructions::dot`] for `ROWS` rows with AVX-512 VNNI; the shapes are the same.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512vnni")]
#[expect(unsafe_code, reason = "checking a bound would cost more than the load itself")]
fn avx512_vnni<const ROWS: usize>(rows: &[[u8; 4]], panel: &[Group], start: &[i32; WIDTH], sums: &mut [[i32; WIDTH]]) {
    assert!(rows.len() == ROWS * panel.len() && sums.len() == ROWS);
    // SAFETY: 32 elements of 32 bits are two registers.
    let start = unsafe { [0, 16].map(|first| _mm512_loadu_si512(start.as_ptr().add(first).cast())) };
    let mut totals = [start; ROWS];
    for (at, group) in panel.iter().enumerate() {
        // SAFETY: a group is two registers long and aligned.
        let weights = unsafe { [0, 16].map(|first| _mm512_load_si512(group.0.as_ptr().add(first).cast())) };
        for (row, totals) in totals.iter_mut().enumerate() {
            // SAFETY: `rows` has ROWS · panel.len() elements, as asserted, and at < panel.len().
            let x = unsafe { *rows.get_unchecked(row * panel.len() + at) };
            let x = _mm512_set1_epi32(i32::from_ne_bytes(x));
            totals[0] = _mm512_dpbusd_epi32(totals[0], x, weights[0]);
            totals[1] = _mm512_dpbusd_epi32(totals[1], x, weights[1]);
        }
    }
    for (sums, totals) in sums.iter_mut().zip(totals) {
        for (half, total) in totals.into_iter().enumerate() {
            // SAFETY: 32 elements of 32 bits are two registers.
            unsafe { _mm512_storeu_si512(sums.as_mut_ptr().add(16 * half).cast(), total) };
        }
    }
}

/// Computes [`Instructions::dot`] for `ROWS` rows with AVX2; the shapes are the same.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
#[expect(unsafe_code, reason = "checking a bound would cost more than the load itself")]
fn avx2<const ROWS: usize>(rows: &[[u8; 4]], panel: &[Group], start: &[i32; WIDTH], sums: &mut [[i32; WIDTH]]) {
    assert!(rows.len() == ROWS * panel.len() && sums.len() == ROWS);
    let low_bytes = _mm256_set1_epi16(0xFF);
    for half in [0, WIDTH / 2] {
        // SAFETY: the 16 elements of 32 bits from `half` on, two registers, are inside `start`.
        let start = unsafe { [0, 8].map(|first| _mm256_loadu_si256(start.as_ptr().add(half + first).cast())) };
        let mut totals = [start; ROWS];
        for (at, group) in panel.iter().enumerate() {
            // SAFETY: as for `start`; groups are aligned.
            let weights = unsafe { [0, 8].map(|first| _mm256_load_si256(group.0.as_ptr().add(half + first).cast())) };
            // Bytes 0 and 2 of every group of four as 16-bit integers, then bytes 1 and 3.
            let even = weights.map(|weights| _mm256_srai_epi16::<8>(_mm256_slli_epi16::<8>(weights)));
            let odd = weights.map(|weights| _mm256_srai_epi16::<8>(weights));
            for (row, totals) in totals.iter_mut().enumerate() {
                // SAFETY: `rows` has ROWS · panel.len() elements, as asserted, and at < panel.len().
                let x = unsafe { *rows.get_unchecked(row * panel.len() + at) };
                let x = _mm256_set1_epi32(i32::from_ne_bytes(x));
                let (x_even, x_odd) = (_mm256_and_si256(x, low_bytes), _mm256_srli_epi16::<8>(x));
                for register in 0..2 {
                    totals[register] = _mm256_add_epi32(totals[register], _mm256_madd_epi16(even[register], x_even));
                    totals[register] = _mm256_add_epi32(totals[register], _mm256_madd_epi16(odd[register], x_odd));
                }
            }
        }
        for (sums, totals) in sums.iter_mut().zip(totals) {
            for (register, total) in totals.into_iter().enumerate() {
                // SAFETY: as for `start`.
                unsafe { _mm256_storeu_si256(sums.as_mut_ptr().add(half + 8 * register).cast(), total) };
            }
        }
    }
}

/// Computes [`Instructions::dot`] for `ROWS` rows with WebAssembly's simd128; the shapes are the same.
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
#[expect(unsafe_code, reason = "checking a bound would cost more than the load itself")]
fn simd128<const ROWS: usize>(rows: &[[u8; 4]], panel: &[Group], start: &[i32; WIDTH], sums: &mut [[i32; WIDTH]]) {
    /// Registers of weights. Each has the four weights of two columns, as 16-bit integers.
    const REGISTERS: usize = 4;
    assert!(rows.len() == ROWS * panel.len() && sums.len() == ROWS);
    for first in (0..WIDTH).step_by(2 * REGISTERS) {
        let mut totals = [[i32x4_splat(0); REGISTERS]; ROWS];
        for (at, group) in panel.iter().enumerate() {
            // SAFETY: the 8 bytes of two columns are inside the group.
            let weights: [v128; REGISTERS] = std::array::from_fn(|register| unsafe {
                i16x8_load_extend_i8x8(group.0.as_ptr().add(first + 2 * register).cast())
            });
            for (row, totals) in totals.iter_mut().enumerate() {
                // SAFETY: `rows` has ROWS · panel.len() elements, as asserted, and at < panel.len().
                let x = unsafe { v128_load32_splat(rows.as_ptr().add(row * panel.len() + at).cast()) };
                let x = u16x8_extend_low_u8x16(x);
                for (total, weights) in totals.iter_mut().zip(weights) {
                    *total = i32x4_add(*total, i32x4_dot_i16x8(weights, x));
                }
            }
        }
        for (sums, totals) in sums.iter_mut().zip(totals) {
            for (pair, [left, right]) in totals.as_chunks::<2>().0.iter().copied().enumerate() {
                let (even, odd) = (i32x4_shuffle::<0, 2, 4, 6>(left, right), i32x4_shuffle::<1, 3, 5, 7>(left, right));
                let col = first + 4 * pair;
                // SAFETY: the four columns from `col` on are inside `start` and `sums`.
                unsafe {
                    let start = v128_load(start.as_ptr().add(col).cast());
                    v128_store(sums.as_mut_ptr().add(col).cast(), i32x4_add(start, i32x4_add(even, odd)));
                }
            }
        }
    }
}

/// Computes [`Instructions::dot`] with baseline instructions; the shapes are the same.
fn portable(rows: &[[u8; 4]], panel: &[Group], start: &[i32; WIDTH], sums: &mut [[i32; WIDTH]]) {
    for (row, sums) in rows.chunks(panel.len()).zip(sums) {
        let mut totals = *start;
        for (x, Group(weights)) in row.iter().zip(panel) {
            let x = x.map(i32::from);
            for (total, w) in totals.iter_mut().zip(weights) {
                let w = w.map(i32::from);
                *total += x[0] * w[0] + x[1] * w[1] + x[2] * w[2] + x[3] * w[3];
            }
        }
        *sums = totals;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pseudo-random bytes with many extreme values.
    fn byte(at: usize) -> u8 {
        match at * 7919 % 1013 {
            few @ 0..100 => [0, 255, 128, 127][few % 4],
            many => many as u8,
        }
    }

    #[test]
    fn every_instruction_set_gives_the_exact_sums() {
        assert_eq!(Instructions::available().last(), Some(&Instructions(Kind::Portable)));
        #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
        assert_eq!(Instructions::available()[0], Instructions(Kind::Simd128));
        for groups in [1, 2, 7, 128] {
            let group = |g: usize| {
                Group(std::array::from_fn(|col| std::array::from_fn(|i| byte(g * 131 + col * 17 + i + 5) as i8)))
            };
            let panel: Vec<Group> = (0..groups).map(group).collect();
            let start = std::array::from_fn(|col| col as i32 * 1000 - 16_000);
            for rows in 1..=MOST_ROWS {
                let x: Vec<[u8; 4]> = (0..rows * groups).map(|at| std::array::from_fn(|i| byte(at * 29 + i))).collect();
                let exact = |row: usize, col: usize| -> i64 {
                    let products = (0..4 * groups)
                        .map(|i| i64::from(x[row * groups + i / 4][i % 4]) * i64::from(panel[i / 4].0[col][i % 4]));
                    products.sum::<i64>() + i64::from(start[col])
                };
                for instructions in Instructions::available() {
                    let mut sums = vec![[0; WIDTH]; rows];
                    instructions.dot(&x, &panel, &start, &mut sums);
                    for (row, sums) in sums.iter().enumerate() {
                        for (col, sum) in sums.iter().enumerate() {
                            assert_eq!(
                                i64::from(*sum),
                                exact(row, col),
                                "{instructions:?} {groups} {rows} {row} {col}"
                            );
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn the_longest_dot_product_does_not_overflow() {
        let groups = LONGEST / 4;
        for (x, w) in [(255, 127), (1, 127), (255, -127), (1, -127)] {
            let start = [-128 * i32::from(w) * LONGEST as i32; WIDTH];
            let (row, panel) = (vec![[x; 4]; groups], vec![Group([[w; 4]; WIDTH]); groups]);
            for instructions in Instructions::available() {
                let mut sums = [[0; WIDTH]];
                instructions.dot(&row, &panel, &start, &mut sums);
                assert_eq!(sums, [[(i32::from(x) - 128) * i32::from(w) * LONGEST as i32; WIDTH]], "{instructions:?}");
            }
        }
    }
}
