//! Elementary functions that the compiler vectorises, and the choice of the widest instruction set at run time.
//!
//! Loops run over indices and blocks of a fixed size: iterator adaptors and closures are separate functions, which the
//! compiler may leave in baseline instructions.
//!
//! No function here uses fused multiply-add, so every instruction width gives the same bits: on a narrow processor and
//! a wide one, in the body of a slice and in its tail.

use rayon::prelude::*;

/// Runs `work` with the widest instruction set of this processor; `work` is compiled for each of them. See
/// [`widest!`](crate::widest).
#[inline(always)]
pub fn dispatch<R>(work: impl FnOnce() -> R) -> R {
    arch().dispatch(work)
}

/// Returns the widest instruction set of this processor.
#[inline(always)]
pub(crate) fn arch() -> pulp::Arch {
    #[cfg(test)]
    if let Some(narrower) = tests::narrower() {
        return narrower;
    }
    pulp::Arch::new()
}

/// Evaluates an expression with the widest instruction set of this processor; the expression is compiled for each of
/// them.
///
/// The expression must be small and call only inlined functions. Anything else is silently compiled to baseline
/// instructions, even a closure without `#[inline(always)]`: hence a macro. Scalars from outside must be copied to
/// local variables inside: the compiler cannot exclude that a loop overwrites a captured reference, and then does not
/// vectorise.
///
/// ```
/// let mut values = vec![0.5f32; 1000];
/// glosser_kernels::widest!(for x in &mut values {
///     *x = glosser_kernels::simd::tanh(*x);
/// });
/// assert!((values[0] - 0.5f32.tanh()).abs() < 1e-6);
/// ```
#[macro_export]
macro_rules! widest {
    ($work:expr) => {
        $crate::simd::dispatch(
            #[inline(always)]
            || $work,
        )
    };
}

/// 1.5 · 2²³. Adding it rounds a value of magnitude up to 2²² to the nearest integer without a branch or a library
/// call; the integer is in the low bits of the sum.
pub(crate) const ROUND: f32 = 12_582_912.0;

/// Returns e to the power `x`; relative error at most 3e-7. `x` is clamped to [-87, 88].
#[inline(always)]
pub fn exp(x: f32) -> f32 {
    /// ln 2 in two parts, so that n · ln 2 is exact in its leading bits.
    const LN2_HIGH: f32 = 0.693_359_4;
    const LN2_LOW: f32 = -2.121_944_4e-4;
    let x = x.clamp(-87.0, 88.0);
    let shifted = x * std::f32::consts::LOG2_E + ROUND;
    let n = shifted - ROUND;
    let r = x - n * LN2_HIGH - n * LN2_LOW;
    // Taylor series to the seventh power: |r| <= ln 2 / 2, so the truncation error is below 6e-9.
    let tail = 1.0 / 720.0 + r * (1.0 / 5040.0);
    let series = 1.0 + r * (1.0 + r * (0.5 + r * (1.0 / 6.0 + r * (1.0 / 24.0 + r * (1.0 / 120.0 + r * tail)))));
    // The low bits of `shifted` hold n; 2^n is n in the exponent field.
    let power = f32::from_bits((shifted.to_bits().wrapping_add(127)) << 23);
    series * power
}

/// Returns the logistic function 1 / (1 + e^-x); absolute error at most 2e-7.
#[inline(always)]
pub fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + exp(-x))
}

/// Returns the hyperbolic tangent, computed as 1 - 2 / (1 + e^2x); absolute error at most 3e-7.
#[inline(always)]
pub fn tanh(x: f32) -> f32 {
    1.0 - 2.0 / (1.0 + exp(2.0 * x))
}

/// Partial sums of a reduction: the number of `f32` in the widest register.
pub(crate) const LANES: usize = 16;

/// Returns the dot product of `a` `[D]` and `b` `[D]`. Additions run in 16 lanes and then pairwise: their order
/// depends only on the length.
#[inline(always)]
pub fn dot(a: &[f32], b: &[f32]) -> f32 {
    let ((a, a_tail), (b, b_tail)) = (a.as_chunks::<LANES>(), b[..a.len()].as_chunks::<LANES>());
    let mut sums = [0f32; LANES];
    for block in 0..a.len() {
        for lane in 0..LANES {
            sums[lane] += a[block][lane] * b[block][lane];
        }
    }
    let mut tail = 0.0;
    for i in 0..a_tail.len() {
        tail += a_tail[i] * b_tail[i];
    }
    reduce(sums) + tail
}

/// Returns the sum of the lanes `[LANES]`, added pairwise.
#[inline(always)]
pub(crate) fn reduce(mut sums: [f32; LANES]) -> f32 {
    let mut width = LANES / 2;
    while width > 0 {
        for lane in 0..width {
            sums[lane] += sums[lane + width];
        }
        width /= 2;
    }
    sums[0]
}

/// Computes `y += scale * x` for `y` `[D]` and `x` `[D]`.
#[inline(always)]
pub fn add_scaled(y: &mut [f32], scale: f32, x: &[f32]) {
    let x = &x[..y.len()];
    for i in 0..y.len() {
        y[i] += scale * x[i];
    }
}

/// Returns the sum of `x` `[D]`, added in [`LANES`] lanes and then pairwise.
#[inline(always)]
pub(crate) fn sum(x: &[f32]) -> f32 {
    let (blocks, rest) = x.as_chunks::<LANES>();
    let mut sums = [0f32; LANES];
    for block in blocks {
        for lane in 0..LANES {
            sums[lane] += block[lane];
        }
    }
    let mut tail = 0.0;
    for x in rest {
        tail += x;
    }
    reduce(sums) + tail
}

/// Returns the largest element of `x` `[D]`, ignoring NaN; minus infinity if there is no other element.
#[inline(always)]
pub fn max(x: &[f32]) -> f32 {
    let (blocks, rest) = x.as_chunks::<LANES>();
    let mut largest = [f32::NEG_INFINITY; LANES];
    for block in blocks {
        for lane in 0..LANES {
            largest[lane] = if block[lane] > largest[lane] { block[lane] } else { largest[lane] };
        }
    }
    let mut of_all = f32::NEG_INFINITY;
    for x in largest.iter().chain(rest) {
        of_all = if *x > of_all { *x } else { of_all };
    }
    of_all
}

/// Returns the sum `[width]` of all rows of `x` `[R, width]`, added in order.
pub(crate) fn column_sums(x: &[f32], width: usize) -> Vec<f32> {
    /// Columns of one task: a few cache lines of every row.
    const COLUMNS: usize = 256;
    let mut sums = vec![0.0; width];
    sums.par_chunks_mut(COLUMNS).enumerate().for_each(|(part, sums)| {
        widest!(for row in x.chunks(width) {
            add_scaled(sums, 1.0, &row[part * COLUMNS..][..sums.len()]);
        });
    });
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inputs() -> impl Iterator<Item = f32> {
        (-200_000..=200_000).map(|i| i as f32 * 4.3e-4)
    }

    #[test]
    fn elementary_functions_are_within_their_documented_errors() {
        for x in inputs() {
            let wide = f64::from(x);
            assert!((f64::from(exp(x)) / wide.exp() - 1.0).abs() <= 3e-7, "exp({x}) = {}", exp(x));
            let logistic = 1.0 / (1.0 + (-wide).exp());
            assert!((f64::from(sigmoid(x)) - logistic).abs() <= 2e-7, "sigmoid({x}) = {}", sigmoid(x));
            assert!((f64::from(tanh(x)) - wide.tanh()).abs() <= 3e-7, "tanh({x}) = {}", tanh(x));
        }
    }

    #[test]
    fn functions_saturate_at_extreme_arguments_and_keep_nan() {
        assert_eq!(tanh(f32::INFINITY), 1.0);
        assert_eq!(tanh(f32::NEG_INFINITY), -1.0);
        assert_eq!(sigmoid(1e30), 1.0);
        assert!(sigmoid(-1e30) < 1e-37);
        assert!(tanh(f32::NAN).is_nan(), "NaN must stay NaN");
    }

    /// Environment variable that runs the tests with narrower instructions than the processor has.
    const NARROWER: &str = "GLOSSER_TESTS_WITH_BITS";

    pub(super) fn narrower() -> Option<pulp::Arch> {
        match std::env::var(NARROWER).ok()?.as_str() {
            #[cfg(target_arch = "x86_64")]
            "256" => pulp::x86::V3::try_new().map(pulp::Arch::V3),
            _ => Some(pulp::Arch::Scalar),
        }
    }

    #[test]
    fn all_tests_of_this_crate_pass_with_narrower_instructions_too() {
        if std::env::var_os(NARROWER).is_some() {
            return;
        }
        for bits in ["256", "baseline"] {
            let tests = std::env::current_exe().expect("this program");
            let run = std::process::Command::new(tests).env(NARROWER, bits).output().expect("a run of the tests");
            assert!(run.status.success(), "{bits}: {}", String::from_utf8_lossy(&run.stdout));
        }
    }

    #[test]
    fn wide_and_narrow_instructions_give_the_same_bits_for_elementary_functions() {
        let input: Vec<f32> = inputs().collect();
        let narrow: Vec<f32> = input.iter().map(|x| tanh(*x) + sigmoid(*x)).collect();
        let mut wide = input;
        widest!(wide.iter_mut().for_each(|x| *x = tanh(*x) + sigmoid(*x)));
        assert!(wide.iter().zip(&narrow).all(|(a, b)| a.to_bits() == b.to_bits()));
    }

    #[test]
    fn dot_is_the_dot_product_for_any_length() {
        for len in [0, 1, 15, 16, 17, 100] {
            let a: Vec<f32> = (0..len).map(|i| i as f32).collect();
            let b: Vec<f32> = (0..len).map(|i| 1.0 - i as f32).collect();
            let expected: f64 = a.iter().zip(&b).map(|(x, y)| f64::from(*x) * f64::from(*y)).sum();
            assert!((f64::from(dot(&a, &b)) - expected).abs() <= 1e-6 * expected.abs());
        }
    }
}
