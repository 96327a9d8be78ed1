//! The encoder: a bidirectional recurrent network from token ids to [`Annotations`] (Bahdanau et al. 2015, section 3.2;
//! equations in appendix A.2.1).
//!
//! ```text
//! x(i) = E id(i)                                embedding of source token i
//! f(i) = GRU(x(i), f(i - 1))                    forward direction, left to right
//! b(i) = GRU(x(i), b(i + 1))                    backward direction, right to left
//! h(i) = [f(i); b(i); x(i)]                     annotation of token i
//! ```
//!
//! Further layers read `[f(i); b(i)]` of the layer below. Two points differ from the paper: the embedding is part of
//! the annotation (see [`Encoder`]), and the decoder starts from the last state of both directions, not of one.
//!
//! The one decision of this crate: the result is not a bare tensor but a value that contains the length of each
//! sentence. No function downstream takes a mask as an argument, so no caller can forget it. The price: code that
//! needs only the tensor must name the field.
//!
//! Shapes use these names: `batch` sentences, `source` token positions of the longest sentence, `hidden` units in each
//! direction, `embed` units of an embedding.
//!
//! ```
//! use candle_core::{DType, Device, Tensor};
//! use candle_nn::VarBuilder;
//! use glosser_encoder::{Encoder, EncoderConfig};
//! use glosser_kernels::{Embedding, Lengths, Pass};
//!
//! let (vocab, embed, hidden) = (10, 3, 4);
//! let vb = VarBuilder::zeros(DType::F32, &Device::Cpu);
//! let embedding = Embedding::new(vocab, embed, vb.pp("embedding"))?;
//! let config = EncoderConfig { hidden, layers: 1, dropout: 0.0 };
//! let encoder = Encoder::new(&config, embedding, embed, vb.pp("encoder"))?;
//!
//! // Two sentences, of three tokens and of two; 0 is padding.
//! let ids = Tensor::new(&[[5u32, 6, 2], [7, 2, 0]], &Device::Cpu)?;
//! let annotations = encoder.forward(&ids, &Lengths::new(vec![3, 2])?, &mut Pass::Evaluate)?;
//! assert_eq!(annotations.states.dims(), [2, 3, 2 * hidden + embed]);
//! assert_eq!(annotations.summary.dims(), [2, 2 * hidden]);
//! # Ok::<(), candle_core::Error>(())
//! ```

mod encoder;

pub use encoder::{AnnotationSize, Annotations, Encoder, EncoderConfig};
