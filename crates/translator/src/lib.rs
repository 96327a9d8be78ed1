//! Encoder and attention decoder assembled: search, text in and out, the model directory
