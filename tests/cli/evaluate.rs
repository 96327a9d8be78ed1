//! `evaluate`: scores of translations, and the comparison of two systems.

use crate::cli::support::{Scratch, assert_says, pair, tsv};
use serde_json::Value;

#[test]
fn translations_of_a_file_get_a_line_per_metric_in_the_format_of_sacrebleu() {
    let scratch = Scratch::new();
    scratch.write("out.en", "A dog runs through the snow.\nTwo men are talking.\n");
    scratch.write("ref.en", "A dog runs through deep snow.\nTwo men are talking.\n");
    let ran = scratch.run("evaluate --hypotheses out.en --references ref.en").success();
    let version = env!("CARGO_PKG_VERSION");
    let expected = format!(
        "BLEU|nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:glosser-{version} = 69.19 91.7/80.0/62.5/50.0 \
         (BP = 1.000 ratio = 1.000 hyp_len = 12 ref_len = 12)\n\
         chrF2|nrefs:1|case:mixed|eff:yes|nc:6|nw:0|space:no|version:glosser-{version} = 82.19\n\
         chrF2++|nrefs:1|case:mixed|eff:yes|nc:6|nw:2|space:no|version:glosser-{version} = 83.10\n\
         TER|nrefs:1|case:lc|tok:tercom|norm:no|punct:yes|asian:no|version:glosser-{version} = 10.00\n"
    );
    assert_eq!((ran.stdout, ran.stderr), (expected, String::new()));
}

#[test]
fn a_model_gets_the_scores_of_the_output_of_translate() {
    let scratch = Scratch::with_model();
    let column = |side: fn((String, String)) -> String| -> String {
        (1001..=1060).map(|index| side(pair(index)) + "\n").collect()
    };
    scratch.write("pairs.tsv", tsv(1001..=1060));
    scratch.write("source", column(|(source, _)| source));
    scratch.write("target", column(|(_, target)| target));
    for beam in ["", "--beam-size 1"] {
        let ran = scratch.run(&format!("evaluate --model model pairs.tsv {beam}")).success();
        let lines = ran.lines();
        assert_eq!(lines.len(), 4);
        for (line, name) in lines.iter().zip(["BLEU|", "chrF2|", "chrF2++|", "TER|"]) {
            assert!(line.starts_with(name), "{line}");
        }
        let two_files = scratch.run(&format!("evaluate --model model source target {beam}")).success();
        assert_eq!(two_files.stdout, ran.stdout);
        scratch.run(&format!("translate --model model -i source -o out {beam}")).success();
        let given = scratch.run("evaluate --hypotheses out --references target").success();
        assert_eq!(given.stdout, ran.stdout);
    }
}

#[test]
fn the_shared_model_translates_well() {
    let scratch = Scratch::with_model();
    scratch.write("pairs.tsv", tsv(1001..=1060));
    let ran = scratch.run("evaluate --model model pairs.tsv").success();
    let chrf = ran.lines()[1].rsplit(' ').next().and_then(|score| score.parse::<f64>().ok());
    assert!(chrf.is_some_and(|score| score > 60.0), "{}", ran.stdout);
}

#[test]
fn files_of_different_lengths_and_empty_files_are_refused_with_the_reason() {
    let scratch = Scratch::new();
    scratch.write("two", "a\nb\n");
    scratch.write("three", "a\nb\nc\n");
    scratch.write("empty", "");
    let message = scratch.run("evaluate --hypotheses two --references three").failure();
    assert_says(&message, &["two has 2 lines but three has 3"]);
    let message = scratch.run("evaluate --hypotheses empty --references empty").failure();
    assert_says(&message, &["no sentences", "at least one"]);
    let message = scratch.run("evaluate --hypotheses two --references nowhere").failure();
    assert_says(&message, &["`nowhere` cannot be opened"]);
    let message = scratch.run("evaluate --hypotheses two --references two --against three").failure();
    assert_says(&message, &["three has 3 lines but two has 2"]);
    let message = scratch.run("evaluate --hypotheses two --references two --against nowhere").failure();
    assert_says(&message, &["`nowhere` cannot be opened"]);
}

/// Two hundred references, and translations of which every 20th, 2nd or 19th has a wrong word.
fn systems() -> Scratch {
    let scratch = Scratch::new();
    let sentence = |index: usize| pair(index).0 + " and so on .\n";
    let spoilt = |every: usize| -> String {
        (1..=200).map(|i| if i % every == 0 { sentence(i).replacen("so", "sew", 1) } else { sentence(i) }).collect()
    };
    scratch.write("ref.en", (1..=200).map(sentence).collect::<String>());
    scratch.write("new.en", spoilt(20));
    scratch.write("old.en", spoilt(2));
    scratch.write("like.en", spoilt(19));
    scratch
}

#[test]
fn two_files_are_translations_and_references() {
    let scratch = systems();
    let ran = scratch.run("evaluate new.en ref.en").success();
    assert_eq!((ran.stdout.clone(), ran.stderr.as_str()), (scratch.run(NEW).success().stdout, ""));
    assert_ne!(ran.stdout, scratch.run("evaluate old.en ref.en").success().stdout);
    let message = scratch.run("evaluate new.en").wrong_usage();
    assert_says(&message, &["new.en is one file", "--model", "a file of translations and one of references"]);
}

const NEW: &str = "evaluate --hypotheses new.en --references ref.en";

#[test]
fn two_systems_get_a_table_a_conclusion_and_signatures() {
    let scratch = systems();
    let ran = scratch.run(&format!("{NEW} --against old.en")).success();
    let lines = ran.lines();
    assert_eq!((lines.len(), ran.stderr.as_str()), (10, ""));
    assert_eq!(lines[0].split_whitespace().collect::<Vec<_>>(), ["new.en", "old.en", "p"]);
    for (line, name) in lines[1..5].iter().zip(["BLEU ", "chrF2 ", "chrF2++ ", "TER "]) {
        assert!(line.starts_with(name) && line.ends_with("  0.001") && line.matches(" ± ").count() == 2, "{line}");
    }
    assert_eq!(lines[5], "new.en against old.en at p < 0.05: better in BLEU, chrF2, chrF2++, TER");
    for (line, start) in lines[6..].iter().zip(["BLEU|", "chrF2|", "chrF2++|", "TER|"]) {
        assert!(line.starts_with(&format!("{start}nrefs:1|bs:1000|seed:1|case:")), "{line}");
    }
    let back = scratch.run("evaluate --hypotheses old.en --references ref.en --against new.en").success();
    assert_eq!(back.lines()[5], "old.en against new.en at p < 0.05: worse in BLEU, chrF2, chrF2++, TER");
    for other in ["like.en", "new.en"] {
        let ran = scratch.run(&format!("{NEW} --against {other}")).success();
        assert!(ran.lines()[5].ends_with(": no significant difference in BLEU, chrF2, chrF2++, TER"), "{}", ran.stdout);
    }
}

#[test]
fn the_seed_determines_the_resamples_and_is_in_the_signature() {
    let scratch = systems();
    let table = |args: &str| scratch.run(&format!("{NEW} --against old.en {args}")).success().stdout;
    assert_eq!(table(""), table("--seed 1"));
    assert_eq!(table("--threads 1"), table("--threads 2"));
    assert_ne!(table("--seed 2").lines().nth(1), table("").lines().nth(1));
    assert_says(&table("--seed 2"), &["|bs:1000|seed:2|"]);
}

#[test]
fn json_is_one_object_with_the_printed_scores() {
    let scratch = systems();
    let object = |args: &str| {
        let ran = scratch.run(&format!("{NEW} --format json {args}")).success();
        assert_eq!(ran.lines().len(), 1);
        serde_json::from_str::<Value>(&ran.stdout).expect("JSON")
    };
    let (alone, compared) = (object(""), object("--against old.en"));
    let printed = scratch.run(NEW).success();
    for (line, name) in printed.lines().into_iter().zip(["bleu", "chrf2", "chrf2++", "ter"]) {
        let (signature, score) = line.split_once(" = ").expect("a score");
        let score = score.split(' ').next().expect("a number");
        assert!(signature.ends_with(alone[name]["signature"].as_str().expect("text")), "{line}");
        for object in [&alone, &compared] {
            assert_eq!(format!("{:.2}", object[name]["score"].as_f64().expect("a number")), score);
        }
        assert!(alone[name].get("p_value").is_none());
        let [mean, lower, upper, p_value] =
            ["/mean", "/interval/0", "/interval/1", "/p_value"].map(|at| compared[name].pointer(at)).map(|number| {
                number.and_then(Value::as_f64).unwrap_or_else(|| panic!("a number of {name} is missing: {compared}"))
            });
        assert!(lower < mean && mean < upper && p_value < 0.05, "{compared}");
        assert_eq!(compared[name]["significant"], true);
        assert!(compared[name]["against"]["score"].is_f64() && compared[name]["against"]["interval"].is_array());
    }
    assert_eq!((&compared["system"], &compared["against"]), (&"new.en".into(), &"old.en".into()));
    assert_eq!(alone["bleu"]["precisions"].as_array().map(Vec::len), Some(4));
    assert_eq!((&alone["ter"]["edits"], alone["bleu"]["hypothesis_len"].is_u64()), (&10.into(), true));
}

#[test]
fn a_model_is_compared_with_translations_of_a_file() {
    let scratch = Scratch::with_model();
    scratch.write("pairs.tsv", tsv(1001..=1060));
    let target: String = (1001..=1060).map(|index| pair(index).1 + "\n").collect();
    scratch.write("target", &target);
    scratch.write("none", "nichts\n".repeat(60));
    let ran = scratch.run("evaluate --model model pairs.tsv --against none").success();
    assert_eq!(ran.lines()[5], "model against none at p < 0.05: better in BLEU, chrF2, chrF2++, TER", "{}", ran.stdout);
    scratch.write("short", "nichts\n");
    let message = scratch.run("evaluate --model model pairs.tsv --against short").failure();
    assert_says(&message, &["short has 1 line but pairs.tsv has 60"]);
    let alone = scratch.run("evaluate --model model pairs.tsv").success();
    let score = |line: &str| line.split_whitespace().nth(1).map(str::to_owned);
    let printed = alone.lines()[0].split(" = ").nth(1).and_then(|figures| figures.split(' ').next());
    assert_eq!(score(ran.lines()[1]).as_deref(), printed);
}

#[test]
fn the_tokeniser_follows_the_script_of_the_references_and_a_note_names_it() {
    let scratch = Scratch::new();
    scratch.write("zh", "狗在雪地里跑。\n两个人在说话。\n");
    scratch.write("ja", "犬が雪の中を走る。\n");
    scratch.write("th", "สุนัขวิ่งผ่านหิมะ\n");
    scratch.write("ko", "개가 눈 속을 달린다 지금.\n");
    for (file, tokenizer, script) in [
        ("zh", "zh", Some("in Chinese characters")),
        ("ja", "char", Some("in a script without spaces")),
        ("th", "char", Some("in a script without spaces")),
        ("ko", "13a", None),
    ] {
        let ran = scratch.run(&format!("evaluate --hypotheses {file} --references {file}")).success();
        let bleu = ran.lines()[0].to_owned();
        assert!(bleu.contains(&format!("|tok:{tokenizer}|")) && bleu.contains(" = 100.00 "), "{bleu}");
        match script {
            Some(script) => assert_says(&ran.stderr, &[&format!("tokeniser {tokenizer}"), script, "--tokenize"]),
            None => assert_eq!(ran.stderr, ""),
        }
        let given = scratch.run(&format!("evaluate --hypotheses {file} --references {file} --tokenize none")).success();
        assert!(given.lines()[0].contains("|tok:none|") && given.stderr.is_empty(), "{}", given.stdout);
    }
    let message = scratch.run("evaluate --hypotheses ja --references ja --tokenize ja-mecab").wrong_usage();
    assert_says(&message, &["ja-mecab", "intl", "char"]);
}

#[test]
fn several_references_are_given_together_or_one_by_one() {
    let scratch = Scratch::new();
    scratch.write("out", "A dog runs through the snow.\nTwo men are talking.\n");
    scratch.write("first", "A dog runs through deep snow.\nTwo men are talking.\n");
    scratch.write("second", "A dog runs through the snow.\nTwo men talk.\n");
    scratch.write("short", "A dog.\n");
    let together = scratch.run("evaluate --hypotheses out --references first second").success();
    let apart = scratch.run("evaluate --references first --hypotheses out --references second").success();
    assert_eq!(together.stdout, apart.stdout);
    for line in together.lines() {
        let score = if line.starts_with("TER") { " = 0.00" } else { " = 100.00" };
        assert!(line.contains("|nrefs:2|") && line.contains(score), "{line}");
    }
    let compared = scratch.run("evaluate --hypotheses out --references first second --against first").success();
    assert_says(&compared.stdout, &["TER|nrefs:2|bs:1000|"]);
    let message = scratch.run("evaluate --hypotheses out --references first short").failure();
    assert_says(&message, &["short has 1 line but first has 2"]);
}

#[test]
fn each_sentence_gets_a_line_with_its_scores() {
    let scratch = Scratch::new();
    scratch.write("out", "A dog runs through the snow.\n\nTwo men.\n");
    scratch.write("ref", "A dog runs through deep snow.\nNothing\nTwo men.\n");
    let ran = scratch.run("evaluate --hypotheses out --references ref --sentence-level").success();
    assert_eq!(ran.lines(), ["48.89\t70.28\t71.76\t16.67", "0.00\t0.00\t0.00\t100.00", "100.00\t100.00\t100.00\t0.00"]);
    let json = scratch.run("evaluate --hypotheses out --references ref --sentence-level --format json").success();
    for (line, object) in ran.lines().iter().zip(json.lines()) {
        let object: Value = serde_json::from_str(object).expect("JSON");
        let scores = ["bleu", "chrf2", "chrf2++", "ter"].map(|name| object[name].as_f64().expect("a number"));
        assert_eq!(scores.map(|score| format!("{score:.2}")).join("\t"), *line);
        assert!(object["hypothesis"].is_string() && object["references"].is_array(), "{object}");
    }
    let message =
        scratch.run("evaluate --hypotheses out --references ref --sentence-level --against ref").wrong_usage();
    assert_says(&message, &["--sentence-level", "--against"]);
}
