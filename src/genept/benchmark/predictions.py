"""The files of predictions: which is which, and what was predicted fold by fold."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq

from genept.benchmark.named_table import KEY, write_named_table
from genept.errors import ArgumentError, InputFileError

_COLUMNS = ("repeat", "fold", "first", "second", "label")


@dataclass(frozen=True, order=True)
class Predicted:
    """What was predicted by what.

    Parameters
    ----------
    task, embedding, classifier
        Names, as in the results.
    features
        How the features of pairs were made; empty for genes.
    """

    task: str
    embedding: str
    classifier: str
    features: str = ""


def write_predictions(folder: Path, what: Predicted, frame: pd.DataFrame) -> Path:
    """Write what was predicted, with what it is in the metadata of the file.

    Parameters
    ----------
    folder
        Where to; it must exist.
    what
        What was predicted by what.
    frame
        Columns ``repeat``, ``fold``, ``first``, ``second`` (rows of the genes, ``second`` -1 where
        there are no pairs), ``label``, and ``score`` (two classes) or ``predicted`` (several).

    Returns
    -------
    Path
        The file.

    Raises
    ------
    ArgumentError
        If a column is missing.
    OutputError
        If the file can't be written.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> frame = pd.DataFrame(
    ...     {"repeat": 0, "fold": 0, "first": [0, 1], "second": -1, "label": [0, 1], "score": [0.2, 0.9]}
    ... )
    >>> path = write_predictions(folder, Predicted("dosage", "minilm", "random_forest"), frame)
    >>> list_predictions(folder)[Predicted("dosage", "minilm", "random_forest")] == path
    True
    """
    missing = [column for column in _COLUMNS if column not in frame]
    if missing or ("score" in frame) == ("predicted" in frame):
        raise ArgumentError(
            f"predictions with columns {', '.join(map(str, frame.columns))}",
            expected=f"{', '.join(_COLUMNS)}, and either score or predicted",
            do="give every column",
        )
    return write_named_table(folder, what, frame)


def list_predictions(folder: Path) -> dict[Predicted, Path]:
    """Say which file of a folder holds what.

    Raises
    ------
    InputFileError
        If a ``.parquet`` file can't be read or doesn't say what it holds.
    """
    found = {}
    for path in sorted(folder.glob("*.parquet")):
        try:
            said = (pq.read_schema(path).metadata or {})[KEY]
            found[Predicted(**json.loads(said))] = path
        except (OSError, KeyError, TypeError, ValueError) as error:
            raise InputFileError(
                f"{path}, which isn't a file of predictions ({type(error).__name__}: {error})",
                expected="a Parquet file that names its task, embedding, classifier and features",
                do=f"move it out of {folder}, or run the benchmark again",
            ) from error
    return dict(sorted(found.items()))


def read_folds(path: Path) -> Iterator[pd.DataFrame]:
    """Give the predictions of each fold of each repeat, in order.

    Raises
    ------
    InputFileError
        If the file can't be read or lacks a column.
    """
    try:
        frame: Any = pq.read_table(path).to_pandas()
        groups = frame.groupby(["repeat", "fold"], sort=True)
    except (OSError, KeyError, ValueError) as error:
        raise InputFileError(
            f"{path}, which can't be read ({error})",
            expected="predictions with repeat and fold",
            do="run the benchmark again",
        ) from error
    for _, fold in groups:
        yield fold
