//! Documents whose text is translated.
