"""The corpus as a file: texts that can be reviewed, edited and versioned before they are embedded."""

import csv
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from genept.atomic import written_whole
from genept.errors import ArgumentError
from genept.genes import GeneTable, to_frame
from genept.texts.gene_texts import GeneTexts

# Where a Parquet file keeps the provenance, and in it the checksum of the texts as they were built.
KEY = b"genept"
TEXTS = "texts_sha256"
FORMATS = (".parquet", ".csv", ".tsv")


def write_texts(texts: GeneTexts, path: str | Path) -> None:
    """Write gene texts to a file, whole or not at all.

    Parameters
    ----------
    texts
        What to write.
    path
        ``.parquet`` keeps the provenance in its metadata; ``.csv`` and ``.tsv`` are the same columns
        without it. Spreadsheets turn some gene symbols into dates: edit these as text.

    Raises
    ------
    ArgumentError
        If the suffix is another.
    OutputError
        If the file can't be written.

    Examples
    --------
    >>> import tempfile, genept
    >>> path = Path(tempfile.mkdtemp()) / "texts.parquet"
    >>> write_texts(genept.texts.get_texts("starter"), path)
    >>> genept.texts.get_texts(str(path)).provenance["sources"]
    'starter'
    """
    path = Path(path)
    check_format(path)
    frame = to_frame(texts.genes).assign(text=list(texts.texts))
    with written_whole(path) as draft:
        if path.suffix == ".parquet":
            table = pa.Table.from_pandas(frame, preserve_index=False)
            kept = json.dumps({**texts.provenance, TEXTS: _digest(texts.genes, texts.texts)}).encode()
            pq.write_table(table.replace_schema_metadata({**(table.schema.metadata or {}), KEY: kept}), draft)
        else:
            # Texts have no tabs or line ends; in a table with tabs a quotation mark is only that.
            if path.suffix == ".tsv":
                frame.to_csv(draft, sep="\t", index=False, quoting=csv.QUOTE_NONE)
            else:
                frame.to_csv(draft, index=False)


def check_format(path: Path) -> None:
    """Raise if a corpus can't be written under such a name.

    Raises
    ------
    ArgumentError
        Naming the suffixes that are known.
    """
    if path.suffix not in FORMATS:
        raise ArgumentError(
            f"the output {path}",
            expected=f"a name that ends in {', '.join(FORMATS)}",
            do="use -o texts.parquet",
        )


def built_from(path: Path, genes: GeneTable, texts: Sequence[str]) -> dict[str, str]:
    """Say what a corpus was built from, as far as the file keeps it.

    Parameters
    ----------
    path
        The file. One that other software has written again keeps nothing.
    genes, texts
        What was read from it, to see whether it was edited since.

    Returns
    -------
    dict
        Its provenance; ``sources`` and ``sources_template`` in place of ``source`` and ``template``.
    """
    if path.suffix != ".parquet":
        return {}
    kept: dict[str, str] = json.loads((pq.read_schema(path).metadata or {}).get(KEY, b"{}"))
    if not kept:
        return {}
    edited = kept.pop(TEXTS, "") != _digest(genes, texts)
    renamed = {"source": "sources", "template": "sources_template"}
    known = {renamed.get(key, key): value for key, value in kept.items()}
    return {**known, "edited": "since it was built"} if edited else known


def _digest(genes: GeneTable, texts: Sequence[str]) -> str:
    rows = zip(genes.symbols, genes.entrez_ids, genes.aliases, texts, strict=True)
    return hashlib.sha256(json.dumps(list(rows)).encode()).hexdigest()
