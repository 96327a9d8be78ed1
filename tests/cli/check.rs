//! Every fault is planted alone in a clean corpus, and exactly that one is named at its line.

use crate::cli::support::{Ran, Scratch, assert_says, pair};
use serde::Deserialize;

const TRAIN: &str = include_str!("../../data/train.en-fr.tsv");
const DEV: &str = include_str!("../../data/dev.en-fr.tsv");
const TEST: &str = include_str!("../../data/test.en-fr.tsv");

/// The line that faults are planted on, and another one above it.
const LINE: usize = 123;
const ABOVE: usize = 17;

#[derive(Deserialize)]
struct Report {
    corpora: Vec<Counts>,
    findings: Vec<Finding>,
    slips: Vec<Slip>,
    errors: usize,
    warnings: usize,
    fixed: Option<Fixed>,
}

#[derive(Deserialize)]
struct Counts {
    role: String,
    pairs: usize,
    usable: usize,
    source: Side,
    target: Side,
}

#[derive(Deserialize)]
struct Side {
    lines: usize,
    words: usize,
    characters: usize,
}

#[derive(Deserialize)]
struct Finding {
    kind: String,
    severity: String,
    count: usize,
    remedy: String,
    places: Vec<Place>,
}

#[derive(Deserialize)]
struct Place {
    file: String,
    line: usize,
    column: Option<usize>,
    excerpt: String,
    note: Option<String>,
}

#[derive(Deserialize)]
struct Slip {
    line: usize,
    first: usize,
    last: usize,
    shift: i64,
    until: Option<usize>,
    model: Option<Model>,
}

#[derive(Deserialize)]
struct Model {
    line: usize,
    straight: f64,
    shifted: f64,
    is_confirmed: bool,
}

#[derive(Deserialize)]
struct Fixed {
    pairs: usize,
    done: Vec<Treated>,
}

#[derive(Deserialize)]
struct Treated {
    kind: String,
    count: usize,
}

fn report(ran: &Ran) -> Report {
    let lines = ran.lines();
    assert_eq!(lines.len(), 1, "one object on one line:\n{}\n{}", ran.stdout, ran.stderr);
    serde_json::from_str(lines[0]).unwrap_or_else(|cause| panic!("{cause}: {}", lines[0]))
}

/// Four hundred clean pairs, in bytes.
#[derive(Clone)]
struct Sides {
    source: Vec<Vec<u8>>,
    target: Vec<Vec<u8>>,
}

impl Sides {
    fn clean() -> Self {
        let pairs = TRAIN.lines().take(400).map(|line| line.split_once('\t').expect("two columns"));
        let (source, target) = pairs.map(|(s, t)| (s.as_bytes().to_vec(), t.as_bytes().to_vec())).unzip();
        Self { source, target }
    }

    fn write(&self, scratch: &Scratch) {
        let joined = |lines: &[Vec<u8>]| [lines.join(&b'\n'), b"\n".to_vec()].concat();
        scratch.write("c.en", joined(&self.source));
        scratch.write("c.fr", joined(&self.target));
        let pairs = self.source.iter().zip(&self.target);
        scratch.write("c.tsv", joined(&pairs.map(|(s, t)| [s, &b"\t"[..], t].concat()).collect::<Vec<_>>()));
    }

    /// The sentences of a line, from one.
    fn on(&mut self, line: usize) -> (&mut Vec<u8>, &mut Vec<u8>) {
        (&mut self.source[line - 1], &mut self.target[line - 1])
    }

    fn texts(&self, line: usize) -> (Vec<u8>, Vec<u8>) {
        (self.source[line - 1].clone(), self.target[line - 1].clone())
    }
}

/// Fails unless a corpus with the fault has just that, on its line, as two files and as a TSV, as text and as JSON.
#[track_caller]
fn assert_found(kind: &str, line: usize, column: Option<[usize; 2]>, plant: impl Fn(&mut Sides)) {
    let mut sides = Sides::clean();
    plant(&mut sides);
    let scratch = Scratch::new();
    sides.write(&scratch);
    for (form, files) in ["c.tsv", "c.en c.fr"].into_iter().enumerate() {
        let ran = scratch.run(&format!("check {files} --json"));
        let report = report(&ran);
        let kinds: Vec<&str> = report.findings.iter().map(|finding| finding.kind.as_str()).collect();
        assert_eq!(kinds, [kind], "{}", ran.stdout);
        let finding = &report.findings[0];
        assert_eq!((finding.count, finding.places.len()), (1, 1), "{}", ran.stdout);
        let place = &finding.places[0];
        assert_eq!((place.line, place.column), (line, column.map(|columns| columns[form])), "{}", ran.stdout);
        assert!(files.split(' ').any(|file| file == place.file) && !finding.remedy.is_empty());
        assert!(!place.excerpt.contains(char::is_control), "{}", ran.stdout);
        let is_fault = finding.severity != "information";
        assert_eq!(report.errors + report.warnings, usize::from(is_fault), "{}", ran.stdout);
        assert_eq!(ran.code, Some(i32::from(is_fault)), "{kind}");

        let text = scratch.run(&format!("check {files}"));
        let column = column.map(|columns| format!(":{}", columns[form])).unwrap_or_default();
        assert_says(&text.stdout, &[&format!("{}:{line}{column}", place.file), &finding.remedy]);
        assert_eq!((text.code, text.stderr.as_str()), (ran.code, ""));
    }
}

/// Plants bytes behind the third byte of the source.
#[track_caller]
fn assert_bytes_found(kind: &str, bytes: &[u8]) {
    let plant = |sides: &mut Sides| drop(sides.on(LINE).0.splice(3..3, bytes.iter().copied()));
    assert_found(kind, LINE, Some([4, 4]), plant);
}

#[test]
fn the_bundled_corpus_is_clean() {
    let scratch = Scratch::new();
    for (name, text) in [("train.tsv", TRAIN), ("dev.tsv", DEV), ("test.tsv", TEST)] {
        scratch.write(name, text);
    }
    let ran = scratch.run("check train.tsv --dev dev.tsv --test test.tsv --json").success();
    let report = report(&ran);
    assert!(report.findings.is_empty() && report.slips.is_empty(), "{}", ran.stdout);
    let roles: Vec<&str> = report.corpora.iter().map(|corpus| corpus.role.as_str()).collect();
    assert_eq!(roles, ["train", "dev", "test"]);
    let train = &report.corpora[0];
    assert_eq!((train.pairs, train.usable, train.source.lines, train.target.lines), (12_000, 12_000, 12_000, 12_000));
    // As data/README.md has them.
    assert_eq!((train.source.words, train.target.words), (93_521, 92_831));
    assert_eq!(train.source.characters + train.target.characters + 24_000, TRAIN.chars().count());
    let text = scratch.run("check train.tsv").success().stdout;
    assert_says(&text, &["train.tsv: 12,000 pairs", "93,521 words", "no error and no warning"]);
}

#[test]
fn what_is_wrong_with_bytes_is_named_with_line_and_column() {
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
    // The target's column is counted from the start of the line, which holds the source in a TSV.
    let behind = Sides::clean().source[LINE - 1].len() + 1;
    assert_found("nul", LINE, Some([behind + 1, 1]), |sides| sides.on(LINE).1.insert(0, 0));
}

#[test]
fn sides_to_learn_nothing_from_are_named() {
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
    // Blanks at the end make no other pair.
    assert_found("duplicate-pair", LINE, None, |sides| {
        copied(sides);
        sides.on(LINE).0.push(b' ');
    });
    assert_found("same-source", LINE, None, |sides| {
        copied(sides);
        sides.on(LINE).1.extend(b" Oui.");
    });
}

/// The first line below `line` that is long enough to tell its language.
fn long_line(line: usize) -> usize {
    let sides = Sides::clean();
    let is_long = |line: &usize| sides.source[line - 1].len().min(sides.target[line - 1].len()) > 40;
    (line..400).find(is_long).expect("a long line")
}

#[test]
fn sides_in_the_wrong_place_or_language_are_named() {
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
fn a_tsv_line_without_a_column_a_column_of_ids_and_nothing_at_all_are_named() {
    let scratch = Scratch::new();
    let sides = Sides::clean();
    sides.write(&scratch);
    let tsv = String::from_utf8(scratch.read("c.tsv")).expect("UTF-8");
    let without_tab = |(index, line): (usize, &str)| {
        if index + 1 == LINE { line.replace('\t', " ") + "\n" } else { line.to_owned() + "\n" }
    };
    scratch.write("no-tab.tsv", tsv.lines().enumerate().map(without_tab).collect::<String>());
    let ids = tsv.lines().enumerate().map(|(index, line)| format!("{}\t{line}\n", 77_000 + index));
    scratch.write("ids.tsv", ids.collect::<String>());
    scratch.write("empty.tsv", "");
    for (args, kind, line, note) in [
        ("no-tab.tsv", "too-few-columns", LINE, "column 2 is wanted, there are 1"),
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

/// Fails unless the report has one slip, at about `LINE`, and nothing else; gives it back.
#[track_caller]
fn assert_slips(scratch: &Scratch, args: &str, kind: &str) -> Slip {
    let ran = scratch.run(&format!("check {args} --json"));
    let mut report = report(&ran);
    let kinds: Vec<&str> = report.findings.iter().map(|finding| finding.kind.as_str()).collect();
    assert_eq!((kinds, ran.code, report.errors), (vec![kind], Some(1), 1), "{}", ran.stdout);
    let slip = report.slips.pop().expect("a slip");
    assert_eq!(report.findings[0].places[0].line, slip.line);
    assert!((slip.first..=slip.last).contains(&LINE) && slip.line.abs_diff(LINE) <= 2, "{}", ran.stdout);
    assert_says(&scratch.run(&format!("check {args}")).stdout, &[&format!(":{}: ", slip.line)]);
    slip
}

#[test]
fn a_missing_line_is_named_where_it_is_missing() {
    let scratch = Scratch::new();
    for (side, shift) in [("target", -1), ("source", 1)] {
        let mut sides = Sides::clean();
        let lines = if side == "target" { &mut sides.target } else { &mut sides.source };
        lines.remove(LINE - 1);
        sides.write(&scratch);
        let slip = assert_slips(&scratch, "c.en c.fr", "line-counts");
        assert_eq!((slip.shift, slip.until), (shift, None));
        let text = scratch.run("check c.en c.fr").stdout;
        let found = if side == "target" { "400 lines and 399" } else { "399 lines and 400" };
        assert_says(&text, &["error: the two files have different numbers of lines", found, "1 line"]);
        // Training says so too, by itself.
        let message = scratch.run("train c.en c.fr --model new --quiet").failure();
        assert_says(&message, &["is the first line without a partner", &format!("from line {} on", slip.line)]);
    }
}

#[test]
fn a_line_missing_here_and_added_there_is_named_though_the_numbers_agree() {
    let scratch = Scratch::new();
    let mut sides = Sides::clean();
    let moved = sides.target.remove(LINE - 1);
    sides.target.insert(300, moved);
    sides.write(&scratch);
    for args in ["c.en c.fr", "c.tsv"] {
        let slip = assert_slips(&scratch, args, "slip");
        assert!(slip.shift == -1 && slip.until.is_some_and(|until| until.abs_diff(302) <= 3));
        let before = scratch.tree("");
        let outputs = if args == "c.tsv" { "out.tsv" } else { "out.en out.fr" };
        let ran = scratch.run(&format!("check {args} --fix {outputs}"));
        assert_eq!(ran.code, Some(1));
        assert_says(&ran.stderr, &[&format!(":{}: the sides slip", slip.line), "nothing was written"]);
        assert!(scratch.tree("") == before, "nothing is written");
    }
}

#[test]
fn a_file_that_goes_on_at_its_end_does_not_slip_before() {
    let scratch = Scratch::new();
    let mut sides = Sides::clean();
    sides.target.truncate(390);
    sides.write(&scratch);
    let ran = scratch.run("check c.en c.fr --json");
    let report = report(&ran);
    assert!(report.slips.is_empty() && report.findings.len() == 1, "{}", ran.stdout);
    assert_eq!(report.findings[0].places[0].line, 391);
    let ran = scratch.run("check c.en c.fr --fix out.en out.fr");
    assert_says(&ran.stderr, &["c.en:391: one side ends here", "nothing was written"]);
    assert!(!scratch.path("out.en").exists());
}

#[test]
fn a_model_confirms_the_slip_and_names_the_line() {
    let scratch = Scratch::with_model();
    let (source, mut target): (Vec<String>, Vec<String>) = (2000..2240).map(pair).unzip();
    target.remove(LINE - 1);
    scratch.write("c.en", source.join("\n"));
    scratch.write("c.de", target.join("\n"));
    let ran = scratch.run("check c.en c.de --model model --json");
    let slip = report(&ran).slips.pop().expect("a slip");
    let model = slip.model.expect("what the model says");
    assert!(model.is_confirmed && model.shifted > model.straight, "{}", ran.stdout);
    assert_eq!(model.line, LINE, "{}", ran.stdout);
    let text = scratch.run("check c.en c.de --model model").stdout;
    assert_says(&text, &["the model agrees, from line 123 on"]);
}

#[test]
fn pairs_of_dev_and_test_that_stand_in_train_are_named() {
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
fn many_places_are_counted_and_few_are_shown() {
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

/// Faults of every kind that can be mended, the line of each, and what is left of the corpus.
fn dirty() -> (Sides, Vec<(&'static str, usize)>) {
    let mut sides = Sides::clean();
    drop(sides.on(1).0.splice(..0, *b"\xEF\xBB\xBF"));
    sides.on(20).0.insert(1, 0);
    sides.on(21).0.insert(1, b'\r');
    sides.on(22).1.extend("\u{2028}Oui.".as_bytes());
    sides.on(23).0.insert(1, 7);
    sides.on(24).1.extend(b" caf\xE9");
    sides.on(25).0.clear();
    sides.on(26).0.clear();
    sides.on(26).1.clear();
    *sides.on(27).0 = b"some words ".repeat(101);
    sides.target[27] = sides.target[200..208].join(&b' ');
    (sides.source[28], sides.target[28]) = sides.texts(ABOVE);
    let done = [
        "not-utf8",
        "nul",
        "carriage-return",
        "line-separator",
        "control",
        "blank-side",
        "too-long",
        "length-ratio",
        "duplicate-pair",
        "bom",
        "blank-pair",
    ];
    (sides, done.map(|kind| (kind, 1)).to_vec())
}

#[test]
fn a_fixed_corpus_keeps_its_pairs_together_and_says_what_was_done() {
    let scratch = Scratch::new();
    let (sides, done) = dirty();
    sides.write(&scratch);
    for (files, outputs, again) in
        [("c.tsv", "out/clean.tsv", "out/clean.tsv"), ("c.en c.fr", "out/a.gz out/b.gz", "out/a.gz out/b.gz")]
    {
        scratch.write("out/here", "");
        let before = ["c.tsv", "c.en", "c.fr"].map(|name| scratch.read(name));
        let ran = scratch.run(&format!("check {files} --fix {outputs} --json"));
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(1), ""));
        let fixed = report(&ran).fixed.expect("what was done");
        let said: Vec<(&str, usize)> = fixed.done.iter().map(|done| (done.kind.as_str(), done.count)).collect();
        assert_eq!((fixed.pairs, said), (395, done.clone()));
        assert_eq!(["c.tsv", "c.en", "c.fr"].map(|name| scratch.read(name)), before, "inputs stay");
        let clean = report(&scratch.run(&format!("check {again} --json")).success());
        assert!(clean.findings.is_empty() && clean.corpora[0].pairs == 395);
    }
    let written = String::from_utf8(scratch.read("out/clean.tsv")).expect("UTF-8");
    let lines: Vec<&str> = written.lines().collect();
    let original: Vec<&str> = TRAIN.lines().take(400).collect();
    assert_eq!((lines[0], lines[394], lines[19]), (original[0], original[399], original[19]));
    assert!(lines[21].ends_with(" Oui.") && lines[23].ends_with(" café"), "{:?}", &lines[20..25]);
    assert_eq!(lines[24..], original[29..]);
    let text = scratch.run("check c.tsv --fix out/clean.tsv").stdout;
    assert_says(&text, &["written: out/clean.tsv: 395 pairs", " 1  pairs removed: they occur before"]);
}

#[test]
fn further_columns_of_a_tsv_are_kept() {
    let scratch = Scratch::new();
    scratch.write("c.tsv", "1\ta dog runs\t2\tun chien court\tCC-BY\n3\t\t4\tune vache\tCC-BY\n");
    scratch.run("check c.tsv --columns 2,4 --fix out.tsv");
    assert_eq!(scratch.read("out.tsv"), b"1\ta dog runs\t2\tun chien court\tCC-BY\n");
}

#[test]
fn no_file_that_is_read_is_ever_written() {
    let scratch = Scratch::new();
    Sides::clean().write(&scratch);
    scratch.write("dev.tsv", DEV);
    let before = scratch.tree("");
    for (args, parts) in [
        ("c.tsv --fix c.tsv", ["--fix c.tsv", "name another"]),
        ("c.tsv --fix ./c.tsv", ["--fix ./c.tsv", "name another"]),
        ("c.en c.fr --fix out.en c.fr", ["--fix c.fr", "name another"]),
        ("c.tsv --dev dev.tsv --fix dev.tsv", ["--fix dev.tsv", "name another"]),
        ("c.en c.fr --fix out.tsv", ["2 file(s)", "name as many"]),
        ("c.tsv --fix a b", ["1 file(s)", "name as many"]),
        ("c.en c.fr --fix out out", ["twice", "one file a side"]),
        ("c.en c.fr --columns 2,1", ["--columns", "two plain files"]),
    ] {
        assert_says(&scratch.run(&format!("check {args}")).wrong_usage(), &parts);
    }
    assert!(scratch.tree("") == before);
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
fn a_translation_memory_is_looked_through_pair_by_pair_and_not_mended() {
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
