//! Translations over HTTP.
