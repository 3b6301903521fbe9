"""UMAP of cells or genes."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from anndata import AnnData

from genept.errors import ArgumentError, MissingDependencyError, UnknownNameError, ValuesError, name_some
from genept.pl.figure_file import axes_for, check_figure_file, save_figure, show_figure
from genept.pl.layout import lay_out
from genept.pl.scatter import LegendLoc, scatter

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray


def umap(
    adata: AnnData,
    use_rep: str,
    *,
    color: str | None = None,
    title: str | None = None,
    n_neighbors: int = 15,
    min_dist: float = 0.5,
    metric: str = "cosine",
    rng: int = 0,
    legend_loc: LegendLoc = "right margin",
    ax: "Axes | None" = None,
    show: bool | None = None,
    save: str | Path | None = None,
) -> "Axes":
    """Draw a UMAP of a representation, coloured by a column of ``obs``.

    Parameters
    ----------
    adata
        Cells x genes, or gene embeddings as :func:`genept.embeddings.to_anndata` gives them;
        not changed: the two coordinates are drawn, not kept.
    use_rep
        Key in ``obsm``, such as ``"X_genept_w"``, or ``"X"``.
    color
        Column of ``obs``: categories get a legend (colours from ``uns[f"{color}_colors"]`` where
        scanpy left them), numbers a colour bar. Missing values are grey.
    title
        Above the figure; by default the key.
    n_neighbors
        Neighbours in the graph; 15 is scanpy's default too.
    min_dist
        Smallest distance of points in the figure; 0.5 is scanpy's default too.
    metric
        Distance; cosine, since embeddings are compared by direction.
    rng
        Seed; the same seed gives the same figure.
    legend_loc
        Where the names of categories stand: beside the figure, or ``"on data"``, also at the median of their
        points, which tells them apart without colours.
    ax
        Axes to draw on; by default a new figure.
    show
        Whether to show it now; by default a new figure is shown where matplotlib is interactive, as in
        notebooks.
    save
        A file to write the figure to (PNG, PDF or SVG by its ending).

    Returns
    -------
    matplotlib.axes.Axes
        What was drawn on.

    Raises
    ------
    UnknownNameError
        If ``use_rep`` or ``color`` isn't there.
    ValuesError
        If there are fewer than four rows.
    ArgumentError
        If ``n_neighbors`` is below 2, or ``save`` ends otherwise than in .png, .pdf or .svg.
    MissingDependencyError
        If umap-learn or matplotlib isn't installed.
    OutputError
        If ``save`` can't be written.

    References
    ----------
    McInnes, Healy & Melville, arXiv:1802.03426.

    Examples
    --------
    >>> import genept, matplotlib
    >>> matplotlib.use("agg")
    >>> adata = genept.datasets.pbmc68k_reduced()
    >>> genept.pl.umap(adata, "X_pca", color="bulk_labels").get_title()
    'X_pca'
    """
    vectors = _representation(adata, use_rep)
    values = None if color is None else _column(adata, color)
    if n_neighbors < 2:
        raise ArgumentError(f"n_neighbors={n_neighbors}", expected="at least 2", do="leave it out for 15")
    check_figure_file(save)
    try:
        import matplotlib as _drawn_by  # noqa: F401
        import umap as _installed  # noqa: F401
    except ImportError as error:
        raise MissingDependencyError(
            f"a figure needs {error.name}, which isn't installed",
            expected="matplotlib and umap-learn",
            do="pip install 'genept[plot]'",
        ) from error
    points = lay_out(vectors, n_neighbors=n_neighbors, min_dist=min_dist, metric=metric, rng=rng)
    given, ax = ax is not None, axes_for(ax, (7.5, 5))
    scatter(ax, points, values, palette=adata.uns.get(f"{color}_colors"), legend_loc=legend_loc)
    ax.set_title(title or use_rep)
    save_figure(ax, save)
    show_figure(show, given=given)
    return ax


def _representation(adata: AnnData, use_rep: str) -> "NDArray[np.floating]":
    if use_rep != "X" and use_rep not in adata.obsm:
        raise UnknownNameError(
            f"no representation {use_rep!r} in obsm",
            expected=f"one of: X, {name_some(adata.obsm, limit=20)}",
            do="embed the cells first: genept.tl.embed_cells(adata, genes)",
        )
    kept: Any = adata.X if use_rep == "X" else adata.obsm[use_rep]
    vectors = np.asarray(kept.toarray() if hasattr(kept, "toarray") else kept)
    if len(vectors) < 4:
        raise ValuesError(f"{len(vectors)} rows", expected="at least four for a UMAP", do="draw more")
    return vectors


def _column(adata: AnnData, color: str) -> pd.Series:
    if color not in adata.obs:
        raise UnknownNameError(
            f"no column {color!r} in obs",
            expected=f"one of: {name_some(adata.obs.columns, limit=20)}",
            do="name a column that is there",
        )
    return pd.Series(adata.obs[color])
