"""The page itself: escaped, self-contained, readable, the same for the same content."""

import base64
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure as Canvas

from genept.benchmark.file_names import file_name
from genept.benchmark.report import (
    Figure,
    Heading,
    Listing,
    Page,
    Paragraph,
    Section,
    SideBySide,
    Table,
    render_page,
    write_page,
)
from genept.benchmark.report.number_format import p_value
from genept.errors import InputFileError, MissingDependencyError, OutputError
from tests.benchmark_genes.read_page import assert_self_contained, read_page

if TYPE_CHECKING:
    from genept.benchmark.report.blocks import Block

EVIL = """<script>alert("1")</script><img src=x onerror='alert(2)'> {{ 7 * 7 }} & </style>"""


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "a.png"
    figure = Canvas(figsize=(2, 1))
    figure.savefig(path, dpi=150)
    return path


def everything(picture: Path) -> Page:
    frame = pd.DataFrame({EVIL: [EVIL, None], "n": [1234, 5], "share": [0.5, np.nan], "text": ["a", ""]})
    blocks: list[Block] = [
        Heading(EVIL),
        Paragraph(EVIL),
        Listing([EVIL, "second"]),
        Table(frame, f"caption {EVIL}"),
        Table(frame, "folded", {"share": lambda share: f"{share:.0%}"}, folded=True),
        Figure(picture, f"figure {EVIL}", alt=f'" {EVIL}'),
        SideBySide([Figure(picture, "left", "l"), Figure(picture, "right", "r")]),
    ]
    provenance = {EVIL: [EVIL, {"deep": {"er": None}}, 3], "empty": {}, "flag": True}
    return Page(EVIL, [Paragraph("lead")], [Section(EVIL, blocks), Section("Second", [])], provenance)


def test_whatever_users_write_is_text(picture: Path) -> None:
    html = render_page(everything(picture))
    assert_self_contained(html)
    found = read_page(html)
    # Title, heading, contents, section; a heading in it, paragraph, list; a caption, two headers and two
    # cells of tables; a figure's caption; a key and a value of the provenance.
    assert found.text.count(EVIL) == 15
    alt = [attributes["alt"] for tag, attributes in found.tags if tag == "img"]
    assert alt == [f'" {EVIL}', "l", "r"]


def test_pictures_are_in_the_page_as_they_are(picture: Path) -> None:
    found = read_page(render_page(everything(picture)))
    images = [attributes for tag, attributes in found.tags if tag == "img"]
    for image in images:
        assert base64.b64decode(image["src"].split(",")[1]) == picture.read_bytes()
        # Two inches, at the 96 points to the inch of a page.
        assert image["width"] == "192"


def test_tables_write_and_align_numbers(picture: Path) -> None:
    found = read_page(render_page(everything(picture)))
    assert found.table("caption")[1:] == [[EVIL, "1,234", "0.500", "a"], ["", "5", "–", ""]]  # noqa: RUF001
    assert found.table("folded")[1][2] == "50%"
    right = [attributes.get("class") for tag, attributes in found.tags if tag == "td"][:4]
    assert right == [None, "n", "n", None]


def test_tables_figures_and_sections_are_numbered_and_listed(picture: Path) -> None:
    found = read_page(render_page(everything(picture)))
    assert [caption.split(".")[0] for caption in found.tables] == ["Table 1", "Table 2"]
    assert all(f"Figure {i}." in found.text for i in (1, 2, 3))
    links = [attributes["href"] for tag, attributes in found.tags if tag == "a"]
    assert links == ["#part-1", "#part-2", "#provenance"]


def test_a_page_of_nothing_but_a_title() -> None:
    html = render_page(Page("Empty", [], []))
    assert_self_contained(html)
    assert read_page(html).text == "Empty Empty"


def test_pages_are_written_whole_and_the_same(picture: Path, tmp_path: Path) -> None:
    page = everything(picture)
    one, two = write_page(page, tmp_path / "1.html"), write_page(page, tmp_path / "2.html")
    assert one.read_bytes() == two.read_bytes()
    picture.unlink()
    with pytest.raises(InputFileError, match=r"a\.png can't be read"):
        write_page(page, one)
    assert one.read_bytes() == two.read_bytes()
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_bad_figures_and_places(picture: Path, tmp_path: Path) -> None:
    picture.write_text("no picture, but longer than the head of one")
    with pytest.raises(InputFileError, match="something else"):
        render_page(everything(picture))
    with pytest.raises(OutputError, match="can't be written"):
        write_page(Page("a", [], []), tmp_path / "no" / "page.html")


def test_without_jinja(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jinja2", None)
    with pytest.raises(MissingDependencyError, match=r"genept\[plot\]"):
        render_page(Page("a", [], []))


def names() -> st.SearchStrategy[list[str]]:
    return st.lists(st.text(min_size=1, max_size=20), min_size=1, max_size=3)


@given(st.floats(0, 1))
def test_small_p_values_are_not_written_as_zero(p: float) -> None:
    said = p_value(p)
    assert said == "<0.001" if p < 0.001 else float(said) == pytest.approx(p, abs=0.0005)


@given(names(), names())
def test_different_names_are_different_files(one: list[str], other: list[str]) -> None:
    files = [file_name(*parts) for parts in (one, other)]
    # Some systems don't tell capitals from small letters.
    assert (files[0].lower() == files[1].lower()) == (one == other)
    assert all(0 < len(file) < 90 and set(file) <= ALLOWED and file[0] != "." for file in files)


ALLOWED = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-")
