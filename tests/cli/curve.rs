//! `curve`: learning curves of training logs.

use crate::cli::support::{Scratch, assert_says};

/// The log of a run with these validation BLEU scores, one per epoch.
fn log(bleus: &[f64]) -> String {
    let mut lines = vec![
        r#"{"event":"note","text":"a note"}"#.to_owned(),
        r#"{"event":"prepared","pairs":9,"dev_pairs":3,"source_vocab":9,"target_vocab":9,"parameters":9,"steps_per_epoch":100}"#
            .to_owned(),
    ];
    for (at, bleu) in bleus.iter().enumerate() {
        let (step, epochs, best) = (100 * (at + 1), at + 1, bleus[..at].iter().all(|before| before < bleu));
        lines.push(format!(
            r#"{{"event":"progress","step":{step},"steps":null,"loss":3.5,"gradient_norm":1.0,"learning_rate":0.001,"tokens_per_second":100.0,"seconds":60.0,"seconds_left":null}}"#
        ));
        // Without the fields that later versions added.
        lines.push(format!(
            r#"{{"event":"validated","step":{step},"epochs":{epochs},"dev_loss":2.5,"dev_bleu":{bleu},"is_best":{best},"seconds":{},"sample":{{"source":"a","reference":"b","translation":"c"}}}}"#,
            90 * epochs
        ));
    }
    lines.join("\n") + "\n"
}

/// Number of elements with this name.
fn count(svg: &str, element: &str) -> usize {
    svg.matches(&format!("<{element} ")).count()
}

#[test]
fn the_curve_has_a_point_per_validation_and_a_ring_around_the_best() {
    let scratch = Scratch::with_model();
    let ran = scratch.run("curve --model model --output curve.svg").success();
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("", "curve.svg: picture written\n"));
    assert_eq!(scratch.run("curve model -o curve.svg --quiet").success().stderr, "");
    let svg = scratch.text("curve.svg");
    let validations = scratch.text("model/training/log.jsonl");
    let validations = validations.matches("\"event\":\"validated\"").count();
    assert!(svg.starts_with("<svg") && svg.trim_end().ends_with("</svg>"));
    assert_eq!(count(&svg, "circle"), validations + 4, "with the ring, and three in the legend");
    assert_says(&svg, &["validation BLEU", "minutes", "model: ", ">a validation<", ">the saved model<"]);
    assert_eq!(scratch.run("curve --model model").success().stdout, svg, "standard output is the default");
}

#[test]
fn the_legend_gives_the_best_validation_in_the_unit_of_the_axis() {
    let scratch = Scratch::new();
    scratch.write("a&b.jsonl", log(&[10.0, 30.25, 20.0]));
    let curve = |args: &str| scratch.run(&format!("curve --model a&b.jsonl {args}")).success().stdout;
    for (args, parts) in [
        ("", ["a&amp;b.jsonl: BLEU 30.25 after 3.0 minutes", "minutes"]),
        ("--against epochs", ["30.25 after 2.0 epochs", "epochs"]),
        ("--against steps", ["30.25 at step 200", "steps"]),
    ] {
        let svg = curve(args);
        assert_says(&svg, &parts);
        assert!(!svg.contains("loss per") && !svg.contains(">training loss"), "--loss was not given");
        assert_says(&curve(&format!("{args} --title A<B")), &["<title>A&lt;B</title>", ">A&lt;B</text>"]);
    }
    let both = curve("--loss");
    assert_says(&both, &["validation BLEU", "loss per target token", "BLEU 30.25, loss 2.500 after 3.0 minutes"]);
    assert_says(&both, &[">training loss, with dropout<"]);
    assert_eq!(count(&both, "circle"), 2 * 4 + 3);
}

#[test]
fn training_losses_far_above_the_validation_losses_are_left_out() {
    let scratch = Scratch::new();
    let far = log(&[10.0, 20.0]).replacen("\"loss\":3.5", "\"loss\":900.0", 1);
    scratch.write("log.jsonl", &far);
    let svg = scratch.run("curve --model log.jsonl --loss --theme light").success().stdout;
    assert!(!svg.contains(">900<") && !svg.contains(">1000<"), "{svg}");
}

#[test]
fn a_long_name_is_shortened_at_its_beginning() {
    let scratch = Scratch::new();
    let name = format!("{}end.jsonl", "a-long-directory-name-".repeat(8));
    scratch.write(&name, log(&[10.0]));
    let svg = scratch.run(&format!("curve --model {name} --loss")).success().stdout;
    assert!(svg.contains(">…") && svg.contains("end.jsonl: BLEU 10.00") && !svg.contains(&name), "{svg}");
}

#[test]
fn several_logs_are_several_lines_in_colours_of_their_own() {
    let scratch = Scratch::with_model();
    scratch.write("one.jsonl", log(&[10.0, 30.0]));
    scratch.write("two.jsonl", log(&[50.0]));
    let svg = scratch.run("curve --model one.jsonl two.jsonl model --against epochs").success().stdout;
    assert_says(&svg, &["one.jsonl: BLEU 30.00", "two.jsonl: BLEU 50.00", "model: "]);
    assert_says(&svg, &["glosser-stroke-series-1", "glosser-stroke-series-2", "glosser-stroke-series-3"]);
}

#[test]
fn a_curve_shows_the_metric_that_chose_the_model_and_each_metric_has_a_panel() {
    let scratch = Scratch::new();
    let with_metric = |metric: &str, bleus: &[f64]| {
        log(bleus).replace("\"dev_bleu\":", &format!("\"metric\":\"{metric}\",\"dev_chrf\":25.5,\"dev_bleu\":"))
    };
    scratch.write("bleu.jsonl", log(&[10.0, 30.0]));
    scratch.write("zh.jsonl", with_metric("BLEU-zh", &[20.0]));
    scratch.write("chrf.jsonl", with_metric("chrF2", &[0.5, 0.75]));
    scratch.write("loss.jsonl", with_metric("loss", &[3.0]));
    // Compared by chrF2 at first; then BLEU was high enough.
    let later = with_metric("chrF2", &[1.0, 9.0]);
    let (before, after) = later.trim_end().rsplit_once('\n').expect("several lines");
    scratch.write("both.jsonl", format!("{before}\n{}\n", after.replace("chrF2", "BLEU")));
    let curve = |logs: &str| scratch.run(&format!("curve --model {logs}")).success().stdout;
    assert_says(&curve("chrf.jsonl"), &["validation chrF2", "chrf.jsonl: chrF2 25.50"]);
    assert_says(&curve("zh.jsonl"), &["validation BLEU-zh", "zh.jsonl: BLEU-zh 20.00"]);
    assert_says(&curve("loss.jsonl"), &["loss per target token", "loss.jsonl: loss 2.500"]);
    assert!(!curve("loss.jsonl").contains(">validation "));
    assert_says(&curve("both.jsonl"), &["validation BLEU", "both.jsonl: BLEU 9.00"]);
    let all = curve("bleu.jsonl chrf.jsonl both.jsonl");
    assert_eq!(all.matches(">validation ").count(), 2, "{all}");
}

#[test]
fn the_same_logs_give_the_same_bytes() {
    let scratch = Scratch::new();
    scratch.write("log.jsonl", log(&[1.0, 2.0, 1.5]));
    let draw = || scratch.run("curve --model log.jsonl --loss").success().stdout;
    assert_eq!(draw(), draw());
}

#[test]
fn a_log_that_is_missing_empty_or_damaged_is_named_and_nothing_is_written() {
    let scratch = Scratch::with_model();
    scratch.run("quantize --model model --output small").success();
    scratch.write("empty.jsonl", "");
    scratch.write("early.jsonl", log(&[]));
    let whole = log(&[10.0, 20.0]);
    scratch.write("cut.jsonl", format!("{}\n", &whole[..whole.len() - 40]));
    scratch
        .write("blank.jsonl", format!("{}\n{whole}", whole.lines().next().expect("a line")).replacen('\n', "\n\n", 1));
    scratch.write("other.jsonl", "{\"event\":\"dance\"}\n");
    scratch.write("far.jsonl", log(&[10.0, 1e300]));
    scratch.write("none.jsonl", whole.replace("\"steps_per_epoch\":100", "\"steps_per_epoch\":0"));
    scratch.write("huge.jsonl", whole.replace("2.5", "1e999"));
    scratch.write("negative.jsonl", whole.replace("\"step\":100", "\"step\":-1"));
    scratch.write("nested.jsonl", "[".repeat(200_000) + "\n");
    scratch.write("binary.jsonl", [0xFF; 100]);
    let before = scratch.tree("");
    for (model, parts) in [
        ("small", &["small: the training log `training/log.jsonl` is missing", "directory of the training"][..]),
        ("nowhere", &["nowhere: no model directory here"]),
        ("empty.jsonl", &["empty.jsonl: the log has no validation yet"]),
        ("early.jsonl", &["early.jsonl: the log has no validation yet", "one epoch"]),
        ("cut.jsonl", &["cut.jsonl:6: this is not an event of a training log", "damaged"]),
        ("blank.jsonl", &["blank.jsonl:2: this is not an event"]),
        ("other.jsonl", &["other.jsonl:1: this is not an event", "dance"]),
        ("far.jsonl", &["far.jsonl:6: 1", "is out of range", "damaged"]),
        ("none.jsonl", &["none.jsonl:3: inf is out of range"]),
        ("huge.jsonl", &["huge.jsonl:4: this is not an event", "out of range"]),
        ("negative.jsonl", &["negative.jsonl:3: this is not an event"]),
        ("nested.jsonl", &["nested.jsonl:1: this is not an event"]),
        ("binary.jsonl", &["binary.jsonl:1: this is not an event"]),
    ] {
        let message = scratch.run(&format!("curve --model model {model} --against epochs --output new.svg")).failure();
        assert_says(&message, parts);
    }
    assert!(scratch.tree("") == before);
}

#[test]
#[cfg(unix)]
fn a_log_that_is_a_device_is_refused() {
    let scratch = Scratch::with_model();
    std::fs::remove_file(scratch.path("model/training/log.jsonl")).expect("removed");
    std::os::unix::fs::symlink("/dev/zero", scratch.path("model/training/log.jsonl")).expect("a link");
    assert_says(
        &scratch.run("curve --model model").failure(),
        &["model/training/log.jsonl: cannot be read: it is not a file"],
    );
}

#[test]
fn equal_and_nearly_equal_values_are_drawn() {
    let scratch = Scratch::new();
    for bleus in [&[0.0, 0.0][..], &[1e12, 1e12], &[1e12, 1e12 - 0.001], &[-1e12, 1e12], &[1e-300, 2e-300], &[7.0]] {
        scratch.write("log.jsonl", log(bleus));
        assert_says(&scratch.run("curve --model log.jsonl --loss").success().stdout, &["</svg>"]);
    }
}

#[test]
fn an_output_that_cannot_be_written_is_named() {
    let scratch = Scratch::with_model();
    assert_says(
        &scratch.run("curve --model model --output no/where.svg").failure(),
        &["no/where.svg: cannot be written"],
    );
}
