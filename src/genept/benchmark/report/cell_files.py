"""The files of a cell benchmark's folder, read and looked at."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import pyarrow.parquet as pq

from genept.benchmark.named_table import KEY
from genept.benchmark.report.class_sizes import read_class_sizes
from genept.benchmark.report.result_files import AGAIN, read_provenance, read_scores, read_table
from genept.errors import InputFileError, name_some

# Columns of texts, then columns of numbers.
COLUMNS: dict[str, tuple[str, str]] = {
    "results": (
        "dataset representation kind analysis method target split protocol metric note",
        "repeat fold value n_train n_test",
    ),
    "summary": (
        "dataset representation kind analysis method target split metric note",
        "mean sd low high n_values n_cells",
    ),
    "differences": (
        "dataset analysis method target split metric representation other",
        "difference low high n_values",
    ),
    "labels": ("dataset target role classes note", "n_cells n_missing n_dropped"),
    "coverage": ("dataset representation note", "genes_measured genes_used share_of_counts"),
}
# Of representations, in the order in which they are shown.
KINDS = ("embedding", "baseline", "control")


class Predictions(NamedTuple):
    """What a file of predictions holds, by the names of the results."""

    dataset: str
    representation: str
    analysis: str
    method: str
    target: str
    split: str


class Clusters(NamedTuple):
    """What a file of clusters holds, by the names of the results."""

    dataset: str
    representation: str


@dataclass(frozen=True, eq=False)
class CellResults:
    """What a cell benchmark left in its folder.

    Parameters
    ----------
    folder
        Where it lies.
    results, summary, differences, labels, coverage
        The tables of these names; texts are never missing (but may be empty), numbers may be.
    provenance
        What the benchmark was run on.
    predictions, clusters
        Which file holds the predictions, or the clusters, of what.
    """

    folder: Path
    results: pd.DataFrame
    summary: pd.DataFrame
    differences: pd.DataFrame
    labels: pd.DataFrame
    coverage: pd.DataFrame
    provenance: Mapping[str, Any]
    predictions: Mapping[Predictions, Path]
    clusters: Mapping[Clusters, Path]

    @property
    def datasets(self) -> list[str]:
        """Names of the data sets, in the order of their labels; then those that only have scores."""
        return [name for name in dict.fromkeys([*self.labels["dataset"], *self.summary["dataset"]]) if name]

    def names(self, *kinds: str) -> list[str]:
        """Names of the representations of some kinds, in the order of the summary, kind by kind."""
        return [
            name
            for kind in kinds
            for name in dict.fromkeys(self.summary.loc[self.summary["kind"] == kind, "representation"])
        ]

    def key(self, dataset: str, role: str) -> str:
        """Column of a data set that says its label, batch, condition, sample or patient; empty if none."""
        rows = self.labels[self.labels["dataset"].eq(dataset) & self.labels["role"].eq(role)]
        return str(rows["target"].iloc[0]) if len(rows) else ""

    def sizes(self, dataset: str, role: str) -> list[tuple[str, int]]:
        """Classes of such a column with their numbers of cells."""
        rows = self.labels[self.labels["dataset"].eq(dataset) & self.labels["role"].eq(role)]
        return read_class_sizes(rows["classes"].iloc[0]) if len(rows) else []


def read_cell_results(folder: Path) -> CellResults:
    """Read the folder that a cell benchmark wrote.

    Parameters
    ----------
    folder
        With ``results.csv``, ``summary.csv``, ``differences.csv``, ``labels.csv``, ``coverage.csv``,
        ``provenance.json`` and, where there is something to keep, ``predictions/`` and ``clusters/``.

    Returns
    -------
    CellResults
        What was read.

    Raises
    ------
    MissingDataError
        If a file isn't there.
    InputFileError
        If a file can't be read, lacks a column, holds text where numbers stand, no score at all, or
        representations of a kind that isn't known.
    """
    tables = {
        name: (read_scores if name == "summary" else read_table)(folder / f"{name}.csv", *columns)
        for name, columns in COLUMNS.items()
    }
    if strange := set(tables["summary"]["kind"]).difference(KINDS):
        raise InputFileError(
            f"{folder / 'summary.csv'} with the kinds {name_some(sorted(strange))}",
            expected=", ".join(KINDS),
            do=AGAIN,
        )
    return CellResults(
        folder=folder,
        **tables,
        provenance=read_provenance(folder / "provenance.json"),
        predictions={Predictions(**what): path for what, path in _held(folder, "predictions", Predictions)},
        clusters={Clusters(**what): path for what, path in _held(folder, "clusters", Clusters)},
    )


def read_held(path: Path, *columns: str) -> pd.DataFrame:
    """Read some columns of a file of predictions or clusters.

    Raises
    ------
    InputFileError
        If it can't be read or lacks one.
    """
    try:
        return pq.read_table(path, columns=list(columns)).to_pandas()[list(columns)]  # type: ignore[no-any-return]
    except (OSError, KeyError, ValueError) as error:
        raise InputFileError(
            f"{path}, which can't be read ({error})", expected=f"columns {', '.join(columns)}", do=AGAIN
        ) from error


def _held(folder: Path, name: str, kind: Any) -> list[tuple[dict[str, str], Path]]:
    """Say what each Parquet file holds: names come from users, and a file's name can't hold them all."""
    held = []
    for path in sorted((folder / name).glob("*.parquet")):
        try:
            said = json.loads((pq.read_schema(path).metadata or {})[KEY])
            held.append(({field: str(said[field]) for field in kind._fields}, path))
        except (OSError, KeyError, TypeError, ValueError) as error:
            raise InputFileError(
                f"{path}, which isn't a file of {name} ({type(error).__name__}: {error})",
                expected=f"a Parquet file that names its {', '.join(kind._fields)}",
                do=f"move it out of {path.parent}, or run the benchmark again",
            ) from error
    return held
