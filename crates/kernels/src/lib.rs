//! Tensor operations with hand-written backward passes, each beside a readable reference
