"""Labelled pairs of genes, scored fairly: no gene that was learned from is tested."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from genept.benchmark.pairs import PairLogisticRegression
from genept.benchmark.protocols.classifiers import STRENGTHS, mean_square
from genept.benchmark.protocols.scored import Collected, Fold, Scored
from genept.benchmark.protocols.splits import N_FOLDS, Split, learnable, pair_folds
from genept.benchmark.representations import Vectors
from genept.benchmark.sample import NotComputableError, Sample
from genept.benchmark.statistics import METRICS

_METRIC = "roc_auc"
# To choose by, an objective within a millionth of its least value is near enough.
_ENOUGH_TO_CHOOSE = 1e-6
_WORSE = 2


@dataclass(frozen=True)
class PairScoring:
    """How labelled pairs are scored.

    Parameters
    ----------
    features
        How a pair's features are made of two vectors (:data:`genept.benchmark.pairs.FEATURES`).
    rng
        Seed of the folds.
    n_permutations
        Runs on vectors given to other genes, for a p-value; none by default.
    """

    features: str
    rng: int
    n_permutations: int = 0


def score_pairs(vectors: Vectors, sample: Sample, groups: NDArray[np.intp], *, how: PairScoring) -> Scored:
    """Score vectors of genes by an l2 logistic regression of labelled pairs.

    Where the task parts its pairs, C is chosen on the part ``valid``, or on a split of ``train`` where there
    is none, and the part ``test`` is scored once. Otherwise there are five folds of genes: tested
    pairs have both genes in one fold, and pairs across folds are left out.

    Parameters
    ----------
    vectors
        (n_genes, d) of the genes of ``sample``.
    sample
        The labelled pairs.
    groups
        (n_genes,) group of each gene; the genes of a group are never on both sides.
    how
        Features and seed.

    Raises
    ------
    NotComputableError
        If no split has both classes on both sides.
    """
    # Scaled as in prepared(), so that the same C are tried for every embedding.
    scaled = (vectors / np.sqrt(mean_square(vectors))).astype(np.float32)
    collected = Collected(sample)
    for number, (inner, (train, test)) in enumerate(_splits(sample, groups, how.rng)):
        C, start = _strength(scaled, sample, inner, how)
        model = PairLogisticRegression(features=how.features, C=C).fit(
            scaled, sample.pairs[train], sample.labels[train], start=start
        )
        scores = model.decision_function(scaled, sample.pairs[test])
        value = float(METRICS[_METRIC](sample.labels[test], scores))
        note = "" if model.converged_ else "the regression didn't converge"
        collected.add(
            Fold(0, number, {_METRIC: value}, len(train), len(test), C, note),
            test,
            sample.labels,
            score=scores,
        )
    if not collected.folds:
        raise NotComputableError(
            "no split with pairs of both kinds on both sides",
            expected="enough pairs whose genes have vectors",
            do="embed more of these genes",
        )
    return collected.scored(_permuted(scaled, sample, groups, how=how, folds=collected.folds))


def _splits(sample: Sample, groups: NDArray[np.intp], rng: int) -> list[tuple[Split, Split]]:
    """Give splits to choose C on, each with the split to score."""
    if not len(sample.part):
        outer = [
            split
            for _, split in learnable(
                pair_folds(sample.pairs, groups, n_folds=N_FOLDS, rng=rng), sample.labels
            )
        ]
        return [(_inner(sample, groups, train, rng), (train, test)) for train, test in outer]
    train, test = (np.flatnonzero(sample.part == part) for part in ("train", "test"))
    valid = np.flatnonzero(sample.part == "valid")
    if not sample.genes_recur:
        seen = np.zeros(len(sample.symbols), dtype=bool)
        seen[sample.pairs[train]] = True
        inside = np.zeros(int(groups.max()) + 1, dtype=bool)
        inside[groups[seen]] = True
        strange = np.asarray(~inside[groups][sample.pairs].any(axis=1))
        valid, test = valid[strange[valid]], test[strange[test]]
    scored = list(learnable([(train, test)], sample.labels))
    if not scored:
        return []
    return [
        (
            (train, valid)
            if len(np.unique(sample.labels[valid])) > 1
            else _inner(sample, groups, train, rng),
            (train, test),
        )
    ]


def _inner(sample: Sample, groups: NDArray[np.intp], train: NDArray[np.intp], rng: int) -> Split:
    folds = pair_folds(sample.pairs[train], groups, n_folds=3, rng=rng)
    return next(
        ((train[a], train[b]) for _, (a, b) in learnable(folds, sample.labels[train])),
        (train[:0], train[:0]),
    )


def _strength(
    vectors: Vectors, sample: Sample, inner: Split, how: PairScoring
) -> tuple[float, PairLogisticRegression | None]:
    """Choose C by AUC, from the strongest penalty on, each fit starting where the last one ended.

    After two that do worse than the best, weaker penalties, which take longest, aren't tried.
    """
    train, test = inner
    if not len(train):
        return 1.0, None
    best, chosen, worse = -np.inf, 1.0, 0
    kept = model = None
    for C in STRENGTHS:
        model = PairLogisticRegression(how.features, C, tolerance=_ENOUGH_TO_CHOOSE).fit(
            vectors, sample.pairs[train], sample.labels[train], start=model
        )
        scores = model.decision_function(vectors, sample.pairs[test])
        value = round(float(METRICS[_METRIC](sample.labels[test], scores)), 12)
        if value > best:
            best, chosen, kept, worse = value, C, model, 0
        else:
            worse += 1
        if worse == _WORSE:
            break
    return chosen, kept


def _permuted(
    vectors: Vectors, sample: Sample, groups: NDArray[np.intp], *, how: PairScoring, folds: list[Fold]
) -> list[float]:
    """Score with the vectors of the genes in random order, on the same folds, with the same penalties.

    Labels of pairs that share a gene aren't exchangeable: shuffled pair by pair they would lose what genes
    with many partners give away, and the p-value would be too small. Shuffled genes keep it.
    """
    rng = np.random.default_rng(how.rng)
    splits = _splits(sample, groups, how.rng)
    genes = np.unique(sample.pairs)
    permuted: list[float] = []
    for _ in range(how.n_permutations):
        values = []
        whose = np.arange(vectors.shape[0])
        whose[genes] = rng.permutation(genes)
        others = vectors[whose]
        for fold, (_, (train, test)) in zip(folds, splits, strict=True):
            assert fold.C is not None  # noqa: S101  (every fold of pairs has one)
            model = PairLogisticRegression(features=how.features, C=fold.C)
            model.fit(others, sample.pairs[train], sample.labels[train])
            scores = model.decision_function(others, sample.pairs[test])
            values.append(float(METRICS[_METRIC](sample.labels[test], scores)))
        permuted.append(float(np.mean(values)))
    return permuted
