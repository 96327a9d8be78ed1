//! Malicious model directories: each is an immediate error that names the file, and no memory is allocated for a size
//! that a file merely claims.

use crate::directory::saved;
use crate::support::{SCORES, random};
use glosser_translator::{ModelDirectory, OptionalFiles, Translator, TranslatorError};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::error::Error;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

/// The files of a model.
static FILES: LazyLock<Vec<(String, Vec<u8>)>> = LazyLock::new(|| {
    let place = saved(&random(SCORES[2], true));
    // Three training words, as hashes in ascending order.
    fs::write(place.path().join("words.bin"), [1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 9]).expect("written");
    let names = ["config.json", "model.safetensors", "tokenizer.json", "words.bin", "text.json"];
    names.iter().map(|name| (String::from(*name), fs::read(place.path().join(name)).expect("a file"))).collect()
});

fn file(name: &str) -> &'static [u8] {
    &FILES.iter().find(|(file, _)| file == name).expect("one of the files").1
}

/// Loads the model with one of its files replaced by `write`.
fn loaded(name: &str, write: impl FnOnce(&Path)) -> Result<Translator, Box<TranslatorError>> {
    let place = tempfile::tempdir().expect("a directory");
    for (file, bytes) in FILES.iter().filter(|(file, _)| file != name) {
        fs::write(place.path().join(file), bytes).expect("written");
    }
    write(&place.path().join(name));
    Translator::load(place.path()).map_err(Box::new)
}

/// Fails unless the model with other bytes in one of its files is refused with the file name, a remedy and `problem`.
#[track_caller]
fn assert_refused(name: &str, bytes: &[u8], problem: &str) {
    let message = loaded(name, |path| fs::write(path, bytes).expect("written")).expect_err(problem).to_string();
    assert!(message.contains(name) && message.contains(problem), "{problem}: {message}");
    assert!(message.contains("copy the") && message.contains("train"), "{message}");
    assert!(message.len() < 2000, "a message of {} bytes", message.len());
}

/// A safetensors file with this header, followed by `len` zero bytes.
fn weights(header: &str, len: usize) -> Vec<u8> {
    [&(header.len() as u64).to_le_bytes(), header.as_bytes(), &vec![0; len]].concat()
}

/// The header of the valid weights, and the bytes after it.
fn header() -> (String, &'static [u8]) {
    let (length, rest) = file("model.safetensors").split_first_chunk().expect("eight bytes");
    let (header, data) = rest.split_at(u64::from_le_bytes(*length) as usize);
    (String::from_utf8(header.to_vec()).expect("UTF-8"), data)
}

fn with_header(header: &str) -> Vec<u8> {
    let mut bytes = weights(header, 0);
    bytes.extend_from_slice(self::header().1);
    bytes
}

#[test]
fn the_unchanged_model_is_loaded() {
    // Otherwise the other tests would prove nothing.
    assert!(loaded("config.json", |path| fs::write(path, file("config.json")).expect("written")).is_ok());
    assert!(loaded("model.safetensors", |path| fs::write(path, with_header(&header().0)).expect("written")).is_ok());
}

#[test]
fn a_weights_header_with_a_wrong_length_is_refused() {
    for length in [0, 1, 7, 1 << 20, 1 << 32, 1 << 60, u64::MAX - 8, u64::MAX] {
        let mut bytes = file("model.safetensors").to_vec();
        bytes[..8].copy_from_slice(&length.to_le_bytes());
        assert_refused("model.safetensors", &bytes, "eader");
    }
    for length in 0..8 {
        assert_refused("model.safetensors", &file("model.safetensors")[..length], "eader");
    }
}

#[test]
fn a_weights_header_that_is_not_valid_is_refused() {
    for header in ["", " ", "null", "[]", "{", "{}x", "\u{0}", "{\"a\":1}", "{\"a\":{}}"] {
        assert_refused("model.safetensors", &weights(header, 64), "eader");
    }
    assert_refused("model.safetensors", &weights(&"[".repeat(200_000), 0), "eader");
    assert_refused("model.safetensors", &weights(&"{\"a\":".repeat(200_000), 0), "eader");
    assert_refused("model.safetensors", &[&2_u64.to_le_bytes()[..], b"{\xFF"].concat(), "eader");
    assert_refused("model.safetensors", &weights("{}", 0), "is missing");
}

#[test]
fn wrong_offsets_and_shapes_are_refused() {
    for (shape, from, to, len) in [
        ("[4]", "0", "16", 15),
        ("[4]", "0", "16", 17),
        ("[4]", "0", "15", 16),
        ("[4]", "16", "0", 16),
        ("[4]", "1", "17", 17),
        ("[4]", "0", "18446744073709551615", 16),
        ("[4]", "0", "1e30", 16),
        ("[4]", "-1", "15", 16),
        ("[18446744073709551615, 18446744073709551615]", "0", "16", 16),
        ("[4611686018427387904]", "0", "0", 0),
        ("[-4]", "0", "16", 16),
        ("4", "0", "16", 16),
        ("[[4]]", "0", "16", 16),
    ] {
        let header =
            format!("{{\"embedding.weight\":{{\"dtype\":\"F32\",\"shape\":{shape},\"data_offsets\":[{from},{to}]}}}}");
        assert_refused("model.safetensors", &weights(&header, len), "");
    }
    // Two weights that share their bytes, and a gap between two.
    let two = |from: usize, to: usize| {
        let part = |name: &str, from: usize, to: usize| {
            format!("\"{name}\":{{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[{from},{to}]}}")
        };
        weights(&format!("{{{},{}}}", part("a", 0, 16), part("b", from, to)), 40)
    };
    assert_refused("model.safetensors", &two(8, 24), "");
    assert_refused("model.safetensors", &two(24, 40), "");
}

#[test]
fn of_a_weight_named_twice_the_last_entry_counts_and_is_checked() {
    let (header, _) = header();
    let wrong = "\"decoder.output.bias\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}";
    let before = format!("{{{wrong},{}", &header[1..]);
    assert!(loaded("model.safetensors", |path| fs::write(path, with_header(&before)).expect("written")).is_ok());
    let after = format!("{},{wrong}}}", &header.trim_end()[..header.trim_end().len() - 1]);
    assert_refused("model.safetensors", &with_header(&after), "");
}

#[test]
fn weights_of_every_other_type_are_refused() {
    let (header, data) = header();
    for dtype in ["BOOL", "U8", "I8", "I16", "F16", "BF16", "I32", "U32", "F64", "I64", "C64", "F4", "F8_E5M2", "X9"] {
        let other = header.replace("\"F32\"", &format!("\"{dtype}\""));
        assert_refused("model.safetensors", &[weights(&other, 0), data.to_vec()].concat(), "");
    }
    for (dtype, bytes) in [("I8", 1), ("F16", 2), ("U32", 4), ("F8_E8M0", 1), ("F64", 8), ("BOOL", 1)] {
        // A valid file whose first weight is of another type.
        let header = format!(
            "{{\"decoder.output.bias\":{{\"dtype\":\"{dtype}\",\"shape\":[8],\"data_offsets\":[0,{}]}}}}",
            8 * bytes
        );
        let problem = "`decoder.output.bias` is of type";
        assert_refused("model.safetensors", &weights(&header, 8 * bytes), problem);
    }
}

#[test]
fn a_file_longer_than_its_model_is_refused_before_it_is_read() {
    for name in ["config.json", "model.safetensors", "tokenizer.json", "words.bin", "text.json"] {
        // A sparse file of four terabytes: reading it would take all memory.
        let grown = |path: &Path| {
            fs::write(path, file(name)).expect("written");
            let opened = fs::OpenOptions::new().write(true).open(path).expect("opened");
            opened.set_len(1 << 42).or_else(|_| opened.set_len(1 << 33)).expect("a hole");
        };
        let message = loaded(name, grown).expect_err("too long").to_string();
        assert!(message.contains(name) && message.contains("it is longer than"), "{message}");
    }
}

#[test]
fn a_directory_or_a_device_in_place_of_a_file_is_refused() {
    let with_cause = |error: Box<TranslatorError>| format!("{error} {:?}", error.source());
    for name in ["config.json", "model.safetensors", "tokenizer.json", "words.bin", "text.json"] {
        let error = loaded(name, |path| fs::create_dir(path).expect("a directory")).expect_err("a directory");
        let message = with_cause(error);
        assert!(message.contains(name) && message.contains("this is not a file"), "{message}");
        #[cfg(unix)]
        {
            let link = |path: &Path| std::os::unix::fs::symlink("/dev/zero", path).expect("a link");
            let message = with_cause(loaded(name, link).expect_err("no end"));
            assert!(message.contains(name) && message.contains("this is not a file"), "{message}");
        }
    }
}

const KEYS: [&str; 10] = [
    "/source_vocab",
    "/target_vocab",
    "/embed",
    "/encoder/hidden",
    "/encoder/layers",
    "/encoder/dropout",
    "/decoder/hidden",
    "/decoder/dropout",
    "/decoder/attention/size",
    "/precision",
];

/// `config.json` with another text as one of its values.
fn config(place: &str, text: &str) -> String {
    let mut value: Value = serde_json::from_slice(file("config.json")).expect("JSON");
    value["model"]["precision"] = json!("f32");
    *value["model"].pointer_mut(place).expect("a key") = json!("HERE");
    value.to_string().replace("\"HERE\"", text)
}

#[test]
fn impossible_values_of_the_configuration_are_refused() {
    for place in KEYS {
        for text in
            ["-1", "1.5", "1e400", "NaN", "Infinity", "1e39", "18446744073709551616", "null", "\"7\"", "[]", "{}"]
        {
            assert_refused("config.json", config(place, text).as_bytes(), "");
        }
    }
    for place in KEYS.iter().filter(|place| !place.ends_with("dropout") && !place.ends_with("precision")) {
        for text in ["0", "1000000000", "18446744073709551615"] {
            assert_refused("config.json", config(place, text).as_bytes(), "no model has a `");
        }
    }
    for text in ["-0.1", "1", "1.0", "2"] {
        assert_refused("config.json", config("/decoder/dropout", text).as_bytes(), "no model has a `decoder.dropout`");
    }
}

#[test]
fn sizes_that_differ_from_the_weights_are_refused_and_nothing_is_allocated_for_them() {
    // The largest size that the configuration may name: a table of 10^15 bytes.
    for (place, problem) in [
        ("/embed", "has shape"),
        ("/encoder/hidden", "has shape"),
        ("/decoder/hidden", "has shape"),
        ("/decoder/attention/size", "has shape"),
    ] {
        let bytes = config(place, "16777216");
        let message = loaded("config.json", |path| fs::write(path, bytes).expect("written")).expect_err(problem);
        let message = message.to_string();
        assert!(message.contains("model.safetensors: the weight `") && message.contains(problem), "{message}");
    }
    let message = loaded("config.json", |path| fs::write(path, config("/encoder/layers", "1024")).expect("written"));
    let message = message.expect_err("layers").to_string();
    assert!(message.contains("`encoder.layer1.") && message.contains("is missing"), "{message}");
}

#[test]
fn sizes_that_do_not_fit_each_other_are_an_error_of_the_configuration() {
    let text = config("/decoder/attention/size", "10").replace("\"additive\"", "\"dot\"");
    let text = text.replace("\"hidden\":16", "\"hidden\":18");
    assert_refused("config.json", text.as_bytes(), "the score `dot`");
}

#[test]
fn unknown_keys_and_deep_nesting_of_the_configuration_are_refused() {
    let text = String::from_utf8(file("config.json").to_vec()).expect("UTF-8");
    for (from, to, problem) in [
        ("\"embed\"", "\"extra\": 1, \"embed\"", "unknown field `extra`"),
        ("\"embed\"", "\"embed\": 12, \"embed\"", "duplicate field `embed`"),
        ("\"program\"", "\"extra\": 1, \"program\"", "unknown field `extra`"),
        ("\"model\"", "\"extra\": 1, \"model\"", "unknown field `extra`"),
        ("\"model\"", "\"model\": {}, \"model\"", ""),
    ] {
        assert_refused("config.json", text.replacen(from, to, 1).as_bytes(), problem);
    }
    for nested in ["[".repeat(200_000), "{\"model\":".repeat(200_000), "{\"a\":[".repeat(200_000)] {
        assert_refused("config.json", nested.as_bytes(), "recursion limit");
        let inside = text.replacen("\"program\"", &format!("\"training\": {nested}"), 1);
        assert_refused("config.json", inside.as_bytes(), "recursion limit");
    }
}

#[test]
fn damaged_training_words_are_refused() {
    for bytes in [&[1, 2, 3][..], &[7; 8], &[1, 0, 0, 0, 0, 0, 0, 0], &[0; 16], &[255; 4097]] {
        assert_refused("words.bin", bytes, "not in ascending order");
    }
}

proptest! {
    // Fewer cases than usual, because each writes and reads files.
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_are_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        for name in ["config.json", "model.safetensors", "tokenizer.json"] {
            prop_assert!(loaded(name, |path| fs::write(path, &bytes).expect("written")).is_err());
        }
        // Random bytes may be valid training words.
        let _ = loaded("words.bin", |path| fs::write(path, &bytes).expect("written"));
    }

    #[test]
    fn a_changed_byte_is_an_error_or_another_model(
        name in 0_usize..4,
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let (name, whole) = &FILES[name];
        let mut bytes = whole.clone();
        // Most bytes of the weights are values; those of the header are more interesting.
        let len = if name == "model.safetensors" { 4096.min(bytes.len()) } else { bytes.len() };
        bytes[at.index(len)] = byte;
        bytes.truncate(cut.map_or(bytes.len(), |cut| cut.index(whole.len())));
        if let Ok(translator) = loaded(name, |path| fs::write(path, &bytes).expect("written")) {
            // A weight may have become NaN.
            let _ = translator.translate(&["ein Hund läuft"]);
        }
    }

    #[test]
    fn a_card_is_read_as_it_was_written(
        texts in proptest::array::uniform3(any::<String>()),
        counts in proptest::array::uniform4(any::<usize>()),
        figures in proptest::array::uniform3(any::<i32>().prop_map(|figure| f64::from(figure) / 1000.0)),
        origins in 0_usize..4,
    ) {
        let place = tempfile::tempdir().expect("a directory");
        FILES.iter().for_each(|(file, bytes)| fs::write(place.path().join(file), bytes).expect("written"));
        let directory = ModelDirectory::new(place.path());
        let mut card = directory.read_card().expect("a card");
        let from = &mut card.provenance;
        [from.program, from.corpus, _] = texts.clone();
        [from.pairs, from.dev_pairs, from.step, _] = counts;
        [from.epochs, from.dev_loss, from.dev_bleu] = figures;
        from.training = json!({ "key": texts[2], "number": counts[3], "figure": figures[0] });
        for _ in 0..origins {
            let provenance = card.provenance.clone();
            let origin = glosser_translator::Origin { directory: texts[2].clone(), provenance };
            card.provenance.from = Some(Box::new(origin));
        }
        let translator = directory.load().expect("a model");
        let weights = fs::read(directory.weights()).expect("bytes");
        directory.save(&card, translator.tokenizers(), &weights, OptionalFiles::default()).expect("saved");
        prop_assert_eq!(directory.read_card().expect("a card"), card);
    }
}
