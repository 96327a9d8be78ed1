"""Alignments and scores are those of the program."""

import json
from pathlib import Path

import glosser
import numpy
import pytest
from conftest import Program, links

NEARLY = 1e-4
Pairs = list[tuple[str, str]]


def test_links_and_weights_are_those_of_glosser_align(
    translator: glosser.Translator, model: Path, pairs: Pairs, pairs_file: Path, program: Program
) -> None:
    lines = program("align", "--model", model, pairs_file, "--format", "jsonl").splitlines()
    for found, record in zip(translator.align(pairs), map(json.loads, lines), strict=True):
        assert (found.source, found.text) == (record["source"], record["translation"])
        assert (found.source_words, found.target_words) == (record["source_words"], record["target_words"])
        assert found.links == links(record["links"])
        assert found.log_prob == pytest.approx(record["log_prob"], abs=NEARLY)
        if found.target_words:
            weights = numpy.array(record["weights"]), numpy.array(record["eos_mass"])[:, None]
            assert numpy.asarray(found.attention) == pytest.approx(numpy.hstack(weights), abs=NEARLY)


def test_links_of_a_model_of_both_directions_are_those_of_glosser_align(
    two_way_model: Path, pairs: Pairs, pairs_file: Path, program: Program
) -> None:
    lines = program("align", "--model", two_way_model, pairs_file).splitlines()
    found = glosser.Translator(two_way_model).align(pairs)
    assert [one.links for one in found] == [links(line) for line in lines]
    forward = glosser.Translator(two_way_model / "reverse").align(pairs)
    assert [one.links for one in forward] != [one.links for one in found]
    assert [one.attention.tolist() for one in forward] == [one.attention.tolist() for one in found]


def test_scores_are_those_of_glosser_score(
    translator: glosser.Translator, model: Path, pairs: Pairs, pairs_file: Path, program: Program
) -> None:
    lines = program("score", "--model", model, pairs_file, "--format", "jsonl").splitlines()
    for found, record in zip(translator.score(pairs), map(json.loads, lines), strict=True):
        assert (found.source, found.target, found.tokens) == (record["source"], record["target"], record["tokens"])
        for name in ("log_prob", "score", "end_log_prob"):
            assert getattr(found, name) == pytest.approx(record[name], abs=NEARLY), name
        assert [word for word, _ in found.word_log_probs] == record["words"]
        assert [value for _, value in found.word_log_probs] == pytest.approx(record["word_log_probs"], abs=NEARLY)


def test_pairs_without_weights(translator: glosser.Translator) -> None:
    blank, long = translator.align([("A dog.", " "), ("a " * 2000, "un chien")])
    assert (blank.links, blank.degraded, long.links, long.degraded) == ([], [], [], ["no_weights"])
    assert all(one._repr_html_() for one in (blank, long))
    for pair in translator.score([("A dog.", ""), ("a " * 2000, "un chien")]):
        assert (pair.log_prob, pair.score, pair.end_log_prob) == (None, None, None)
        assert (pair.word_log_probs, pair.tokens) == ([], 0)
        assert repr(pair).endswith("log_prob=None)")


def test_pairs_are_any_sequences_of_two_texts(translator: glosser.Translator) -> None:
    found = translator.score(iter([["A dog.", "Un chien."], ("A dog.", "Un chien.")]))
    assert found[0].log_prob == found[1].log_prob
    assert translator.align([]) == [] and translator.score([]) == []
