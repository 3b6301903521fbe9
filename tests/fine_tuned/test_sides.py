"""How cells are parted: shares of classes, whole groups, and what is refused."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genept.cells.fine_tuned import draw_cells, draw_groups, refuse_shared_groups
from genept.errors import ArgumentError

LABELS = st.lists(st.sampled_from("abc"), min_size=1, max_size=60)
SHARES = st.floats(0.001, 0.999)


@given(LABELS, SHARES, st.integers(0, 9))
def test_each_class_gives_its_share_at_least_a_cell_and_never_all(
    labels: list[str], share: float, rng: int
) -> None:
    drawn = draw_cells(labels, share, rng=rng)
    for one in set(labels):
        of = np.array(labels) == one
        n, found = int(of.sum()), int(drawn[of].sum())
        assert found >= 1
        assert found < n or n == 1
        assert abs(found - share * n) <= 1
    np.testing.assert_array_equal(drawn, draw_cells(labels, share, rng=rng))


@settings(max_examples=30)
@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 6)), min_size=2, max_size=60),
    SHARES,
    st.integers(0, 9),
)
def test_no_group_is_ever_parted(cells: list[tuple[str, int]], share: float, rng: int) -> None:
    labels, groups = (np.array(part) for part in zip(*cells, strict=True))
    n_groups = len(set(groups))
    if n_groups < 2:
        with pytest.raises(ArgumentError, match="one group only"):
            draw_groups(labels, groups, share, rng=rng)
        return
    drawn = draw_groups(labels, groups, share, rng=rng)
    refuse_shared_groups(groups, drawn)
    assert not set(groups[drawn]) & set(groups[~drawn])
    assert len(set(groups[drawn])) == max(1, min(round(share * n_groups), n_groups - 1))


def test_groups_are_drawn_so_that_all_classes_are_on_both_sides() -> None:
    """Of ten patients, two have the rare class: one is drawn, the other isn't, whatever the seed."""
    groups = np.repeat(np.arange(10), 4)
    labels = np.where(groups < 2, "rare", "common")
    for rng in range(20):
        drawn = draw_groups(labels, groups, 0.5, rng=rng)
        assert set(labels[drawn]) == set(labels[~drawn]) == {"rare", "common"}
    # With room for one side only, it is that which is learned from.
    only = draw_groups(np.where(groups == 7, "rare", "common"), groups, 0.2, rng=0)
    assert only[groups == 7].all()


def test_a_group_on_both_sides_is_refused_by_name() -> None:
    with pytest.raises(ArgumentError, match="2 groups with cells on both sides of the split: p1, p3"):
        refuse_shared_groups(["p1", "p2", "p3", "p1", "p3"], np.array([True, True, True, False, False]))
