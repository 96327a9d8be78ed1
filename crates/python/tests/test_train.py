"""Training from Python, with tiny models."""

import json
import os
import signal
from pathlib import Path
from typing import Any

import glosser
import pytest
from conftest import REPOSITORY

Event = dict[str, Any]
SMALL: dict[str, Any] = {
    "tokenizer": {"vocab": 300},
    "model": {"embed": 8, "encoder_hidden": 8, "decoder_hidden": 8, "attention_size": 8, "ensemble": 1},
    "training": {"batch_tokens": 200, "guided_alignment": {"links": "none", "aligner_weight": 0.0}},
}


@pytest.fixture(scope="module")
def corpus() -> list[tuple[str, str]]:
    lines = (REPOSITORY / "data/train.en-fr.tsv").read_text("utf-8").splitlines()
    source_and_target = [line.split("\t")[:2] for line in lines]
    return [(source, target) for source, target in source_and_target if len(source.split()) <= 6][:120]


def weights(directory: Path) -> bytes:
    return (directory / "model.safetensors").read_bytes()


def test_a_model_is_trained_from_pairs_in_memory_and_its_events_are_those_of_the_log(
    corpus: list[tuple[str, str]], tmp_path: Path
) -> None:
    events: list[Event] = []
    summary = glosser.train(corpus, tmp_path / "m", config=SMALL, steps=25, seed=3, on_event=events.append)
    assert summary["steps"] == 25
    assert [event["event"] for event in events][-2:] in (["validated", "finished"], ["finished", "advice"])
    log = (tmp_path / "m/training/log.jsonl").read_text("utf-8").splitlines()
    assert events == [json.loads(line) for line in log]
    finished = next(event for event in events if event["event"] == "finished")
    assert summary == {key: value for key, value in finished.items() if key != "event"}
    assert isinstance(glosser.Translator(tmp_path / "m").translate(corpus[0][0]).text, str)


def test_pairs_in_files_give_the_same_weights(corpus: list[tuple[str, str]], tmp_path: Path) -> None:
    tsv, source, target = (tmp_path / name for name in ("pairs.tsv", "source", "target"))
    tsv.write_text("".join(f"{source}\t{target}\n" for source, target in corpus), "utf-8")
    source.write_text("".join(f"{source}\n" for source, _ in corpus), "utf-8")
    target.write_text("".join(f"{target}\n" for _, target in corpus), "utf-8")
    config = tmp_path / "small.toml"
    config.write_text(
        "[tokenizer]\nvocab = 300\n"
        "[model]\nembed = 8\nencoder_hidden = 8\ndecoder_hidden = 8\nattention_size = 8\nensemble = 1\n"
        '[training]\nbatch_tokens = 200\nguided_alignment = { links = "none", aligner_weight = 0.0 }\n',
        "utf-8",
    )
    models = []
    same: list[Any] = [corpus, str(tsv), (source, target)]
    for number, pairs in enumerate(same):
        directory = tmp_path / str(number)
        given = config if number == 1 else SMALL
        glosser.train(pairs, directory, dev=corpus[:5], config=given, steps=4, threads=1)
        models.append(weights(directory))
    assert models[0] == models[1] == models[2]


class Stop(Exception):
    pass


def test_an_exception_and_ctrl_c_stop_a_training_and_the_same_call_continues_it(
    corpus: list[tuple[str, str]], tmp_path: Path
) -> None:
    def train(name: str, on_event: Any = None) -> dict[str, Any]:
        return glosser.train(corpus, tmp_path / name, config=SMALL, steps=80, threads=1, on_event=on_event)

    def stop(event: Event) -> None:
        if event["event"] == "progress" and event["step"] >= 20:
            raise Stop

    def interrupt(event: Event) -> None:
        if event["event"] == "progress" and event["step"] >= 40:
            os.kill(os.getpid(), signal.SIGINT)

    train("whole")
    with pytest.raises(Stop):
        train("m", stop)
    with pytest.raises(KeyboardInterrupt):
        train("m", interrupt)
    events: list[Event] = []
    train("m", events.append)
    resumed = next(event for event in events if event["event"] == "resumed")
    assert 40 <= resumed["step"] < 80
    assert weights(tmp_path / "m") == weights(tmp_path / "whole")


def test_wrong_arguments_and_files_are_named(corpus: list[tuple[str, str]], tmp_path: Path) -> None:
    model = tmp_path / "m"
    with pytest.raises(ValueError, match="give one of epochs, steps and minutes"):
        glosser.train(corpus, model, steps=3, minutes=1)
    with pytest.raises(ValueError, match="must be above 0"):
        glosser.train(corpus, model, minutes=0)
    with pytest.raises(glosser.GlosserError, match="unknown field `embedding`"):
        glosser.train(corpus, model, config={"model": {"embedding": 8}})
    with pytest.raises(glosser.GlosserError, match="pairs"):
        glosser.train([], model)
    with pytest.raises(FileNotFoundError, match="cannot be opened"):
        glosser.train("no-such.tsv", model)
    with pytest.raises(FileNotFoundError):
        glosser.train(corpus, model, config="no-such.toml")
    with pytest.raises(TypeError, match="pairs is int"):
        glosser.train(7, model)  # type: ignore[arg-type]
    assert not model.exists()
