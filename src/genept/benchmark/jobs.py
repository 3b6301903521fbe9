"""One job: the score of one representation on one task by one classifier."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from threadpoolctl import threadpool_limits

from genept import __version__
from genept.benchmark.protocols.paper import score_genes_as_paper, score_pairs_as_paper
from genept.benchmark.protocols.rigorous_genes import GeneScoring, score_genes
from genept.benchmark.protocols.rigorous_pairs import PairScoring, score_pairs
from genept.benchmark.protocols.scored import Scored
from genept.benchmark.representations import Vectors
from genept.benchmark.sample import NotComputableError, Sample

Protocol = Literal["rigorous", "paper"]
# Changes whenever the same job would give another result.
_VERSION = "2"


@dataclass(frozen=True, eq=False)
class Job:
    """What is scored, and how.

    Parameters
    ----------
    task, task_version
        Name and version of the task.
    embedding, kind, about
        As the representation has them.
    classifier
        ``"logistic_regression"`` or ``"random_forest"``.
    features
        How a pair's features are made; empty for genes.
    metrics
        Names of the metrics.
    all_vectors
        (n, d) of all genes of the representation.
    rows
        (n_genes,) the row of each gene of ``sample`` in them.
    sample
        The labelled genes or pairs.
    groups
        (n_genes,) what is never on both sides: a gene, or its family.
    protocol
        ``"rigorous"`` or ``"paper"``.
    rng
        Seed.
    n_permutations
        Runs on labels (of pairs: vectors) in random order, for a p-value; none by default.
    """

    task: str
    task_version: str
    embedding: str
    kind: str
    about: str
    classifier: str
    features: str
    metrics: Sequence[str]
    all_vectors: Vectors
    rows: NDArray[np.intp]
    sample: Sample
    groups: NDArray[np.intp]
    protocol: Protocol
    rng: int
    n_permutations: int = 0

    @property
    def vectors(self) -> Vectors:
        """(n_genes, d) of the genes of ``sample``."""
        return self.all_vectors[self.rows]

    def identity(self) -> str:
        """Checksum of all that the result depends on."""
        said = hashlib.sha256()
        how = (_VERSION, __version__, self.protocol, self.rng, self.n_permutations, tuple(self.metrics))
        what = (self.task, self.task_version, self.embedding, self.kind, self.about)
        said.update(repr((how, what, self.classifier, self.features, self.sample.classes)).encode())
        vectors = self.vectors
        if sparse.issparse(vectors):
            arrays: list[NDArray[Any]] = [vectors.data, vectors.indices, vectors.indptr]
        else:
            arrays = [np.asarray(vectors)]
        second = () if self.sample.second is None else (self.sample.second,)
        for array in (*arrays, self.sample.first, *second, self.sample.labels, self.groups):
            said.update(np.ascontiguousarray(array).tobytes())
        said.update("\0".join(self.sample.part).encode())
        return said.hexdigest()


def run_job(job: Job) -> Scored | str:
    """Score, on one thread, so that the result doesn't depend on how many there are.

    Returns
    -------
    Scored or str
        The scores, or why there are none.
    """
    with threadpool_limits(1):
        try:
            return _scored(job)
        except NotComputableError as error:
            return f"not computable: {error.found}; {error.expected}"


def _scored(job: Job) -> Scored:
    pairs = job.sample.second is not None
    if job.protocol == "paper":
        if pairs:
            return score_pairs_as_paper(
                job.vectors, job.sample, classifier=job.classifier, features=job.features
            )
        return score_genes_as_paper(job.vectors, job.sample, classifier=job.classifier, metrics=job.metrics)
    if pairs:
        how = PairScoring(job.features, job.rng, job.n_permutations)
        return score_pairs(job.vectors, job.sample, job.groups, how=how)
    return score_genes(
        job.vectors,
        job.sample,
        job.groups,
        how=GeneScoring(job.classifier, job.metrics, job.rng, job.n_permutations),
    )
