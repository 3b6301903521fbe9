"""Texts from a file of the user's: a table, the authors' JSON, or a corpus that genept built."""

import gzip
import json
import logging
import re
from pathlib import Path

import pandas as pd

from genept.datasets.verify import digest_of
from genept.errors import ArgumentError, GeneNamesError, InputFileError, name_some
from genept.genes import GeneTable, from_frame
from genept.texts.clean import one_line
from genept.texts.corpus import built_from
from genept.texts.gene_texts import GeneTexts

log = logging.getLogger(__name__)

SUFFIXES = (".csv", ".tsv", ".txt", ".json", ".parquet", ".csv.gz", ".tsv.gz", ".txt.gz", ".json.gz")
_SYMBOL_COLUMNS = ("symbol", "gene_symbol", "gene", "gene_name", "hgnc_symbol")
_TEXT_COLUMNS = ("text", "summary", "description")
# What a spreadsheet makes of MARCH1 and SEPT2.
_DATE = re.compile(r"\d{1,2}-(?:Mar|Sep|Dec|Oct|Apr|Feb|Jan|Nov)|(?:Mar|Sep|Dec|Oct|Apr|Feb|Jan|Nov)-\d{2}")
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
        except (OSError, ValueError, EOFError) as error:
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
        dates = [symbol for symbol in frame["symbol"] if _DATE.fullmatch(symbol)]
        if dates:
            log.warning("%s: gene symbols that a spreadsheet made dates of: %s", self.path, name_some(dates))
        genes, texts = _one_row_per_gene(frame, self.path)
        return GeneTexts(
            genes,
            texts,
            {
                "taxon": str(taxon),
                **built_from(self.path, texts),
                "source": self.name,
                "file": self.path.name,
                "sha256": digest_of(self.path),
            },
        )

    def _frame(self) -> pd.DataFrame:
        """Read the file as strings, with at least the columns ``symbol`` and ``text``."""
        kind = [suffix for suffix in self.path.suffixes if suffix != ".gz"][-1]
        if kind == ".json":
            return _from_json(self.path)
        if kind == ".parquet":
            table = pd.read_parquet(self.path).fillna("").astype(str)
        else:
            table = pd.read_csv(
                self.path,
                sep="," if kind == ".csv" else "\t",
                dtype=str,
                keep_default_na=False,
                encoding="utf-8-sig",
            )
        return _with_known_columns(table, self.path)


def is_table(path: str) -> bool:
    """Whether a name ends like a file of texts."""
    return path.lower().endswith(SUFFIXES)


def _with_known_columns(table: pd.DataFrame, path: Path) -> pd.DataFrame:
    lower = {str(column).lower(): column for column in reversed(table.columns)}
    symbol = next((lower[name] for name in _SYMBOL_COLUMNS if name in lower), None)
    text = next((lower[name] for name in _TEXT_COLUMNS if name in lower), None)
    if len(table.columns) == 2 and (symbol is None or text is None):
        symbol, text = table.columns
    if symbol is None or text is None:
        raise InputFileError(
            f"{path} with the columns {name_some(map(str, table.columns), limit=20)}",
            expected=f"one of {', '.join(_SYMBOL_COLUMNS)} and one of {', '.join(_TEXT_COLUMNS)}",
            do="rename the columns of gene symbols and texts to 'symbol' and 'text'",
        )
    return table.rename(columns={symbol: "symbol", text: "text"})


def _from_json(path: Path) -> pd.DataFrame:
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
        content = json.load(file)
    if not isinstance(content, dict) or not all(isinstance(t, str | None) for t in content.values()):
        raise InputFileError(
            f"{path} holds {type(content).__name__}",
            expected="an object of gene symbols and texts",
            do="make one",
        )
    return _authors_layout({name: text or "" for name, text in content.items()})


def _authors_layout(texts: dict[str, str]) -> pd.DataFrame:
    """Gather names that share a text which says whose it is; other layouts stay as they are."""
    named = {name: _AUTHORS.fullmatch(text) for name, text in texts.items()}
    if not all(named.values()):
        return pd.DataFrame({"symbol": list(texts), "text": list(texts.values())}, dtype=str)
    names_of: dict[str, list[str]] = {}
    for name, text in texts.items():
        names_of.setdefault(text, []).append(name)
    rows = []
    for text, names in names_of.items():
        said = named[names[0]]
        assert said is not None  # noqa: S101 (all are named: for the type checker)
        symbol = said[1] if said[1] in names or said[1] not in texts else names[0]
        # The bare symbol says nothing of a gene.
        rows.append((symbol, "|".join(n for n in names if n != symbol), text if said[2].strip() else ""))
    return pd.DataFrame(rows, columns=["symbol", "aliases", "text"])


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
