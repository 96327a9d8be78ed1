//! Where scores fall apart into two groups, if they do.

/// Least distance of the two means, in standard deviations, for which a cut is given. The halves of one bell-shaped group
/// are 2.7 apart, those of one that is spread evenly 3.5, and what is cut off a long tail is less.
const LEAST_SEPARATION: f64 = 4.0;

/// A threshold between two groups of scores.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cut {
    /// Scores below it are the lower group.
    pub threshold: f64,
    /// How far the means are apart: √2 times their difference over the root of the sum of both variances (Ashman's D).
    pub separation: f64,
}

impl Cut {
    /// The threshold with the greatest variance between the groups (Otsu 1979), halfway between two scores; `None` where
    /// the groups are not far enough apart to be two, and for scores that are all the same.
    ///
    /// ```
    /// use glosser_alignment::Cut;
    ///
    /// let scores = [-0.1, -0.2, -4.0, -0.15, -4.2];
    /// assert_eq!(Cut::between(&scores).map(|cut| cut.threshold), Some(-2.1));
    /// let evenly: Vec<f64> = (0..100).map(f64::from).collect();
    /// assert_eq!(Cut::between(&evenly), None);
    /// ```
    pub fn between(scores: &[f64]) -> Option<Self> {
        let mut sorted: Vec<f64> = scores.iter().copied().filter(|score| score.is_finite()).collect();
        sorted.sort_by(f64::total_cmp);
        let total: f64 = sorted.iter().sum();
        let (mut below, mut best) = (0.0, None);
        for (index, pair) in sorted.windows(2).enumerate() {
            below += pair[0];
            let (low, high) = ((index + 1) as f64, (sorted.len() - index - 1) as f64);
            let between = low * high * (below / low - (total - below) / high).powi(2);
            if pair[0] < pair[1] && best.is_none_or(|(greatest, _)| between > greatest) {
                best = Some((between, index + 1));
            }
        }
        let (_, count) = best?;
        let (low, high) = sorted.split_at(count);
        let ((low_mean, low_variance), (high_mean, high_variance)) = (moments(low), moments(high));
        let separation = (high_mean - low_mean) * 2f64.sqrt() / (low_variance + high_variance).sqrt();
        (separation >= LEAST_SEPARATION).then(|| Self { threshold: (low[count - 1] + high[0]) / 2.0, separation })
    }
}

/// Mean and variance.
fn moments(scores: &[f64]) -> (f64, f64) {
    let count = scores.len() as f64;
    let mean = scores.iter().sum::<f64>() / count;
    (mean, scores.iter().map(|score| (score - mean).powi(2)).sum::<f64>() / count)
}
