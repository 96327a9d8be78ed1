//! `gloss`: interlinear text.

use crate::cli::support::{Scratch, assert_says, pair, sentences};

#[test]
fn words_are_above_their_glosses_and_the_translation_is_below() {
    let scratch = Scratch::with_model();
    let found = scratch.records("", sentences());
    let ran = scratch.pipe("gloss --model model", sentences()).success();
    let blocks: Vec<Vec<&str>> = ran.stdout.trim_end().split("\n\n").map(|block| block.lines().collect()).collect();
    // Each sentence has a block of words and glosses and a block with the translation.
    assert_eq!(blocks.len(), 2 * found.len());
    for (found, block) in found.iter().zip(blocks.chunks(2)) {
        assert_eq!(block[0][0].split_whitespace().collect::<Vec<_>>(), found.source_words);
        assert_eq!(block[1], [found.translation.as_str()]);
        let glosses: Vec<&str> = block[0][1].split_whitespace().collect();
        assert!(
            glosses
                .iter()
                .all(|gloss| *gloss == "–" || found.translation.contains(gloss.split('…').next().unwrap_or("")))
        );
    }
}

#[test]
fn given_translations_are_glossed_from_a_tsv_and_from_two_files() {
    let scratch = Scratch::with_model();
    let (source, target) = pair(1003);
    scratch.write("pairs.tsv", format!("{source}\t{target}\n"));
    scratch.write("source", format!("{source}\n"));
    scratch.write("target", format!("{target}\n"));
    let glossed = scratch.run("gloss --model model --pairs pairs.tsv").success().stdout;
    assert!(glossed.ends_with(&format!("\n\n{target}\n")), "{glossed}");
    assert_eq!(scratch.run("gloss --model model source target").success().stdout, glossed);
    assert_says(&scratch.run("gloss --model model pairs.tsv --columns 2,1").wrong_usage(), &["--pairs"]);
}

#[test]
fn the_page_loads_no_other_file_and_has_the_direction_of_each_script() {
    let scratch = Scratch::with_model();
    scratch.write("pairs.tsv", "one <two>\teins zwei\nשלום\tone\n\t\n");
    let page = scratch.run("gloss --model model --pairs pairs.tsv --format html").success().stdout;
    assert!(page.starts_with("<!DOCTYPE html>") && page.ends_with("</html>\n"));
    assert_says(&page, &["&lt;two&gt;", "dir=\"rtl\">\n<li><span class=\"word\" dir=\"rtl\">שלום</span>"]);
    assert!(!page.contains("http") && !page.contains("src="));
    assert_says(&page, &["<h1>Interlinear glosses: pairs.tsv</h1>", "prefers-color-scheme: dark", "--accent: #"]);
    assert_eq!(page.matches("<li class=\"sentence\">").count(), 3);
}
