"""Nothing that is learned from is tested, and whole groups stay together."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genept.benchmark.cells.analyses.patients import (
    need_folds,
    patient_split,
    refuse_shared_patients,
)
from genept.benchmark.cells.analyses.splits import across_groups, paper_split, repeated_split
from genept.benchmark.sample import NotComputableError
from genept.errors import ArgumentError


def test_the_papers_split_is_a_fifth() -> None:
    split = paper_split(np.array(list("ab") * 50), rng=2023)
    assert split.name == "80/20"
    assert [len(split.folds[0].train), len(split.folds[0].test)] == [80, 20]


def test_repeated_folds_test_every_cell_once_a_repeat_with_all_labels() -> None:
    labels = np.array(list("aaab") * 20)
    split = repeated_split(labels, rng=0)
    assert split.name == "5 x 5 folds"
    for repeat in range(5):
        tested = np.concatenate([fold.test for fold in split.folds if fold.repeat == repeat])
        assert sorted(tested) == list(range(80))
    for fold in split.folds:
        assert not set(fold.train) & set(fold.test)
        assert np.mean(labels[fold.test] == "b") == 0.25


def test_each_batch_is_left_out_once() -> None:
    groups = np.array(list("xyz") * 10)
    split = across_groups(np.array(list("ab") * 15), groups, "tech", rng=0)
    assert split.name == "leave out one tech"
    assert [set(groups[fold.test]) for fold in split.folds] == [{"x"}, {"y"}, {"z"}]
    assert all(not set(groups[fold.train]) & set(groups[fold.test]) for fold in split.folds)
    assert split.folds[0].note == "tech x left out"


def test_many_donors_are_left_out_by_fives() -> None:
    groups = np.array([f"d{i % 12}" for i in range(120)])
    split = across_groups(np.array(list("ab") * 60), groups, "donor", rng=0)
    assert split.name == "5 folds of donor"
    assert sorted(np.concatenate([fold.test for fold in split.folds])) == list(range(120))
    assert all(not set(groups[fold.train]) & set(groups[fold.test]) for fold in split.folds)


def test_labels_that_one_batch_alone_has_are_not_tested() -> None:
    labels, groups = np.array(list("aabbbc")), np.array(list("xyxyyy"))
    fold = across_groups(labels, groups, "tech", rng=0).folds[1]
    assert list(labels[fold.test]) == ["a", "b", "b"]
    assert "1 cells of labels that no other has aren't tested" in fold.note


@given(
    others=st.lists(st.sampled_from(["ill", "well"]), max_size=20),
    rng=st.integers(0, 100),
    repeated=st.booleans(),
)
def test_no_patient_is_on_both_sides(others: list[str], rng: int, repeated: bool) -> None:
    conditions = ["ill", "well", *others]
    patients = np.repeat([f"p{i}" for i in range(len(conditions))], 3)
    split = patient_split(patients, np.repeat(conditions, 3), "patient", rng=rng, repeated=repeated)
    for fold in split.folds:
        refuse_shared_patients(patients, fold.train, fold.test)
        assert len(set(np.repeat(conditions, 3)[fold.train])) == 2
    for repeat in {fold.repeat for fold in split.folds}:
        tested = np.concatenate([fold.test for fold in split.folds if fold.repeat == repeat])
        assert sorted(tested) == list(range(len(patients)))


def test_a_condition_of_one_patient_alone_can_not_be_split() -> None:
    patients = np.array(list("pqr"))
    split = patient_split(patients, np.array(["ill", "well", "well"]), "patient", rng=0, repeated=True)
    with pytest.raises(NotComputableError, match="of which a condition has one alone"):
        need_folds(split, 3)


def test_two_patients_before_and_after_are_each_left_out_once() -> None:
    patients, conditions = np.array(list("ppqq")), np.array(["ctrl", "stim"] * 2)
    split = patient_split(patients, conditions, "donor", rng=0, repeated=True)
    assert split.name == "folds of donor"
    assert sorted(str(patients[fold.test[0]]) for fold in split.folds) == ["p", "q"]


def test_a_patient_on_both_sides_is_refused() -> None:
    with pytest.raises(ArgumentError, match="cells of 1 patients on both sides of a split: p"):
        refuse_shared_patients(np.array(list("ppq")), np.array([0, 2]), np.array([1]))
