# The types of the compiled module. A docstring is the first paragraph of the one in the Rust source; a test compares
# them.
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from os import PathLike
from typing import Any, Literal, final, overload

__all__ = [
    "__version__",
    "Translator",
    "Translation",
    "Attention",
    "ScoredPair",
    "train",
]

__version__: str

@final
class Attention:
    """Weights between words: a row for each target word, a column for each source word, and a last column for the end
    of the source."""

    @property
    def shape(self) -> tuple[int, int]:
        """The number of target words, and the number of source words plus one. (0, 1) if there are no weights."""

    @property
    def __array_interface__(self) -> dict[str, Any]:
        """The weights for numpy."""

    def tolist(self) -> list[list[float]]:
        """Return the weights as a list of rows."""

    def tobytes(self) -> bytes:
        """Return the weights as little-endian 32-bit floats, row after row."""

    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[list[float]]: ...
    def __getitem__(self, index: int, /) -> list[float]: ...

@final
class Translation:
    """A translation with its probability, its words, and their links."""

    @property
    def source(self) -> str:
        """The source sentence."""

    @property
    def text(self) -> str:
        """The translation."""

    @property
    def log_prob(self) -> float:
        """The natural logarithm of its probability; 0 for a blank sentence, and for a given pair that is blank or too
        long."""

    @property
    def score(self) -> float:
        """The order of the translations of one sentence: log_prob, normalized by length."""

    @property
    def source_words(self) -> list[str]:
        """The words of the source."""

    @property
    def target_words(self) -> list[str]:
        """The words of the translation."""

    @property
    def links(self) -> list[tuple[int, int]]:
        """Word links as pairs of a source and a target index, counted from 0."""

    @property
    def attention(self) -> Attention:
        """The weights between words."""

    @property
    def degraded(self) -> list[str]:
        """Faults, with the names that `glosser translate --format jsonl` uses; usually none."""

    @property
    def unknown(self) -> list[str]:
        """Words of the source that the training text does not have, each once; none in a given translation."""

    def _repr_html_(self) -> str:
        """Return interlinear text with the heat map, as a part of an HTML page."""

@final
class ScoredPair:
    """The probability of a given translation and of each of its words."""

    @property
    def source(self) -> str:
        """The source sentence."""

    @property
    def target(self) -> str:
        """Its given translation."""

    @property
    def log_prob(self) -> float | None:
        """The natural logarithm of its probability; None if a side is blank or too long for the model."""

    @property
    def score(self) -> float | None:
        """log_prob, normalized by length; None like log_prob."""

    @property
    def word_log_probs(self) -> list[tuple[str, float]]:
        """Each word of the target with its log probability. The sum, with end_log_prob, is log_prob."""

    @property
    def end_log_prob(self) -> float | None:
        """The log probability that the translation ends after its last word; None like log_prob."""

    @property
    def tokens(self) -> int:
        """The number of sub-words of the target, including its end: the length for a perplexity per token."""

@final
class Translator:
    """A model that translates, aligns and scores."""

    def __new__(cls, path: str | PathLike[str], *, threads: int | None = None) -> Translator: ...
    @property
    def path(self) -> str:
        """The model directory, as it was given."""

    # A str is an iterable of str, too: the first one that fits counts.
    @overload
    def translate(  # type: ignore[overload-overlap]
        self,
        texts: str,
        *,
        beam_size: int = 5,
        length_penalty: float | None = None,
        max_length: int | None = None,
        split: Literal["auto", "always", "never"] = "auto",
        glossary: Mapping[str, str] | str | PathLike[str] | None = None,
        keep: Iterable[str] | PathLike[str] | None = None,
        copy: bool = True,
        batch_size: int = 32,
    ) -> Translation:
        """Return the best translation of a text, or of each of several texts."""

    @overload
    def translate(
        self,
        texts: Iterable[str],
        *,
        beam_size: int = 5,
        length_penalty: float | None = None,
        max_length: int | None = None,
        split: Literal["auto", "always", "never"] = "auto",
        glossary: Mapping[str, str] | str | PathLike[str] | None = None,
        keep: Iterable[str] | PathLike[str] | None = None,
        copy: bool = True,
        batch_size: int = 32,
    ) -> list[Translation]: ...
    @overload
    def translate_n_best(  # type: ignore[overload-overlap]
        self,
        texts: str,
        n: int,
        *,
        beam_size: int | None = None,
        length_penalty: float | None = None,
        max_length: int | None = None,
        split: Literal["auto", "always", "never"] = "auto",
        glossary: Mapping[str, str] | str | PathLike[str] | None = None,
        keep: Iterable[str] | PathLike[str] | None = None,
        copy: bool = True,
        batch_size: int = 32,
    ) -> list[Translation]:
        """Return up to n translations of a text, or of each of several texts, best first."""

    @overload
    def translate_n_best(
        self,
        texts: Iterable[str],
        n: int,
        *,
        beam_size: int | None = None,
        length_penalty: float | None = None,
        max_length: int | None = None,
        split: Literal["auto", "always", "never"] = "auto",
        glossary: Mapping[str, str] | str | PathLike[str] | None = None,
        keep: Iterable[str] | PathLike[str] | None = None,
        copy: bool = True,
        batch_size: int = 32,
    ) -> list[list[Translation]]: ...
    def align(self, pairs: Iterable[Sequence[str]], *, batch_size: int = 32) -> list[Translation]:
        """Align the words of given translations."""

    def score(self, pairs: Iterable[Sequence[str]], *, batch_size: int = 32) -> list[ScoredPair]:
        """Compute the probability of given translations, as `glosser score` does."""

def train(
    pairs: str | PathLike[str] | tuple[str | PathLike[str], str | PathLike[str]] | Iterable[Sequence[str]],
    model: str | PathLike[str],
    *,
    dev: str | PathLike[str] | tuple[str | PathLike[str], str | PathLike[str]] | Iterable[Sequence[str]] | None = None,
    from_model: str | PathLike[str] | None = None,
    config: Mapping[str, Any] | str | PathLike[str] | None = None,
    epochs: int | None = None,
    steps: int | None = None,
    minutes: float | None = None,
    seed: int | None = None,
    overwrite: bool = False,
    save_every: float = 120.0,
    threads: int | None = None,
    on_event: Callable[[dict[str, Any]], object] | None = None,
) -> dict[str, Any]:
    """Train a model, as `glosser train` does, and return a summary of the training."""
