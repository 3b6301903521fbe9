"""Agreement of partitions, and metrics of classes, against scikit-learn's."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sklearn import metrics

from genept.benchmark.statistics.agreement import AGREEMENTS
from genept.benchmark.statistics.class_counts import class_scores
from genept.benchmark.statistics.count_tables import cross_table

SKLEARN = {
    "ari": metrics.adjusted_rand_score,
    "ami": metrics.adjusted_mutual_info_score,
    "nmi": metrics.normalized_mutual_info_score,
}
pairs = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3)), min_size=1, max_size=40)


@pytest.mark.parametrize("name", AGREEMENTS)
@given(rows=pairs)
def test_agreement_is_scikit_learns(name: str, rows: list[tuple[int, int]]) -> None:
    one, other = np.array(rows).T
    # Where chance leaves no room, scikit-learn divides what rounding left by what rounding left.
    assume(len(one) == 1 or len(set(one)) < len(one) or len(set(other)) < len(one))
    assert AGREEMENTS[name](cross_table(one, other)) == pytest.approx(SKLEARN[name](one, other), abs=1e-9)


@pytest.mark.parametrize("name", AGREEMENTS)
def test_many_tables_at_once_are_each_by_itself(name: str) -> None:
    tables = np.random.default_rng(0).integers(0, 9, size=(6, 4, 3))
    together = AGREEMENTS[name](tables)
    assert together.shape == (6,)
    np.testing.assert_allclose(together, [AGREEMENTS[name](one) for one in tables])


@pytest.mark.parametrize("name", AGREEMENTS)
def test_a_class_that_nobody_has_changes_nothing(name: str) -> None:
    table = np.array([[5, 1], [2, 7]])
    wider = np.pad(table, ((0, 1), (1, 0)))
    assert AGREEMENTS[name](wider) == pytest.approx(AGREEMENTS[name](table))


@given(rows=pairs)
def test_class_scores_are_scikit_learns(rows: list[tuple[int, int]]) -> None:
    known, guessed = np.array(rows).T
    scores = class_scores(known, guessed)
    macro = metrics.precision_recall_fscore_support(known, guessed, average="macro", zero_division=0)
    recalls = [np.mean(guessed[known == one] == one) for one in np.unique(known)]
    assert scores["accuracy"] == pytest.approx(metrics.accuracy_score(known, guessed))
    assert scores["balanced_accuracy"] == pytest.approx(np.mean(recalls))
    names = ("macro_precision", "macro_recall", "macro_f1")
    assert [scores[name] for name in names] == pytest.approx(list(macro[:3]))
