"""Figures: what is drawn, where it is written, and what is refused."""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from anndata import AnnData
from scipy import sparse

import genept
from genept.errors import ArgumentError, OutputError, UnknownNameError, ValuesError


@pytest.fixture
def cells() -> AnnData:
    rng = np.random.default_rng(0)
    adata = AnnData(rng.normal(size=(60, 5)))
    adata.obsm["X_rep"] = np.repeat(np.eye(3), 20, axis=0) + rng.normal(0, 0.05, size=(60, 3))
    adata.obs["type"] = pd.Categorical(["B", "T", "NK"] * 20)
    adata.obs.loc[adata.obs_names[:6], "type"] = np.nan
    adata.obs["score"] = np.linspace(0, 1, 60)
    return adata


@pytest.mark.slow
def test_umap_draws_every_row_and_names_every_category(cells: AnnData, tmp_path: Path) -> None:
    cells.uns["type_colors"] = ["#ff0000", "#00ff00", "#0000ff"]
    before = cells.copy()
    ax = genept.pl.umap(cells, "X_rep", color="type", save=tmp_path / "umap.png")
    drawn = sum(np.asarray(collection.get_offsets()).shape[0] for collection in ax.collections)
    assert drawn == 60
    legend = ax.get_legend()
    assert legend is not None
    assert [t.get_text() for t in legend.get_texts()] == ["no value (6)", "B (18)", "NK (18)", "T (18)"]
    assert (tmp_path / "umap.png").read_bytes()[:4] == b"\x89PNG"
    assert set(cells.obsm) == set(before.obsm)
    assert set(cells.uns) == set(before.uns)
    plt.close("all")


def test_numbers_get_a_colour_bar_and_axes_can_be_given(cells: AnnData) -> None:
    figure, (left, right) = plt.subplots(1, 2)
    assert genept.pl.umap(cells, "X_rep", color="score", ax=left) is left
    cells.X = sparse.csr_matrix(cells.X)
    assert genept.pl.umap(cells, "X", ax=right, title="mine").get_title() == "mine"
    assert len(figure.axes) == 3
    np.testing.assert_array_equal(left.collections[0].get_array(), cells.obs["score"])
    plt.close("all")


def test_the_same_seed_gives_the_same_points(cells: AnnData) -> None:
    one, two, other = (
        genept.pl.umap(cells, "X_rep", rng=rng).collections[0].get_offsets() for rng in (1, 1, 2)
    )
    np.testing.assert_array_equal(one, two)
    assert not np.allclose(one, other)
    plt.close("all")


def test_errors(cells: AnnData, tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="one of: X, X_rep"):
        genept.pl.umap(cells, "X_genept_w")
    with pytest.raises(UnknownNameError, match="type, score"):
        genept.pl.umap(cells, "X_rep", color="kind")
    with pytest.raises(OutputError, match="can't be written"):
        genept.pl.umap(cells, "X_rep", save=tmp_path / "no" / "umap.png")
    with pytest.raises(ArgumentError, match=r"umap\.xyz"):
        genept.pl.umap(cells, "X_rep", save=tmp_path / "umap.xyz")
    with pytest.raises(ArgumentError, match="n_neighbors=1"):
        genept.pl.umap(cells, "X_rep", n_neighbors=1)
    with pytest.raises(ValuesError, match="at least four"):
        genept.pl.umap(cells[:3].copy(), "X_rep")
