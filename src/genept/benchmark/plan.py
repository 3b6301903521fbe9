"""From tasks and representations to jobs."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from genept.benchmark.jobs import Job, Protocol
from genept.benchmark.kept import Row
from genept.benchmark.pairs import FEATURES
from genept.benchmark.representations import (
    CLASSIFIERS,
    EMBEDDING,
    LOGISTIC_REGRESSION,
    NotComputed,
    Representation,
)
from genept.benchmark.sample import (
    FoundGenes,
    LabelCounts,
    NotComputableError,
    Sample,
    find_genes,
    labelled_genes,
    labelled_pairs,
)
from genept.benchmark.tasks import GeneLabels, PairLabels, Task
from genept.datasets.cache import locate
from genept.embeddings import GeneEmbeddings
from genept.errors import ArgumentError, MissingDataError, name_some
from genept.genes import Resolver, species_resolver
from genept.genes.families import gene_families
from genept.genes.species import HUMAN, SPECIES
from genept.tl.identity import taxon_of

log = logging.getLogger(__name__)

Together = Literal["gene", "family"]


@dataclass(frozen=True)
class Settings:
    """How everything is scored.

    Parameters
    ----------
    protocol
        ``"rigorous"`` or ``"paper"``.
    features
        How a pair's features are made of two vectors; the paper adds them up.
    keep_together
        What is never on both sides of a split: a ``"gene"``, or a whole ``"family"``.
    classifiers
        Which classifiers; by default those that the task names.
    n_permutations
        Runs on labels (of pairs: vectors) in random order, for a p-value; none by default.
    rng
        Seed of folds, forests and negatives.
    """

    protocol: Protocol = "rigorous"
    features: tuple[str, ...] = ("sum",)
    keep_together: Together = "gene"
    classifiers: tuple[str, ...] | None = None
    n_permutations: int = 0
    rng: int = 2023

    def __post_init__(self) -> None:
        if self.protocol == "paper" and (self.keep_together != "gene" or self.n_permutations):
            raise ArgumentError(
                "the protocol 'paper' with families kept together or permutations",
                expected="what the paper does",
                do="use the protocol 'rigorous' for these",
            )
        for what, asked, known in (
            ("classifier", self.classifiers, CLASSIFIERS),
            ("features", self.features, FEATURES),
        ):
            if asked is not None and (not asked or not set(asked) <= set(known)):
                raise ArgumentError(
                    f"{what} {name_some(sorted(set(asked) - set(known))) or '(none)'}",
                    expected=f"some of {', '.join(known)}",
                    do="choose among these",
                )
        if self.n_permutations < 0:
            raise ArgumentError(f"{self.n_permutations} permutations", expected="0 or more", do="correct it")


@dataclass(frozen=True, eq=False)
class PlannedTask:
    """The jobs of one task.

    Parameters
    ----------
    task
        The task.
    jobs
        One for each representation, classifier and way to make features.
    label_row
        What became of its labels, as a row of ``labels.csv``.
    samples
        For each representation that can be scored the labelled genes or pairs, and (n_genes,) the row of each
        gene in it.
    reasons
        For each representation that can't be scored, why.
    """

    task: Task
    jobs: tuple[Job, ...]
    label_row: Row
    samples: Mapping[str, tuple[Sample, NDArray[np.intp]]]
    reasons: Mapping[str, str]


def plan_task(
    task: Task,
    labels: GeneLabels | PairLabels,
    representations: Sequence[Representation],
    *,
    resolver: Resolver,
    settings: Settings,
) -> PlannedTask:
    """Find a task's genes in every representation, and plan what is scored.

    In the protocol ``rigorous`` all representations are scored on the genes that all of them have; in
    ``paper`` each on its own.

    Parameters
    ----------
    task, labels
        The task, and its labels as listed.
    representations
        What is scored, at least one.
    resolver
        Who the names are.
    settings
        How.
    """
    together = [representations]
    if settings.protocol == "paper":
        together = [[one] for one in representations]
    jobs: list[Job] = []
    samples: dict[str, tuple[Sample, NDArray[np.intp]]] = {}
    reasons: dict[str, str] = {}
    label_row: Row | None = None
    found_in: dict[tuple[int, ...], FoundGenes] = {}
    for some in together:
        tables = [one.genes for one in some]
        key = tuple(map(id, tables))
        if key not in found_in:
            found_in[key] = find_genes(_names(labels), tables, resolver)
        try:
            sample = _sample(labels, found_in[key], settings)
        except NotComputableError as error:
            reasons |= dict.fromkeys((one.name for one in some), error.found)
            label_row = label_row or _label_row(
                task, labels, None, counts=error.counts, note=f"not computable: {error.found}"
            )
            continue
        groups = _groups(sample, settings.keep_together)
        if not samples:
            label_row = _label_row(task, labels, sample, groups=groups, note=_alike(some, sample))
        for position, one in enumerate(some):
            samples[one.name] = sample, sample.rows[position]
            own = _jobs(task, one, sample, position, groups=groups, settings=settings)
            if not own:
                reasons[one.name] = "none of the classifiers asked for is used on it here"
            jobs += own
    assert label_row is not None  # noqa: S101  (there is one for the first representation)
    return PlannedTask(task, tuple(jobs), label_row, samples, reasons)


def rows_not_computed(
    planned: PlannedTask,
    representations: Sequence[Representation | NotComputed],
    settings: Settings,
) -> list[Row]:
    """Write a row for each representation that has no job in a task, with the reason.

    Parameters
    ----------
    planned
        The task.
    representations
        All that were asked for, made or not.
    settings
        How the others are scored.
    """
    scored = {(job.embedding) for job in planned.jobs}
    rows = []
    for one in representations:
        if one.name in scored:
            continue
        reason = one.reason if isinstance(one, NotComputed) else planned.reasons[one.name]
        rows += [
            {
                "task": planned.task.name,
                "task_version": planned.task.version,
                "protocol": settings.protocol,
                "embedding": one.name,
                "kind": one.kind,
                "about": one.about,
                "classifier": LOGISTIC_REGRESSION,
                "features": features,
                "metric": metric,
                "note": f"not computable: {reason}",
            }
            for metric in planned.task.metrics
            for features in (settings.features if planned.label_row["pairs"] else ("",))
        ]
    return rows


def _names(labels: GeneLabels | PairLabels) -> list[str]:
    if isinstance(labels, GeneLabels):
        return list(labels.names)
    reported = [name for pair in labels.reported for name in pair]
    return [*labels.first, *labels.second, *labels.space, *reported]


def _sample(labels: GeneLabels | PairLabels, found: FoundGenes, settings: Settings) -> Sample:
    if settings.keep_together == "family" and isinstance(labels, PairLabels) and labels.genes_recur:
        raise NotComputableError(
            "genes that were learned from are tested again here, so that families can't be kept apart",
            expected="a task whose parts share no gene",
            do="leave it out, or keep only the rows of a gene together",
        )
    as_listed = settings.protocol == "paper"
    if isinstance(labels, GeneLabels):
        return labelled_genes(labels, found, as_listed=as_listed)
    return labelled_pairs(labels, found, rng=settings.rng, as_listed=as_listed)


def _groups(sample: Sample, together: Together) -> NDArray[np.intp]:
    if together == "family":
        return gene_families(sample.symbols)
    return np.arange(len(sample.symbols))


def _jobs(
    task: Task,
    one: Representation,
    sample: Sample,
    position: int,
    *,
    groups: NDArray[np.intp],
    settings: Settings,
) -> list[Job]:
    pairs = sample.second is not None
    wanted = settings.classifiers or tuple(task.classifiers)
    # A forest needs the features of all pairs at once, which only the paper's protocol makes.
    usable = (LOGISTIC_REGRESSION,) if pairs and settings.protocol == "rigorous" else one.classifiers
    return [
        Job(
            task=task.name,
            task_version=task.version,
            embedding=one.name,
            kind=one.kind,
            about=one.about,
            classifier=classifier,
            features=features,
            metrics=tuple(task.metrics),
            all_vectors=one.vectors,
            rows=sample.rows[position],
            sample=sample,
            groups=groups,
            protocol=settings.protocol,
            rng=settings.rng,
            n_permutations=settings.n_permutations,
        )
        for classifier in wanted
        if classifier in one.classifiers and classifier in usable
        for features in (settings.features if pairs else ("",))
    ]


def _label_row(
    task: Task,
    labels: GeneLabels | PairLabels,
    sample: Sample | None,
    *,
    groups: NDArray[np.intp] | None = None,
    counts: LabelCounts | None = None,
    note: str = "",
) -> Row:
    if counts is None:
        counts = LabelCounts(len(labels), len(labels)) if sample is None else sample.counts
    n_groups = 0 if groups is None else len(np.unique(groups))
    return {
        "task": task.name,
        "title": task.title,
        "listed": counts.listed,
        "found": counts.listed - counts.lost,
        "lost": counts.lost,
        "repeated": counts.repeated,
        "conflicting": counts.conflicting,
        "kept": 0 if sample is None else len(sample),
        "classes": "" if sample is None else sample.class_sizes(),
        "groups": n_groups,
        "note": "; ".join(filter(None, (counts.note, note))),
        "pairs": isinstance(labels, PairLabels),
    }


def refuse_families(embeddings: Mapping[str, GeneEmbeddings]) -> None:
    """Raise where families of genes aren't known, before anything is computed.

    Raises
    ------
    ArgumentError
        If genes are of another species than human, whose families HGNC names.
    MissingDataError
        If HGNC's list isn't in the cache.
    """
    if any(taxon_of(genes) != HUMAN for genes in embeddings.values()):
        raise ArgumentError(
            "families kept together of genes that aren't human",
            expected="human genes, whose families HGNC names",
            do="keep only the rows of a gene together",
        )
    locate("hgnc_complete_set")


def _alike(some: Sequence[Representation], sample: Sample) -> str:
    """Count the genes of an embedding whose vector others have, too: they may be on both sides of a split."""
    said = []
    used = np.unique(sample.first if sample.second is None else sample.pairs)
    for one, rows in zip(some, sample.rows, strict=True):
        if one.kind == EMBEDDING and isinstance(one.vectors, np.ndarray):
            _, times = np.unique(one.vectors[rows[used]], axis=0, return_counts=True)
            n = int(times[times > 1].sum())
            said += [f"{n:,} genes have a vector in {one.name} that others have, too"] if n else []
    return "; ".join(said)


def resolver_for(embeddings: Mapping[str, GeneEmbeddings]) -> Resolver:
    """Make what resolves names: all that is known of the species, else the names that the embeddings keep.

    Raises
    ------
    ArgumentError
        If the embeddings are of several species.
    InputFileError
        If a file in the cache can't be read.
    """
    taxa = {taxon_of(genes) for genes in embeddings.values()}
    if len(taxa) > 1:
        raise ArgumentError(
            f"gene embeddings of the taxa {', '.join(map(str, sorted(taxa)))}",
            expected="gene embeddings of one species",
            do="score each species by itself",
        )
    try:
        if taxa <= set(SPECIES):
            return species_resolver(taxa.pop())
    except MissingDataError as error:
        log.info(
            "names are resolved by what the first embedding knows; for all that NCBI knows, %s", error.do
        )
    return Resolver(next(iter(embeddings.values())).genes)
