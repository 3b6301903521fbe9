"""How strongly each type of cell expresses each gene program."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from genept.errors import UnknownNameError, ValuesError
from genept.genes import GenePrograms
from genept.pl.figure_file import axes_for, check_figure_file, save_figure, show_figure
from genept.pl.style import SEQUENTIAL

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# No colour of the scale, neither in grey.
_MISSING_HATCH = "////"
# Inches.
_ROW = 0.19


def gene_programs(
    expression: pd.DataFrame,
    programs: GenePrograms,
    *,
    z_score: bool = False,
    n_names: int = 4,
    title: str | None = None,
    ax: "Axes | None" = None,
    show: bool | None = None,
    save: str | Path | None = None,
) -> "Axes":
    """Draw the mean expression of gene programs by type of cell, as the paper does.

    One row for each program, named by its number, its size and the genes most like the whole of it; one
    column for each type.

    Parameters
    ----------
    expression
        Types x programs, as :func:`genept.tl.program_expression` gives it; take some of its columns to
        draw some of the programs, in another order to draw them so.
    programs
        What the columns are numbers of.
    z_score
        Whether to draw, in place of the mean, how many standard deviations (over the types) it is above the
        mean of its program. Programs of housekeeping genes outshine the others without it.
    n_names
        Genes to name in each row.
    title
        Above the figure.
    ax
        Axes to draw on; by default a new figure as large as programs and types need.
    show
        Whether to show it now; by default a new figure is shown where matplotlib is interactive, as in
        notebooks.
    save
        A file to write the figure to (PNG, PDF or SVG by its ending).

    Returns
    -------
    matplotlib.axes.Axes
        What was drawn on: programs from top to bottom, types from left to right.

    Raises
    ------
    UnknownNameError
        If a column is no number of a program.
    ValuesError
        If there is no type or no program to draw.
    ArgumentError
        If ``save`` ends otherwise than in .png, .pdf or .svg.
    MissingDependencyError
        If matplotlib isn't installed.
    OutputError
        If ``save`` can't be written.

    References
    ----------
    Chen & Zou, Nature Biomedical Engineering 2024, the figure of gene programs.

    Examples
    --------
    >>> import genept, matplotlib
    >>> matplotlib.use("agg")
    >>> table = genept.GeneTable(("CD3E", "CD3D", "LYZ"))
    >>> programs = GenePrograms(table, np.array([1, 1, 0]), np.array([0.9, 0.8, np.nan]))
    >>> expression = pd.DataFrame({1: [2.0, 0.1]}, index=["T cells", "monocytes"])
    >>> [tick.get_text() for tick in genept.pl.gene_programs(expression, programs).get_yticklabels()]
    ['1 (2): CD3E, CD3D']
    """
    if expression.empty:
        raise ValuesError(
            f"{len(expression):,} types of cells and {expression.shape[1]:,} programs",
            expected="at least one of both",
            do="take those of genept.tl.program_expression",
        )
    labels = [_label(programs, number, n_names) for number in expression.columns]
    values = expression.to_numpy(dtype=np.float64).T
    check_figure_file(save)
    given, ax = ax is not None, axes_for(ax, (4.2 + 0.30 * len(expression), 2.2 + _ROW * len(labels)))
    drawn = _z_scores(values) if z_score else values
    image = ax.imshow(np.ma.masked_invalid(drawn), cmap=SEQUENTIAL, aspect="auto", interpolation="nearest")
    ax.patch.set(hatch=_MISSING_HATCH, edgecolor="#999999")
    ax.set_xticks(
        range(len(expression)),
        [str(name) for name in expression.index],
        rotation=45,
        ha="right",
        rotation_mode="anchor",
    )
    ax.set_yticks(range(len(labels)), labels)
    ax.set_xticks(np.arange(1, len(expression)) - 0.5, minor=True)
    ax.set_yticks(np.arange(1, len(labels)) - 0.5, minor=True)
    ax.grid(which="minor", color="white", linewidth=0.5)
    ax.tick_params(which="both", length=0, labelsize="small")
    ax.spines[:].set_visible(False)
    ax.set(xlabel=str(expression.index.name or "type of cell"), ylabel="program (number of genes)")
    said = "z-score of mean expression" if z_score else "mean log-normalised expression"
    # Three inches at most, beside the first programs.
    shrink = min(1.0, 3 / (_ROW * len(labels)))
    ax.figure.colorbar(image, ax=ax, label=said, shrink=shrink, fraction=0.05, anchor=(0.0, 1.0))
    if title is not None:
        ax.set_title(title)
    save_figure(ax, save)
    show_figure(show, given=given)
    return ax


def _label(programs: GenePrograms, number: object, n_names: int) -> str:
    if not isinstance(number, int | np.integer) or not 1 <= number <= len(programs):
        raise UnknownNameError(
            f"a column {number!r} of the expression",
            expected=f"numbers of programs, from 1 to {len(programs)}",
            do="pass the programs whose expression it is",
        )
    rows = programs.rows_of(int(number))
    names = [programs.genes.symbols[row] for row in rows[:n_names]]
    return f"{number} ({len(rows)}): {', '.join(names)}" + (" ..." if len(rows) > n_names else "")


def _z_scores(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Standardise each row; one that doesn't vary is 0."""
    spread = values.std(axis=1, keepdims=True)
    centred = values - values.mean(axis=1, keepdims=True)
    return np.asarray(np.divide(centred, spread, out=np.zeros_like(centred), where=spread != 0))
