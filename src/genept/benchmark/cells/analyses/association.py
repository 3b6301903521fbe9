"""How far vectors of cells fall into groups by themselves: by label, or by batch."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from sklearn.metrics import silhouette_samples

from genept.benchmark.cells.analyses.leiden import RESOLUTIONS, tuned_leiden
from genept.benchmark.cells.labelled_cells import Labels
from genept.benchmark.cells.scored import NOT_COMPUTABLE, Asked, Evidence, Score, Scored, Vectors
from genept.benchmark.sample import NotComputableError
from genept.benchmark.statistics.agreement import AGREEMENTS
from genept.benchmark.statistics.count_tables import cross_table

KMEANS, TRUE_LABELS, LEIDEN = "k-means", "labels", "leiden (tuned)"
NO_SPLIT = "none"
SILHOUETTES = {"asw_euclidean": "euclidean", "asw_cosine": "cosine"}
AGREE = tuple(AGREEMENTS)
# Distances of all pairs are looked at: of more cells, a sample.
MOST_CELLS = 10_000


@dataclass(frozen=True, eq=False)
class Compared:
    """What clusters are compared with beside the labels.

    Parameters
    ----------
    analysis
        ``"batch"``, where agreement is bad, or ``"phenotype"``, where it is good.
    target
        The column.
    values
        (n_cells,) values.
    """

    analysis: str
    target: str
    values: Labels

    @property
    def asked(self) -> Asked:
        """Name the question."""
        return Asked(self.analysis, KMEANS, self.target, NO_SPLIT)


@dataclass(frozen=True, eq=False)
class Association:
    """Clusters of cells against their labels, and the same ones against what they should know nothing of.

    Parameters
    ----------
    target
        The column of the labels.
    labels
        (n_cells,) labels; k-means gets as many clusters as there are.
    others
        What the same clusters are compared with: batches, patients, phenotypes.
    rows
        (n_cells,) numbers of the cells in the data set.
    leiden
        Whether Leiden clusters, tuned to the labels, are made as well.
    rng
        Seed of k-means, of Leiden and of the sample.
    """

    target: str
    labels: Labels
    others: tuple[Compared, ...]
    rows: NDArray[np.intp]
    leiden: bool
    rng: int

    def title(self) -> str:
        """There is one for a data set."""
        return f"association {self.target}"

    def asked(self) -> list[tuple[Asked, tuple[str, ...]]]:
        """Clusters, silhouettes, and clusters against the others."""
        return [
            (self._of(KMEANS), AGREE),
            (self._of(TRUE_LABELS), tuple(SILHOUETTES)),
            *([(self._of(LEIDEN), AGREE)] if self.leiden else []),
            *((other.asked, AGREE) for other in self.others),
        ]

    def size(self) -> int:
        """Count starts of k-means, and distances."""
        return 20 * len(self.labels)

    def score(self, vectors: Vectors) -> Scored:
        """Cluster, and compare."""
        scored = Scored()
        k = len(np.unique(self.labels))
        clusters = KMeans(k, n_init=10, random_state=self.rng).fit_predict(vectors)
        columns = {"cell": self.rows, "label": self.labels, "kmeans": clusters}
        scored.scores.extend(_agreements(self._of(KMEANS), self.labels, clusters))
        for other in self.others:
            scored.scores.extend(_agreements(other.asked, other.values, clusters))
            columns[column_of(other.target)] = other.values
        columns |= self._silhouettes(vectors, scored)
        if self.leiden:
            columns |= self._leiden(vectors, scored)
        scored.evidence.append(Evidence(self._of(KMEANS), "clusters", pd.DataFrame(columns)))
        return scored

    def _of(self, method: str) -> Asked:
        return Asked("association", method, self.target, NO_SPLIT)

    def _silhouettes(self, vectors: Vectors, scored: Scored) -> dict[str, NDArray[np.float64]]:
        rows = sampled(len(vectors), self.rng)
        labels = self.labels[rows]
        note = sample_note(len(rows), len(vectors))
        columns = {}
        for metric, distance in SILHOUETTES.items():
            each = np.full(len(vectors), np.nan)
            columns[metric] = each
            if len(np.unique(labels)) < 2:
                reason = f"{NOT_COMPUTABLE}a single label {note}"
                scored.scores.append(Score(self._of(TRUE_LABELS), metric, None, note=reason))
                continue
            each[rows] = silhouette_samples(vectors[rows], labels, metric=distance)
            value = float(np.nanmean(each))
            scored.scores.append(Score(self._of(TRUE_LABELS), metric, value, n_test=len(rows), note=note))
        return columns

    def _leiden(self, vectors: Vectors, scored: Scored) -> dict[str, NDArray[np.intp]]:
        asked = self._of(LEIDEN)
        try:
            clusters, resolution = tuned_leiden(vectors, self.labels, rng=self.rng)
        except NotComputableError as error:
            note = f"{NOT_COMPUTABLE}{error.found}; {error.expected}"
            scored.scores.extend(Score(asked, metric, None, note=note) for metric in AGREE)
            return {}
        note = f"resolution {resolution:g} of {len(RESOLUTIONS)}, chosen by ARI against these labels"
        scored.scores.extend(_agreements(asked, self.labels, clusters, note))
        return {"leiden": clusters}


def column_of(key: str) -> str:
    """Name the column of the table of clusters that holds another column of the data set."""
    return f"obs: {key}"


def sampled(n_cells: int, rng: int) -> NDArray[np.intp]:
    """Choose the cells that all distances are taken of: the same for all representations."""
    if n_cells <= MOST_CELLS:
        return np.arange(n_cells)
    return np.sort(np.random.default_rng(rng).permutation(n_cells)[:MOST_CELLS])


def sample_note(n_sampled: int, n_cells: int) -> str:
    """Say of a sample that it is one."""
    return f"on {n_sampled:,} of {n_cells:,} cells, drawn at random" if n_sampled < n_cells else ""


def _agreements(asked: Asked, labels: Labels, clusters: NDArray[np.intp], note: str = "") -> list[Score]:
    table = cross_table(labels, clusters)
    return [
        Score(asked, metric, float(agreement(table)), n_test=len(labels), note=note)
        for metric, agreement in AGREEMENTS.items()
    ]
