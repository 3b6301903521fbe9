"""Who a gene is: one row per gene, and every name that points at it."""

from genept.genes.match import GeneMatch, match_genes
from genept.genes.names import looks_like_symbols, refuse_duplicates
from genept.genes.table import GeneTable

__all__ = ["GeneMatch", "GeneTable", "looks_like_symbols", "match_genes", "refuse_duplicates"]
