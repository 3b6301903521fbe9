"""Forms in which labels are released, each with its reader: paths and settings in, labels out."""

import ast
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from genept.benchmark.tasks.labels import PARTS, GeneLabels, PairLabels
from genept.embeddings.formats.pickle_reader import read_pickle

# Whatever a cell of a table says is a name: there is a gene called NA.
_AS_TEXT: dict[str, Any] = {"dtype": str, "keep_default_na": False, "encoding": "utf-8"}


def class_columns(paths: list[Path], classes: Mapping[str, str]) -> GeneLabels:
    """Read a table in which every class is a column of names; ``classes`` maps class to column."""
    table = pd.read_csv(paths[0], **_AS_TEXT)
    return _of_lists({name: table[column] for name, column in classes.items()})


def class_files(paths: list[Path], classes: list[str]) -> GeneLabels:
    """Read a file for each class, one name a line."""
    lists = [path.read_text(encoding="utf-8").splitlines() for path in paths]
    return _of_lists(dict(zip(classes, lists, strict=True)))


def class_lists(paths: list[Path], classes: Mapping[str, str]) -> GeneLabels:
    """Read a pickled dict of lists, or a table of a class and a written list in each row.

    ``classes`` maps class to the key in the file.
    """
    if paths[0].suffix == ".csv":
        table = pd.read_csv(paths[0], **_AS_TEXT)
        known = {row[0]: ast.literal_eval(row[1]) for row in table.itertuples(index=False, name=None)}
    else:
        known = read_pickle(paths[0])
    return _of_lists({name: map(str, known[key]) for name, key in classes.items()})


def labelled_rows(
    paths: list[Path],
    name_column: str | int,
    class_column: str,
    classes: Mapping[str, str] | None = None,
    no_class: tuple[str, ...] | list[str] = (),
    min_rows: int = 1,
) -> GeneLabels:
    """Read a table with a name and a class in each row.

    ``classes`` maps class to what the column says; by default the column's own words, sorted, but for
    those of ``no_class``. A column without a name is told by its position.
    """
    table = pd.read_csv(paths[0], **_AS_TEXT)
    names = table[name_column] if isinstance(name_column, str) else table.iloc[:, name_column]
    said = table[class_column]
    if classes is None:
        classes = {word: word for word in sorted(set(said) - set(no_class))}
    position = {word: row for row, word in enumerate(classes.values())}
    kept = said.isin(list(position)) & (names != "")
    labels = said[kept].map(position).to_numpy(dtype=np.intp)
    return GeneLabels(tuple(names[kept]), labels, tuple(classes), min_rows=min_rows)


def pairs_in_parts(paths: list[Path]) -> PairLabels:
    """Read train, valid and test, each a file of two names a line and a file of 0 and 1."""
    first: list[str] = []
    second: list[str] = []
    labels: list[int] = []
    parts: list[str] = []
    for part, texts, marks in zip(PARTS, paths[::2], paths[1::2], strict=True):
        pairs = [line.split() for line in texts.read_text(encoding="utf-8").splitlines()]
        signs = [int(mark) for mark in marks.read_text(encoding="utf-8").split()]
        for (one, other), sign in zip(pairs, signs, strict=True):
            first.append(one)
            second.append(other)
            labels.append(sign)
            parts.append(part)
    return PairLabels(tuple(first), tuple(second), np.array(labels, dtype=np.intp), tuple(parts))


def edges(
    paths: list[Path],
    columns: list[str] | None = None,
    space: Mapping[str, str] | None = None,
    reported: int = 0,
    date_column: str = "",
    learn_before: str = "",
) -> PairLabels:
    """Read an edge list: two names in each row, tab or comma between.

    ``columns`` names the two; by default the first two, of a file without heads. ``space`` says in which
    column of the second file the genes that were screened stand, and which column marks them with 1
    (``name``, ``mark``). The last ``reported`` files are edge lists from which no negative may come. With
    ``date_column``, pairs of before ``learn_before`` are learned from and the others tested.
    """
    table = _table_of_edges(paths[0], columns)
    pairs = table.iloc[:, :2] if columns is None else table[columns]
    screened: tuple[str, ...] = ()
    if space is not None:
        genes = pd.read_csv(paths[1], sep="\t", **_AS_TEXT)
        screened = tuple(genes.loc[genes[space["mark"]] == "1", space["name"]])
    others = [_table_of_edges(path, None) for path in paths[len(paths) - reported :]]
    part: tuple[str, ...] = ()
    if date_column:
        pairs, table = pairs[table[date_column] != ""], table[table[date_column] != ""]
        part = tuple(np.where(table[date_column] < learn_before, "train", "test").tolist())
    return PairLabels(
        tuple(pairs.iloc[:, 0]),
        tuple(pairs.iloc[:, 1]),
        np.ones(len(pairs), dtype=np.intp),
        part,
        screened,
        tuple(pair for other in others for pair in other.iloc[:, :2].itertuples(index=False, name=None)),
        genes_recur=bool(date_column),
    )


def _table_of_edges(path: Path, columns: list[str] | None) -> pd.DataFrame:
    table: pd.DataFrame = pd.read_csv(
        path,
        sep="," if path.suffix == ".csv" else "\t",
        header=None if columns is None else 0,
        **_AS_TEXT,
    )
    if table.shape[1] < 2:
        raise ValueError(f"{path.name} has {table.shape[1]} column")
    return table


def _of_lists(lists: Mapping[str, Iterable[str]]) -> GeneLabels:
    kept = [[name.strip() for name in names if name.strip()] for names in lists.values()]
    labels = np.repeat(np.arange(len(kept)), [len(names) for names in kept])
    return GeneLabels(tuple(name for names in kept for name in names), labels, tuple(lists))


FORMS: dict[str, Callable[..., GeneLabels | PairLabels]] = {
    "class_columns": class_columns,
    "class_files": class_files,
    "class_lists": class_lists,
    "labelled_rows": labelled_rows,
    "pairs_in_parts": pairs_in_parts,
    "edges": edges,
}
