//! Token ids to [`Annotations`]: a bidirectional recurrent encoder (Bahdanau et al. 2015, section 3.2).
//!
//! The one decision of this crate: the result is not a tensor but a value that knows which of its positions are
//! padding. Nothing downstream takes a mask, so none can be forgotten; the price is that annotations cannot be
//! handed to a function that wants a bare tensor without naming the field.
//!
//! ```
//! use candle_core::{DType, Device, Tensor};
//! use candle_nn::VarBuilder;
//! use glosser_encoder::{Encoder, EncoderConfig};
//! use glosser_kernels::{Embedding, Lengths, Pass};
//!
//! let vb = VarBuilder::zeros(DType::F32, &Device::Cpu);
//! let config = EncoderConfig { hidden: 4, layers: 1, dropout: 0.0 };
//! let encoder = Encoder::new(&config, Embedding::new(10, 3, vb.clone())?, 3, vb)?;
//! let ids = Tensor::new(&[[5u32, 6, 2], [7, 2, 0]], &Device::Cpu)?;
//! let annotations = encoder.forward(&ids, &Lengths::new(vec![3, 2])?, &mut Pass::Evaluate)?;
//! assert_eq!(annotations.states.dims(), [2, 3, 4 + 4 + 3]);
//! # Ok::<(), candle_core::Error>(())
//! ```

mod bidirectional;
mod encoder;

pub use bidirectional::BidirectionalGru;
pub use encoder::{AnnotationSize, Annotations, Encoder, EncoderConfig};
