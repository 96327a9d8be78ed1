//! The grid for the terminal: layout, shades, and words that need care.

use glosser_alignment::{LabelledAttention, Shades, WordAttention, grid};
use proptest::prelude::*;
use unicode_width::UnicodeWidthStr;

use crate::{attention, two_by_three};

fn drawn(source: &[&str], target: &[&str], attention: &WordAttention, width: usize) -> String {
    grid(&LabelledAttention::new(source, target, attention).unwrap(), width, Shades::Blocks)
}

/// An identity matrix with one row and column per word.
fn diagonal(source: &[&str]) -> WordAttention {
    let weight = |row: usize, column: usize| if row == column { 1.0 } else { 0.0 };
    let rows: Vec<Vec<f32>> =
        (0..source.len()).map(|row| (0..source.len()).map(|column| weight(row, column)).collect()).collect();
    let rows: Vec<&[f32]> = rows.iter().map(Vec::as_slice).collect();
    attention(&rows, &vec![0.0; source.len()])
}

#[test]
fn two_target_words_over_three_source_words() {
    let expected = "
       das
       │ blaue
       │ │ Haus
       │ │ │ </s>
 house   ▒▒██
a blue ▓▓  ░░▒▒
";
    assert_eq!(drawn(&["das", "blaue", "Haus"], &["house", "a blue"], &two_by_three(), 80), expected[1..]);
}

#[test]
fn ascii_for_terminals_without_unicode() {
    let expected = "
  a
  | b
  | | c
  | | | </s>
x   ::##
y ++  ..::
";
    let attention = two_by_three();
    let labelled = LabelledAttention::new(&["a", "b", "c"], &["x", "y"], &attention).unwrap();
    assert_eq!(grid(&labelled, 80, Shades::Ascii), expected[1..]);
}

#[test]
fn each_step_of_weight_has_its_shade_and_nan_is_blank() {
    let shades = [0.0, 0.049, 0.05, 0.25, 0.5, 0.75, 1.0, 2.0, f32::NAN].map(|weight| Shades::Blocks.cell(weight, 1));
    assert_eq!(shades.concat(), "  ░▒▓███ ");
    assert_eq!(Shades::Blocks.legend(), "░ 0.05  ▒ 0.25  ▓ 0.5  █ 0.75");
    assert_eq!(Shades::Ascii.legend(), ". 0.05  : 0.25  + 0.5  # 0.75");
}

#[test]
fn colours_go_from_white_to_dark_blue_and_are_reset_after_their_cell() {
    let cells = |shades: Shades| [f32::NAN, 0.0, 0.5, 1.0, 2.0].map(|weight| shades.cell(weight, 2));
    let background = |color: &str| format!("\u{1B}[48;{color}m  \u{1B}[0m");
    let few = ["5;231", "5;231", "5;63", "5;18", "5;18"].map(background);
    assert_eq!(cells(Shades::Colors256), few);
    let many = ["2;244;246;250", "2;244;246;250", "2;131;152;195", "2;18;58;140", "2;18;58;140"].map(background);
    assert_eq!(cells(Shades::TrueColor), many);
}

#[test]
fn a_coloured_grid_has_the_layout_of_the_plain_grid() {
    let attention = two_by_three();
    let labelled = LabelledAttention::new(&["das", "blaue", "Haus"], &["house", "a blue"], &attention).unwrap();
    for shades in [Shades::Colors256, Shades::TrueColor] {
        let colored = grid(&labelled, 80, shades);
        let plain = grid(&labelled, 80, Shades::Blocks);
        assert_eq!(colored.lines().count(), plain.lines().count());
        for (colored, plain) in colored.lines().zip(plain.lines()) {
            let cells = colored.matches("\u{1B}[48;").count();
            assert_eq!(cells, colored.matches("  \u{1B}[0m").count());
            // Lines of source words are equal; rows have four cells.
            assert!(
                if cells == 0 { colored == plain } else { cells == 4 && colored[..6] == plain[..6] },
                "{colored:?}"
            );
        }
    }
}

#[test]
fn crossed_links_are_drawn_as_a_cross() {
    let crossed = attention(&[&[0.0, 1.0], &[1.0, 0.0]], &[0.0, 0.0]);
    let expected = "
  a
  │ b
  │ │ </s>
x   ██
y ██
";
    assert_eq!(drawn(&["a", "b"], &["x", "y"], &crossed, 80), expected[1..]);
}

#[test]
fn long_words_are_cut_and_columns_that_do_not_fit_follow_below() {
    let words = ["Donaudampfschifffahrt", "ist", "heute", "gemächlich"];
    let expected = "
       Donaudampfsc…
       │ ist
       │ │ heute
Donau… ██
   ist   ██
 heute     ██
gemäc…

       gemächlich
       │ </s>
Donau…
   ist
 heute
gemäc… ██
";
    assert_eq!(drawn(&words, &words, &diagonal(&words), 20), expected[1..]);
}

#[test]
fn wide_characters_and_combining_marks_keep_the_columns_straight() {
    let source = ["图书馆", "e\u{301}te\u{301}"];
    let expected = "
       图书馆
       │ e\u{301}te\u{301}
       │ │ </s>
图书馆 ██
   e\u{301}te\u{301}   ██
";
    assert_eq!(drawn(&source, &source, &diagonal(&source), 80), expected[1..]);
    // Words are cut between wide characters, and never before a combining mark.
    let source = ["图书馆图书馆", "e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}"];
    let grid = drawn(&source, &source, &diagonal(&source), 16);
    assert!(grid.contains("\n图书… ██\n"), "{grid}");
    assert!(grid.contains("\ne\u{301}e\u{301}e\u{301}e\u{301}…   ██\n"), "{grid}");
}

#[test]
fn right_to_left_words_do_not_reorder_the_line() {
    let words = ["שלום", "עולם"];
    let grid = drawn(&words, &words, &diagonal(&words), 80);
    // Without the marks, which have no width, a terminal would order the words of the line from right to left.
    assert!(grid.contains("     │ \u{200E}עולם\u{200E}\n"), "{grid}");
    assert!(grid.contains("\n\u{200E}עולם\u{200E}   ██\n"), "{grid}");
}

#[test]
fn a_word_cannot_control_the_terminal() {
    let words = ["\u{1b}[2J", "a\tb\u{202E}"];
    let grid = drawn(&words, &words, &diagonal(&words), 80);
    assert!(!grid.contains(['\u{1b}', '\t', '\u{202E}']), "{grid:?}");
    assert!(grid.contains("\u{FFFD}[2J"), "{grid:?}");
}

#[test]
fn sentences_without_words_still_have_a_grid() {
    assert_eq!(drawn(&[], &[], &attention(&[], &[]), 80), " </s>\n");
    assert_eq!(drawn(&[], &["x"], &attention(&[&[]], &[1.0]), 80), "  </s>\nx ██\n");
}

#[test]
fn a_wrong_number_of_words_is_an_error() {
    let attention = two_by_three();
    let error =
        |source: &[&str], target: &[&str]| LabelledAttention::new(source, target, &attention).unwrap_err().to_string();
    assert_eq!(
        error(&["a", "b"], &["x", "y"]),
        "source words: found 2 for 3 columns of weights; pass the words that the attention was merged to"
    );
    assert_eq!(
        error(&["a", "b", "c"], &["x", "y", "z"]),
        "target words: found 3 for 2 rows of weights; pass the words that the attention was merged to"
    );
}

proptest! {
    #[test]
    fn no_line_is_wider_than_the_terminal(words in prop::collection::vec("[a-zäשא中文\u{301}]{0,15}", 0..30), width in 0usize..120) {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let grid = drawn(&words, &words, &diagonal(&words), width);
        for line in grid.lines() {
            prop_assert!(line.width() <= width.max(16), "{} > {width}\n{grid}", line.width());
        }
        // Each word has its cell, in whatever block.
        prop_assert_eq!(grid.matches("██").count(), words.len());
    }
}
