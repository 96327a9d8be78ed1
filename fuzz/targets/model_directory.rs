//! A model directory with other bytes in one of its files: an error, or a model that translates.
#![no_main]

use glosser_translator::{SearchOptions, Translator};
use libfuzzer_sys::fuzz_target;
use std::fs;
use std::sync::LazyLock;
use tempfile::TempDir;

macro_rules! file {
    ($name:literal) => {
        ($name, include_bytes!(concat!("../../tests/golden/format-2/model/", $name)).as_slice())
    };
}

const FILES: [(&str, &[u8]); 4] =
    [file!("config.json"), file!("model.safetensors"), file!("tokenizer.json"), file!("words.bin")];

static PLACE: LazyLock<TempDir> = LazyLock::new(|| {
    let place = tempfile::tempdir().expect("a directory");
    FILES.iter().for_each(|(name, bytes)| fs::write(place.path().join(name), bytes).expect("written"));
    place
});

/// As little as goes through every part of a model: most inputs are no model, and there should be many of them.
const SHORT: SearchOptions = SearchOptions { max_length: Some(3), ..SearchOptions::GREEDY };

fuzz_target!(|input: &[u8]| {
    let Some((choice, bytes)) = input.split_first() else { return };
    let (name, whole) = FILES[usize::from(choice % 4)];
    let changed = match choice / 4 % 3 {
        // The bytes and nothing else.
        0 => bytes.to_vec(),
        // As a header that says how long it is, with the numbers of the model behind it.
        1 if name == "model.safetensors" => {
            let (length, rest) = whole.split_first_chunk().expect("eight bytes");
            let numbers = &rest[u64::from_le_bytes(*length) as usize..];
            [&(bytes.len() as u64).to_le_bytes(), bytes, numbers].concat()
        }
        // In the place of some bytes of the file; the first two say where.
        _ => {
            let Some((at, bytes)) = bytes.split_first_chunk() else { return };
            let at = usize::from(u16::from_le_bytes(*at)).min(whole.len());
            [&whole[..at], bytes, whole.get(at + bytes.len()..).unwrap_or_default()].concat()
        }
    };
    let path = PLACE.path().join(name);
    fs::write(&path, changed).expect("written");
    if let Ok(translator) = Translator::load(PLACE.path()) {
        // A weight may be one that is no number, and then this is an error.
        if let Ok(translations) = translator.translate_with(&["a 3,250", ""], &SHORT, 1) {
            translations.iter().flatten().for_each(|translation| drop(translation.words()));
        }
    }
    fs::write(path, whole).expect("written");
});
