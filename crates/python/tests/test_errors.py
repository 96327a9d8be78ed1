"""Wrong input raises an exception with a remedy."""

import shutil
from pathlib import Path
from typing import Any

import glosser
import pytest


def test_a_missing_directory_is_named(tmp_path: Path) -> None:
    missing = tmp_path / "nothing"
    for kind in (glosser.MissingFileError, glosser.GlosserError, FileNotFoundError):
        with pytest.raises(kind, match="no model directory here; `glosser train"):
            glosser.Translator(missing)
    assert glosser.MissingFileError.__module__ == "glosser"


def test_a_damaged_or_incomplete_model_is_named(model: Path, tmp_path: Path) -> None:
    directory = tmp_path / "model"
    shutil.copytree(model, directory)
    (directory / "config.json").write_text("{", "utf-8")
    with pytest.raises(glosser.GlosserError, match=r"config\.json: .*damaged"):
        glosser.Translator(directory)
    (directory / "config.json").unlink()
    with pytest.raises(glosser.GlosserError, match="`config.json` is missing"):
        glosser.Translator(directory)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"beam_size": 0}, "beam_size is 0; give a whole number from 1 to 1000"),
        ({"max_length": 10_001}, "max_length is 10001; give a whole number from 1 to 10000"),
        ({"batch_size": 0}, "batch_size is 0; give a whole number from 1"),
        ({"length_penalty": float("nan")}, "length_penalty is NaN; give a number from 0"),
        ({"split": "often"}, 'split is "often"; give "auto", "always" or "never"'),
        ({"glossary": {"a\tb": "c"}}, "cannot be a term"),
        ({"glossary": {"#a": "c"}}, "cannot be a term"),
        ({"keep": [" "]}, "cannot be a term"),
    ],
)
def test_a_value_out_of_range_is_named(
    translator: glosser.Translator, arguments: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        translator.translate("A dog.", **arguments)


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (b"A dog.", "texts is bytes; give a str or an iterable of str"),
        (7, "texts is int; give a str or an iterable of str"),
        (["A dog.", None], r"texts\[1\] is NoneType, not str"),
    ],
)
def test_a_wrong_type_is_named(translator: glosser.Translator, texts: Any, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        translator.translate(texts)


@pytest.mark.parametrize(
    ("pairs", "kind", "message"),
    [
        ("ab", TypeError, "pairs is str"),
        (["ab"], TypeError, r"pairs\[0\] is str; give a pair"),
        ([("a", "b", "c")], ValueError, r"pairs\[0\] has 3 items"),
        ([("a", "b"), ("a", 1)], TypeError, r"pairs\[1\]\[1\] is int, not str"),
    ],
)
def test_wrong_pairs_are_named(
    translator: glosser.Translator, pairs: Any, kind: type[Exception], message: str
) -> None:
    for function in (translator.align, translator.score):
        with pytest.raises(kind, match=message):
            function(pairs)


def test_other_wrong_arguments(translator: glosser.Translator, model: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="n is 6, more than beam_size; give beam_size=6 or more"):
        translator.translate_n_best("A dog.", 6, beam_size=5)
    with pytest.raises(ValueError, match="threads is 0"):
        glosser.Translator(model, threads=0)
    with pytest.raises(TypeError):
        translator.translate("A dog.", 5)  # type: ignore[call-overload]
    with pytest.raises(FileNotFoundError, match="cannot be opened"):
        translator.translate("A dog.", glossary=tmp_path / "terms.tsv")
    terms = tmp_path / "terms.tsv"
    terms.write_text("dog chien\n", "utf-8")
    with pytest.raises(glosser.GlosserError, match=r"terms\.tsv:1: there is no tab"):
        translator.translate("A dog.", glossary=terms)
