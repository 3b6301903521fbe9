"""What figures of a report are drawn on: the same canvas and settings everywhere."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from genept.errors import MissingDependencyError

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@contextmanager
def drawing() -> Iterator[None]:
    """Draw with matplotlib's own settings, whatever the user's are: figures are the same everywhere.

    Raises
    ------
    MissingDependencyError
        If matplotlib isn't installed.
    """
    try:
        import matplotlib as mpl
    except ImportError as error:
        raise MissingDependencyError(
            f"a report needs {error.name}, which isn't installed",
            expected="matplotlib",
            do="pip install 'genept[plot]'",
        ) from error
    with mpl.rc_context():
        mpl.rcdefaults()
        yield


def blank_axes(size: tuple[float, float]) -> "Axes":
    """Axes of a new figure of so many inches."""
    # Not by pyplot: it would keep every figure, and open windows where there is a screen.
    from matplotlib.figure import Figure as Canvas

    return Canvas(figsize=size, layout="constrained").add_subplot()
