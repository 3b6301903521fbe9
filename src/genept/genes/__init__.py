"""Who a gene is: one row per gene, and every name that points at it."""

from genept.genes.frame import from_frame, to_frame
from genept.genes.gene_programs import GenePrograms
from genept.genes.gene_sets import GeneSets, read_gene_sets
from genept.genes.match import GeneMatch, match_genes, match_resolved
from genept.genes.names import is_identifier, refuse_duplicates, refuse_repeated_symbols
from genept.genes.resolve import RULES, Resolution, Resolver
from genept.genes.species import gene_table, species_resolver
from genept.genes.table import GeneTable

__all__ = [
    "RULES",
    "GeneMatch",
    "GenePrograms",
    "GeneSets",
    "GeneTable",
    "Resolution",
    "Resolver",
    "from_frame",
    "gene_table",
    "is_identifier",
    "match_genes",
    "match_resolved",
    "read_gene_sets",
    "refuse_duplicates",
    "refuse_repeated_symbols",
    "species_resolver",
    "to_frame",
]
