"""Cells and labels of a table: which are numbers, and which count the dimensions."""

import math
import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from genept.errors import EmbeddingsError, name_some

_NUMBERED = re.compile(r"(.*?)(\d{1,9})", re.DOTALL)


def is_number(cell: str) -> bool:
    """Whether a cell is a number as tables write them; ``nan`` and ``inf`` are."""
    try:
        float(cell)
    except ValueError:
        return False
    return "_" not in cell


def is_finite(cell: str) -> bool:
    """Whether a cell is a number other than ``nan`` and ``inf``."""
    return is_number(cell) and math.isfinite(float(cell))


def refuse_genes_as_columns(names: Sequence[str], columns: Sequence[str], path: Path) -> None:
    """Raise if the rows are numbered as dimensions are, and the columns aren't.

    Raises
    ------
    EmbeddingsError
        Saying how to turn the table round.
    """
    if len(names) > 1 and numbered(names) and not numbered(columns):
        raise EmbeddingsError(
            f"{path} has rows named {name_some(names, limit=3)} and columns named "
            f"{name_some(columns, limit=3)}: genes look to be its columns",
            expected="one row for each gene",
            do="transpose it, in pandas: pandas.read_csv(path, index_col=0).T.to_csv(new_path)",
        )


def numbered(labels: Sequence[str]) -> bool:
    """Whether labels are numbered as dimensions are: ``0``, ``1``, ... or ``PC1``, ``PC2``, ..."""
    parts = [_NUMBERED.fullmatch(label) for label in labels]
    first = parts[0]
    start = int(first[2]) if first else -1
    return start in (0, 1) and all(
        part and first and part[1] == first[1] and int(part[2]) == start + place
        for place, part in enumerate(parts)
    )


def refuse_data_as_labels(dimensions: Sequence[str], path: Path) -> None:
    """Raise if the first line holds numbers, unless they count the dimensions.

    Raises
    ------
    EmbeddingsError
        Saying what to add.
    """
    numbers = [float(label) for label in dimensions if is_finite(label)]
    rising = all(a < b for a, b in pairwise(numbers))
    if not rising or any(not number.is_integer() for number in numbers):
        raise EmbeddingsError(
            f"{path}, whose first line has numbers in place of labels: {name_some(dimensions, limit=3)}",
            expected="a first line that labels the columns",
            do="add one, such as symbol,0,1,2",
        )
