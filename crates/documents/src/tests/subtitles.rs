//! Realistic subtitles.

use super::{drawn, read, write_reversed, write_untranslated};
use crate::Format;

#[test]
fn the_text_of_each_cue_is_one_segment_and_is_wrapped_again() {
    let source = "\u{feff}1\r\n00:00:01,000 --> 00:00:04,000\r\n<i>The cat that I saw\r\nsleeps.</i> It is old.\r\n\r\n\
                  2\r\n00:00:05,000 --> 00:00:06,000 X1:1 X2:2\r\n{\\an8}One two\r\n\r\n\r\n\
                  3\r\n00:00:07,000 --> 00:00:08,000\r\n- Who is it?\r\n- <b>My</b> dog\r\nis.\r\n";
    let document = read(Format::Subtitles, source);
    assert_eq!(write_untranslated(&document), source);
    assert_eq!(drawn(&document), ["[The cat that I saw sleeps.] It is old.", "One two", "Who is it?", "[My] dog is."]);
    let written = "\u{feff}1\r\n00:00:01,000 --> 00:00:04,000\r\nold. is It <i>sleeps.\r\n\
                   saw I that cat The</i>\r\n\r\n\
                   2\r\n00:00:05,000 --> 00:00:06,000 X1:1 X2:2\r\n{\\an8}two One\r\n\r\n\r\n\
                   3\r\n00:00:07,000 --> 00:00:08,000\r\n- it? is Who\r\n- is.\r\ndog <b>My</b>\r\n";
    assert_eq!(write_reversed(&document), written);
}

#[test]
fn tags_around_a_dialogue_stay_and_other_signs_are_text() {
    let cue = |text: &str| format!("1\n00:00:01,000 --> 00:00:04,000\n{text}\n");
    for (text, segments, written) in [
        ("<i>- One two\n- Three four</i>", vec!["One two", "Three four"], "<i>- two One\n- four Three</i>"),
        ("{\\an8}<i>– One two</i>", vec!["One two"], "{\\an8}<i>– two One</i>"),
        ("I <3 you {now}", vec!["I <3 you {now}"], "{now} you <3 I"),
        ("<FONT COLOR=\"#fff\">one</FONT> two", vec!["[one] two"], "two <FONT COLOR=\"#fff\">one</FONT>"),
        ("...\n♪ ♪", vec![], "...\n♪ ♪"),
        ("one -\ntwo", vec!["one - two"], "two -\none"),
        ("我看见\n猫", vec!["我看见猫"], "我看\n见猫"),
    ] {
        let document = read(Format::Subtitles, &cue(text));
        assert_eq!(drawn(&document), segments, "{text}");
        let expected = if text.contains('猫') { cue(text) } else { cue(written) };
        assert_eq!(write_reversed(&document), expected, "{text}");
    }
}
