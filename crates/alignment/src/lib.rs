//! Attention matrices and word links as plain data: merging, scoring, rendering
