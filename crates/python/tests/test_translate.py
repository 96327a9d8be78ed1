"""Translations are those of the program."""

import json
from pathlib import Path

import glosser
import pytest
from conftest import Program, Record, links

# A difference in the last bits, as between two processors.
NEARLY = 1e-4


def assert_same(found: glosser.Translation, record: Record) -> None:
    assert (found.source, found.text) == (record["source"], record["translation"])
    assert (found.source_words, found.target_words) == (record["source_words"], record["target_words"])
    assert found.links == links(record["links"])
    assert found.log_prob == pytest.approx(record["log_prob"], abs=NEARLY)
    assert found.score == pytest.approx(record["score"], abs=NEARLY)
    rows = [[*row, end] for row, end in zip(record["weights"], record["eos_mass"])]
    assert len(found.attention) == len(rows)
    for row, expected in zip(found.attention.tolist(), rows):
        assert row == pytest.approx(expected, abs=NEARLY)
    # Kept before appended items were reported.
    assert [kind for kind in found.degraded if kind != "item_appended"] == [
        kind for kind in record.get("degraded", []) if kind != "item_appended"
    ]


def test_translations_are_those_that_are_kept_with_the_model(
    translator: glosser.Translator, kept: list[Record]
) -> None:
    assert len(kept) == 32
    for found, record in zip(translator.translate([record["source"] for record in kept]), kept):
        assert_same(found, record)


def test_several_translations_of_a_text_are_those_of_the_program(
    translator: glosser.Translator, kept: list[Record], program: Program, model: Path, tmp_path: Path
) -> None:
    sources = [record["source"] for record in kept[:8]]
    file = tmp_path / "sources"
    file.write_text("\n".join(sources) + "\n", "utf-8")
    options = ["--n-best", "3", "--beam-size", "4", "--length-penalty", "0.5", "--max-length", "20"]
    lines = program("translate", "--model", model, "-i", file, "--format", "jsonl", *options).splitlines()
    found = translator.translate_n_best(sources, 3, beam_size=4, length_penalty=0.5, max_length=20)
    assert [len(best) for best in found] == [3] * 8
    for translation, line in zip([one for best in found for one in best], lines, strict=True):
        assert_same(translation, json.loads(line))
        assert translation.unknown == json.loads(line).get("unknown", [])


def test_one_text_gives_one_translation_and_any_iterable_a_list(translator: glosser.Translator) -> None:
    text = "Our grandmother is a nurse."
    one = translator.translate(text)
    assert str(one) == one.text == "Notre grand-mère est infirmière."
    assert [found.text for found in translator.translate(iter([text, text]))] == [one.text] * 2
    assert translator.translate([]) == []
    assert [found.text for found in translator.translate_n_best(text, 2)][0] == one.text
    assert translator.translate_n_best([], 2) == []


def test_more_texts_than_a_batch_keep_their_order(translator: glosser.Translator, kept: list[Record]) -> None:
    sources = [record["source"] for record in kept] * 3
    found = translator.translate(sources, batch_size=2)
    assert [one.text for one in found] == [record["translation"] for record in kept] * 3


def test_a_blank_text_has_a_blank_translation(translator: glosser.Translator) -> None:
    blank = translator.translate("  ")
    assert (blank.text.strip(), blank.log_prob, blank.links, blank.target_words) == ("", 0.0, [], [])
    assert len(blank.attention) == 0 and blank.attention.tolist() == []


@pytest.mark.parametrize("hostile", ["a\nb", "a\0b", "\N{LINE SEPARATOR}", "🐕" * 50, "a" * 5000, "<b>&amp;</b>"])
def test_any_text_is_translated(translator: glosser.Translator, hostile: str) -> None:
    found = translator.translate(hostile, beam_size=1)
    assert found.source == hostile and "\n" not in found.text
    assert isinstance(found._repr_html_(), str)


def test_a_limit_of_the_length_is_named(translator: glosser.Translator) -> None:
    assert translator.translate("These are difficult words.", max_length=2).degraded == ["cut"]


def test_a_glossary_is_a_dict_or_a_file(translator: glosser.Translator, tmp_path: Path) -> None:
    text = "Our grandmother is a nurse."
    assert "mamie" in translator.translate(text, glossary={"grandmother": "mamie"}).text
    file = tmp_path / "terms.tsv"
    file.write_text("grandmother\tmamie\n", "utf-8")
    assert "mamie" in translator.translate(text, glossary=file).text
    assert "mamie" in translator.translate([text], glossary=str(file))[0].text
    assert "grandmother" in translator.translate(text, keep=["grandmother"]).text
    assert "mamie" not in translator.translate(text).text


def test_words_that_training_never_saw_are_named(translator: glosser.Translator) -> None:
    assert translator.translate("Our xylophonist is a xylophonist.").unknown == ["xylophonist"]
    assert translator.translate("Our grandmother is a nurse.").unknown == []


def test_copying_and_splitting_can_be_turned_off(translator: glosser.Translator) -> None:
    text = "Zorblax is a nurse."
    assert "Zorblax" in translator.translate(text).text
    assert "Zorblax" not in translator.translate(text, copy=False).text
    two = "Our grandmother is a nurse. These are difficult words."
    assert translator.translate(two, split="always").text != translator.translate(two, split="never").text


def test_the_representation_names_source_and_text(translator: glosser.Translator, model: Path) -> None:
    found = translator.translate("Our grandmother is a nurse.")
    texts = "source='Our grandmother is a nurse.', text='Notre grand-mère est infirmière.'"
    assert repr(found) == f"Translation({texts}, log_prob=-0.8735)"
    assert repr(translator) == f'Translator("{model}")' and translator.path == str(model)
