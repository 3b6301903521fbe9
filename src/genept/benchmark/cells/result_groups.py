"""Rows of the results, put together by what they have in common."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from genept.benchmark.cells.resampled import Key
from genept.benchmark.cells.scored import Asked
from genept.benchmark.kept import Row

# What a score answers, and by which metric.
QUESTION = [*Asked._fields, "metric"]
Resampled = dict[Key, dict[str, NDArray[np.float64]]]


def grouped(rows: Sequence[Row], columns: Sequence[str]) -> list[list[Row]]:
    """Put rows that agree in these columns together, in the order in which they first come."""
    groups: dict[tuple[object, ...], list[Row]] = {}
    for row in rows:
        groups.setdefault(tuple(row[name] for name in columns), []).append(row)
    return list(groups.values())


def values_of(part: Sequence[Row]) -> NDArray[np.float64]:
    """Give the values of rows that have one."""
    return np.array([row["value"] for row in part if row["value"] is not None], dtype=np.float64)


def key_of(row: Row) -> Key:
    """Say whose score a row is, and what it answers."""
    return Key(row["representation"], Asked(*(row[name] for name in Asked._fields)))
