"""The package: version, documentation and types."""

import ast
import importlib.metadata
import inspect
from pathlib import Path
from typing import Any

import glosser
from glosser import _glosser


def test_the_version_is_that_of_the_distribution_which_needs_no_other() -> None:
    assert glosser.__version__ == importlib.metadata.version("glosser-python")
    assert not importlib.metadata.requires("glosser-python")


def test_every_name_is_documented_as_in_the_types() -> None:
    """Editors show the documentation of the types, `help` that of the compiled module."""
    tree = ast.parse((Path(glosser.__file__).parent / "_glosser.pyi").read_text("utf-8"))
    count = 0

    def compare(node: Any, of: object) -> None:
        nonlocal count
        for child in node.body:
            if not isinstance(child, (ast.ClassDef, ast.FunctionDef)):
                continue
            value = inspect.getattr_static(of, child.name)
            documented = ast.get_docstring(child)
            if documented:
                first = " ".join((inspect.getdoc(value) or "").split("\n\n")[0].split())
                assert first == " ".join(documented.split()), child.name
                count += 1
            if isinstance(child, ast.ClassDef):
                compare(child, value)

    compare(tree, _glosser)
    assert count >= 30
