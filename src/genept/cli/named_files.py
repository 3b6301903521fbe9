"""Files that are given as FILE, or as NAME=FILE."""

from collections.abc import Sequence
from pathlib import Path

from genept.errors import ArgumentError


def named_files(given: Sequence[str], *, what: str, example: str) -> dict[str, Path]:
    """Sort files by their name, which is that of the file where none is given.

    Parameters
    ----------
    given
        Each ``FILE`` or ``NAME=FILE``.
    what
        What they are, in the plural.
    example
        How to write two with a name.

    Raises
    ------
    ArgumentError
        If two have the same name.
    """
    paths: dict[str, Path] = {}
    for one in given:
        name, equals, path = one.partition("=")
        # A path may have a = in it.
        if not equals or Path(one).exists():
            name, path = Path(one).stem, one
        if name in paths:
            raise ArgumentError(
                f"two {what} named {name!r}", expected="a name for each", do=f"name them: {example}"
            )
        paths[name] = Path(path)
    return paths
