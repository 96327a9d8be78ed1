//! Sums of products of 8-bit integers, on the widest instructions that the processor has.
//!
//! Integers are summed without rounding, so every instruction set gives the same sums.

#[cfg(target_arch = "x86_64")]
use std::arch::x86_64::*;

/// Columns of a panel.
pub(crate) const WIDTH: usize = 32;

/// Rows that are computed together: their sums fill the 32 registers of AVX-512.
pub(crate) const MOST_ROWS: usize = 12;

/// Rows that are computed together with the 16 registers of AVX2, in half a panel.
#[cfg(target_arch = "x86_64")]
const MOST_ROWS_AVX2: usize = 4;

/// Products that an `i32` can sum up whatever their factors are.
pub(crate) const LONGEST: usize = 1 << 16;

/// Four rows of a panel: for each column four weights, one behind the other, as the processor multiplies them. Two cache
/// lines.
#[derive(Clone, Debug)]
#[repr(align(64))]
pub(crate) struct Group(pub [[i8; 4]; WIDTH]);

/// Instructions that this processor has; there is no other way to get them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Instructions(Kind);

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    /// Four products and their sum for each of 16 columns at once.
    #[cfg(target_arch = "x86_64")]
    Avx512Vnni,
    /// Two products and their sum for each of 8 columns, of 16-bit integers: those of 8 bits would saturate.
    #[cfg(target_arch = "x86_64")]
    Avx2,
    Portable,
}

impl Instructions {
    /// All that this processor has, the fastest first.
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
        all.push(Self(Kind::Portable));
        all
    }

    /// For each row of `rows`, `[rows, groups]`, and each column of `panel`: `start`, and all products of the row with the
    /// column.
    #[cfg_attr(target_arch = "x86_64", expect(unsafe_code, reason = "instructions that not every processor has"))]
    pub fn sums(self, rows: &[[u8; 4]], panel: &[Group], start: &[i32; WIDTH], sums: &mut [[i32; WIDTH]]) {
        match self.0 {
            // SAFETY: the processor has the instructions, or these `Instructions` would not have been made.
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
                let rows = rows.chunks(MOST_ROWS_AVX2 * panel.len());
                for (rows, sums) in rows.zip(sums.chunks_mut(MOST_ROWS_AVX2)) {
                    // SAFETY: the same.
                    unsafe {
                        match sums.len() {
                            1 => avx2::<1>(rows, panel, start, sums),
                            2 => avx2::<2>(rows, panel, start, sums),
                            3 => avx2::<3>(rows, panel, start, sums),
                            _ => avx2::<MOST_ROWS_AVX2>(rows, panel, start, sums),
                        }
                    }
                }
            }
            Kind::Portable => portable(rows, panel, start, sums),
        }
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512vnni")]
#[expect(unsafe_code, reason = "a bound checked for each of so many small loads would cost more than the load")]
fn avx512_vnni<const ROWS: usize>(rows: &[[u8; 4]], panel: &[Group], start: &[i32; WIDTH], sums: &mut [[i32; WIDTH]]) {
    assert!(rows.len() == ROWS * panel.len() && sums.len() == ROWS);
    // SAFETY: 32 numbers of 32 bits are two registers.
    let start = unsafe { [0, 16].map(|first| _mm512_loadu_si512(start.as_ptr().add(first).cast())) };
    let mut totals = [start; ROWS];
    for (at, group) in panel.iter().enumerate() {
        // SAFETY: a group is two registers, and aligned to them.
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
            // SAFETY: 32 numbers of 32 bits are two registers.
            unsafe { _mm512_storeu_si512(sums.as_mut_ptr().add(16 * half).cast(), total) };
        }
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
#[expect(unsafe_code, reason = "a bound checked for each of so many small loads would cost more than the load")]
fn avx2<const ROWS: usize>(rows: &[[u8; 4]], panel: &[Group], start: &[i32; WIDTH], sums: &mut [[i32; WIDTH]]) {
    assert!(rows.len() == ROWS * panel.len() && sums.len() == ROWS);
    let low_bytes = _mm256_set1_epi16(0xFF);
    for half in [0, WIDTH / 2] {
        // SAFETY: `half` and the 16 numbers of 32 bits behind it, two registers, lie within `start`.
        let start = unsafe { [0, 8].map(|first| _mm256_loadu_si256(start.as_ptr().add(half + first).cast())) };
        let mut totals = [start; ROWS];
        for (at, group) in panel.iter().enumerate() {
            // SAFETY: as with `start`; groups are aligned.
            let weights = unsafe { [0, 8].map(|first| _mm256_load_si256(group.0.as_ptr().add(half + first).cast())) };
            // The first and third byte of every four as 16-bit integers, then the second and fourth.
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
                // SAFETY: as with `start`.
                unsafe { _mm256_storeu_si256(sums.as_mut_ptr().add(half + 8 * register).cast(), total) };
            }
        }
    }
}

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

    /// Bytes of all values, the extremes more often than by chance.
    fn byte(at: usize) -> u8 {
        match at * 7919 % 1013 {
            few @ 0..100 => [0, 255, 128, 127][few % 4],
            many => many as u8,
        }
    }

    #[test]
    fn every_instruction_set_gives_the_exact_sums() {
        assert_eq!(Instructions::available().last(), Some(&Instructions(Kind::Portable)));
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
                    instructions.sums(&x, &panel, &start, &mut sums);
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
    fn the_longest_sums_do_not_overflow() {
        let groups = LONGEST / 4;
        for (x, w) in [(255, 127), (1, 127), (255, -127), (1, -127)] {
            let start = [-128 * i32::from(w) * LONGEST as i32; WIDTH];
            let (row, panel) = (vec![[x; 4]; groups], vec![Group([[w; 4]; WIDTH]); groups]);
            for instructions in Instructions::available() {
                let mut sums = [[0; WIDTH]];
                instructions.sums(&row, &panel, &start, &mut sums);
                assert_eq!(sums, [[(i32::from(x) - 128) * i32::from(w) * LONGEST as i32; WIDTH]], "{instructions:?}");
            }
        }
    }
}
