"""Labelled genes, scored fairly: repeated stratified folds, the penalty chosen inside the training folds."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from genept.benchmark.protocols.classifiers import (
    STRENGTHS,
    Features,
    is_linear,
    logistic_regression,
    prepared,
    random_forest,
    score_of,
)
from genept.benchmark.protocols.scored import Collected, Fold, Scored, is_ranked
from genept.benchmark.protocols.splits import (
    N_FOLDS,
    Split,
    gene_folds,
    learnable,
    n_repeats,
    refuse_small_classes,
)
from genept.benchmark.representations import Vectors
from genept.benchmark.sample import NotComputableError, Sample
from genept.benchmark.statistics import METRICS

_INNER_FOLDS = 3
# From here on one of the inner folds is enough to choose by.
_MANY_ROWS = 5_000


@dataclass(frozen=True)
class GeneScoring:
    """How labelled genes are scored.

    Parameters
    ----------
    classifier
        ``"logistic_regression"`` or ``"random_forest"``.
    metrics
        Names of the metrics; the penalty is chosen by the first.
    rng
        Seed of folds and forests.
    n_permutations
        Runs on permuted labels, for a p-value; none by default.
    """

    classifier: str
    metrics: Sequence[str]
    rng: int
    n_permutations: int = 0


def score_genes(vectors: Vectors, sample: Sample, groups: NDArray[np.intp], *, how: GeneScoring) -> Scored:
    """Score vectors of labelled genes by repeated cross-validation.

    Parameters
    ----------
    vectors
        (n_genes, d) of the genes of ``sample``.
    sample
        The labelled genes.
    groups
        (n_genes,) group of each gene; the genes of a group are never on both sides.
    how
        Classifier, metrics and seed.

    Raises
    ------
    NotComputableError
        If a class is too small for the folds, or the metrics don't go with the classes.

    References
    ----------
    Varma & Simon, BMC Bioinformatics 2006, doi:10.1186/1471-2105-7-91 (choosing inside the training folds).
    """
    ranked = is_ranked(sample, how.metrics)
    labels = sample.positive.astype(np.intp) if ranked else sample.labels
    group = groups[sample.first]
    # A forest splits by columns: it must have them as they are.
    features = prepared(vectors[sample.first]) if is_linear(how.classifier) else _dense(vectors[sample.first])
    repeats = 1 if len(sample.part) else n_repeats(len(labels))
    collected = Collected(sample)
    if not len(sample.part):
        refuse_small_classes(sample.labels, group, sample)
    for repeat in range(repeats):
        splits = _splits(sample, labels, group, how.rng + repeat)
        for number, (train, test) in learnable(splits, labels):
            C = (
                _strength(features[train], labels[train], group[train], how=how, ranked=ranked)
                if is_linear(how.classifier)
                else None
            )
            predicted = _predict(features, labels, train, test, how=how, C=C, ranked=ranked)
            values = {
                name: float(METRICS[name](labels[test], predicted["score" if ranked else "predicted"]))
                for name in how.metrics
            }
            fold = Fold(repeat, number, values, len(train), len(test), C)
            collected.add(fold, test, labels, **predicted)
    if not collected.folds:
        raise NotComputableError(
            "no fold with two classes on both sides",
            expected="classes that are spread over the groups",
            do="keep only the rows of a gene together, not its family",
        )
    return collected.scored(_permuted(features, sample, labels, group, how=how, scored=collected.folds))


def _splits(sample: Sample, labels: NDArray[np.intp], group: NDArray[np.intp], rng: int) -> list[Split]:
    if len(sample.part):
        # What is tested stays as the task has it: of families on both sides, those learned from go.
        tested = sample.part == "test"
        learned = ~tested & ~np.isin(group, group[tested])
        return [(np.flatnonzero(learned), np.flatnonzero(tested))]
    return gene_folds(labels, group, n_folds=N_FOLDS, rng=rng)


def _predict(
    features: Features,
    labels: NDArray[np.intp],
    train: NDArray[np.intp],
    test: NDArray[np.intp],
    *,
    how: GeneScoring,
    C: float | None,
    ranked: bool,
) -> dict[str, NDArray[np.generic]]:
    model = (
        random_forest(features[train], labels[train], how.rng)
        if C is None
        else logistic_regression(features[train], labels[train], C)
    )
    return (
        {"score": score_of(model, features[test])} if ranked else {"predicted": model.predict(features[test])}
    )


def _strength(
    features: Features,
    labels: NDArray[np.intp],
    group: NDArray[np.intp],
    *,
    how: GeneScoring,
    ranked: bool,
) -> float:
    """Choose C by the first metric on folds of what is learned from; of equal ones the strongest penalty."""
    smallest = np.bincount(labels)[np.unique(labels)].min()
    if smallest < _INNER_FOLDS:
        return 1.0
    folds = gene_folds(labels, group, n_folds=_INNER_FOLDS, rng=how.rng)
    chosen = [split for _, split in learnable(folds[: 1 if len(labels) > _MANY_ROWS else None], labels)]
    if not chosen:
        return 1.0
    metric = METRICS[how.metrics[0]]
    means = []
    for C in STRENGTHS:
        values = []
        for train, test in chosen:
            model = logistic_regression(features[train], labels[train], C)
            values.append(
                metric(
                    labels[test], score_of(model, features[test]) if ranked else model.predict(features[test])
                )
            )
        means.append(np.mean(values))
    return STRENGTHS[int(np.argmax(np.round(means, 12)))]


def _permuted(
    features: Features,
    sample: Sample,
    labels: NDArray[np.intp],
    group: NDArray[np.intp],
    *,
    how: GeneScoring,
    scored: list[Fold],
) -> list[float]:
    """Score permuted labels on one draw of the folds, with the penalties that were chosen on the first.

    Folds are stratified anew by the permuted labels; where the task parts its genes, labels are permuted
    within each part. Else folds of a small class would have none of it, or nothing else.
    """
    strengths = {fold.fold: fold.C for fold in scored if fold.repeat == 0}
    metric, ranked = METRICS[how.metrics[0]], is_ranked(sample, how.metrics)
    rng = np.random.default_rng(how.rng)
    permuted: list[float] = []
    for _ in range(how.n_permutations):
        other = _shuffled(labels, sample.part, rng)
        values = []
        for number, (train, test) in learnable(_splits(sample, other, group, how.rng), other):
            # With families kept together a fold may be bare in one draw and not in the other.
            C = strengths.get(number, next(iter(strengths.values())))
            predicted = _predict(features, other, train, test, how=how, C=C, ranked=ranked)
            values.append(float(metric(other[test], predicted["score" if ranked else "predicted"])))
        permuted.append(float(np.mean(values)) if values else np.nan)
    return permuted


def _shuffled(labels: NDArray[np.intp], part: NDArray[np.str_], rng: np.random.Generator) -> NDArray[np.intp]:
    other = labels.copy()
    sides = (part == "test", part != "test") if len(part) else (np.ones(len(labels), dtype=bool),)
    for side in sides:
        other[side] = rng.permutation(labels[side])
    return other


def _dense(vectors: Vectors) -> NDArray[np.float32]:
    return vectors if isinstance(vectors, np.ndarray) else vectors.toarray()
