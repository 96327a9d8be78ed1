"""What all tests share: a small model that is kept in the repository, and the program."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import glosser
import pytest

REPOSITORY = Path(__file__).parents[3]
KEPT = REPOSITORY / "tests/golden/format-3"

Record = dict[str, Any]
Program = Callable[..., str]


@pytest.fixture(scope="session")
def model() -> Path:
    """The directory of a small English-French model."""
    return KEPT / "model"


@pytest.fixture(scope="session")
def translator(model: Path) -> glosser.Translator:
    return glosser.Translator(model)


@pytest.fixture(scope="session")
def kept() -> list[Record]:
    """The output of `glosser translate --format jsonl` that is kept with the model."""
    return [json.loads(line) for line in (KEPT / "model.jsonl").read_text("utf-8").splitlines()]


@pytest.fixture(scope="session")
def pairs(kept: list[Record]) -> list[tuple[str, str]]:
    return [(record["source"], record["translation"]) for record in kept]


@pytest.fixture(scope="session")
def pairs_file(pairs: list[tuple[str, str]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("pairs") / "pairs.tsv"
    file.write_text("".join(f"{source}\t{target}\n" for source, target in pairs), "utf-8")
    return file


@pytest.fixture
def two_way_model(model: Path, tmp_path: Path) -> Path:
    """A model with a model of the opposite direction; here it is the same one, which translates nonsense."""
    directory = tmp_path / "two-way"
    shutil.copytree(model, directory)
    shutil.copytree(model, directory / "reverse")
    return directory


@pytest.fixture(scope="session")
def program() -> Program:
    """Runs the program that GLOSSER names, and returns its standard output."""
    path = os.environ["GLOSSER"]

    def run(*arguments: object) -> str:
        command = [path, *map(str, arguments)]
        return subprocess.run(command, check=True, capture_output=True, encoding="utf-8").stdout

    return run


def links(text: str) -> list[tuple[int, int]]:
    """The links of a text such as `0-0 1-2`."""
    return [(int(source), int(target)) for source, target in (link.split("-") for link in text.split())]
