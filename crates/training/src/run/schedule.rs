/// The learning rate of a step (counted from one): a linear rise over `warmup` steps to `peak`, then a linear fall
/// that reaches zero behind the last of `total`. The rise does not depend on the total, which a time budget does not
/// know yet: a run that fixes its number of steps during it is repeated exactly by naming that number.
pub fn learning_rate(step: usize, warmup: usize, total: Option<usize>, peak: f32) -> f32 {
    let Some(total) = total.filter(|_| step > warmup) else { return peak * step as f32 / warmup as f32 };
    let left = (total + 1).saturating_sub(step);
    peak * left as f32 / (total + 1 - warmup.min(total)) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rises_then_falls_to_almost_nothing() {
        let rate = |step| learning_rate(step, 100, Some(1000), 1e-3);
        assert!((rate(1) - 1e-5).abs() < 1e-9);
        assert!((rate(100) - 1e-3).abs() < 1e-9);
        assert!(rate(101) < 1e-3 && rate(101) > 0.99e-3);
        assert!(rate(1000) > 0.0 && rate(1000) < 2e-6);
        assert!((1..1000).all(|step| (rate(step) < rate(step + 1)) == (step < 100)));
    }

    #[test]
    fn the_rise_does_not_depend_on_the_total() {
        assert!((1..=100).all(|step| learning_rate(step, 100, Some(50), 1.0) == learning_rate(step, 100, None, 1.0)));
    }
}
