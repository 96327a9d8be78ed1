"""Translate with models of glosser, and look at word links and attention.

>>> import glosser
>>> translator = glosser.Translator("de-en")
>>> translator.translate("Ein Hund läuft.").text
'A dog runs.'

A model is a directory that ``glosser train`` or :func:`train` has written.
"""

import os as _os

# Candle's own threads wait in a busy loop. It reads this variable once, when the first tensor is made.
_os.environ.setdefault("CANDLE_NUM_THREADS", "1")

from ._errors import GlosserError, MissingFileError  # noqa: E402
from ._glosser import Attention, ScoredPair, Translation, Translator, __version__, train  # noqa: E402

__all__ = [
    "Attention",
    "GlosserError",
    "MissingFileError",
    "ScoredPair",
    "Translation",
    "Translator",
    "__version__",
    "train",
]
