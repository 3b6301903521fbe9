"""Which gene each column of a data set is."""

import logging
from dataclasses import dataclass

from genept.embeddings import GeneEmbeddings
from genept.errors import GeneNamesError, MissingDataError, name_some
from genept.genes import (
    GeneMatch,
    GeneTable,
    Resolution,
    Resolver,
    match_genes,
    match_resolved,
    species_resolver,
)
from genept.genes.resolve import CASE
from genept.genes.species import HUMAN, SPECIES, name_gene_files
from genept.tl.gene_column import VAR_NAMES, find_names, names_in_column, refuse_repeated
from genept.tl.gene_names import told_for_raw
from genept.tl.matrix import MeasuredGenes

log = logging.getLogger(__name__)

EXACT = "nothing: as they stand"
OWN = "the names that the gene embeddings keep"


@dataclass(frozen=True, eq=False)
class Identity:
    """Names of the measured genes, and what they resolved to.

    Parameters
    ----------
    names
        One name for each column of the expression matrix.
    names_from
        Where they stand: ``"var_names"`` or a column of ``var``.
    resolved_by
        In words, what they were resolved by.
    resolution
        What they mean; ``None`` where names are taken as they stand.
    """

    names: tuple[str, ...]
    names_from: str
    resolved_by: str
    resolution: Resolution | None

    def record(self) -> dict[str, str]:
        """Give the words that are kept in ``uns``."""
        return {"names_from": self.names_from, "resolved_by": self.resolved_by}

    def match(self, table: GeneTable) -> GeneMatch:
        """Find the measured genes in ``table``, by what their names mean or as they stand."""
        if self.resolution is None:
            return match_genes(self.names, table)
        return match_resolved(self.resolution, table)


def identify(
    measured: MeasuredGenes,
    *,
    own: GeneTable | None = None,
    resolve: bool,
    gene_column: str | None,
    taxon: int,
) -> Identity:
    """Find the names of the measured genes, and resolve them if asked.

    Parameters
    ----------
    measured
        The measured genes.
    own
        The genes that have a vector, whose names serve where NCBI's file isn't on this machine.
    resolve
        Whether names are resolved at all.
    gene_column
        The column of ``var`` that names the genes. By default it is found by looking: ``var_names``,
        unless a column names more genes.
    taxon
        NCBI taxon id of the data.

    Raises
    ------
    UnknownNameError
        If there is no such column.
    GeneNamesError
        If the names are those of another species, or stand more than once.
    """
    resolver, resolved_by = resolver_for(own, taxon) if resolve else (None, EXACT)
    if gene_column is not None:
        names_from, names = gene_column, names_in_column(measured.var, gene_column)
    elif resolver is None:
        names_from, names = VAR_NAMES, measured.names
    else:
        in_table = None if own is None else lambda resolution: len(match_resolved(resolution, own).columns)
        names_from, names = find_names(measured.var, resolver, usable=in_table)
    try:
        refuse_repeated(names_from, names)
    except GeneNamesError as error:
        raise told_for_raw(measured, error) from None
    if resolver is None:
        return Identity(names, names_from, resolved_by, None)
    resolution = resolver.resolve(names)
    refuse_other_species(resolution)
    return Identity(names, names_from, resolved_by, resolution)


def taxon_of(genes: GeneEmbeddings | None) -> int:
    """NCBI taxon id of gene embeddings, as their texts say; human where they say nothing."""
    provenance = genes.provenance if genes is not None else {}
    said = str(provenance.get("texts", {}).get("taxon", provenance.get("taxon", "")))
    return int(said) if said.isdigit() else HUMAN


def resolver_for(own: GeneTable | None, taxon: int) -> tuple[Resolver | None, str]:
    """Make the resolver of names of a species, by NCBI's file where it is in the cache.

    Parameters
    ----------
    own
        Genes whose own names serve where it isn't; without them, names are taken as they stand.
    taxon
        NCBI taxon id.

    Returns
    -------
    Resolver or None
        ``None`` where names are taken as they stand.
    str
        In words, what names are resolved by.
    """
    fallback, what = (None, EXACT) if own is None else (Resolver(own), OWN)
    if taxon not in SPECIES:
        log.info("no list of genes is known for taxon %s; gene names are resolved by %s", taxon, what)
        return fallback, what
    try:
        return species_resolver(taxon), f"taxon {taxon}: {name_gene_files(taxon)}"
    except MissingDataError as error:
        log.info("gene names are resolved by %s; to resolve them by all that NCBI knows, %s", what, error.do)
        return fallback, what


def refuse_other_species(resolution: Resolution) -> None:
    """Refuse names most of which match in all but letter case, as mouse and human symbols do.

    Raises
    ------
    GeneNamesError
        Naming a few.
    """
    found = int((resolution.rows >= 0).sum())
    by_case = int((resolution.table["matched_by"] == CASE).sum())
    if by_case > found / 2:
        names = resolution.table["query"][resolution.table["matched_by"] == CASE]
        raise GeneNamesError(
            f"{by_case:,} of {found:,} known genes whose names differ from the symbols of this species in "
            f"letter case, as another species' do: {name_some(names, 3)}",
            expected="gene names of the species of the gene embeddings",
            do="map the genes to orthologs first, or embed the texts of this species (genept genes embed "
            "--texts ncbi --taxon 10090 for mouse); if only the letter case is wrong, "
            "adata.var_names = adata.var_names.str.upper()",
        )
