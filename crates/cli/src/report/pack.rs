//! Weights in few letters.

/// Levels above zero: what two hexadecimal digits tell apart.
const LEVELS: f32 = 255.0;

/// Two hexadecimal digits a weight, so that it is off by 1/510 at most. Zeros are most of them: `00` stands for a run of
/// zeros, whose length, up to 255, the next two digits say.
pub fn pack(weights: impl Iterator<Item = f32>) -> String {
    let (mut packed, mut zeros) = (String::new(), 0);
    for level in weights.map(|weight| (weight.clamp(0.0, 1.0) * LEVELS).round() as u8) {
        if zeros == u8::MAX || (level > 0 && zeros > 0) {
            packed += &format!("00{zeros:02x}");
            zeros = 0;
        }
        match level {
            0 => zeros += 1,
            _ => packed += &format!("{level:02x}"),
        }
    }
    if zeros > 0 {
        packed += &format!("00{zeros:02x}");
    }
    packed
}

#[cfg(test)]
mod tests {
    use super::pack;

    #[test]
    fn weights_are_two_digits_each_and_zeros_a_run() {
        assert_eq!(pack([1.0, 0.5, 0.001, 0.0, 0.0, 0.25].into_iter()), "ff80000340");
        assert_eq!(pack([0.0; 3].into_iter()), "0003");
        assert_eq!(pack([0.0; 256].into_iter()), "00ff0001");
        assert_eq!(pack([0.0; 255].into_iter().chain([1.0])), "00ffff");
        assert_eq!(pack([].into_iter()), "");
    }

    #[test]
    fn rounding_that_leaves_zero_to_one_does_not_wrap_round() {
        assert_eq!(pack([1.000_001, -1e-9].into_iter()), "ff0001");
    }
}
