//! Fuzzes a model directory in which one file is changed: the result is an error, or a model that translates.
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

static DIRECTORY: LazyLock<TempDir> = LazyLock::new(|| {
    let directory = tempfile::tempdir().expect("a directory");
    FILES.iter().for_each(|(name, bytes)| fs::write(directory.path().join(name), bytes).expect("written"));
    directory
});

/// A search that runs every part of a model and is as short as possible, so that many inputs are tried.
const SHORT: SearchOptions = SearchOptions { max_length: Some(3), ..SearchOptions::GREEDY };

fuzz_target!(|input: &[u8]| {
    let Some((choice, bytes)) = input.split_first() else { return };
    let (name, whole) = FILES[usize::from(choice % 4)];
    let changed = match choice / 4 % 3 {
        // The bytes replace the file.
        0 => bytes.to_vec(),
        // The bytes replace the header, with a correct length, before the weights of the model.
        1 if name == "model.safetensors" => {
            let (length, rest) = whole.split_first_chunk().expect("eight bytes");
            let weights = &rest[u64::from_le_bytes(*length) as usize..];
            [&(bytes.len() as u64).to_le_bytes(), bytes, weights].concat()
        }
        // The bytes overwrite a part of the file, at the position in the first two bytes.
        _ => {
            let Some((at, bytes)) = bytes.split_first_chunk() else { return };
            let at = usize::from(u16::from_le_bytes(*at)).min(whole.len());
            [&whole[..at], bytes, whole.get(at + bytes.len()..).unwrap_or_default()].concat()
        }
    };
    let path = DIRECTORY.path().join(name);
    fs::write(&path, changed).expect("written");
    if let Ok(translator) = Translator::load(DIRECTORY.path()) {
        // With a weight of NaN, translation is an error.
        if let Ok(translations) = translator.translate_with(&["a 3,250", ""], &SHORT, 1) {
            translations.iter().flatten().for_each(|translation| drop(translation.words()));
        }
    }
    fs::write(path, whole).expect("written");
});
