"""Who a gene is: one row per gene, and every name that points at it."""

from genept.genes.match import GeneMatch, match_genes
from genept.genes.names import looks_like_symbols, refuse_duplicates, refuse_repeated_symbols
from genept.genes.resolve import Resolution, Resolver
from genept.genes.species import gene_table
from genept.genes.table import GeneTable

__all__ = [
    "GeneMatch",
    "GeneTable",
    "Resolution",
    "Resolver",
    "gene_table",
    "looks_like_symbols",
    "match_genes",
    "refuse_duplicates",
    "refuse_repeated_symbols",
]
