"""The resampled scores of every representation of a data set, from the files that the jobs left."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from genept.benchmark.cells.analyses.association import (
    KMEANS,
    LEIDEN,
    SILHOUETTES,
    TRUE_LABELS,
    column_of,
)
from genept.benchmark.cells.kept import clusters_path, prediction_path
from genept.benchmark.cells.labelled_cells import LabelledCells, Labels
from genept.benchmark.cells.resampling import Rescorer, of_clusters, of_means, of_predictions, rescore
from genept.benchmark.cells.scored import Asked
from genept.benchmark.kept import Row

# With fewer patients, resamples of them are a handful of different ones.
FEWEST_PATIENTS = 5


class Key(NamedTuple):
    """Whose scores: a representation, and what was asked."""

    representation: str
    asked: Asked


def resampled_scores(
    folder: Path, cells: LabelledCells, rows: Sequence[Row], *, rng: int
) -> dict[Key, dict[str, NDArray[np.float64]]]:
    """Score everything that was found cell by cell under resamples of the cells, or of the patients.

    Parameters
    ----------
    folder
        The output folder.
    cells
        The cells of the data set.
    rows
        Its rows of ``results.csv``.
    rng
        Seed: resamples are the same for all representations, so their scores can be subtracted.

    Returns
    -------
    dict
        By representation and question, by metric, (B,) scores. Phenotypes of fewer than five patients, and
        what isn't a mean over cells (LISI, kBET), are left out.
    """
    of_cells: dict[Key, Rescorer] = {}
    of_patients: dict[Key, Rescorer] = {}
    patients = np.unique(cells.patients) if cells.patients is not None else np.array([], dtype=str)
    scored = [row for row in rows if row["value"] is not None]
    keys = [Key(row["representation"], Asked(*(row[name] for name in Asked._fields))) for row in scored]
    for key in dict.fromkeys(keys):
        if key.asked.analysis == "phenotype":
            if len(patients) < FEWEST_PATIENTS:
                continue
            if key.asked.method == KMEANS:
                of_patients[key] = _of_clusters(folder, cells, key, units=cells.patients)
            else:
                frame = _predictions(folder, cells, key)
                of_patients[key] = of_predictions(frame, patients, unit="patient", by=["repeat"])
        elif key.asked.method in (KMEANS, LEIDEN, TRUE_LABELS):
            of_cells[key] = _of_clusters(folder, cells, key)
        elif key.asked.analysis in ("annotation", "transfer"):
            frame = _predictions(folder, cells, key)
            of_cells[key] = of_predictions(frame, cells.rows, unit="cell", by=["repeat", "fold"])
    return rescore(of_cells, len(cells), rng=rng) | rescore(of_patients, len(patients), rng=rng)


def _predictions(folder: Path, cells: LabelledCells, key: Key) -> pd.DataFrame:
    return pd.read_parquet(prediction_path(folder, cells.name, key.representation, key.asked))


def _of_clusters(folder: Path, cells: LabelledCells, key: Key, *, units: Labels | None = None) -> Rescorer:
    asked = key.asked
    table: Any = pd.read_parquet(clusters_path(folder, cells.name, key.representation))
    if asked.method == TRUE_LABELS:
        return of_means({metric: table[metric].to_numpy(dtype=np.float64) for metric in SILHOUETTES})
    known = table["label"] if asked.analysis == "association" else table[column_of(asked.target)]
    clusters = table["leiden" if asked.method == LEIDEN else "kmeans"]
    return of_clusters(known.to_numpy(dtype=str), clusters.to_numpy(), units)
