"""Which column of a table is the names, which are dimensions, and which are neither."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from genept.embeddings.formats.export_layout import COLUMNS
from genept.embeddings.formats.table_labels import refuse_data_as_labels
from genept.errors import EmbeddingsError, UnknownNameError, name_some

Kind = Literal["text", "number", "empty", "other"]
# In this order, whatever their letter case.
NAMES = ("symbol", "gene_symbol", "gene", "gene_name", "hgnc_symbol", "ensembl_id")
# What pandas and R make of row names that have no label; pandas writes them last into Parquet.
_UNNAMED_FIRST, _UNNAMED = ("", "unnamed: 0"), "__index_level_0__"
_OURS = {"symbol", *COLUMNS}


@dataclass(frozen=True)
class Columns:
    """Labels of a table's columns by what they are; ``others`` are read by nobody.

    ``known`` has those that say more of the genes, by the label that they have in files of ours.
    """

    names: str
    known: Mapping[str, str]
    dimensions: tuple[str, ...]
    others: tuple[str, ...]

    @property
    def texts(self) -> tuple[str, ...]:
        """Labels of the columns that are read as strings."""
        return (self.names, *self.known.values())


def find_columns(labels: Sequence[str], kinds: Sequence[Kind], path: Path, *, wanted: str = "") -> Columns:
    """Tell a table's columns apart.

    The names are the column asked for; else one called ``symbol``, ``gene_symbol``, ``gene``, ``gene_name``,
    ``hgnc_symbol`` or ``ensembl_id``; else a first column without a label; else the only column of text.
    Columns labelled as in files of ours say more of the genes (``entrez_id``, ``ensembl_id``, ``previous``,
    ...). All other columns of numbers are dimensions.

    Parameters
    ----------
    labels
        One for each column.
    kinds
        What each holds.
    path
        The file, for errors.
    wanted
        The column of names, where the user says it.

    Returns
    -------
    Columns
        Every label in one place.

    Raises
    ------
    UnknownNameError
        If there is no column ``wanted``.
    EmbeddingsError
        If labels repeat, no column of names or of numbers can be told, or there is no line of labels.
    """
    twice = [label for label, times in Counter(labels).items() if times > 1]
    if twice:
        raise EmbeddingsError(
            f"columns of {path} with the same label: {name_some(map(repr, twice))}",
            expected="a first line that gives every column a label of its own",
            do="add that line, or rename the columns",
        )
    names = _column_of_names(labels, kinds, path, wanted)
    lower = {label: label.lower() for label in labels}
    known: dict[str, str] = {}
    for label in labels:
        if lower[label] in COLUMNS and label != names:
            known.setdefault(lower[label], label)
    dimensions: list[str] = []
    others: list[str] = []
    unnamed = _unnamed(labels)
    for label, kind in zip(labels, kinds, strict=True):
        if label in (names, *known.values()):
            continue
        is_dimension = kind in ("number", "empty") and lower[label] not in _OURS and label != unnamed
        (dimensions if is_dimension else others).append(label)
    if not dimensions:
        raise EmbeddingsError(
            f"{path} with {len(labels):,} columns, none of them of numbers: {name_some(map(repr, labels))}",
            expected="a column of names and one of numbers for each dimension, parted by commas or tabs",
            do="check that it is the right file; a decimal comma or a semicolon isn't understood",
        )
    refuse_data_as_labels(dimensions, path)
    return Columns(names, known, tuple(dimensions), tuple(others))


def _column_of_names(labels: Sequence[str], kinds: Sequence[Kind], path: Path, wanted: str) -> str:
    if wanted:
        if wanted not in labels:
            raise UnknownNameError(
                f"no column {wanted!r} in {path}",
                expected=f"one of {name_some(map(repr, labels), limit=20)}",
                do="say --format table:COLUMN with one of these",
            )
        return wanted
    for known in NAMES:
        for label in labels:
            if label.lower() == known:
                return label
    unnamed = _unnamed(labels)
    if unnamed is not None:
        return unnamed
    texts = [
        label
        for label, kind in zip(labels, kinds, strict=True)
        if kind == "text" and label.lower() not in _OURS
    ]
    if len(texts) == 1:
        return texts[0]
    raise EmbeddingsError(
        f"{path} with {len(texts)} columns of text{': ' if texts else ''}{name_some(map(repr, texts))}",
        expected=f"one with the names of the genes, or one called {', '.join(NAMES)}",
        do="say which it is with --format table:COLUMN; if the genes are the columns, transpose the table",
    )


def _unnamed(labels: Sequence[str]) -> str | None:
    """Label of the column that is row names without a label."""
    if _UNNAMED in labels:
        return _UNNAMED
    return labels[0] if labels and labels[0].lower() in _UNNAMED_FIRST else None
