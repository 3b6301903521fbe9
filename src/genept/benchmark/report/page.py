"""One self-contained HTML page: style and pictures inside, no scripts, nothing loaded from anywhere."""

import base64
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from genept.atomic import check_writable, written_whole
from genept.benchmark.report.blocks import Block, Figure, Heading, Listing, Page, Paragraph, SideBySide, Table
from genept.benchmark.report.number_format import MISSING, is_missing, written
from genept.errors import InputFileError, MissingDependencyError

_PNG = b"\x89PNG\r\n\x1a\n"


def render_page(page: Page) -> str:
    """Give a page as HTML.

    Every text is escaped: names of tasks and embeddings come from users. Tables and figures are
    numbered in the order in which they stand.

    Parameters
    ----------
    page
        What to show.

    Returns
    -------
    str
        The HTML; the same for the same page.

    Raises
    ------
    InputFileError
        If a figure's file is missing or no PNG.
    MissingDependencyError
        If Jinja2 isn't installed.

    Examples
    --------
    >>> page = Page("Scores of a < b", lead=[Paragraph("One task.")], sections=[])
    >>> "<h1>Scores of a &lt; b</h1>" in render_page(page)
    True
    """
    try:
        from jinja2 import Environment, FileSystemLoader, StrictUndefined
    except ImportError as error:
        raise MissingDependencyError(
            f"a report needs {error.name}, which isn't installed",
            expected="jinja2",
            do="pip install 'genept[plot]'",
        ) from error
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent, encoding="utf-8"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    numbers = {"table": 0, "figure": 0}
    lead = _shown(page.lead, numbers)
    sections = [
        {"anchor": f"part-{i}", "title": section.title, "blocks": _shown(section.blocks, numbers)}
        for i, section in enumerate(page.sections, start=1)
    ]
    return environment.get_template("page.html").render(page=page, lead=lead, sections=sections)


def write_page(page: Page, path: str | Path) -> Path:
    """Write a page whole, or not at all.

    Parameters
    ----------
    page
        What to show.
    path
        Where to; an existing file is replaced.

    Returns
    -------
    Path
        ``path``.

    Raises
    ------
    InputFileError, MissingDependencyError
        As :func:`render_page`.
    OutputError
        If ``path`` can't be written.
    """
    check_writable(path)
    html = render_page(page)
    with written_whole(path) as draft:
        draft.write_text(html, encoding="utf-8")
    return Path(path)


def _shown(blocks: Sequence[Block], numbers: dict[str, int]) -> list[dict[str, Any]]:
    return [_one(block, numbers) for block in blocks]


def _one(block: Block, numbers: dict[str, int]) -> dict[str, Any]:
    match block:
        case Heading(text):
            return {"kind": "heading", "text": text}
        case Paragraph(text):
            return {"kind": "paragraph", "text": text}
        case Listing(items):
            return {"kind": "listing", "texts": list(items)}
        case SideBySide(figures):
            return {"kind": "beside", "figures": [_picture(figure, numbers) for figure in figures]}
        case Figure():
            return _picture(block, numbers)
        case Table():
            return _table(block, numbers)


def _table(table: Table, numbers: dict[str, int]) -> dict[str, Any]:
    numbers["table"] += 1
    columns: list[dict[str, Any]] = [
        {"name": str(name), "right": name in table.formats or pd.api.types.is_numeric_dtype(values)}
        for name, values in table.frame.items()
    ]
    written_columns = [
        [
            (MISSING if column["right"] else "")
            if is_missing(value)
            else table.formats.get(column["name"], written)(value)
            for value in values
        ]
        for column, (_, values) in zip(columns, table.frame.items(), strict=True)
    ]
    return {
        "kind": "table",
        "number": numbers["table"],
        "caption": table.caption,
        "folded": table.folded,
        "columns": columns,
        "rows": list(zip(*written_columns, strict=True)),
    }


def _picture(figure: Figure, numbers: dict[str, int]) -> dict[str, Any]:
    try:
        content = figure.path.read_bytes()
    except OSError as error:
        raise InputFileError(
            f"the figure {figure.path} can't be read ({error.strerror})",
            expected="a PNG file",
            do="draw it first",
        ) from error
    if content[:8] != _PNG or len(content) < 24:
        raise InputFileError(
            f"{figure.path}, which is something else", expected="a PNG file", do="save the figure as .png"
        )
    numbers["figure"] += 1
    return {
        "kind": "figure",
        "number": numbers["figure"],
        "caption": figure.caption,
        "alt": figure.alt,
        "data": base64.b64encode(content).decode("ascii"),
        # Figures have 150 points to the inch, a page 96: so that their type is as large as the page's.
        "width": round(int.from_bytes(content[16:20], "big") * 96 / 150),
    }
