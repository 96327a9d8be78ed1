//! The grid for the terminal: layout, shades, and words that need care.

use glosser_alignment::palette::Theme;
use glosser_alignment::{Colors, LabelledAttention, Shades, WordAttention, grid};
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
}

#[test]
fn the_legend_has_one_line_where_it_fits_and_two_lines_of_at_most_40_columns_elsewhere() {
    let legend = "row: target, column: source, </s>: end  ░ 5 %  ▒ 25 %  ▓ 50 %  █ 75 % or more\n";
    assert_eq!(Shades::Blocks.legend(80), legend);
    assert_eq!(Shades::Blocks.legend(40), legend.replace("end  ", "end\n"));
    assert!(Shades::Ascii.legend(40).ends_with("\n. 5 %  : 25 %  + 50 %  # 75 % or more\n"));
    assert!(Shades::Blocks.legend(40).lines().all(|line| line.width() <= 40));
    for shades in COLORED {
        assert_eq!(shades.legend(80).lines().count(), 1);
        assert_eq!(shades.legend(80).matches("\u{1B}[0m").count(), 4);
    }
}

/// All shades with colours.
const COLORED: [Shades; 6] = [
    Shades::Tinted(Colors::Indexed),
    Shades::Tinted(Colors::TrueColor),
    Shades::Filled(Colors::Indexed, Theme::Light),
    Shades::Filled(Colors::Indexed, Theme::Dark),
    Shades::Filled(Colors::TrueColor, Theme::Light),
    Shades::Filled(Colors::TrueColor, Theme::Dark),
];

#[test]
fn on_an_unknown_background_blocks_have_one_colour_that_is_reset_after_their_cell() {
    let cells = |colors| [f32::NAN, 0.01, 0.5, 1.0].map(|weight| Shades::Tinted(colors).cell(weight, 2));
    let drawn = |color: &str| {
        ["  ".to_owned(), "  ".to_owned()]
            .into_iter()
            .chain(["▓▓", "██"].map(|blocks| format!("\u{1B}[38;{color}m{blocks}\u{1B}[0m")))
    };
    assert!(cells(Colors::Indexed).into_iter().eq(drawn("5;30")));
    assert!(cells(Colors::TrueColor).into_iter().eq(drawn("2;0;132;122")));
}

#[test]
fn on_a_known_background_cells_are_filled_and_cells_without_weight_stay_blank() {
    let cells =
        |colors, theme| [f32::NAN, 0.01, 0.5, 1.0, 2.0].map(|weight| Shades::Filled(colors, theme).cell(weight, 2));
    let drawn = |colors: [&str; 3]| {
        let filled = colors.map(|color| format!("\u{1B}[48;{color}m  \u{1B}[0m"));
        ["  ".to_owned(), "  ".to_owned()].into_iter().chain(filled)
    };
    assert!(cells(Colors::Indexed, Theme::Light).into_iter().eq(drawn(["5;73", "5;23", "5;23"])));
    assert!(cells(Colors::Indexed, Theme::Dark).into_iter().eq(drawn(["5;30", "5;80", "5;80"])));
    assert!(cells(Colors::TrueColor, Theme::Light).into_iter().eq(drawn([
        "2;133;174;171",
        "2;10;92;87",
        "2;10;92;87"
    ])));
    assert!(cells(Colors::TrueColor, Theme::Dark).into_iter().eq(drawn([
        "2;77;129;123",
        "2;127;227;210",
        "2;127;227;210"
    ])));
}

#[test]
fn a_coloured_grid_has_the_layout_of_the_plain_grid() {
    let attention = two_by_three();
    let labelled = LabelledAttention::new(&["das", "blaue", "Haus"], &["house", "a blue"], &attention).unwrap();
    let plain = grid(&labelled, 80, Shades::Blocks);
    for shades in COLORED {
        let colored = grid(&labelled, 80, shades);
        assert_eq!(colored.lines().count(), plain.lines().count());
        for (colored, plain) in colored.lines().zip(plain.lines()) {
            assert!(columns(colored).width() >= plain.width(), "{colored:?}");
            // Only cells have colours, and lines of source words have none.
            let cells = colored.matches("\u{1B}[0m").count();
            assert!(if cells == 0 { colored == plain } else { colored[..6] == plain[..6] }, "{colored:?}");
        }
    }
}

/// A line without its escape sequences.
fn columns(line: &str) -> String {
    let mut parts = line.split('\u{1B}');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |line, part| line + part.split_once('m').map_or("", |(_, rest)| rest))
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
