"""What a page is made of."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

# How to write the values of columns.
Formats = Mapping[str, Callable[[Any], str]]


@dataclass(frozen=True)
class Heading:
    """A heading within a section.

    Parameters
    ----------
    text
        What it says.
    """

    text: str


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of plain text.

    Parameters
    ----------
    text
        What it says; nothing in it is read as HTML.
    """

    text: str


@dataclass(frozen=True)
class Listing:
    """Points, one under the other.

    Parameters
    ----------
    items
        Plain texts.
    """

    items: Sequence[str]


@dataclass(frozen=True, eq=False)
class Table:
    """A table with a caption.

    Parameters
    ----------
    frame
        Its columns and rows; the index isn't shown. Numbers stand on the right.
    caption
        What it shows.
    formats
        How to write the values of a column; by default whole numbers with commas, others with three
        decimals. A missing number is a dash, a missing text nothing, whatever the format.
    folded
        Whether it shows only when it is clicked.
    """

    frame: pd.DataFrame
    caption: str
    formats: Formats = field(default_factory=dict)
    folded: bool = False


@dataclass(frozen=True)
class Figure:
    """A picture with a caption.

    Parameters
    ----------
    path
        A PNG file; it is copied into the page.
    caption
        What it shows.
    alt
        What one who can't see it should know.
    """

    path: Path
    caption: str
    alt: str


@dataclass(frozen=True)
class SideBySide:
    """Figures beside each other where the screen is wide enough.

    Parameters
    ----------
    figures
        From left to right.
    """

    figures: Sequence[Figure]


Block = Heading | Paragraph | Listing | Table | Figure | SideBySide


@dataclass(frozen=True)
class Section:
    """A part of the page with a heading, listed in the table of contents.

    Parameters
    ----------
    title
        Its heading.
    blocks
        What stands under it.
    """

    title: str
    blocks: Sequence[Block]


@dataclass(frozen=True)
class Page:
    """One page.

    Parameters
    ----------
    title
        Its heading.
    lead
        What a reader should know who reads no further.
    sections
        The parts, in order.
    provenance
        What it was made from: names to texts, numbers, lists and further such mappings; folded.
    """

    title: str
    lead: Sequence[Block]
    sections: Sequence[Section]
    provenance: Mapping[str, Any] = field(default_factory=dict)
