"""The protocol ``paper`` against the notebooks' own calls of scikit-learn, written out here once more."""

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, auc, roc_auc_score, roc_curve
from sklearn.model_selection import StratifiedKFold, train_test_split

from genept.benchmark.protocols.paper import score_genes_as_paper, score_pairs_as_paper
from genept.benchmark.sample import NotComputableError, labelled_genes, labelled_pairs
from genept.benchmark.tasks import GeneLabels, PairLabels
from tests.benchmark_genes.test_sample import everything


def vectors_of(n: int, d: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(n, d)).astype(np.float32)


def test_gene_property() -> None:
    # Negatives stand first in the list, and one gene stands twice, in both classes.
    rng = np.random.default_rng(1)
    listed = [*(f"g{k}" for k in rng.permutation(60)), "g3", "g3", "g7"]
    classes = np.array([1] * 35 + [0] * 25 + [0, 1, 1])
    vectors = vectors_of(60, 12)
    vectors[:, 0] += np.array([float(k % 2) for k in range(60)])
    labels = GeneLabels(tuple(listed), classes, ("positive", "negative"))
    sample = labelled_genes(labels, everything(60), as_listed=True)

    positives = [name for name, label in zip(listed, classes, strict=True) if label == 0]
    negatives = [name for name, label in zip(listed, classes, strict=True) if label == 1]
    X = np.array([vectors[int(name[1:])] for name in positives + negatives])
    y = np.array([1] * len(positives) + [0] * len(negatives))
    np.random.seed(2023)
    linear: list[float] = []
    forest: list[float] = []
    for train, test in StratifiedKFold(n_splits=5).split(X, y):
        for model, areas in ((LogisticRegression(), linear), (RandomForestClassifier(), forest)):
            scores = model.fit(X[train], y[train]).predict_proba(X[test])[:, 1]
            rates = roc_curve(y[test], scores)
            areas.append(auc(rates[0], rates[1]))

    for classifier, areas in (("logistic_regression", linear), ("random_forest", forest)):
        scored = score_genes_as_paper(vectors, sample, classifier=classifier, metrics=["roc_auc"])
        assert [fold.values["roc_auc"] for fold in scored.folds] == areas
        assert len(scored.predictions) == 63


def test_functional_class() -> None:
    vectors = vectors_of(300, 8)
    classes = np.random.default_rng(2).integers(3, size=300)
    vectors[np.arange(300), classes] += 1
    # Rows that share a name have one vector, and may stand on both sides.
    names = tuple(f"g{k % 250}" for k in range(300))
    sample = labelled_genes(
        GeneLabels(names, classes, ("a", "b", "c"), min_rows=76), everything(300), as_listed=True
    )
    X = vectors[np.arange(300) % 250]
    np.random.seed(2023)
    kept = np.flatnonzero(np.isin(classes, [k for k in range(3) if (classes == k).sum() > 75]))
    train, test = train_test_split(kept, test_size=0.30, random_state=2023)
    model = LogisticRegression(max_iter=100).fit(X[train], classes[train])
    scored = score_genes_as_paper(vectors, sample, classifier="logistic_regression", metrics=["accuracy"])
    (fold,) = scored.folds
    assert fold.values["accuracy"] == accuracy_score(classes[test], model.predict(X[test]))
    assert (fold.n_train, fold.n_test) == (len(train), len(test))


def test_ggi() -> None:
    rng = np.random.default_rng(3)
    vectors = vectors_of(40, 6)
    pairs = rng.integers(40, size=(500, 2))
    signs = (vectors[pairs].sum(axis=1)[:, 0] + rng.normal(size=500) > 0).astype(np.intp)
    part = np.repeat(["train", "valid", "test"], [350, 50, 100])
    labels = PairLabels(
        tuple(f"g{a}" for a in pairs[:, 0]), tuple(f"g{b}" for b in pairs[:, 1]), signs, tuple(part.tolist())
    )
    sample = labelled_pairs(labels, everything(40), rng=0, as_listed=True)
    sums = np.array([vectors[a] + vectors[b] for a, b in pairs])
    model = LogisticRegression().fit(sums[part == "train"], signs[part == "train"])
    expected = roc_auc_score(signs[part == "test"], model.predict_proba(sums[part == "test"])[:, 1])
    (fold,) = score_pairs_as_paper(vectors, sample, classifier="logistic_regression", features="sum").folds
    assert fold.values["roc_auc"] == pytest.approx(expected, abs=1e-12)


def test_what_did_not_converge_is_told() -> None:
    # Columns of very different scales are what gradient steps are slow on.
    vectors = (vectors_of(400, 40) * np.logspace(-2, 4, 40)).astype(np.float32)
    names = tuple(f"g{k}" for k in range(400))
    classes = np.random.default_rng(0).integers(2, size=400)
    sample = labelled_genes(GeneLabels(names, classes, ("a", "b")), everything(400), as_listed=True)
    scored = score_genes_as_paper(vectors, sample, classifier="logistic_regression", metrics=["roc_auc"])
    assert any("converged" in fold.note for fold in scored.folds)


def test_a_class_with_fewer_rows_than_folds() -> None:
    labels = GeneLabels(tuple(f"g{k}" for k in range(20)), np.array([0] * 4 + [1] * 16), ("few", "many"))
    sample = labelled_genes(labels, everything(20), as_listed=True)
    with pytest.raises(NotComputableError, match="'few'"):
        score_genes_as_paper(vectors_of(20, 3), sample, classifier="logistic_regression", metrics=["roc_auc"])


def test_two_classes_by_accuracy_are_split_as_many_are() -> None:
    names = tuple(f"g{k}" for k in range(90))
    sample = labelled_genes(GeneLabels(names, np.arange(90) % 2, ("a", "b")), everything(90), as_listed=True)
    how = {"classifier": "logistic_regression", "metrics": ["accuracy", "balanced_accuracy"]}
    (fold,) = score_genes_as_paper(vectors_of(90, 3), sample, **how).folds  # type: ignore[arg-type]
    assert (fold.n_train, fold.n_test, set(fold.values)) == (63, 27, {"accuracy", "balanced_accuracy"})


def test_labels_in_parts_are_split_as_they_say() -> None:
    part = tuple(np.where(np.arange(80) < 50, "train", "test").tolist())
    names = tuple(f"g{k}" for k in range(80))
    labels = GeneLabels(names, np.arange(80) % 2, ("a", "b"), part)
    sample = labelled_genes(labels, everything(80), as_listed=True)
    scored = score_genes_as_paper(
        vectors_of(80, 3), sample, classifier="logistic_regression", metrics=["roc_auc"]
    )
    assert sorted(scored.predictions["first"]) == list(range(50, 80))


@pytest.mark.parametrize("part", [(), ("train",) * 4 + ("test",) * 2, ("test",) * 4 + ("train",) * 2])
def test_pairs_of_one_kind_on_a_side(part: tuple[str, ...]) -> None:
    labels = PairLabels(
        tuple(f"g{k}" for k in range(6)),
        tuple(f"g{k}" for k in range(6, 12)),
        np.array([1, 1, 1, 1, 0, 1]),
        part,
    )
    sample = labelled_pairs(labels, everything(12), rng=0, as_listed=True)
    with pytest.raises(NotComputableError, match="class"):
        score_pairs_as_paper(vectors_of(12, 3), sample, classifier="logistic_regression", features="sum")
