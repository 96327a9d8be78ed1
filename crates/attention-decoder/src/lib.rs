//! The attention decoder: from the encoder's [`Annotations`](glosser_encoder::Annotations) to the logits of the next
//! token, and to the attention weights behind them.
//!
//! Two gated recurrent units (GRUs), one above the other, with the attention between them. For each target position t,
//! with y(t) the embedding of the token before it and h(i) the annotation of source token i:
//!
//! ```text
//! a(t) = query_rnn(y(t), a(t - 1))                 the query
//! e(t, i) = score(a(t), h(i))                      score, one of four
//! w(t, i) = softmax of e(t, i) over i              attention weights (Bahdanau et al. 2015, equation 6)
//! c(t) = sum over i of w(t, i) h(i)                context (Bahdanau et al. 2015, equation 5)
//! s(t) = output_rnn([a(t); c(t)], s(t - 1))        state
//! r(t) = tanh(W [s(t); c(t); y(t)] + b)            readout
//! p(token at t) = softmax(E r(t) + b')             E is the embedding of target tokens
//! ```
//!
//! The one decision of this crate: no query depends on earlier attention, because `query_rnn` reads target tokens only.
//! In training, `query_rnn` runs over the whole sentence, then all positions attend at once, then `output_rnn` runs
//! over the whole sentence. The price: a query does not know which source tokens were attended to before. (With input
//! feeding, Luong et al. 2015, section 3.3, it does, but then attention must be computed position after position.)
//!
//! This is close to the conditional GRU of Nematus (Sennrich et al. 2017, "Nematus: a Toolkit for Neural Machine
//! Translation", section on the decoder), which also has a GRU before the attention, a GRU after it, and such a
//! readout. There both share one state: the first GRU also receives the second's state, and so depends on earlier
//! attention.
//!
//! | subject | file |
//! | --- | --- |
//! | scores, weights, context | `attention.rs`; its head names the kernel and the gradient of each score |
//! | recurrence, readout, training over whole sentences | `decoder.rs` |
//! | search: one token of many hypotheses per step, packed weights, no graph | `prepared.rs`, `prepared_attention.rs` |
//! | p(source position \| target token known) | `posterior.rs` |
//!
//! Keys are projected once per sentence ([`Memory`]), for all target positions and hypotheses. Attention weights are a
//! field of every result, not an option, so no step on the way to the user can lose them.
//!
//! Shapes use these names: `batch` sentences, `target` and `source` token positions of the longest sentence, `hidden`
//! units of each GRU, `embed` units of an embedding, `value` units of an annotation, `key` units of a projected key,
//! `vocab` target tokens. In search, `rows` are hypotheses, of one or several sentences.
//!
//! ```
//! use candle_core::{DType, Device, Tensor};
//! use candle_nn::VarBuilder;
//! use glosser_attention_decoder::{AttentionConfig, Decoder, DecoderConfig, PreparedDecoder, Score};
//! use glosser_encoder::{Encoder, EncoderConfig};
//! use glosser_kernels::{Embedding, Lengths, Pass, Precision};
//!
//! let (vocab, embed) = (10, 3);
//! let vb = VarBuilder::zeros(DType::F32, &Device::Cpu);
//! let embedding = Embedding::new(vocab, embed, vb.pp("embedding"))?;
//! let config = EncoderConfig { hidden: 4, layers: 1, dropout: 0.0 };
//! let encoder = Encoder::new(&config, embedding.clone(), embed, vb.pp("encoder"))?;
//! let attention = AttentionConfig::new(Score::Additive, 5);
//! let config = DecoderConfig { hidden: 8, dropout: 0.0, attention, aligner: None };
//! let decoder = Decoder::new(&config, embedding, embed, encoder.annotation_size(), vb.pp("decoder"))?;
//!
//! // A source sentence of three tokens, and a target of two after the token that begins every sentence.
//! let ids = Tensor::new(&[[5u32, 6, 2]], &Device::Cpu)?;
//! let annotations = encoder.forward(&ids, &Lengths::new(vec![3])?, &mut Pass::Evaluate)?;
//! let target_in = Tensor::new(&[[1u32, 7, 8]], &Device::Cpu)?;
//! let output = decoder.forward(&target_in, &Lengths::new(vec![3])?, &annotations, &mut Pass::Evaluate)?;
//! assert_eq!(output.weights.dims(), [1, 3, 3]);
//! assert_eq!(decoder.output_layer().forward(&output.readout)?.dims(), [3, vocab]);
//!
//! // The same in search, token by token. All weights of this example are zero, so attention is uniform.
//! let search = PreparedDecoder::new(&decoder, Precision::F32)?;
//! let (state, memory) = search.start(&annotations)?;
//! let step = search.step(&[1], &[0], &state, &memory)?;
//! assert_eq!(search.logits(&step.readout)?.len(), vocab);
//! assert_eq!(step.weights, [[1.0 / 3.0; 3]]);
//! # Ok::<(), candle_core::Error>(())
//! ```

mod attention;
mod decoder;
mod posterior;
mod prepared;
mod prepared_attention;
#[cfg(test)]
mod test_support;

pub use attention::{Attended, Attention, AttentionConfig, Memory, Score};
pub use decoder::{Decoder, DecoderConfig, Output};
pub use prepared::{PreparedDecoder, State, Step};
pub use prepared_attention::PreparedMemory;
