"""How well batches are mixed while types stay apart, by scib-metrics."""

import warnings
from dataclasses import dataclass

import numpy as np
from sklearn.neighbors import NearestNeighbors

from genept.benchmark.cells.analyses.association import NO_SPLIT, sample_note, sampled
from genept.benchmark.cells.labelled_cells import Labels
from genept.benchmark.cells.scored import NOT_COMPUTABLE, Asked, Score, Scored, Vectors

# As scib-metrics' own benchmark has it.
_NEIGHBORS_OF_LISI, _NEIGHBORS_OF_KBET = 90, 50
_ROUNDING = 1e-3
_INSTALL = "it needs scib-metrics: pip install 'genept[scib]'"


@dataclass(frozen=True, eq=False)
class Mixing:
    """LISI, kBET and the silhouette of batches within types, each 0 to 1, high for well mixed batches.

    Parameters
    ----------
    batch_key, label_key
        The columns.
    batches, labels
        (n_cells,) values.
    rng
        Seed of the sample.

    References
    ----------
    Luecken et al., Nature Methods 19:41 (2022); Korsunsky et al., Nature Methods 16:1289 (2019); Büttner et
    al., Nature Methods 16:43 (2019).
    """

    batch_key: str
    label_key: str
    batches: Labels
    labels: Labels
    rng: int

    def title(self) -> str:
        """There is one for a data set."""
        return f"mixing {self.batch_key} {self.label_key}"

    def asked(self) -> list[tuple[Asked, tuple[str, ...]]]:
        """Of batches, and of labels for cLISI."""
        return [
            (self._of("silhouette"), ("asw_batch",)),
            (self._of("lisi"), ("ilisi",)),
            (Asked("batch", "lisi", self.label_key, NO_SPLIT), ("clisi",)),
            (self._of("kbet"), ("kbet",)),
        ]

    def size(self) -> int:
        """Distances of all pairs."""
        return 10 * len(self.labels)

    def score(self, vectors: Vectors) -> Scored:
        """Score by scib-metrics, on the exact nearest neighbours by Euclidean distance."""
        rows = sampled(len(vectors), self.rng)
        batches, labels, part = self.batches[rows], self.labels[rows], vectors[rows]
        note = sample_note(len(rows), len(vectors))
        values = _by_scib(part, labels, batches)
        return Scored(
            [
                _score(asked, metric, values[metric], len(rows), note)
                for asked, metrics in self.asked()
                for metric in metrics
            ]
        )

    def _of(self, method: str) -> Asked:
        return Asked("batch", method, self.batch_key, NO_SPLIT)


def _by_scib(vectors: Vectors, labels: Labels, batches: Labels) -> dict[str, float | str]:
    metrics = ("asw_batch", "ilisi", "clisi", "kbet")
    try:
        with warnings.catch_warnings():
            # What its libraries tell each other of their next versions.
            warnings.simplefilter("ignore")
            import scib_metrics
            from scib_metrics.nearest_neighbors import NeighborsResults
    except ImportError:
        return dict.fromkeys(metrics, _INSTALL)
    n_near = min(_NEIGHBORS_OF_LISI, len(vectors))
    distances, near = NearestNeighbors(n_neighbors=n_near).fit(vectors).kneighbors(vectors)
    neighbours = NeighborsResults(indices=near, distances=distances)
    few = neighbours.subset_neighbors(min(_NEIGHBORS_OF_KBET, n_near))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return {
            "asw_batch": _asw(vectors, labels, batches),
            "ilisi": float(scib_metrics.ilisi_knn(neighbours, batches)),
            "clisi": float(scib_metrics.clisi_knn(neighbours, labels)),
            "kbet": float(scib_metrics.kbet(few, batches)[0]),
        }


def _asw(vectors: Vectors, labels: Labels, batches: Labels) -> float | str:
    import scib_metrics

    comparable = [
        1 < len(np.unique(batches[labels == one])) < (labels == one).sum() for one in np.unique(labels)
    ]
    if not any(comparable):
        return "no label occurs in more than one batch"
    return float(scib_metrics.silhouette_batch(vectors, labels, batches))


def _score(asked: Asked, metric: str, value: float | str, n_cells: int, note: str) -> Score:
    if isinstance(value, str):
        return Score(asked, metric, None, note=f"{NOT_COMPUTABLE}{value}")
    # Of a handful of cells, LISI comes out as -2 or 3.
    if not -_ROUNDING <= value <= 1 + _ROUNDING:
        said = f"scib-metrics gave {value:g}, where 0 to 1 is meant"
        return Score(asked, metric, None, note=f"{NOT_COMPUTABLE}{said}")
    return Score(asked, metric, value, n_test=n_cells, note=note)
