"""The perceptron as an estimator: scikit-learn's own checks, its law by hand, and that it learns."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from scipy.special import softmax
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.neural_network import MLPClassifier
from sklearn.utils import estimator_checks
from threadpoolctl import threadpool_limits

from genept.cells import FineTunedEmbedding
from genept.cells.fine_tuned.network import Network
from genept.cells.fine_tuned.training import Schedule, train
from genept.errors import ArgumentError, ValuesError

KIND = np.repeat([0, 1, 2], [60, 30, 10])
X: NDArray[np.float64] = np.random.default_rng(0).normal(size=(100, 6)) + 3 * np.eye(6)[KIND]
Y = np.array(["B", "NK", "T"])[KIND]
NONE = np.zeros(100, dtype=bool)


def quick(**parameters: Any) -> FineTunedEmbedding:
    return FineTunedEmbedding(
        **{"n_hidden": 8, "max_epochs": 8, "learning_rate": 5e-2, "batch_size": 20, **parameters}
    )


all_checks: pytest.MarkDecorator = estimator_checks.parametrize_with_checks([quick()])


@all_checks
def test_scikit_learn_finds_nothing_wrong(estimator: Any, check: Callable[[Any], None]) -> None:
    check(estimator)


def test_it_is_two_layers_with_relu() -> None:
    model = quick().fit(X, Y)
    net = model.network_
    hidden = np.maximum(X * net.scale @ net.hidden_weights + net.hidden_bias, 0)
    np.testing.assert_allclose(model.transform(X), hidden, rtol=1e-5, atol=1e-6)
    assert model.transform(X).dtype == np.float32
    probabilities = softmax(hidden @ net.output_weights + net.output_bias, axis=1)
    np.testing.assert_allclose(model.predict_proba(X), probabilities, rtol=1e-5)
    np.testing.assert_array_equal(model.predict(X), model.classes_[probabilities.argmax(axis=1)])
    assert np.mean(np.square(X[~model.validation_] * net.scale)) == pytest.approx(1)


@pytest.mark.parametrize("labels", [Y, np.where(Y == "B", "B", "other")])
def test_equals_scikit_learns_perceptron(labels: NDArray[np.str_]) -> None:
    """One epoch is one of MLPClassifier on scaled, weighted vectors; the order of the next differs."""
    model = quick(validation_fraction=0, max_epochs=1).fit(X, labels)
    scaled = (X * model.network_.scale).astype(np.float32)
    weights = len(labels) / (len(model.classes_) * np.array([(labels == one).sum() for one in labels]))
    theirs = MLPClassifier(
        (8,), alpha=1e-3, learning_rate_init=5e-2, batch_size=20, max_iter=1, random_state=0
    )
    with pytest.warns(match="Maximum iterations"):
        theirs.fit(scaled, labels, sample_weight=weights)
    np.testing.assert_allclose(model.predict_proba(X), theirs.predict_proba(scaled), atol=1e-6)
    assert (model.best_epoch_, model.validation_loss_) == (1, ())


def test_the_best_epoch_is_kept_and_training_ends_after_it() -> None:
    noise = np.random.default_rng(1).normal(size=(100, 40))
    labels = np.random.default_rng(2).integers(2, size=100)
    model = quick(max_epochs=100, learning_rate=5e-3, patience=5).fit(noise, labels)
    losses = model.validation_loss_
    assert len(losses) == len(model.training_loss_) == model.best_epoch_ + 5 < 100
    assert losses[model.best_epoch_ - 1] <= min(losses) + 1e-4
    # The weights are those of that epoch: its loss, worked out again, is what was written down.
    aside = model.validation_
    picked = model.predict_proba(noise[aside])[np.arange(aside.sum()), labels[aside]]
    weight = 1 / np.bincount(labels)[labels[aside]]
    again = -(weight * np.log(picked)).sum() / weight.sum()
    assert again == pytest.approx(losses[model.best_epoch_ - 1], rel=1e-4)


def test_classes_count_the_same_unless_told() -> None:
    """Of labels that nothing tells apart, the rare one is predicted half of the time, or never."""
    noise = np.random.default_rng(3).normal(size=(400, 3)) + 5
    labels = np.arange(400) % 10 == 0
    assert quick().fit(noise, labels).predict_proba(noise)[:, 1].mean() == pytest.approx(0.5, abs=0.1)
    plain = quick(balanced=False).fit(noise, labels)
    assert plain.predict_proba(noise)[:, 1].mean() == pytest.approx(0.1, abs=0.05)


def test_the_same_on_rerun_and_on_any_number_of_threads() -> None:
    first = quick().fit(X, Y)
    for threads in (1, 4):
        with threadpool_limits(threads):
            again = quick().fit(X, Y)
            np.testing.assert_array_equal(again.transform(X), first.transform(X))
            np.testing.assert_array_equal(again.predict_proba(X), first.predict_proba(X))
    assert (quick(rng=1).fit(X, Y).transform(X) != first.transform(X)).any()


def test_groups_are_set_aside_whole() -> None:
    groups = np.tile([f"p{i}" for i in range(10)], 10)
    aside = quick().fit(X, Y, groups=groups).validation_
    assert len(set(groups[aside])) == 2
    assert not set(groups[aside]) & set(groups[~aside])


def test_without_groups_a_part_of_each_class_is_set_aside() -> None:
    aside = quick().fit(X, Y).validation_
    assert [int((Y[aside] == one).sum()) for one in ("B", "NK", "T")] == [12, 6, 2]


@pytest.mark.parametrize(
    ("labels", "groups"),
    [
        (Y, np.full(100, "the only patient")),
        (Y, KIND),  # each class is of one group
        (np.arange(9), None),  # each class is of one cell
    ],
)
def test_where_none_can_be_set_aside_all_epochs_are_run(
    labels: NDArray[Any], groups: NDArray[Any] | None
) -> None:
    model = quick(max_epochs=7).fit(X[: len(labels)], labels, groups)
    assert not model.validation_.any()
    assert (model.best_epoch_, len(model.training_loss_), model.validation_loss_) == (7, 7, ())


def test_a_class_of_one_cell_is_learned_from() -> None:
    labels = np.where(np.arange(100) == 7, "rare", Y)
    model = quick().fit(X, labels)
    assert not model.validation_[7]
    assert model.validation_.any()
    assert "rare" in model.classes_


@pytest.mark.parametrize("labels", [KIND, KIND == 1, Y.astype(object), pd.Categorical(Y), pd.Series(Y)])
def test_labels_of_any_kind_come_back_as_they_were(labels: Any) -> None:
    predicted = quick().fit(X, labels).predict(X)
    assert np.mean(predicted == np.asarray(labels)) > 0.9


def test_many_rows_are_taken_piece_by_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    model = quick().fit(X, Y)
    whole = model.transform(X), model.predict_proba(X)
    monkeypatch.setattr("genept.cells.fine_tuned.network._ROWS", 7)
    np.testing.assert_allclose(model.transform(X), whole[0], rtol=1e-6)
    np.testing.assert_allclose(model.predict_proba(X), whole[1], rtol=1e-6)
    assert model.network_.hidden(X[:0]).shape == (0, 8)
    assert model.network_.probabilities(X[:0]).shape == (0, 3)


def test_works_in_scikit_learns_tools() -> None:
    assert cross_val_score(quick(), X, Y, cv=2).mean() > 0.8
    search = GridSearchCV(quick(), {"n_hidden": [4, 8]}, cv=2).fit(X, Y)
    assert search.best_estimator_.transform(X).shape[1] in (4, 8)
    names = quick().fit(X, Y).get_feature_names_out()
    assert list(names[:2]) == ["finetunedembedding0", "finetunedembedding1"]
    assert clone(quick(alpha=0.5)).alpha == 0.5


@pytest.mark.parametrize(
    ("parameters", "labels", "groups", "error", "says"),
    [
        ({}, np.full(100, "B"), None, ValuesError, "one class only .B."),
        ({}, np.where(KIND == 2, None, Y), None, ValuesError, "10 cells without a label"),
        ({}, np.where(KIND == 2, np.nan, KIND), None, ValuesError, "10 cells without a label"),
        ({}, Y, np.where(KIND == 2, None, Y), ValuesError, "10 cells without a group"),
        ({}, Y, ["p1"] * 99, ArgumentError, "99 groups for 100 cells"),
        ({"n_hidden": 0}, Y, None, ArgumentError, "n_hidden=0"),
        ({"batch_size": 2.5}, Y, None, ArgumentError, "batch_size=2.5"),
        ({"validation_fraction": 1.0}, Y, None, ArgumentError, "validation_fraction=1.0"),
        ({"learning_rate": 0}, Y, None, ArgumentError, "learning_rate=0"),
        ({"alpha": float("nan")}, Y, None, ArgumentError, "alpha=nan"),
        ({"balanced": "yes"}, Y, None, ArgumentError, "balanced='yes'"),
        ({"rng": -1}, Y, None, ArgumentError, "rng=-1"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    parameters: dict[str, Any], labels: Any, groups: Any, error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        quick(**parameters).fit(X, labels, groups)


def test_vectors_of_zeros_and_of_another_width_are_refused() -> None:
    with pytest.raises(ValuesError, match="all zero"):
        quick().fit(np.zeros((100, 6)), Y)
    with pytest.raises(ValueError, match="X has 5 features"):
        quick().fit(X, Y).predict(X[:, :5])


def test_training_without_anything_set_aside_gives_the_last_epoch() -> None:
    how = Schedule(4, 1e-3, 1e-2, 10, 3, 1, 0)
    trained = train(X, KIND, np.ones(100), validation=NONE, how=how)
    assert isinstance(trained.network, Network)
    assert trained.best_epoch == len(trained.training_loss) == 3
