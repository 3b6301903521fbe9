"""The axes a figure is drawn on, its file, and whether it is shown."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from genept.atomic import check_writable, written_whole
from genept.errors import ArgumentError, MissingDependencyError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# A date in the file would make the same figure differ from run to run.
_UNDATED: dict[str, dict[str, Any]] = {".pdf": {"CreationDate": None}, ".svg": {"Date": None}}


def check_figure_file(save: str | Path | None) -> None:
    """Fail before anything is computed if a figure couldn't be written to ``save``.

    Raises
    ------
    ArgumentError
        If the name ends otherwise than in .png, .pdf or .svg.
    OutputError
        If the file can't be written.
    """
    if save is None:
        return
    if Path(save).suffix.lower() not in (".png", ".pdf", ".svg"):
        raise ArgumentError(
            f"the figure's name {save}",
            expected="an ending .png, .pdf or .svg",
            do=f"use {save}.png, say",
        )
    check_writable(save)


def axes_for(ax: "Axes | None", size: tuple[float, float]) -> "Axes":
    """Give the axes to draw on: ``ax``, or those of a new figure of ``size`` inches.

    Raises
    ------
    MissingDependencyError
        If matplotlib isn't installed.
    """
    if ax is not None:
        return ax
    try:
        import matplotlib.pyplot as plt
    except ImportError as error:
        raise MissingDependencyError(
            f"a figure needs {error.name}, which isn't installed",
            expected="matplotlib",
            do="pip install 'genept[plot]'",
        ) from error
    return plt.figure(figsize=size, layout="constrained").add_subplot()


def legend_below(ax: "Axes", **settings: Any) -> None:
    """Add a legend under the label of the x axis, however high the axes are.

    Parameters
    ----------
    ax
        Axes of a figure.
    **settings
        As for ``Axes.legend``.
    """
    from matplotlib.transforms import ScaledTranslation

    figure = ax.get_figure(root=True)
    assert figure is not None  # noqa: S101  (axes that were just drawn on belong to a figure)
    # 38 points hold the numbers and the label of the axis.
    below = ScaledTranslation(0, -38 / 72, figure.dpi_scale_trans)
    ax.legend(
        loc="upper center",
        bbox_to_anchor=(0.5, 0.0),
        bbox_transform=ax.transAxes + below,
        borderaxespad=0.0,
        frameon=False,
        **settings,
    )


def save_figure(ax: "Axes", save: str | Path | None) -> None:
    """Write the figure of ``ax`` whole, the same bytes for the same figure; nothing if ``save`` is None.

    Raises
    ------
    OutputError
        If the file can't be written.
    """
    if save is None:
        return
    import matplotlib as mpl

    figure = ax.get_figure(root=True)
    assert figure is not None  # noqa: S101  (axes that were just drawn on belong to a figure)
    # Without a salt, the names of parts of an SVG are random.
    with written_whole(save) as draft, mpl.rc_context({"svg.hashsalt": "genept"}):
        figure.savefig(draft, dpi=150, metadata=_UNDATED.get(draft.suffix.lower()))


def show_figure(show: bool | None, *, given: bool) -> None:
    """Show what was drawn, if it should be.

    As with scanpy, a figure shows by itself where a person works interactively; unlike there, one
    drawn on axes that were ``given`` doesn't, since more may be drawn beside it.

    Parameters
    ----------
    show
        True shows all open figures, as ``matplotlib.pyplot.show`` does; False doesn't; None does if
        matplotlib is interactive (notebooks, or after ``matplotlib.pyplot.ion()``) and the figure is new.
    given
        Whether it was drawn on axes of the user's.
    """
    import matplotlib as mpl

    if mpl.is_interactive() and not given if show is None else show:
        import matplotlib.pyplot as plt

        plt.show()
