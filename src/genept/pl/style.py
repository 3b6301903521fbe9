"""What tells curves and points apart: colours that colour-blind people tell apart, and shapes beside them.

Colours alone are lost in grey and to one man in twelve; each series therefore has a marker and a line
of its own. Embeddings are in colour with filled markers; controls are grey, broken and open.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

# Okabe & Ito, "Color Universal Design", 2008, without its yellow, which is too pale for lines on white.
COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000")
GREYS = ("#333333", "#777777", "#555555", "#999999")
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">", "h")
# Offset, and points on and off in units of the line's width.
_SOLID: tuple[float, tuple[float, ...]] = (0.0, ())
# Embeddings' gaps are short, so that they never look as broken as a control.
_LINES = (_SOLID, (0.0, (7.0, 1.0)), (0.0, (4.0, 1.0, 1.0, 1.0)), (0.0, (2.5, 0.8)))
_BROKEN = (
    (0.0, (5.0, 2.5)),
    (0.0, (1.0, 1.8)),
    (0.0, (5.0, 2.0, 1.0, 2.0)),
    (0.0, (9.0, 3.5)),
    (0.0, (3.0, 2.0, 1.0, 2.0, 1.0, 2.0)),
)
# White is none, and dark is much, in colour and in grey.
SEQUENTIAL = "Blues"
REFERENCE = "#444444"


@dataclass(frozen=True)
class Style:
    """How one series is drawn.

    Parameters
    ----------
    color
        Of line and marker.
    line
        Offset and pattern of dashes, as matplotlib takes it.
    marker
        Shape of its points.
    filled
        Whether the points are filled: they are for embeddings, not for controls.
    """

    color: str
    line: tuple[float, tuple[float, ...]]
    marker: str
    filled: bool


def styles_of(names: Sequence[str], *, controls: Collection[str] = ()) -> dict[str, Style]:
    """Give each series its style, the same for the same names in the same order.

    Parameters
    ----------
    names
        All series of a set of figures, so that a name looks the same in each of them.
    controls
        Those of them that are controls.

    Returns
    -------
    dict of str to Style
        In the order of ``names``.

    Examples
    --------
    >>> styles = styles_of(["minilm", "random vectors"], controls=["random vectors"])
    >>> styles["minilm"].filled, styles["random vectors"].filled
    (True, False)
    """
    embeddings = [name for name in names if name not in controls]
    others = [name for name in names if name in controls]
    styles = {name: _embedding_style(i) for i, name in enumerate(embeddings)}
    styles |= {name: _control_style(i) for i, name in enumerate(others)}
    return {name: styles[name] for name in names}


def ink_on(color: Sequence[float]) -> str:
    """Black or white, whichever reads better on a colour.

    Parameters
    ----------
    color
        Red, green and blue of sRGB, 0 to 1; anything after them is ignored.

    Returns
    -------
    str
        ``"black"`` or ``"white"``; the contrast is at least 4.5, which WCAG asks of text.

    References
    ----------
    Web Content Accessibility Guidelines 2.2, relative luminance and contrast ratio.

    Examples
    --------
    >>> ink_on((1.0, 1.0, 0.6)), ink_on((0.0, 0.1, 0.4))
    ('black', 'white')
    """
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in color[:3]]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    # Where black and white contrast equally: (1 + 0.05) / (x + 0.05) = (x + 0.05) / (0 + 0.05).
    return "black" if luminance > 0.05 * 21**0.5 - 0.05 else "white"


def _embedding_style(i: int) -> Style:
    return Style(COLORS[i % len(COLORS)], _LINES[i % len(_LINES)], MARKERS[i % len(MARKERS)], filled=True)


def _control_style(i: int) -> Style:
    return Style(GREYS[i % len(GREYS)], _BROKEN[i % len(_BROKEN)], MARKERS[i % len(MARKERS)], filled=False)
