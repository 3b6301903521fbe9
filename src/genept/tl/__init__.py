"""The scanpy face: AnnData in, AnnData out."""

from genept.tl.cell_sentences import cell_sentences
from genept.tl.embed_cells import embed_cells
from genept.tl.enrichment import enrichment
from genept.tl.finetune import finetune
from genept.tl.gene_programs import gene_programs
from genept.tl.held_out_scores import held_out_scores
from genept.tl.highly_variable import highly_variable_names
from genept.tl.predict import predict
from genept.tl.program_expression import program_expression

__all__ = [
    "cell_sentences",
    "embed_cells",
    "enrichment",
    "finetune",
    "gene_programs",
    "held_out_scores",
    "highly_variable_names",
    "predict",
    "program_expression",
]
