"""What every list of names must be, whatever file it comes from."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from genept.errors import EmbeddingsError, name_some


def check_names(names: Sequence[str], path: Path) -> None:
    """Raise unless there are names, none of them is empty, and no two are the same.

    Parameters
    ----------
    names
        One for each row, as the file has them.
    path
        The file, for the error.

    Raises
    ------
    EmbeddingsError
        Naming the first few that are wrong.
    """
    if not names:
        raise EmbeddingsError(
            f"{path} holds no genes", expected="a vector for at least one gene", do="check the file"
        )
    empty = [str(row) for row, name in enumerate(names, start=1) if not name.strip()]
    if empty:
        raise EmbeddingsError(
            f"{len(empty):,} rows of {path} without a name: {name_some(empty)}",
            expected="a name for every vector",
            do="name them, or leave these rows out of the file",
        )
    twice = [name for name, times in Counter(names).items() if times > 1]
    if twice:
        raise EmbeddingsError(
            f"{len(twice):,} names that stand more than once in {path}: {name_some(twice)}",
            expected="one vector for each name",
            do="keep one row of each",
        )
