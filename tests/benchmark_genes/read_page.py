"""What a browser would find in a page."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

VOID = {"meta", "img", "br", "hr", "link", "input"}


@dataclass
class Found(HTMLParser):
    """Tags with their attributes, texts, and tables by their captions."""

    tags: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    tables: dict[str, list[list[str]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__init__()
        self._open: list[str] = []
        self._caption, self._cell = "", ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self._open.append(tag)
        if tag in ("figcaption", "summary"):
            self._caption = ""
        elif tag == "table":
            self.tables[self._caption] = []
        elif tag == "tr":
            self.tables[self._caption].append([])
        elif tag in ("td", "th"):
            self._cell = ""

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag, f"</{tag}> closes something else"
        if tag in ("td", "th"):
            self.tables[self._caption][-1].append(self._cell)

    def handle_data(self, data: str) -> None:
        if "style" in self._open:
            return
        self.texts.append(data)
        if {"figcaption", "summary"} & set(self._open):
            self._caption += data
        self._cell += data

    @property
    def text(self) -> str:
        return " ".join("".join(self.texts).split())

    def table(self, part: str) -> list[list[str]]:
        """The one table with ``part`` in its caption: the header, then the rows."""
        found = [table for caption, table in self.tables.items() if part in caption]
        assert len(found) == 1, f"{len(found)} tables of {list(self.tables)}"
        return found[0]


def read_page(page: str | Path) -> Found:
    """Read HTML, each of whose tags must be closed in order."""
    found = Found()
    found.feed(page if isinstance(page, str) else page.read_text(encoding="utf-8"))
    found.close()
    assert not found._open
    return found


def assert_self_contained(page: str | Path) -> None:
    """Nothing runs, and nothing is loaded from anywhere."""
    found = read_page(page)
    assert not {"script", "link", "iframe", "object", "embed", "base", "form"} & {
        tag for tag, _ in found.tags
    }
    for tag, attributes in found.tags:
        assert not any(name.startswith("on") for name in attributes)
        if "src" in attributes:
            assert tag == "img"
            assert attributes["src"].startswith("data:image/png;base64,")
        if "href" in attributes:
            assert attributes["href"].startswith("#")
            assert attributes["href"][1:] in {known.get("id") for _, known in found.tags}
    text = page if isinstance(page, str) else page.read_text(encoding="utf-8")
    style = text[text.index("<style>") : text.index("</style>")]
    assert "url(" not in style
    assert "@import" not in style
