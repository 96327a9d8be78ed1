//! Annotations to memory, next-token logits and attention weights
