"""The gene table of a species, from upstream files in the cache, parsed once."""

import logging
from functools import lru_cache
from pathlib import Path

import pandas as pd

from genept.atomic import written_whole
from genept.datasets.cache import Fetched, cache_folder, in_cache, locate
from genept.datasets.fetch import fetch
from genept.errors import ArgumentError
from genept.genes.frame import from_frame, to_frame
from genept.genes.resolve import Resolver
from genept.genes.table import GeneTable
from genept.genes.upstream import ncbi_genes, with_hgnc

log = logging.getLogger(__name__)

HUMAN, MOUSE = 9606, 10090
SPECIES = {HUMAN: "Homo sapiens", MOUSE: "Mus musculus"}
# NCBI's list, without which there is no table, and those that make it better.
_LISTS = {HUMAN: ("ncbi_gene_info_human", "hgnc_complete_set"), MOUSE: ("ncbi_gene_info_mouse",)}
# Changes whenever the parsed table would.
_PARSER = 3


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
    return species_resolver(taxon).genes


def species_resolver(taxon: int = HUMAN) -> Resolver:
    """Make a resolver of all genes of a species; the last two are kept in memory.

    Parameters
    ----------
    taxon
        NCBI taxon id, as for :func:`gene_table`.

    Raises
    ------
    ArgumentError, MissingDataError, InputFileError
        As :func:`gene_table`.
    """
    sources = gene_files(taxon)
    if taxon == HUMAN and len(sources) == 1:
        log.info("without HGNC's file previous symbols count as aliases; genept data fetch hgnc_complete_set")
    return _resolver(taxon, tuple(source.path for source in sources), _state(sources))


def gene_files(taxon: int) -> list[Fetched]:
    """Find the files in the cache that the table of a species is made from: NCBI's, and HGNC's where it is.

    Raises
    ------
    ArgumentError, MissingDataError
        As :func:`gene_table`.
    """
    ncbi, *others = gene_list_names(taxon)
    return [locate(ncbi), *(known for known in map(in_cache, others) if known is not None)]


def name_gene_files(taxon: int) -> str:
    """Name the files of :func:`gene_files` with their dates.

    Raises
    ------
    ArgumentError, MissingDataError
        As :func:`gene_table`.
    """
    return ", ".join(f"{file.name} ({file.date or 'date unknown'})" for file in gene_files(taxon))


def fetch_gene_files(taxon: int) -> list[Fetched]:
    """Fetch what of :func:`gene_files` isn't in the cache, HGNC's list for human included.

    Raises
    ------
    ArgumentError
        As :func:`gene_table`.
    FetchError, OutputError
        If a file can't be fetched or kept.
    """
    return [fetch(name) for name in gene_list_names(taxon)]


def gene_list_names(taxon: int) -> tuple[str, ...]:
    """Name the upstream files that the table of a species is made from, NCBI's first.

    Raises
    ------
    ArgumentError
        If the species isn't one of the two.
    """
    if taxon not in _LISTS:
        raise ArgumentError(
            f"taxon {taxon}", expected="9606 (human) or 10090 (mouse)", do="choose one of the two"
        )
    return _LISTS[taxon]


def _state(sources: list[Fetched]) -> str:
    """Name the state of the source files: sizes, and times in nanoseconds."""
    stats = [source.path.stat() for source in sources]
    return "-".join([str(_PARSER), *(f"{stat.st_size:x}.{stat.st_mtime_ns:x}" for stat in stats)])


@lru_cache(maxsize=2)
def _resolver(taxon: int, sources: tuple[Path, ...], state: str) -> Resolver:
    kept = cache_folder() / "parsed" / f"genes_{taxon}_{state}.parquet"
    if kept.is_file():
        try:
            return Resolver(from_frame(pd.read_parquet(kept)))
        except (OSError, ValueError) as error:
            log.info("%s is damaged (%s) and made again", kept, error)
    table, hgnc_ids = ncbi_genes(sources[0], taxon)
    for hgnc in sources[1:]:
        table = with_hgnc(table, hgnc_ids, hgnc)
    try:
        _keep(table, kept, taxon)
    except OSError as error:
        # A cache that others look after may be closed to us; parsing anew costs a second or two.
        log.info("the parsed list of genes can't be kept in %s (%s)", kept.parent, error)
    return Resolver(table)


def _keep(table: GeneTable, path: Path, taxon: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    for old in path.parent.glob(f"genes_{taxon}_*"):
        old.unlink(missing_ok=True)
    with written_whole(path) as draft:
        to_frame(table).to_parquet(draft, index=False)
