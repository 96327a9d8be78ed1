//! A compact text encoding of attention weights.

/// The largest level: two hexadecimal digits encode the levels 0 to 255.
const LEVELS: f32 = 255.0;

/// Encodes each weight, 0 to 1, as two hexadecimal digits, with an error of at most 1/510. Most weights are zero: `00`
/// begins a run of zeros, and the next two digits are its length, 1 to 255.
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
    fn each_weight_is_two_digits_and_zeros_are_runs() {
        assert_eq!(pack([1.0, 0.5, 0.001, 0.0, 0.0, 0.25].into_iter()), "ff80000340");
        assert_eq!(pack([0.0; 3].into_iter()), "0003");
        assert_eq!(pack([0.0; 256].into_iter()), "00ff0001");
        assert_eq!(pack([0.0; 255].into_iter().chain([1.0])), "00ffff");
        assert_eq!(pack([].into_iter()), "");
    }

    #[test]
    fn weights_slightly_outside_0_to_1_are_clamped() {
        assert_eq!(pack([1.000_001, -1e-9].into_iter()), "ff0001");
    }
}
