"""A matrix of counts whose colours are shares of rows: confusion matrices, and clusters by label."""

from collections.abc import Sequence
from textwrap import fill
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from genept.pl.style import SEQUENTIAL, ink_on

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LINE = 30  # characters of a name in one line; the second line is the last
_CHARACTER = 0.068  # inches
_MANY, _VERY_MANY = 8, 20


def draw_counts(
    ax: "Axes", counts: NDArray[np.int_], rows: Sequence[str], columns: Sequence[str], *, share: str
) -> None:
    """Draw counts as numbers on squares as dark as their share of the row.

    Parameters
    ----------
    ax
        Axes to draw on.
    counts
        (rows, columns) whole numbers; squares of no count stay empty, and a row without any is white.
    rows, columns
        Names, from top to bottom and from left to right; long ones are broken, and cut after two lines.
    share
        What the colours are.
    """
    totals = counts.sum(axis=1)
    shares = counts / np.maximum(totals, 1)[:, None]
    image = ax.imshow(shares, cmap=SEQUENTIAL, vmin=0, vmax=1, aspect="auto", interpolation="nearest")
    n = max(counts.shape)
    size = 9 if n <= _MANY else 7.5 if n <= _VERY_MANY else 6.5
    for row, column in zip(*np.nonzero(counts), strict=True):
        ax.text(
            column,
            row,
            f"{counts[row, column]:,}",
            ha="center",
            va="center",
            fontsize=size,
            color=ink_on(image.cmap(shares[row, column])),
        )
    named = [f"{_broken(name)} ({total:,})" for name, total in zip(rows, totals, strict=True)]
    ax.set_xticks(range(len(columns)), list(map(_broken, columns)), rotation=45, ha="right")
    for label in ax.get_xticklabels():
        label.set_rotation_mode("anchor")
    ax.set_yticks(range(len(rows)), named)
    ax.set_xticks(np.arange(len(columns) + 1) - 0.5, minor=True)
    ax.set_yticks(np.arange(len(rows) + 1) - 0.5, minor=True)
    ax.grid(which="minor", color="#dddddd", linewidth=0.5)
    ax.tick_params(which="both", length=0, labelsize="small")
    ax.figure.colorbar(image, ax=ax, label=share, shrink=0.8, aspect=25, pad=0.02)


def count_matrix_size(rows: Sequence[str], columns: Sequence[str]) -> tuple[float, float]:
    """Inches that a matrix of these names needs, so that its squares hold four digits."""
    wide, high = (0.46, 0.40) if max(len(rows), len(columns)) <= _VERY_MANY else (0.40, 0.34)
    slanted = _longest(columns) * _CHARACTER * 0.71
    beside = (_longest(rows) + len(" (9,999)")) * _CHARACTER
    return 1.7 + beside + wide * max(3, len(columns)), 1.3 + slanted + high * max(3, len(rows))


def _broken(name: str) -> str:
    return fill(name, _LINE, max_lines=2, placeholder=" …")


def _longest(names: Sequence[str]) -> int:
    return max(len(line) for name in names for line in _broken(name).split("\n"))
