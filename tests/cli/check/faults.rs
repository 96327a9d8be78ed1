//! Each fault of a corpus is found, with its line.

use super::support::{ABOVE, DEV, LINE, Sides, TRAIN, assert_bytes_found, assert_found, report};
use crate::cli::support::{Scratch, assert_says};

const TEST: &str = include_str!("../../../data/test.en-fr.tsv");

#[test]
fn the_bundled_corpus_is_clean() {
    let scratch = Scratch::new();
    for (name, text) in [("train.tsv", TRAIN), ("dev.tsv", DEV), ("test.tsv", TEST)] {
        scratch.write(name, text);
    }
    let ran = scratch.run("check train.tsv --dev dev.tsv --test test.tsv --json").success();
    let report = report(&ran);
    assert!(report.findings.is_empty() && report.line_shifts.is_empty(), "{}", ran.stdout);
    let roles: Vec<&str> = report.corpora.iter().map(|corpus| corpus.role.as_str()).collect();
    assert_eq!(roles, ["train", "dev", "test"]);
    let train = &report.corpora[0];
    assert_eq!((train.pairs, train.usable, train.source.lines, train.target.lines), (12_000, 12_000, 12_000, 12_000));
    // The same numbers as in data/README.md.
    assert_eq!((train.source.words, train.target.words), (93_521, 92_831));
    assert_eq!(train.source.characters + train.target.characters + 24_000, TRAIN.chars().count());
    let text = scratch.run("check train.tsv").success().stdout;
    assert_says(&text, &["train.tsv: 12,000 pairs", "93,521 words", "no errors or warnings"]);
}

#[test]
fn invalid_bytes_and_characters_are_named_with_line_and_column() {
    assert_bytes_found("nul", b"\0");
    assert_bytes_found("bom-inside", b"\xEF\xBB\xBF");
    assert_bytes_found("carriage-return", b"\r");
    assert_bytes_found("line-separator", b"\xC2\x85");
    assert_bytes_found("line-separator", b"\xE2\x80\xA8");
    assert_bytes_found("line-separator", b"\xE2\x80\xA9");
    assert_bytes_found("control", b"\x07");
    assert_bytes_found("control", b"\x1B");
    assert_bytes_found("not-utf8", b"\xFC");
    assert_bytes_found("not-utf8", b"\xE2\x82");
    assert_found("bom", 1, Some([1, 1]), |sides| drop(sides.on(1).0.splice(..0, *b"\xEF\xBB\xBF")));
    // In a TSV the column is counted from the start of the line, before the source.
    let behind = Sides::clean().source[LINE - 1].len() + 1;
    assert_found("nul", LINE, Some([behind + 1, 1]), |sides| sides.on(LINE).1.insert(0, 0));
}

#[test]
fn text_that_other_programs_have_damaged_is_named() {
    // `café` read as Windows-1252 and written as UTF-8 again; in the second case beside a correct character.
    assert_bytes_found("double-encoded", "\u{C3}\u{A9}".as_bytes());
    assert_found("partly-double-encoded", LINE, Some([1, 1]), |sides| {
        drop(sides.on(LINE).0.splice(..0, "\u{C3}\u{B6}l \u{201C}öl\u{201D} ".bytes()));
    });
    assert_found("replacement", LINE, None, |sides| sides.on(LINE).0.extend(" caf\u{FFFD}".as_bytes()));
    assert_bytes_found("entities", b"&quot;");
    assert_bytes_found("entities", b"&#39;");
    assert_bytes_found("invisible", "\u{200B}".as_bytes());
    assert_bytes_found("invisible", "\u{AD}".as_bytes());
    assert_bytes_found("invisible", "\u{202E}".as_bytes());
    // A Cyrillic letter in an English word.
    assert_found("mixed-scripts", LINE, Some([1, 1]), |sides| {
        drop(sides.on(LINE).0.splice(..0, "\u{415}very ".bytes()));
    });
}

#[test]
fn numbers_placeholders_and_tags_are_compared() {
    let both = |source: &'static str, target: &'static str| {
        move |sides: &mut Sides| {
            let (s, t) = sides.on(LINE);
            s.extend(source.bytes());
            t.extend(target.bytes());
        }
    };
    assert_found("numbers-differ", LINE, None, both(" Number 5 is 10.", " Le numéro 6 est 11."));
    assert_found("numbers-differ", LINE, None, both(" It was 1958.", ""));
    assert_found("placeholders-differ", LINE, None, both(" {0} %s", " {1} %s"));
    assert_found("placeholders-differ", LINE, None, both(" <b>Yes.</b>", " Oui."));
    assert_found("tags", LINE, None, both(" <b>Yes.</b>", " <b>Oui.</b>"));
    let scratch = Scratch::new();
    let pairs = "Room 12, 1,000 EUR, at 3 pm, {0}\tغرفة ١٢، ١٠٠٠ EUR, 15:00, {0}\n2 of 5\tdeux de 5\n";
    scratch.write("c.tsv", pairs);
    let report = report(&scratch.run("check c.tsv --json"));
    assert!(
        report.findings.is_empty(),
        "{:?}",
        report.findings.iter().map(|finding| &finding.kind).collect::<Vec<_>>()
    );
}

#[test]
fn a_header_row_is_named() {
    for header in ["English\tFrench", "source\ttarget", "en\tfr", "text_en\ttext_fr"] {
        let (source, target) = header.split_once('\t').expect("two columns");
        assert_found("header", 1, None, |sides| {
            sides.source.insert(0, source.into());
            sides.target.insert(0, target.into());
        });
    }
}

#[test]
fn sides_without_usable_text_are_named() {
    assert_found("blank-side", LINE, None, |sides| sides.on(LINE).0.clear());
    assert_found("blank-side", LINE, None, |sides| *sides.on(LINE).1 = b" \xE3\x80\x80".to_vec());
    assert_found("blank-pair", LINE, None, |sides| {
        sides.on(LINE).0.clear();
        sides.on(LINE).1.clear();
    });
    assert_found("too-long", LINE, None, |sides| *sides.on(LINE).0 = b"some words ".repeat(101));
    assert_found("length-ratio", LINE, None, |sides| sides.target[LINE - 1] = sides.target[200..208].join(&b' '));
    assert_found("repeats", LINE, None, |sides| sides.on(LINE).1.extend(b" ......."));
    assert_found("repeats", LINE, None, |sides| sides.on(LINE).0.extend(b" * * * * * *"));
}

#[test]
fn duplicates_are_named_with_the_line_of_the_first() {
    let copied = |sides: &mut Sides| {
        let (source, target) = sides.texts(ABOVE);
        (*sides.on(LINE).0, *sides.on(LINE).1) = (source, target);
    };
    assert_found("duplicate-pair", LINE, None, copied);
    // Spaces at the end make no difference.
    assert_found("duplicate-pair", LINE, None, |sides| {
        copied(sides);
        sides.on(LINE).0.push(b' ');
    });
    assert_found("same-source", LINE, None, |sides| {
        copied(sides);
        sides.on(LINE).1.extend(b" Oui.");
    });
}

/// The first line from `line` on that is long enough to recognise its language.
fn long_line(line: usize) -> usize {
    let sides = Sides::clean();
    let is_long = |line: &usize| sides.source[line - 1].len().min(sides.target[line - 1].len()) > 40;
    (line..400).find(is_long).expect("a long line")
}

#[test]
fn swapped_sides_and_wrong_languages_are_named() {
    let (line, other) = (long_line(LINE), long_line(250));
    assert_found("swapped-sides", line, None, |sides| {
        let (source, target) = sides.texts(line);
        (*sides.on(line).0, *sides.on(line).1) = (target, source);
    });
    assert_found("same-text", line, None, |sides| *sides.on(line).1 = sides.texts(line).0);
    assert_found("wrong-language", line, None, |sides| *sides.on(line).0 = sides.texts(other).1);
    assert_found("wrong-language", line, None, |sides| *sides.on(line).1 = sides.texts(other).0);
}

#[test]
fn missing_columns_a_column_of_ids_and_an_empty_file_are_named() {
    let scratch = Scratch::new();
    let sides = Sides::clean();
    sides.write(&scratch);
    let tsv = scratch.text("c.tsv");
    let without_tab = |(index, line): (usize, &str)| {
        if index + 1 == LINE { line.replace('\t', " ") + "\n" } else { line.to_owned() + "\n" }
    };
    scratch.write("no-tab.tsv", tsv.lines().enumerate().map(without_tab).collect::<String>());
    let ids = tsv.lines().enumerate().map(|(index, line)| format!("{}\t{line}\n", 77_000 + index));
    scratch.write("ids.tsv", ids.collect::<String>());
    scratch.write("empty.tsv", "");
    for (args, kind, line, note) in [
        ("no-tab.tsv", "too-few-columns", LINE, "column 2 is needed, there are 1"),
        ("ids.tsv --columns 1,3", "numbers", 1, "the source side"),
        ("empty.tsv", "no-pairs", 1, ""),
    ] {
        let ran = scratch.run(&format!("check {args} --json"));
        let report = report(&ran);
        let kinds: Vec<&str> = report.findings.iter().map(|finding| finding.kind.as_str()).collect();
        assert_eq!((kinds, ran.code, report.errors), (vec![kind], Some(1), 1), "{}", ran.stdout);
        let place = &report.findings[0].places[0];
        assert_eq!((place.line, place.note.as_deref().unwrap_or_default()), (line, note));
    }
    scratch.run("check ids.tsv --columns 2,3").success();
}

#[test]
fn validation_and_test_pairs_that_are_in_the_training_pairs_are_named() {
    let scratch = Scratch::new();
    Sides::clean().write(&scratch);
    let known = TRAIN.lines().nth(ABOVE - 1).expect("a line");
    let mut dev: Vec<&str> = DEV.lines().take(40).collect();
    let other = format!("{known} Oui.");
    dev[4] = known;
    scratch.write("dev.tsv", dev.join("\n"));
    dev[4] = &other;
    scratch.write("test.tsv", dev.join("\n"));
    let ran = scratch.run("check c.tsv --dev dev.tsv --test test.tsv --json");
    let report = report(&ran);
    let found: Vec<(&str, &str, usize, Option<&str>)> = report
        .findings
        .iter()
        .flat_map(|finding| finding.places.iter().map(move |place| (finding, place)))
        .map(|(finding, place)| (finding.kind.as_str(), place.file.as_str(), place.line, place.note.as_deref()))
        .collect();
    let note = Some("as on line 17 of c.tsv");
    assert_eq!(found, [("pair-in-train", "dev.tsv", 5, note), ("source-in-train", "test.tsv", 5, note)]);
    assert_eq!((ran.code, report.warnings, report.errors), (Some(1), 1, 0));
}

#[test]
fn all_places_are_counted_and_the_first_are_shown() {
    let scratch = Scratch::new();
    let mut sides = Sides::clean();
    (101..=260).for_each(|line| sides.on(line).0.push(7));
    sides.write(&scratch);
    let finding = report(&scratch.run("check c.tsv --json")).findings.pop().expect("a finding");
    assert_eq!((finding.count, finding.places.len(), finding.places[99].line), (160, 100, 200));
    let text = scratch.run("check c.tsv").stdout;
    assert_says(&text, &["warning: control characters: 160", "c.tsv:103:", "and 157 more"]);
    assert!(!text.contains("c.tsv:104:"), "{text}");
}

#[test]
fn a_pipe_is_checked_and_a_file_that_cannot_be_read_is_an_error() {
    let scratch = Scratch::new();
    let ran = scratch.pipe("check -", "a dog\tun chien\na \0cow\tune vache\n");
    assert_says(&ran.stdout, &["standard input:2:3: `a \\0cow\\tune vache`"]);
    assert_eq!(ran.code, Some(1));
    assert_says(&scratch.run("check nowhere.tsv").failure(), &["`nowhere.tsv` cannot be opened", "check the path"]);
}

#[test]
fn a_translation_memory_is_checked_but_not_repaired() {
    let scratch = Scratch::new();
    let unit = |source: &str, target: &str| {
        format!(
            "<tu><tuv xml:lang=\"en\"><seg>{source}</seg></tuv><tuv xml:lang=\"de\"><seg>{target}</seg></tuv></tu>\n"
        )
    };
    let units = [unit("one", "eins"), unit("two", ""), unit("three four", "drei vier"), unit("one", "eins")].concat();
    scratch.write(
        "pairs.tmx",
        format!("<?xml version=\"1.0\"?>\n<tmx version=\"1.4\"><header srclang=\"en\"/><body>\n{units}</body></tmx>\n"),
    );
    let ran = scratch.run("check pairs.tmx");
    assert_eq!(ran.code, Some(1), "{}{}", ran.stdout, ran.stderr);
    assert_says(&ran.stdout, &["pairs.tmx:4", "pairs.tmx:6"]);
    assert_says(&scratch.run("check pairs.tmx --fix out.tsv").wrong_usage(), &["glosser convert"]);
}
