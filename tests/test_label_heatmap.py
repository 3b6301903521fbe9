"""Clusters by label: what is counted and drawn, its order, and what is refused."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from anndata import AnnData
from hypothesis import given
from hypothesis import strategies as st

import genept
from genept.errors import ArgumentError, OutputError, UnknownNameError, ValuesError
from genept.pl.label_heatmap import cluster_counts
from tests.test_pl_benchmark import assert_inside


@pytest.fixture(autouse=True)
def closed_figures() -> Iterator[None]:
    yield
    plt.close("all")


@pytest.fixture
def cells() -> AnnData:
    adata = AnnData(np.zeros((7, 1), dtype=np.float32))
    types = ["NK", "B", "B", "T", "T", "T", None]
    adata.obs["type"] = pd.Categorical(types, categories=["T", "NK", "B", "unseen"])
    adata.obs["leiden"] = pd.Categorical(["1", "0", "0", "10", "10", "1", "0"], categories=["0", "1", "10"])
    return adata


def test_squares_are_counts_in_colours_of_shares(cells: AnnData) -> None:
    before = cells.copy()
    ax = genept.pl.label_heatmap(cells, "leiden", "type", title="mine")
    # Clusters follow the labels' order; of two clusters of T, the purer comes first.
    assert [label.get_text() for label in ax.get_yticklabels()] == ["10 (2)", "1 (2)", "0 (2)"]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["T", "NK", "B"]
    shares = np.asarray(ax.images[0].get_array())
    np.testing.assert_array_equal(shares, [[1, 0, 0], [0.5, 0.5, 0], [0, 0, 1]])
    written = {text.get_position(): text.get_text() for text in ax.texts}
    assert written == {(0, 0): "2", (0, 1): "1", (1, 1): "1", (2, 2): "2"}
    assert (ax.get_xlabel(), ax.get_ylabel(), ax.get_title()) == ("type", "leiden (cells)", "mine")
    pd.testing.assert_frame_equal(cells.obs, before.obs)


@given(st.lists(st.tuples(st.integers(0, 5), st.sampled_from("abcd")), min_size=1, max_size=40))
def test_every_cell_is_counted_once_where_it_belongs(pairs: list[tuple[int, str]]) -> None:
    counts = cluster_counts(*(pd.Series(column) for column in zip(*pairs, strict=True)))
    for cluster in counts.index:
        for label in counts.columns:
            assert counts.loc[cluster, label] == pairs.count((cluster, label))
    assert int(counts.to_numpy().sum()) == len(pairs)
    largest = counts.to_numpy().argmax(axis=1)
    assert (np.diff(largest) >= 0).all()


def test_the_order_of_cells_does_not_matter(cells: AnnData) -> None:
    one = cluster_counts(cells.obs["leiden"], cells.obs["type"])
    turned = cells[::-1].copy()
    pd.testing.assert_frame_equal(one, cluster_counts(turned.obs["leiden"], turned.obs["type"]))


def test_many_long_names_stay_inside_and_apart(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    adata = AnnData(np.zeros((4000, 1), dtype=np.float32))
    names = [f"{i}: CD8-positive memory T cell of the {'very ' * (i % 9)}long kind" for i in range(25)]
    labels = rng.integers(0, 25, 4000)
    adata.obs["type"] = pd.Categorical(np.array(names)[labels], categories=names)
    adata.obs["cluster"] = np.where(rng.random(4000) < 0.7, labels, rng.integers(0, 25, 4000))
    ax = genept.pl.label_heatmap(adata, "cluster", "type", save=tmp_path / "heatmap.png")
    assert_inside(ax)
    rows = [label.get_window_extent() for label in ax.get_yticklabels()]
    assert all(upper.ymin > lower.ymax for upper, lower in pairwise(rows))
    # Slanted names end beside each other; two lines at 45 degrees are as wide as this.
    ends = [label.get_window_extent().xmax for label in ax.get_xticklabels()]
    assert (np.diff(ends) > 15).all()
    square = ax.get_window_extent().width / 25
    assert all(text.get_window_extent().width < square for text in ax.texts)


def test_a_figure_is_shown_when_asked_or_in_interactive_use(
    cells: AnnData, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[bool] = []
    monkeypatch.setattr(plt, "show", lambda: shown.append(True))
    _, axes = plt.subplots()

    def times(*, show: bool | None, given: bool = False) -> int:
        shown.clear()
        genept.pl.label_heatmap(cells, "leiden", "type", show=show, ax=axes if given else None)
        return len(shown)

    assert (times(show=None), times(show=True), times(show=False)) == (0, 1, 0)
    with mpl.rc_context({"interactive": True}):
        assert (times(show=None), times(show=True), times(show=False)) == (1, 1, 0)
        assert (times(show=None, given=True), times(show=True, given=True)) == (0, 1)


def test_the_file_is_the_same_each_time(cells: AnnData, tmp_path: Path) -> None:
    for name in "ab":
        genept.pl.label_heatmap(cells, "leiden", "type", save=tmp_path / f"{name}.svg")
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()


def test_what_is_refused(cells: AnnData, tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match=r"no column 'louvain' in obs.*type, leiden"):
        genept.pl.label_heatmap(cells, "louvain", "type")
    with pytest.raises(UnknownNameError, match="no column 'kind'"):
        genept.pl.label_heatmap(cells, "leiden", "kind")
    with pytest.raises(ValuesError, match="no cell with a value in both 'leiden' and 'type'"):
        genept.pl.label_heatmap(cells[6:].copy(), "leiden", "type")
    with pytest.raises(ArgumentError, match=r"a\.gif"):
        genept.pl.label_heatmap(cells, "leiden", "type", save=tmp_path / "a.gif")
    with pytest.raises(OutputError, match="can't be written"):
        genept.pl.label_heatmap(cells, "leiden", "type", save=tmp_path / "no" / "a.png")
    assert not plt.get_fignums()
