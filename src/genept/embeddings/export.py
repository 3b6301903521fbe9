"""Gene embeddings out again, for other tools."""

from pathlib import Path

from genept.atomic import written_whole
from genept.embeddings.export_writers import WRITERS
from genept.embeddings.gene_embeddings import GeneEmbeddings
from genept.errors import ArgumentError, GeneNamesError, name_some

EXPORTS: tuple[str, ...] = tuple(WRITERS)


def export_embeddings(genes: GeneEmbeddings, path: str | Path) -> None:
    """Write gene embeddings in a format that other tools read, whole or not at all.

    Parameters
    ----------
    genes
        What to write. Every format keeps symbols and float32 vectors bit for bit; read again,
        ``.parquet``, ``.npz`` and ``.safetensors`` give back the rest too. None but genept's own
        ``.h5ad`` (:func:`genept.embeddings.write_embeddings`) keeps what a fitted encoder learned.
    path
        Its suffix says the format.

        ``.parquet``
            All that is known of the genes (``symbol``, ``full_name``, ``entrez_id``, ``ensembl_id``,
            ``previous``, ``aliases``, ``text_sha256``; several joined by ``|``) and a float32 column for each
            dimension; the provenance as JSON in the metadata, under ``genept``.
        ``.csv``, ``.tsv``
            ``symbol``, ``aliases`` joined by ``|``, and the dimensions. No identifiers, no provenance.
        ``.npz``
            Arrays ``genes`` and ``vectors``, the other columns of the Parquet file, and ``provenance``.
        ``.safetensors``
            The tensor ``vectors``; ``genes``, those columns and ``provenance`` as JSON in the metadata.
        ``.w2v.txt``
            word2vec text with its first line. No aliases, no identifiers, no provenance.

    Raises
    ------
    ArgumentError
        If the suffix is another.
    GeneNamesError
        If a name has characters that can't be seen or, for word2vec text, a space.
    OutputError
        If the file can't be written.

    Examples
    --------
    >>> import tempfile, genept
    >>> path = Path(tempfile.mkdtemp()) / "genes.csv"
    >>> export_embeddings(genept.embed_genes(texts="starter", encoder="random"), path)
    >>> path.read_text()[:22]
    'symbol,aliases,dim_0,d'
    """
    path = Path(path)
    write = WRITERS[check_export(path)]
    _refuse_unseen([*genes.genes.symbols, *(name for some in genes.genes.aliases for name in some)])
    with written_whole(path) as draft:
        write(genes, draft)


def check_export(path: Path) -> str:
    """Return the suffix of :data:`EXPORTS` that a name ends in.

    Raises
    ------
    ArgumentError
        If there is none.
    """
    for suffix in EXPORTS:
        if path.name.endswith(suffix):
            return suffix
    raise ArgumentError(
        f"the output {path}", expected=f"a name that ends in {', '.join(EXPORTS)}", do="use -o genes.parquet"
    )


def _refuse_unseen(names: list[str]) -> None:
    unseen = [name for name in names if not name.isprintable()]
    if unseen:
        raise GeneNamesError(
            f"{len(unseen):,} names with a line break or other characters that can't be seen: "
            f"{name_some(map(repr, unseen))}",
            expected="names that other tools read as they are",
            do="rename these genes",
        )
