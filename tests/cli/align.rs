//! `align`: word links of given pairs, in every format.

use crate::cli::support::{Scratch, assert_says, lines, pairs_with_blank_sides, records, sentences};

/// The pairs as a TSV, as a TSV with swapped columns, and as two files.
fn scratch() -> Scratch {
    let scratch = Scratch::with_model();
    let join = |line: fn(&(String, String)) -> String| pairs_with_blank_sides().iter().map(line).collect::<String>();
    scratch.write("pairs.tsv", join(|(source, target)| format!("{source}\t{target}\n")));
    scratch.write("swapped.tsv", join(|(source, target)| format!("{target}\t{source}\n")));
    scratch.write("wide.tsv", join(|(source, target)| format!("{}\t{source}\t9\t{target}\n", source.len())));
    scratch.write("source.txt", join(|(source, _)| format!("{source}\n")));
    scratch.write("target.txt", join(|(_, target)| format!("{target}\n")));
    scratch
}

#[test]
fn every_pair_has_one_line_of_links_which_is_empty_for_a_blank_side() {
    let ran = scratch().run("align --model model pairs.tsv").success();
    assert_eq!((ran.lines().len(), ran.stderr.as_str()), (22, ""));
    for (line, (source, target)) in ran.lines().into_iter().zip(pairs_with_blank_sides()) {
        let (source_len, target_len) = (source.split_whitespace().count(), target.split_whitespace().count());
        assert!(source_len * target_len > 0 || line.is_empty(), "{line}");
        for link in line.split_whitespace() {
            let (s, t) = link.split_once('-').expect("a link");
            let index = |text: &str| text.parse::<usize>().expect("an index");
            assert!(index(s) < source_len && index(t) < target_len, "{link} in {source} / {target}");
        }
    }
    assert!(ran.lines().iter().filter(|line| !line.is_empty()).count() >= 18, "{}", ran.stdout);
}

#[test]
fn a_tsv_two_files_swapped_columns_and_any_batch_size_give_the_same_output_in_every_format() {
    let scratch = scratch();
    for format in ["pharaoh", "soft", "jsonl", "tsv", "grid"] {
        let align = |args: &str| scratch.run(&format!("align --model model --format {format} {args}")).success().stdout;
        let expected = align("pairs.tsv");
        for args in ["source.txt target.txt", "swapped.tsv --columns 2,1", "pairs.tsv --batch-size 1 --threads 1"] {
            assert_eq!(align(args), expected, "{format} {args}");
        }
    }
}

#[test]
fn json_has_the_pair_its_probability_and_the_same_links_as_pharaoh() {
    let scratch = scratch();
    let ran = scratch.run("align --model model --format jsonl pairs.tsv").success();
    let links = scratch.run("align --model model pairs.tsv").success().stdout;
    let records = records(&ran.stdout);
    assert_eq!(records.len(), 22);
    for (index, ((record, (source, target)), links)) in
        records.iter().zip(pairs_with_blank_sides()).zip(lines(&links)).enumerate()
    {
        assert_eq!((record.line, record.rank), (index + 1, 1));
        assert_eq!((&record.source, &record.translation, record.links.as_str()), (&source, &target, links));
        assert_eq!(record.weights.len(), target.split_whitespace().count());
        let is_blank = source.trim().is_empty() || target.trim().is_empty();
        assert_eq!(record.log_prob < 0.0, !is_blank, "{record:?}");
        for (row, eos_mass) in record.weights.iter().zip(&record.eos_mass).filter(|_| !is_blank) {
            assert!((row.iter().sum::<f64>() + eos_mass - 1.0).abs() < 1e-4, "{record:?}");
        }
    }
}

#[test]
fn unicode_words_are_separate_from_punctuation_and_their_offsets_are_correct() {
    let scratch = scratch();
    scratch.write("signs.tsv", "«one»,\u{A0}twó  three.\teins; zwei 狗我 drei!\n");
    let words = |rule: &str| {
        let args = format!("align --model model --words {rule} --format jsonl signs.tsv");
        records(&scratch.run(&args).success().stdout).pop().expect("a pair")
    };
    let (whitespace, unicode) = (words("whitespace"), words("unicode"));
    assert_eq!(whitespace.source_words, ["«one»,", "twó", "three."]);
    assert_eq!(unicode.source_words, ["«", "one", "»", ",", "twó", "three", "."]);
    assert_eq!(unicode.target_words, ["eins", ";", "zwei", "狗", "我", "drei", "!"]);
    for record in [&whitespace, &unicode] {
        let at = |text: &str, [start, end]: [usize; 2]| text.chars().skip(start).take(end - start).collect::<String>();
        let found =
            |text: &str, offsets: &[[usize; 2]]| offsets.iter().map(|place| at(text, *place)).collect::<Vec<_>>();
        assert_eq!(found(&record.source, &record.source_offsets), record.source_words);
        assert_eq!(found(&record.translation, &record.target_offsets), record.target_words);
        for (row, eos_mass) in record.weights.iter().zip(&record.eos_mass) {
            assert!((row.iter().sum::<f64>() + eos_mass - 1.0).abs() < 1e-4, "{record:?}");
        }
    }
    assert_eq!(
        unicode.links().len(),
        lines(&scratch.run("align --model model --words unicode --format tsv signs.tsv").success().stdout).len()
    );
    // The other commands split the same words.
    let gloss = scratch.run("gloss --model model --words unicode --pairs signs.tsv").success().stdout;
    assert_eq!(gloss.lines().next().map(|line| line.split_whitespace().count()), Some(7), "{gloss}");
    let found = scratch.run("concordance three --model model --words unicode signs.tsv").success().stdout;
    assert_says(&found, &["three → "]);
    let lexicon = scratch.run("lexicon --model model --words unicode --min-count 0.01 signs.tsv").success().stdout;
    assert!(lexicon.lines().any(|line| line.split('\t').next() == Some("three")), "{lexicon}");
    let report = scratch.run("report --model model --words unicode signs.tsv").success().stdout;
    assert_says(&report, &["\"«\",\"one\",\"»\""]);
    let ran = scratch.pipe("translate --model model --alignment soft --words unicode", "one,two.\n").success();
    let rows = ran.stdout.rsplit(" ||| ").next().expect("weights");
    assert_eq!(rows.split_whitespace().next().map(|row| row.split(',').count()), Some(5), "{rows}");
}

#[test]
fn tsv_has_one_line_per_link_with_words_and_weight() {
    let scratch = scratch();
    let tsv = scratch.run("align --model model --format tsv pairs.tsv").success().stdout;
    let records = records(&scratch.run("align --model model --format jsonl pairs.tsv").success().stdout);
    let expected = records.iter().flat_map(|record| {
        record.links().into_iter().map(move |(s, t)| {
            let (source, target) = (&record.source_words[s], &record.target_words[t]);
            (format!("{}\t{s}\t{source}\t{t}\t{target}", record.line), record.weights[t][s])
        })
    });
    let expected: Vec<(String, f64)> = expected.collect();
    assert_eq!(lines(&tsv).len(), expected.len());
    for (line, (words, weight)) in lines(&tsv).into_iter().zip(expected) {
        let (found, found_weight) = line.rsplit_once('\t').expect("columns");
        assert_eq!(found, words);
        assert!((found_weight.parse::<f64>().expect("a weight") - weight).abs() <= 6e-5, "{line}: {weight}");
    }
}

#[test]
fn a_translation_of_the_model_has_the_probability_and_links_of_the_search() {
    let scratch = Scratch::with_model();
    let found = scratch.records("--links attention", sentences());
    scratch.write("found.tsv", found.iter().map(|r| format!("{}\t{}\n", r.source, r.translation)).collect::<String>());
    let given =
        records(&scratch.run("align --model model --links attention --format jsonl found.tsv").success().stdout);
    // The search may split a word into other sub-words than the tokenizer, so that not all are equal.
    let agree = found.iter().zip(&given).filter(|(found, given)| {
        (found.log_prob - given.log_prob).abs() < 1e-3
            && (found.score - given.score).abs() < 1e-3
            && found.links == given.links
    });
    assert!(agree.count() >= 50);

    let known = records(&scratch.run("align --model model --format jsonl found.tsv").success().stdout);
    assert!(known.iter().zip(&given).all(|(known, given)| known.log_prob == given.log_prob));
    assert!(known.iter().zip(&given).any(|(known, given)| known.weights != given.weights));
}

#[test]
fn every_pair_has_a_line_of_soft_rows_or_a_grid() {
    let scratch = scratch();
    let soft = scratch.run("align --model model --format soft pairs.tsv").success();
    assert_eq!(soft.lines().len(), 22);
    for (line, (source, target)) in soft.lines().into_iter().zip(pairs_with_blank_sides()) {
        let rows: Vec<&str> = line.split_whitespace().collect();
        assert_eq!(rows.len(), target.split_whitespace().count());
        assert!(rows.iter().all(|row| row.split(',').count() == source.split_whitespace().count() + 1), "{line}");
    }
    let grid = scratch.run("align --model model --format grid pairs.tsv").success();
    assert_says(&grid.stdout, &["</s>", "neun", "█"]);
}

#[test]
fn extra_columns_are_noted_and_a_column_of_ids_is_refused() {
    let scratch = scratch();
    let expected = scratch.run("align --model model pairs.tsv").success().stdout;
    let ran = scratch.run("align --model model wide.tsv --columns 2,4").success();
    assert_eq!(ran.stdout, expected);
    assert_eq!(ran.stderr, "note: `wide.tsv` has 4 columns; columns 2 and 4 are read (--columns chooses others)\n");
    let message = scratch.run("align --model model wide.tsv").failure();
    assert_says(
        &message,
        &["wide.tsv: column 1 has ids such as `", "columns 2 and 4 look like sentences", "--columns 2,4"],
    );
}

#[test]
fn a_line_without_the_chosen_column_is_named_before_anything_is_written() {
    let scratch = Scratch::with_model();
    scratch.write("pairs.tsv", "one\teins\none two\n");
    let message = scratch.run("align --model model pairs.tsv").failure();
    assert_says(&message, &["pairs.tsv:2: found 1 column in `one two`", "--columns"]);
}
