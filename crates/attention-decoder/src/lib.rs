//! [`Annotations`](glosser_encoder::Annotations) to a [`Memory`], and from it next-token logits with the attention
//! weights that led to them.
//!
//! The one decision of this crate: the decoder is *stacked*. A first recurrent unit reads the target words and asks;
//! attention answers; a second unit reads state and context. The recurrence does not wait for the attention, so in
//! training all target positions attend at once. The price is that the first unit does not know what was attended to
//! before (input feeding, Luong et al. 2015, section 3.3, does, and pays with a loop).
//!
//! Search goes through a decoder of its own layout, [`PreparedDecoder`]: weights arranged once for all steps, plain rows
//! of numbers, no graph.
//!
//! The memory is projected once for a sentence and shared by all steps and hypotheses, and the weights are a field of
//! every result, not a flag: they survive from the step through the beam to the person who looks at them.

mod attention;
mod decoder;
mod posterior;
mod prepared;
mod reference;
#[cfg(test)]
mod test_support;

pub use attention::{Attended, Attention, AttentionConfig, Memory, Score};
pub use decoder::{Decoder, DecoderConfig, Output};
pub use prepared::{PreparedDecoder, PreparedMemory, State, Step};
