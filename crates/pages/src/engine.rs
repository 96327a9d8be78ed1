//! The engine of a page that translates by itself, as the program carries it: WebAssembly, packed by gzip.
//!
//! `build.rs` takes it from the files of `scripts/build_page_engine.sh`. A program that was built without them has none.

const ENGINE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/engine.wasm.gz"));
const WITH_DICTIONARIES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/engine.dictionaries.wasm.gz"));
const LICENCES: &str = include_str!(concat!(env!("OUT_DIR"), "/engine.licences.txt"));

/// Returns the engine as a gzip stream, or `None` if the program was built without one.
///
/// `with_dictionaries` chooses the larger engine, which finds words in scripts without spaces as training did. A model
/// with `WordRule::Unicode` on a side needs it, and the small engine refuses such a model.
pub fn built_in(with_dictionaries: bool) -> Option<&'static [u8]> {
    Some(if with_dictionaries { WITH_DICTIONARIES } else { ENGINE }).filter(|bytes| !bytes.is_empty())
}

/// Returns the licences of everything that is compiled into the engine, which must accompany each copy of it; `None`
/// without an engine.
pub fn licences() -> Option<&'static str> {
    Some(LICENCES).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_has_both_engines_and_their_licences_or_nothing() {
        let engines = [built_in(false), built_in(true)];
        assert_eq!(engines.map(|engine| engine.is_some()), [licences().is_some(); 2]);
        for engine in engines.into_iter().flatten() {
            assert!(engine.starts_with(b"\x1f\x8b\x08"), "a gzip stream");
        }
    }
}
