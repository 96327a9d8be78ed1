//! Sentences to token ids and back; reading and checking parallel corpora
