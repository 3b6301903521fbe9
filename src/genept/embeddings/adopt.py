"""From the names and vectors of a foreign file to gene embeddings: who each row is."""

import logging
import unicodedata
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from genept import __version__
from genept.datasets.verify import digest_of
from genept.embeddings.foreign_rows import as_told, genes_of, table_of, tell_of_rows_of_one_gene
from genept.embeddings.formats import EmbeddingFormat, NamedVectors
from genept.embeddings.formats.export_layout import IDENTIFIERS
from genept.embeddings.gene_embeddings import GeneEmbeddings
from genept.errors import EmbeddingsError, GeneNamesError, MissingDataError, name_some
from genept.genes import Resolver, species_resolver
from genept.genes.names import ensembl_id
from genept.genes.species import SPECIES, name_gene_files

log = logging.getLogger(__name__)


def adopt(named: NamedVectors, origin: EmbeddingFormat, *, taxon: int = 9606) -> GeneEmbeddings:
    """Make gene embeddings of what a foreign file holds.

    A row keeps its name. Where it is an identifier, or names share the vector in the file, the approved
    symbol takes its place if NCBI's list of genes is in the cache and knows it; the names stay as aliases.
    Names that share a vector but are different genes by that list become rows of their own. A file that
    gives identifiers, or that genept exported, is taken at its word and the list isn't asked. A vector of
    zeros is no vector: such rows are left out, reported, and named in the provenance.

    Parameters
    ----------
    named
        What the file holds.
    origin
        The format that read it.
    taxon
        NCBI taxon id of the genes.

    Returns
    -------
    GeneEmbeddings
        One row per gene; the provenance names the files with their sha256, the format and its licence. That
        of a file that genept exported is as it was, and ``exported_as`` names the file.

    Raises
    ------
    GeneNamesError
        If a name is empty or stands more than once.
    EmbeddingsError
        If a value isn't finite, or no vector is left.
    """
    named = replace(named, names=_tidy(named.names), aliases=tuple(_tidy(some) for some in named.aliases))
    _refuse_names(named)
    zero: NDArray[np.bool_] = (named.vectors == 0).all(axis=1)
    left_out = dict(named.left_out)
    for row in np.flatnonzero(zero):
        left_out |= dict.fromkeys([named.names[row], *named.aliases[row]], "a vector of zeros")
    barred = [name for some in named.aliases for name in some if "|" in name]
    left_out |= dict.fromkeys(barred, "a bar in an alias can't be kept")
    if left_out:
        log.warning("left out: %s", name_some(_reasons(left_out), limit=20))
    if zero.all():
        raise EmbeddingsError(
            "no vector that isn't all zero", expected="at least one gene with a vector", do="check the file"
        )
    if named.record or not named.known.keys().isdisjoint(IDENTIFIERS):
        kept = np.flatnonzero(~zero)
        genes, gene_list = as_told(named).take(kept), "none: identifiers as in the file"
    else:
        resolver, gene_list = _resolver(taxon)
        rows = [row for start in np.flatnonzero(~zero) for row in genes_of(named, int(start), resolver)]
        kept = np.array([row.vector for row in rows])
        genes = table_of(rows, resolver)
        tell_of_rows_of_one_gene(rows)
    checksums = named.known.get("text_sha256")
    files = ", ".join(f"{file.name} (sha256 {digest_of(file)})" for file in named.files)
    found = {
        **named.provenance,
        "taxon": str(taxon),
        "gene_list": gene_list,
        "format": origin.name,
        "origin": origin.origin,
        "licence": origin.licence,
        "files": files,
        "left_out": ", ".join(_reasons(left_out)) or "nothing",
        "converted": datetime.now(UTC).isoformat(timespec="seconds"),
        "genept": __version__,
    }
    return GeneEmbeddings(
        genes=genes,
        # One copy, in the order of the rows; the file's own array goes.
        vectors=named.vectors[kept],
        provenance={**named.record, "exported_as": files} if named.record else found,
        text_sha256=None if checksums is None else tuple(checksums[row] for row in kept),
    )


def _refuse_names(named: NamedVectors) -> None:
    if not all(name.strip() for name in named.names):
        raise GeneNamesError(
            f"an empty gene name at row {[bool(name.strip()) for name in named.names].index(False)}",
            expected="a name for every vector",
            do="name the gene or leave its row out",
        )
    unseen = [name for name in named.names if not name.isprintable()]
    if unseen:
        raise GeneNamesError(
            f"{len(unseen):,} gene names with characters that can't be seen: {name_some(map(ascii, unseen))}",
            expected="names that can be read",
            do="correct them in the file",
        )
    # An Ensembl id in two versions is one gene twice.
    every = Counter(map(ensembl_id, named.names))
    if named.names_share_vectors:
        every += Counter(name for some in named.aliases for name in set(some))
    twice = [name for name, times in every.items() if times > 1]
    if twice:
        raise GeneNamesError(
            f"{len(twice):,} gene names with more than one vector: {name_some(twice)}",
            expected="one vector for each gene",
            do="keep one row of each",
        )


def _resolver(taxon: int) -> tuple[Resolver | None, str]:
    none = "none: names as in the file"
    if taxon not in SPECIES:
        return None, none
    try:
        return species_resolver(taxon), name_gene_files(taxon)
    except MissingDataError as error:
        log.info("rows keep the names that they have in the file; to have approved symbols, %s", error.do)
        return None, none


def _tidy(names: tuple[str, ...]) -> tuple[str, ...]:
    """Names without white space around them, accented letters in one form."""
    return tuple(unicodedata.normalize("NFC", name).strip() for name in names)


def _reasons(left_out: dict[str, str]) -> list[str]:
    return [f"{name} ({reason})" for name, reason in left_out.items()]
