"""Everything that can go wrong, in one hierarchy.

Every error says three things: what was found, what was expected, and the exact thing to do.
The command line prints the three as one plain paragraph and exits with status 1.
"""

from collections.abc import Callable, Iterable
from functools import partial


class GeneptError(Exception):
    """Base of every error that genept raises on purpose.

    Parameters
    ----------
    found
        What was met, with the offending name, path or number.
    expected
        What would have been right.
    do
        The exact thing to do next.
    """

    def __init__(self, found: str, *, expected: str, do: str) -> None:
        super().__init__(found, expected, do)
        self.found = found
        self.expected = expected
        self.do = do

    def __reduce__(self) -> tuple[Callable[..., "GeneptError"], tuple[str, str, str]]:
        # Errors come back from other processes, too.
        return partial(_made_again, type(self)), (self.found, self.expected, self.do)

    def __str__(self) -> str:
        return f"Found: {self.found}. Expected: {self.expected}. Do: {self.do}."


def _made_again(kind: type[GeneptError], found: str, expected: str, do: str) -> GeneptError:
    return kind(found, expected=expected, do=do)


class InputFileError(GeneptError, ValueError):
    """A file is missing, is no ``.h5ad``, or doesn't hold what it should."""


class OutputError(GeneptError, OSError):
    """A result can't be written where it was asked for."""

    __str__ = GeneptError.__str__


class ValuesError(GeneptError, ValueError):
    """Expression values that are neither counts nor log-normalised."""


class GeneNamesError(GeneptError, ValueError):
    """Gene names that are duplicated, or that name nothing which is known."""


class CoverageError(GeneptError, ValueError):
    """Too small a share of the counts lies in genes that have a vector."""


class EmbeddingsError(GeneptError, ValueError):
    """Gene vectors or gene texts that break their contract."""


class EncoderError(GeneptError, ValueError):
    """A text encoder that can't be used as asked, or that breaks its contract."""


class UnknownNameError(GeneptError, LookupError):
    """No encoder, text source, key or column of that name."""


class MissingDependencyError(GeneptError, ImportError):
    """An optional library that this job needs isn't installed."""


class MissingDataError(GeneptError, FileNotFoundError):
    """An upstream file that isn't on this machine."""

    __str__ = GeneptError.__str__


class FetchError(GeneptError):
    """An upstream file that can't be fetched, or isn't what it should be."""


class CostError(GeneptError):
    """A run that would cost more than it may."""


class ArgumentError(GeneptError, ValueError):
    """An argument, or a combination of arguments, that means nothing."""


class GeneptWarning(UserWarning):
    """Something the user should know that doesn't stop the run."""


def name_some(names: Iterable[str], limit: int = 5) -> str:
    """Name the first few of ``names`` and count the rest.

    Examples
    --------
    >>> name_some(["CD3E", "LYZ", "NKG7"], limit=2)
    'CD3E, LYZ and 1 more'
    """
    names = list(names)
    shown = ", ".join(names[:limit])
    rest = len(names) - limit
    return f"{shown} and {rest:,} more" if rest > 0 else shown
