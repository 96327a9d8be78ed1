"""Weights for numpy, and without it."""

import struct
import subprocess
import sys

import glosser
import numpy
import pytest


@pytest.fixture
def translation(translator: glosser.Translator) -> glosser.Translation:
    return translator.translate("Our grandmother is a nurse.")


def test_numpy_reads_the_weights_as_32_bit_floats(translation: glosser.Translation) -> None:
    attention = translation.attention
    array = numpy.asarray(attention)
    assert array.dtype == numpy.float32
    assert array.shape == attention.shape == (len(translation.target_words), len(translation.source_words) + 1)
    assert array.tolist() == attention.tolist()
    assert array.sum(axis=1) == pytest.approx(numpy.ones(len(array)), abs=1e-5)
    assert numpy.array(attention, dtype=float).dtype == numpy.float64
    # The array stays valid after its translation is gone.
    before = array.tolist()
    del translation, attention
    assert array.tolist() == before


def test_weights_without_numpy(translation: glosser.Translation) -> None:
    attention = translation.attention
    rows, columns = attention.shape
    values = struct.unpack(f"<{rows * columns}f", attention.tobytes())
    assert [value for row in attention.tolist() for value in row] == list(values)
    assert list(attention) == attention.tolist() and attention[-1] == attention.tolist()[-1]
    assert repr(attention) == f"Attention(shape=({rows}, {columns}))"
    for index in (rows, -rows - 1):
        with pytest.raises(IndexError, match="there is no row"):
            attention[index]


def test_the_module_does_not_import_numpy() -> None:
    script = "import sys, glosser; sys.exit('numpy' in sys.modules)"
    subprocess.run([sys.executable, "-c", script], check=True)
