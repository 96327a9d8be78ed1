//! `page`: the file is read back as a browser reads it, and has the model inside.

use crate::cli::support::{Scratch, assert_says, sentences};
use flate2::Crc;
use flate2::read::GzDecoder;
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::Read;

/// As good as an engine for this program, which does not run it.
const ENGINE: &[u8] = b"\0asm\x01\0\0\0an engine";

/// A text that would end its element, open another and be replaced in a template.
const HOSTILE: &str = "</script><script>alert(1)</script><!--\n{{start}} {{end}} \"' & \u{2028} äöü 😀 \\u003c ]]>";

/// The shared model in `model`, whose languages are not stored, and an engine.
fn scratch() -> Scratch {
    let scratch = Scratch::with_model();
    scratch.write("engine.wasm", ENGINE);
    scratch
}

/// The `config.json` of the shared model.
fn card(scratch: &Scratch) -> Value {
    serde_json::from_slice(&scratch.read("model/config.json")).expect("JSON")
}

const PAGE: &str = "page --model en:de=model --engine engine.wasm";

/// A page as a browser sees it.
struct Page {
    text: String,
    data: Value,
    blocks: BTreeMap<String, Vec<u8>>,
}

impl Page {
    /// Reads a page, and fails unless its size and its checksums are right and its last element is there.
    #[track_caller]
    fn read(text: String) -> Self {
        let data: Value = serde_json::from_str(element(&text, "page-data")).expect("JSON");
        assert_eq!(data["bytes"], text.len());
        assert_eq!(element(&text, "end"), "");
        let names = data["blocks"].as_object().expect("blocks").keys();
        let blocks: BTreeMap<String, Vec<u8>> = names.map(|name| (name.clone(), block(&text, name))).collect();
        for (name, bytes) in &blocks {
            let mut crc = Crc::new();
            crc.update(bytes);
            let expected = &data["blocks"][name];
            assert_eq!((&expected["size"], &expected["crc32"]), (&bytes.len().into(), &crc.sum().into()), "{name}");
        }
        Self { text, data, blocks }
    }

    /// The files of a model, by their names in the model directory.
    fn model(&self, number: usize) -> BTreeMap<&str, &[u8]> {
        let names = self.data["models"][number]["files"].as_array().expect("files").iter();
        let names = names.map(|name| name.as_str().expect("a name"));
        names.map(|name| (name, &self.blocks[&format!("{number}/{name}")][..])).collect()
    }
}

/// The text of an element, as a parser of HTML sees it: everything before the next `<`, which must end the element.
#[track_caller]
fn element<'a>(page: &'a str, id: &str) -> &'a str {
    let (_, after) = page.split_once(&format!(" id=\"{id}\">")).expect(id);
    let (text, rest) = after.split_once('<').expect(id);
    assert!(rest.starts_with("/script>"), "{id}");
    text
}

/// Seven characters are six bytes, in base 125 with all characters of ASCII but NUL, the carriage return and `<`.
#[track_caller]
fn block(page: &str, name: &str) -> Vec<u8> {
    let characters: Vec<u8> = (1..128).filter(|code| ![b'\r', b'<'].contains(code)).collect();
    let text = element(page, &format!("block-{name}")).as_bytes();
    let mut packed = Vec::new();
    for group in text.chunks(7) {
        let digit = |place| {
            group.get(place).map_or(124, |code| characters.iter().position(|known| known == code).expect("a digit"))
        };
        let number = (0..7).fold(0, |number, place| number * 125 + digit(place) as u64);
        packed.extend_from_slice(&number.to_be_bytes()[2..][..group.len() - 1]);
    }
    let mut bytes = Vec::new();
    GzDecoder::new(&packed[..]).read_to_end(&mut bytes).expect(name);
    bytes
}

fn written(scratch: &Scratch, args: &str) -> Page {
    scratch.run(&format!("{PAGE} {args} -o page.html")).success();
    Page::read(scratch.text("page.html"))
}

#[test]
fn the_file_has_the_engine_and_the_files_of_a_5_bit_model() {
    let scratch = scratch();
    let ran = scratch.run(&format!("{PAGE} -o page.html")).success();
    assert_eq!(ran.stdout, "");
    assert_says(
        &ran.stderr,
        &[
            "page.html: page of ",
            "(1 model, engine of ",
            &format!("English to German (`model`): {} pairs of `pairs.tsv`, ", card(&scratch)["provenance"]["pairs"]),
            "whoever has the file has the model",
        ],
    );
    let page = Page::read(scratch.text("page.html"));
    assert_eq!(page.data["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(page.data["about"], Value::Null);
    assert_eq!((&page.data["models"][0]["source"], &page.data["models"][0]["target"]), (&"en".into(), &"de".into()));
    assert!(page.blocks["engine"] == ENGINE);

    scratch.run("quantize model -o coarse --bits 5").success();
    let files = page.model(0);
    assert_eq!(files.keys().count(), 5);
    for (name, bytes) in &files {
        scratch.write(&format!("unpacked/{name}"), bytes);
        assert!(*name == "config.json" || *bytes == scratch.read(&format!("coarse/{name}")), "{name}");
    }
    let translated = |model: &str| {
        scratch
            .pipe(&format!("translate --model {model} --format jsonl --links attention"), sentences())
            .success()
            .stdout
    };
    assert!(translated("unpacked") == translated("coarse"));
    assert_says(&scratch.run("info unpacked").success().stdout, &["English", "German", "8-bit"]);
}

#[test]
fn the_same_model_gives_the_same_bytes_in_a_file_and_on_standard_output() {
    let scratch = scratch();
    scratch.write("page.html", "an older page");
    let page = written(&scratch, "").text;
    assert!(written(&scratch, "").text == page);
    for output in ["", "-o -"] {
        let ran = scratch.run(&format!("{PAGE} {output}")).success();
        assert!(ran.stdout == page, "{output}");
        assert!(!ran.stderr.contains(" written"), "{}", ran.stderr);
    }
}

#[test]
fn small_pages_are_smaller_and_an_8_bit_model_stays_as_it_is() {
    let scratch = scratch();
    let (standard, small) = (written(&scratch, ""), written(&scratch, "--small"));
    let weights = |page: &Page| page.blocks["0/model.safetensors"].clone();
    assert!(weights(&small).len() * 9 < weights(&standard).len() * 5, "one encoder-decoder of two");
    let packed = |page: &Page| element(&page.text, "block-0/model.safetensors").len();
    assert!(packed(&small) * 2 < packed(&standard), "{} {}", packed(&small), packed(&standard));
    scratch.run("quantize model -o int8").success();
    let page = "page --model en:de=int8 --engine engine.wasm -o page.html";
    assert_says(&scratch.run(page).success().stderr, &["int8: the model is an 8-bit one and is taken as it is"]);
    assert!(weights(&Page::read(scratch.text("page.html"))) == scratch.read("int8/model.safetensors"));
    let message = scratch.run(&format!("{page} --small")).failure();
    assert_says(&message, &["int8: the model is an 8-bit one already", "made from", "leave --small out"]);
}

#[test]
fn a_model_of_both_directions_gives_a_page_of_both_and_several_models_can_be_named() {
    let scratch = scratch();
    for name in ["config.json", "model.safetensors", "tokenizer.json", "words.bin", "text.json", "statistics.bin"] {
        scratch.write(&format!("both/{name}"), scratch.read(&format!("model/{name}")));
        scratch.write(&format!("both/reverse/{name}"), scratch.read(&format!("model/{name}")));
    }
    let run = |models: &str| scratch.run(&format!("page {models} --engine engine.wasm -o page.html"));
    let pairs = |page: &Page| {
        let models = page.data["models"].as_array().expect("models").iter();
        models.map(|model| format!("{}-{}", model["source"], model["target"]).replace('"', "")).collect::<Vec<_>>()
    };
    let ran = run("--model en:de=both").success();
    assert_says(&ran.stderr, &["(2 models, ", "English to German (`both`)", "German to English (`both/reverse`)"]);
    let page = Page::read(scratch.text("page.html"));
    assert_eq!(pairs(&page), ["en-de", "de-en"]);
    assert!(page.model(0) != page.model(1), "the languages in config.json differ");
    assert!(page.model(0)["model.safetensors"] == page.model(1)["model.safetensors"]);
    run("--model en:de=model --model en:fr=both").success();
    assert_eq!(pairs(&Page::read(scratch.text("page.html"))), ["en-de", "en-fr", "fr-en"]);
    let message = run("--model en:de=both --model de:en=model").failure();
    assert_says(
        &message,
        &[
            "two models translate from `de` to `en`: ",
            "`both/reverse` (the opposite direction of `both`) and `model`; give only one of them",
        ],
    );
    let message = run("--model en:de=both --model fr:en=both/reverse").failure();
    assert_says(&message, &["both/reverse: this directory is given for two models", "a page of `both` has it"]);
    let message = run("--model en:de=model --model en:fr=./model").failure();
    assert_says(&message, &["./model: this directory is given for two models; give it only once"]);
}

#[test]
fn languages_that_contradict_the_model_are_a_warning_and_equal_ones_an_error() {
    let scratch = scratch();
    let mut card = card(&scratch);
    card["languages"] = serde_json::json!({"source": "en", "target": "de"});
    scratch.write("model/config.json", card.to_string());
    let run =
        |languages: &str| scratch.run(&format!("page --model {languages}=model --engine engine.wasm -o page.html"));
    let message = run("fr:en").success().stderr;
    assert_says(&message, &["warning: model: `fr:en` is given, but the model says `en` to `de`"]);
    assert_eq!(Page::read(scratch.text("page.html")).data["models"][0]["source"], "fr");
    for languages in ["en:de", "en-GB:de"] {
        assert!(!run(languages).success().stderr.contains("warning"), "{languages}");
    }
    assert_says(&run("en:en").failure(), &["model: source and target language are both `en`", "name two languages"]);
}

#[test]
fn the_score_is_explained_and_a_small_page_says_that_it_is_worse() {
    let scratch = scratch();
    let mut card = card(&scratch);
    let trained = &mut card["provenance"];
    trained["dev_metric"] = "chrF2".into();
    trained["dev_chrf"] = serde_json::json!(12.5);
    trained["dev_pairs"] = serde_json::json!(24);
    scratch.write("model/config.json", card.to_string());
    let message = scratch.run(&format!("{PAGE} -o page.html")).success().stderr;
    assert_says(&message, &["chrF2 12.50\n", "this score means: hardly a word is right"]);
    assert_eq!(Page::read(scratch.text("page.html")).data["models"][0].get("note"), None);

    let note =
        "smaller copy: 4 bits of each weight, first of 2 encoder-decoders; translations are worse than this score";
    let message = scratch.run(&format!("{PAGE} --small -o page.html")).success().stderr;
    assert_says(&message, &["chrF2 12.50\n", note]);
    assert_eq!(Page::read(scratch.text("page.html")).data["models"][0]["note"], note);

    card["provenance"]["dev_pairs"] = serde_json::json!(9);
    scratch.write("model/config.json", card.to_string());
    let message = scratch.run(&format!("{PAGE} -o page.html")).success().stderr;
    assert!(!message.contains("this score means"), "nine pairs say nothing: {message}");
}

#[test]
fn a_suggested_command_has_names_with_spaces_in_quotation_marks() {
    let scratch = scratch();
    for name in ["config.json", "model.safetensors", "tokenizer.json", "words.bin", "text.json", "statistics.bin"] {
        scratch.write(&format!("my model/{name}"), scratch.read(&format!("model/{name}")));
    }
    let ran = scratch.run_args(&["page", "--model", "my model", "--engine", "engine.wasm", "-o", "page.html"]);
    assert_says(&ran.failure(), &["for example --model de:en='my model' for German to English"]);
}

#[test]
fn the_machine_of_the_training_stays_unknown() {
    let scratch = scratch();
    let mut card = card(&scratch);
    let parent = card["provenance"].clone();
    let pairs = parent["pairs"].clone();
    let trained = &mut card["provenance"];
    trained["corpus"] = "/home/anna/a.de.gz and /home/anna/a.en.gz".into();
    trained["from"] = serde_json::json!({"directory": "/home/anna/parent", "provenance": parent});
    trained["training"]["note"] = "anna".into();
    scratch.write("model/config.json", card.to_string());
    let ran = scratch.run(&format!("{PAGE} -o page.html")).success();
    assert_says(&ran.stderr, &[&format!("{pairs} pairs of `a.de.gz and a.en.gz`")]);
    let page = Page::read(scratch.text("page.html"));
    for (name, bytes) in &page.blocks {
        assert!(!bytes.windows(4).any(|window| window == b"anna"), "{name}");
    }
    let shared: Value = serde_json::from_slice(page.model(0)["config.json"]).expect("JSON");
    let trained = &shared["provenance"];
    assert_eq!((&trained["training"], trained.get("from")), (&serde_json::json!({}), None));
    assert_eq!((&trained["corpus"], &trained["pairs"]), (&"a.de.gz and a.en.gz".into(), &pairs));
    assert!(trained["dev_bleu"].is_f64());
    assert_eq!(shared["languages"], serde_json::json!({"source": "en", "target": "de"}));
}

#[test]
fn a_text_for_readers_stays_text_whatever_it_contains() {
    let scratch = scratch();
    let elements = |page: &Page| ["<script", "</script", "<!--", "<p"].map(|tag| page.text.matches(tag).count());
    scratch.write("about.txt", "Licence: CC0");
    let plain = written(&scratch, "--about about.txt");
    assert_eq!(plain.data["about"], "Licence: CC0");
    scratch.write("about.txt", format!("Licence {HOSTILE}\r\nsecond line\n\n"));
    let hostile = written(&scratch, "--about about.txt");
    assert_eq!(hostile.data["about"], format!("Licence {HOSTILE}\nsecond line"));
    let longest = "a".repeat(65_536);
    for end in ["", "\n"] {
        scratch.write("longest.txt", format!("{longest}{end}"));
        assert_eq!(written(&scratch, "--about longest.txt").data["about"], longest);
    }
    scratch.write("longest.txt", format!("{longest}a"));
    let message = scratch.run(&format!("{PAGE} --about longest.txt -o page.html")).failure();
    assert_says(&message, &["longest.txt: the text of --about has at most 65536 bytes"]);
    assert_eq!(elements(&hostile), elements(&plain));
}

#[test]
fn a_page_of_a_web_site_names_the_script_that_keeps_it() {
    let scratch = scratch();
    assert_eq!(written(&scratch, "").data.get("offline"), None);
    let ran = scratch.run(&format!("{PAGE} --offline site/keep.js -o page.html"));
    assert_says(&ran.failure(), &["site/keep.js: cannot be written: the folder site does not exist"]);
    scratch.write("site/readme.txt", "");
    let page = written(&scratch, "--offline site/keep.js");
    assert_eq!(page.data["offline"], "keep.js");
    assert_says(&scratch.text("site/keep.js"), &["addEventListener"]);
    let apart = "warning: site/keep.js: put it beside the page";
    for (output, is_apart) in [("-o page.html", true), ("", true), ("-o ./site/page.html", false)] {
        let message = scratch.run(&format!("{PAGE} --offline site/keep.js {output}")).success().stderr;
        assert_eq!(message.contains(apart), is_apart, "{output}: {message}");
    }
    let ran = scratch.run(&format!("{PAGE} --offline page -o page")).wrong_usage();
    assert_says(&ran, &["--output and --offline cannot both be page;"]);
    let message = scratch.run(&format!("{PAGE} --offline kept<page>.js -o page.html")).failure();
    assert_says(&message, &["kept<page>.js", "use Latin letters"]);
}

#[test]
fn a_hostile_name_of_a_corpus_stays_text() {
    let scratch = scratch();
    let elements = |page: &Page| ["<script", "</script", "<!--"].map(|tag| page.text.matches(tag).count());
    let plain = elements(&written(&scratch, ""));
    let mut card = card(&scratch);
    card["provenance"]["corpus"] = HOSTILE.replace(['/', '\\'], "").into();
    scratch.write("model/config.json", card.to_string());
    assert_eq!(elements(&written(&scratch, "")), plain);
}

#[test]
fn what_gives_no_page_is_an_error_with_its_remedy_and_an_older_page_stays() {
    let scratch = scratch();
    scratch.write("page.html", "an older page");
    scratch.write("about.html", "about");
    scratch.write("empty.txt", " \n");
    scratch.write("long.txt", "a long line\n".repeat(6000));
    scratch.write("latin.txt", b"Stra\xDFe");
    scratch.write("engine.js", "text");
    scratch.write("engine.gz", b"\x1f\x8b\x08damaged");
    scratch.write("nothing/readme.txt", "");
    let model = "--model en:de=model";
    for (args, parts) in [
        ("--model model --engine engine.wasm", ["the languages of this model are unknown", "--model de:en=model"]),
        ("--model en:de=nowhere --engine engine.wasm", ["nowhere: no model directory", "glosser train"]),
        ("--model en:de=nothing --engine engine.wasm", ["no model in this directory", "nothing"]),
        (
            &*format!("{model} {model} --engine engine.wasm"),
            ["model: this directory is given for two models", "only once"],
        ),
        (&*format!("{model} --engine missing.wasm"), ["missing.wasm: cannot be read", ""]),
        (&*format!("{model} --engine engine.js"), ["engine.js: this file is not WebAssembly", "build_page_engine.sh"]),
        (&*format!("{model} --engine engine.gz"), ["engine.gz: this gzip file is damaged", "build_page_engine.sh"]),
        (&*format!("{model} --engine engine.wasm --about missing.txt"), ["missing.txt", ""]),
        (&*format!("{model} --engine engine.wasm --about empty.txt"), ["empty.txt: this file is empty", "--about"]),
        (
            &format!("{model} --engine engine.wasm --about long.txt"),
            ["long.txt: the text of --about has at most", "shorten"],
        ),
        (&*format!("{model} --engine engine.wasm --about latin.txt"), ["latin.txt", "UTF-8"]),
    ] {
        assert_says(&scratch.run(&format!("page {args} -o page.html")).failure(), &parts);
        assert_eq!(scratch.text("page.html"), "an older page");
    }
    let message = scratch.run(&format!("{PAGE} --about about.html -o about.html")).failure();
    assert_says(&message, &["about.html: input and output are the same file", "another -o"]);
    std::fs::hard_link(scratch.path("model/config.json"), scratch.path("linked.html")).expect("a link");
    let message = scratch.run(&format!("{PAGE} -o linked.html")).failure();
    assert_says(&message, &["linked.html: input and output are the same file", "model/config.json"]);
    assert_says(&scratch.run(&format!("{PAGE} -o page.pdf")).wrong_usage(), &["end the name in .html"]);
    assert_says(&scratch.run("page --model en=model").wrong_usage(), &["de-en"]);
    assert_eq!(scratch.text("about.html"), "about");
}

#[test]
fn a_program_without_an_engine_says_where_to_get_one() {
    let scratch = scratch();
    let ran = scratch.run("page --model en:de=model -o page.html");
    if ran.code == Some(0) {
        let page = Page::read(scratch.text("page.html"));
        assert!(page.blocks["engine"].starts_with(b"\0asm") && !page.blocks["licences"].is_empty());
    } else {
        assert_says(&ran.failure(), &["without the engine of a page", "scripts/build_page_engine.sh", "--engine FILE"]);
        assert!(!scratch.path("page.html").exists());
    }
}
