"""The scanpy face: AnnData in, AnnData out."""

from genept.tl.annotate import annotate
from genept.tl.cell_sentences import cell_sentences
from genept.tl.embed_cells import embed_cells
from genept.tl.enrichment import enrichment
from genept.tl.gene_programs import gene_programs
from genept.tl.highly_variable import highly_variable_names
from genept.tl.program_expression import program_expression

__all__ = [
    "annotate",
    "cell_sentences",
    "embed_cells",
    "enrichment",
    "gene_programs",
    "highly_variable_names",
    "program_expression",
]
