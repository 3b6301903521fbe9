"""The gene table of a species, from upstream files in the cache, parsed once."""

import logging
from pathlib import Path

from genept.atomic import written_whole
from genept.datasets.cache import cache_folder, in_cache, locate
from genept.errors import ArgumentError
from genept.genes.table import GeneTable
from genept.genes.upstream import ncbi_genes, read_columns, with_hgnc

log = logging.getLogger(__name__)

HUMAN, MOUSE = 9606, 10090
_NCBI_FILES = {HUMAN: "ncbi_gene_info_human", MOUSE: "ncbi_gene_info_mouse"}
_COLUMNS = ("symbol", "aliases", "previous", "entrez_id", "ensembl_ids")


def gene_table(taxon: int = HUMAN) -> GeneTable:
    """All genes of a species, with every name and identifier that NCBI and, for human, HGNC know.

    The upstream files must be in the cache (``genept data fetch``); HGNC's is used where it is there.
    The parsed table is kept beside them and made again when one of them changes.

    Parameters
    ----------
    taxon
        NCBI taxon id: 9606 (human, the default) or 10090 (mouse).

    Returns
    -------
    GeneTable
        One row per gene; a few symbols stand on several rows.

    Raises
    ------
    ArgumentError
        If the species isn't one of the two.
    MissingDataError
        If NCBI's file isn't in the cache, saying how to get it.
    InputFileError
        If a file can't be read.
    """
    if taxon not in _NCBI_FILES:
        raise ArgumentError(
            f"taxon {taxon}", expected="9606 (human) or 10090 (mouse)", do="choose one of the two"
        )
    ncbi = locate(_NCBI_FILES[taxon]).path
    hgnc = in_cache("hgnc_complete_set") if taxon == HUMAN else None
    if taxon == HUMAN and hgnc is None:
        log.info("without HGNC's file previous symbols count as aliases; genept data fetch hgnc_complete_set")
    sources = [ncbi, *([hgnc.path] if hgnc else [])]
    kept = cache_folder() / "parsed" / f"genes_{taxon}_{_state(sources)}.tsv"
    if kept.is_file():
        return _read(kept)
    table = ncbi_genes(ncbi, taxon)
    if hgnc is not None:
        table = with_hgnc(table, hgnc.path)
    _keep(table, kept)
    return table


def _state(sources: list[Path]) -> str:
    """Name the state of the source files: sizes, and times in nanoseconds."""
    return "-".join(f"{path.stat().st_size:x}.{path.stat().st_mtime_ns:x}" for path in sources)


def _keep(table: GeneTable, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    for old in path.parent.glob(f"{path.name.rsplit('_', 1)[0]}_*.tsv"):
        old.unlink()
    rows = zip(table.symbols, table.aliases, table.previous, table.entrez_ids, table.ensembl_ids, strict=True)
    with written_whole(path) as draft, draft.open("w", encoding="utf-8") as file:
        file.write("\t".join(_COLUMNS) + "\n")
        for symbol, aliases, previous, entrez, ensembl in rows:
            file.write(
                "\t".join((symbol, "|".join(aliases), "|".join(previous), entrez, "|".join(ensembl))) + "\n"
            )


def _read(path: Path) -> GeneTable:
    kept = read_columns(path, _COLUMNS)

    def parts(column: str) -> tuple[tuple[str, ...], ...]:
        return tuple(tuple(names.split("|")) if names else () for names in kept[column])

    return GeneTable(
        symbols=tuple(kept["symbol"]),
        aliases=parts("aliases"),
        previous=parts("previous"),
        entrez_ids=tuple(kept["entrez_id"]),
        ensembl_ids=parts("ensembl_ids"),
    )
