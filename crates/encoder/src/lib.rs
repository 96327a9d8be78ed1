//! Token ids to annotations: a bidirectional recurrent encoder
