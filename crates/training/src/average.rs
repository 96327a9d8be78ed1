use crate::Parameters;
use candle_core::Result;
use glosser_kernels::move_towards;

/// A moving average of the weights (Polyak and Juditsky 1992): between two steps the weights wander about a place that the
/// average is nearer to.
///
/// What it covers grows with the training: a fixed number of steps would be too many for a short run, whose first steps
/// are far from the last, and too few for a long one.
pub(crate) struct Average {
    /// Of the steps so far, that the average covers.
    share: f32,
    /// Of the training.
    weights: Parameters,
    average: Parameters,
    steps: u32,
}

impl Average {
    /// Of weights that are being trained.
    pub fn new(weights: &Parameters, share: f32) -> Result<Self> {
        Ok(Self { share, weights: weights.clone(), average: weights.copied()?, steps: 0 })
    }

    /// The average so far.
    pub fn parameters(&self) -> &Parameters {
        &self.average
    }

    /// Begins again with what the weights are now.
    pub fn restart(&mut self) -> Result<()> {
        self.steps = 0;
        self.approach(1.0)
    }

    /// Counts in what the weights are now.
    pub fn step(&mut self) -> Result<()> {
        self.steps += 1;
        // An exponential average that covers n steps counts the newest of them as one in n.
        self.approach(1.0 / (1.0 + self.share * (self.steps - 1) as f32))
    }

    fn approach(&self, share: f32) -> Result<()> {
        for ((_, average), (_, weights)) in self.average.named().iter().zip(self.weights.named()) {
            move_towards(average, &weights, share)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use candle_core::{DType, Tensor};
    use glosser_attention_decoder::{AttentionConfig, DecoderConfig, Score};
    use glosser_encoder::EncoderConfig;
    use glosser_kernels::Precision;
    use glosser_translator::ModelConfig;

    fn weights() -> Result<Parameters> {
        let attention = AttentionConfig { score: Score::Additive, size: 3 };
        let config = ModelConfig {
            source_vocab: 11,
            target_vocab: 11,
            joint_vocab: true,
            embed: 3,
            encoder: EncoderConfig { hidden: 2, layers: 1, dropout: 0.0 },
            decoder: DecoderConfig { hidden: 4, dropout: 0.0, attention },
            precision: Precision::F32,
        };
        Ok(Parameters::initialise(&config, 1, DType::F32)?.1)
    }

    #[test]
    fn old_weights_fade_over_a_share_of_the_training() -> Result<()> {
        let weights = weights()?;
        let of = |parameters: &Parameters| parameters.named().swap_remove(0).1;
        let mut average = Average::new(&weights, 0.25)?;
        let mut expected = 0.0;
        for step in 1..=30u8 {
            let number = f32::from(step);
            of(&weights).set(&Tensor::full(number, of(&weights).shape(), of(&weights).device())?)?;
            average.step()?;
            let newest = 4.0 / (4.0 + f32::from(step - 1));
            expected = (1.0 - newest) * expected + newest * number;
            let found = of(average.parameters()).flatten_all()?.to_vec1::<f32>()?;
            assert!(found.iter().all(|found| (found - expected).abs() < 1e-4), "{found:?} {expected}");
        }
        Ok(())
    }

    #[test]
    fn of_no_share_it_is_the_weights() -> Result<()> {
        let weights = weights()?;
        let mut average = Average::new(&weights, 0.0)?;
        for (_, var) in weights.named() {
            var.set(&(var.as_tensor() * 0.3)?)?;
        }
        average.step()?;
        for ((name, average), (_, weights)) in average.parameters().named().iter().zip(weights.named()) {
            let (average, weights) = (average.flatten_all()?, weights.flatten_all()?);
            assert_eq!(average.to_vec1::<f32>()?, weights.to_vec1::<f32>()?, "{name}");
        }
        Ok(())
    }
}
