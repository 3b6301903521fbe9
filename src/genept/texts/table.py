"""Texts from a file of the user's: a table, the authors' JSON, or a corpus that genept built."""

import csv
import gzip
import io
import json
import logging
import re
import zlib
from pathlib import Path

import pandas as pd

from genept.datasets.verify import digest_of
from genept.errors import ArgumentError, GeneNamesError, GeneptError, InputFileError, name_some
from genept.genes import GeneTable, from_frame
from genept.genes.frame import JOINED, PLAIN
from genept.genes.names import is_date
from genept.texts.clean import one_line
from genept.texts.corpus import built_from
from genept.texts.gene_texts import GeneTexts

log = logging.getLogger(__name__)

SUFFIXES = (".csv", ".tsv", ".txt", ".json", ".parquet", ".csv.gz", ".tsv.gz", ".txt.gz", ".json.gz")
_SYMBOL_COLUMNS = ("symbol", "gene_symbol", "gene", "gene_name", "hgnc_symbol")
_TEXT_COLUMNS = ("text", "summary", "description")
_AUTHORS = re.compile(r"Gene Symbol (\S+)(.*)", re.DOTALL)


class TableTexts:
    """Texts from a CSV, TSV, JSON or Parquet file, taken as they stand.

    A table has a column of gene symbols (``symbol``, ``gene``, ...) and one of texts (``text``,
    ``summary``, ...); with two columns these are the two. JSON is an object of symbols and texts. The
    authors' JSON files, where a text begins with ``Gene Symbol X``, are read with X as the gene and the
    keys that share a text as its aliases. Nothing is taken for a missing value but nothing: NA may be a gene.

    Parameters
    ----------
    path
        The file; gzipped where its name ends in ``.gz``.

    Raises
    ------
    ArgumentError
        If the suffix is none that is known.
    """

    name = "table"
    field = "summary"
    template = "summary"

    def __init__(self, path: str) -> None:
        if not is_table(path):
            raise ArgumentError(
                f"the file of texts {path!r}",
                expected=f"a name that ends in one of {', '.join(SUFFIXES)}",
                do="name a table, or rename it by what it is",
            )
        self.path = Path(path)

    def load(self, taxon: int = 9606) -> GeneTexts:
        """Return the texts of the file; a gene whose text is empty is left out.

        Raises
        ------
        InputFileError
            If the file can't be read, or has no columns of symbols and texts.
        GeneNamesError
            If a gene has two texts.
        """
        try:
            frame = self._frame()
        except GeneptError:
            raise
        except (OSError, ValueError, EOFError, RecursionError, zlib.error, csv.Error) as error:
            raise InputFileError(
                f"{self.path} can't be read ({(str(error) or type(error).__name__).splitlines()[0]})",
                expected="a table of gene symbols and texts, as its suffix says",
                do="check the path and the format",
            ) from error
        frame = frame.assign(symbol=frame["symbol"].str.strip(), text=[one_line(t) for t in frame["text"]])
        empty = frame["text"] == ""
        if empty.any():
            log.info("%s genes of %s have no text and are left out", f"{int(empty.sum()):,}", self.path)
        frame = frame[~empty]
        dates = [symbol for symbol in frame["symbol"] if is_date(symbol)]
        if dates:
            log.warning("%s: gene symbols that a spreadsheet made dates of: %s", self.path, name_some(dates))
        genes, texts = _one_row_per_gene(frame, self.path)
        return GeneTexts(
            genes,
            texts,
            {
                "taxon": str(taxon),
                **built_from(self.path, genes, texts),
                "source": self.name,
                "file": self.path.name,
                "sha256": digest_of(self.path),
            },
        )

    def _frame(self) -> pd.DataFrame:
        """Read the file as strings, with at least the columns ``symbol`` and ``text``."""
        kind = [suffix for suffix in self.path.name.lower().split(".") if suffix != "gz"][-1]
        if kind == "json":
            names, frame = _from_json(self.path)
            if names:
                # The head is the template's, so that the texts fit into sums.
                self.template = "release-2"
            return frame
        if kind == "parquet":
            table = pd.read_parquet(self.path).astype(object)
            table = table.where(table.notna(), "").astype(str)
        else:
            table = _from_rows(self.path, tabs=kind != "csv")
        return _with_known_columns(table, self.path)


def is_table(path: str) -> bool:
    """Whether a name ends like a file of texts."""
    return path.lower().endswith(SUFFIXES)


def _from_rows(path: Path, *, tabs: bool) -> pd.DataFrame:
    """Read a CSV, or a table with tabs, in which quotation marks around a whole field go."""
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
        lines = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
        rows = list(
            csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
            if tabs
            else csv.reader(lines, strict=True)
        )
    header, *content = [row for row in rows if row] or [[]]
    for number, row in enumerate(content, start=2):
        if len(row) != len(header):
            raise InputFileError(
                f"row {number} of {path} ({row[0][:40]} ...) has {len(row)} fields, its header {len(header)}",
                expected="as many fields in each row as in the header",
                do="put quotation marks around texts with commas, or take tabs between the columns (.tsv)",
            )
    if tabs:
        content = [[_unquoted(field) for field in row] for row in content]
    return pd.DataFrame(content, columns=header, dtype=str)


def _unquoted(field: str) -> str:
    quoted = len(field) > 1 and field[0] == field[-1] == '"'
    return field[1:-1].replace('""', '"') if quoted else field


def _with_known_columns(table: pd.DataFrame, path: Path) -> pd.DataFrame:
    lower = [str(column).strip().lower() for column in table.columns]
    symbol = next((lower.index(name) for name in _SYMBOL_COLUMNS if name in lower), None)
    text = next((lower.index(name) for name in _TEXT_COLUMNS if name in lower), None)
    if len(lower) == 2 and (symbol is None or text is None):
        symbol = symbol if symbol is not None else 0 if text is None else 1 - text
        text = 1 - symbol
    if symbol is None or text is None:
        raise InputFileError(
            f"{path} with the columns {name_some(map(str, table.columns), limit=20)}",
            expected=f"one of {', '.join(_SYMBOL_COLUMNS)} and one of {', '.join(_TEXT_COLUMNS)}",
            do="rename the columns of gene symbols and texts to 'symbol' and 'text'",
        )
    # What else genept knows of genes; a second column of one name says nothing.
    others = {c: table.iloc[:, lower.index(c)] for c in (*PLAIN, *JOINED) if c in lower and c != "symbol"}
    return pd.DataFrame({**others, "symbol": table.iloc[:, symbol], "text": table.iloc[:, text]})


def _from_json(path: Path) -> tuple[bool, pd.DataFrame]:
    """Read an object of symbols and texts, and say whether it is in the authors' layout."""
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
        pairs = json.load(file, object_pairs_hook=list)
    if not isinstance(pairs, list) or not all(
        isinstance(pair, tuple) and isinstance(pair[1], str | None) for pair in pairs
    ):
        raise InputFileError(
            f"{path}, which is no object of strings",
            expected="an object of gene symbols and texts",
            do='make one: {"LYZ": "An enzyme ...", ...}',
        )
    texts = [(name, text or "") for name, text in pairs]
    said = [_AUTHORS.fullmatch(text) for _, text in texts]
    if not all(said):
        return False, pd.DataFrame(texts, columns=["symbol", "text"], dtype=str)
    return True, _gathered(
        [(name, match[1], match[2]) for (name, _), match in zip(texts, said, strict=True) if match]
    )


def _gathered(entries: list[tuple[str, str, str]]) -> pd.DataFrame:
    """Gather names that share a text which says whose it is (name, symbol, text)."""
    names_of: dict[tuple[str, str], list[str]] = {}
    for name, symbol, text in entries:
        names_of.setdefault((symbol, text.strip()), []).append(name)
    keys = {name for name, _, _ in entries}
    rows = []
    for (symbol, text), names in names_of.items():
        own = symbol if symbol in names or symbol not in keys else names[0]
        rows.append((own, "|".join(name for name in names if name != own), text))
    return pd.DataFrame(rows, columns=["symbol", "aliases", "text"], dtype=str)


def _one_row_per_gene(frame: pd.DataFrame, path: Path) -> tuple[GeneTable, tuple[str, ...]]:
    rows = frame.drop_duplicates(["symbol", "text"])
    twice = rows["symbol"][rows["symbol"].duplicated()]
    if len(twice):
        raise GeneNamesError(
            f"{len(twice):,} genes with more than one text in {path}: {name_some(twice)}",
            expected="one text for each gene",
            do="keep one, or join them",
        )
    return from_frame(rows), tuple(rows["text"])
