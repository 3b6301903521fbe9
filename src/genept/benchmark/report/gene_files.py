"""The files of a gene benchmark's folder, read and looked at."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from genept.benchmark.predictions import Predicted, list_predictions
from genept.benchmark.report.result_files import read_provenance, read_scores, read_table

# Columns of texts, then columns of numbers.
COLUMNS: dict[str, tuple[str, str]] = {
    "results": (
        "task task_version protocol embedding kind about classifier features metric note",
        "repeat fold value n_train n_test C",
    ),
    "summary": (
        "task embedding kind about classifier features metric note",
        "mean sd low high n_values n_genes p_permutation",
    ),
    "differences": (
        "task classifier features metric embedding other",
        "difference low high p_value n_values",
    ),
    "labels": (
        "task title classes groups note",
        "listed found lost repeated conflicting kept",
    ),
    "leakage": (
        "task embedding words class note",
        "n n_with_words share score masked_score",
    ),
}


@dataclass(frozen=True, eq=False)
class GeneResults:
    """What a gene benchmark left in its folder.

    Parameters
    ----------
    folder
        Where it lies.
    results, summary, differences, labels, leakage
        The tables of these names; texts are never missing (but may be empty), numbers may be.
    provenance
        What the benchmark was run on.
    predictions
        Which file holds the predictions of what.
    """

    folder: Path
    results: pd.DataFrame
    summary: pd.DataFrame
    differences: pd.DataFrame
    labels: pd.DataFrame
    leakage: pd.DataFrame
    provenance: Mapping[str, Any]
    predictions: Mapping[Predicted, Path]

    @property
    def tasks(self) -> list[str]:
        """Names of the tasks, in the order of their labels; then those that only have scores."""
        return [task for task in dict.fromkeys([*self.labels["task"], *self.summary["task"]]) if task]

    def title(self, task: str) -> str:
        """Title of a task, or its name where it has none."""
        titles = self.labels.loc[self.labels["task"].eq(task) & self.labels["title"].ne(""), "title"]
        return str(titles.iloc[0]) if len(titles) else task

    def names(self, kind: str) -> list[str]:
        """Names of the representations of a kind, in the order of the summary."""
        chosen = self.summary.loc[self.summary["kind"].eq(kind), "embedding"]
        return [name for name in dict.fromkeys(chosen) if name]


def read_gene_results(folder: Path) -> GeneResults:
    """Read the folder that a gene benchmark wrote.

    Parameters
    ----------
    folder
        With ``results.csv``, ``summary.csv``, ``differences.csv``, ``labels.csv``, ``leakage.csv``,
        ``provenance.json`` and, where something could be predicted, ``predictions/``.

    Returns
    -------
    GeneResults
        What was read.

    Raises
    ------
    MissingDataError
        If a file isn't there.
    InputFileError
        If a file can't be read, lacks a column, holds text where numbers stand, or no score at all.
    """
    tables = {
        name: (read_scores if name == "summary" else read_table)(folder / f"{name}.csv", *columns)
        for name, columns in COLUMNS.items()
    }
    # A run that went on in this folder may have left predictions that no score is made of any more.
    computed = tables["summary"][tables["summary"]["mean"].notna()]
    scored = {
        Predicted(*names)
        for names in computed[["task", "embedding", "classifier", "features"]].itertuples(index=False)
    }
    return GeneResults(
        folder=folder,
        **tables,
        provenance=read_provenance(folder / "provenance.json"),
        predictions={
            what: path for what, path in list_predictions(folder / "predictions").items() if what in scored
        },
    )
