use crate::cli::support::{Scratch, assert_says, pair, tsv};

#[test]
fn given_translations_get_two_lines_as_sacrebleu_prints_them() {
    let scratch = Scratch::new();
    scratch.write("out.en", "A dog runs through the snow.\nTwo men are talking.\n");
    scratch.write("ref.en", "A dog runs through deep snow.\nTwo men are talking.\n");
    let ran = scratch.run("evaluate --hypotheses out.en --references ref.en").success();
    let version = env!("CARGO_PKG_VERSION");
    let expected = format!(
        "BLEU|nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:glosser-{version} = 69.19 91.7/80.0/62.5/50.0 \
         (BP = 1.000 ratio = 1.000 hyp_len = 12 ref_len = 12)\n\
         chrF2|nrefs:1|case:mixed|eff:yes|nc:6|nw:0|space:no|version:glosser-{version} = 82.19\n"
    );
    assert_eq!((ran.stdout, ran.stderr), (expected, String::new()));
}

#[test]
fn evaluating_a_model_is_evaluating_what_translate_writes() {
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
        assert_eq!(lines.len(), 2);
        assert!(lines[0].starts_with("BLEU|") && lines[1].starts_with("chrF2|"), "{}", ran.stdout);
        let two_files = scratch.run(&format!("evaluate --model model source target {beam}")).success();
        assert_eq!(two_files.stdout, ran.stdout);
        scratch.run(&format!("translate --model model -i source -o out {beam}")).success();
        let given = scratch.run("evaluate --hypotheses out --references target").success();
        assert_eq!(given.stdout, ran.stdout);
    }
}

#[test]
fn the_small_model_has_learnt_its_language() {
    let scratch = Scratch::with_model();
    scratch.write("pairs.tsv", tsv(1001..=1060));
    let ran = scratch.run("evaluate --model model pairs.tsv").success();
    let chrf = ran.lines()[1].rsplit(' ').next().and_then(|score| score.parse::<f64>().ok());
    assert!(chrf.is_some_and(|score| score > 60.0), "{}", ran.stdout);
}

#[test]
fn files_of_different_length_or_without_lines_are_errors_that_say_so() {
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
}
