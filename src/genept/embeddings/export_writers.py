"""One writer for each format that gene embeddings are exported in."""

import csv
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from genept.embeddings.formats.export_layout import ALIASES, PARQUET_KEY, RECORD
from genept.embeddings.gene_embeddings import GeneEmbeddings
from genept.errors import GeneNamesError, name_some
from genept.genes import to_frame

# So many digits tell every float32 from its neighbours.
_NUMBER = "%.9g"
# Numbers in a row group of Parquet.
_GROUP = 1 << 23


def _write_parquet(genes: GeneEmbeddings, draft: Path) -> None:
    texts = {"symbol": genes.genes.symbols, **_columns(genes)}
    columns = {label: pa.array(cells, type=pa.string()) for label, cells in texts.items()}
    columns |= {label: pa.array(genes.vectors[:, place]) for place, label in enumerate(_labels(genes))}
    pq.write_table(
        pa.table(columns).replace_schema_metadata({PARQUET_KEY: _provenance(genes).encode()}),
        draft,
        # Numbers that hardly repeat gain nothing from a dictionary, and a reader holds a row group at a time.
        use_dictionary=list(texts),
        row_group_size=max(1, _GROUP // genes.dimensions),
    )


def _write_cells(genes: GeneEmbeddings, draft: Path, *, sep: str) -> None:
    with draft.open("w", encoding="utf-8", newline="") as file:
        file.write(sep.join(["symbol", "aliases", *_labels(genes)]) + "\n")
        # Names are quoted where they must be; numbers never are, and come after them.
        names = csv.writer(file, delimiter=sep, lineterminator=sep)
        aliases = _columns(genes)[ALIASES]
        for *both, numbers in zip(genes.genes.symbols, aliases, _numbers(genes, sep), strict=True):
            names.writerow(both)
            file.write(numbers)


def _write_csv(genes: GeneEmbeddings, draft: Path) -> None:
    _write_cells(genes, draft, sep=",")


def _write_tsv(genes: GeneEmbeddings, draft: Path) -> None:
    _write_cells(genes, draft, sep="\t")


def _write_npz(genes: GeneEmbeddings, draft: Path) -> None:
    arrays: dict[str, Any] = {
        "genes": np.array(genes.genes.symbols, dtype=str),
        "vectors": genes.vectors,
        **{label: np.array(cells, dtype=str) for label, cells in _columns(genes).items()},
        RECORD: np.array(_provenance(genes)),
    }
    with draft.open("wb") as file:
        np.savez_compressed(file, **arrays)


def _write_safetensors(genes: GeneEmbeddings, draft: Path) -> None:
    from genept.embeddings.formats.safetensors_file import write_safetensors

    columns = {label: json.dumps(cells) for label, cells in _columns(genes).items()}
    metadata = {RECORD: _provenance(genes), **columns}
    write_safetensors(draft, genes.genes.symbols, genes.vectors, metadata)


def _write_w2v(genes: GeneEmbeddings, draft: Path) -> None:
    spaced = [symbol for symbol in genes.genes.symbols if " " in symbol]
    if spaced:
        raise GeneNamesError(
            f"{len(spaced):,} symbols with a space: {name_some(map(repr, spaced))}",
            expected="names without spaces, since a space ends a name in word2vec text",
            do="write .csv or .parquet, or rename these genes",
        )
    with draft.open("w", encoding="utf-8", newline="") as file:
        file.write(f"{len(genes.genes)} {genes.dimensions}\n")
        for symbol, numbers in zip(genes.genes.symbols, _numbers(genes, " "), strict=True):
            file.write(f"{symbol} {numbers}")


WRITERS: dict[str, Callable[[GeneEmbeddings, Path], None]] = {
    ".parquet": _write_parquet,
    ".csv": _write_csv,
    ".tsv": _write_tsv,
    ".npz": _write_npz,
    ".safetensors": _write_safetensors,
    ".w2v.txt": _write_w2v,
}


def _numbers(genes: GeneEmbeddings, sep: str) -> Iterator[str]:
    """One line of numbers a gene."""
    line = sep.join([_NUMBER] * genes.dimensions) + "\n"
    return (line % tuple(vector.tolist()) for vector in genes.vectors)


def _labels(genes: GeneEmbeddings) -> list[str]:
    return [f"dim_{place}" for place in range(genes.dimensions)]


def _columns(genes: GeneEmbeddings) -> dict[str, list[str]]:
    """All that is known of the genes but their symbols, by label."""
    frame = to_frame(genes.genes).drop(columns="symbol")
    columns = {str(label): list(frame[label]) for label in frame}
    return columns if genes.text_sha256 is None else columns | {"text_sha256": list(genes.text_sha256)}


def _provenance(genes: GeneEmbeddings) -> str:
    return json.dumps(genes.provenance, default=str)
