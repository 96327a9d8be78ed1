"""The exceptions of glosser. Wrong arguments raise ValueError or TypeError."""


class GlosserError(Exception):
    """An error of glosser. Its message names the place, what was found and the remedy."""


class MissingFileError(GlosserError, FileNotFoundError):
    """A model directory or a file does not exist."""


for _error in (GlosserError, MissingFileError):
    _error.__module__ = "glosser"
