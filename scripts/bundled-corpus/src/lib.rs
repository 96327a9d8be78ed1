//! Generates the bundled English-French corpus.
