"""The scanpy face: AnnData in, AnnData out."""

from genept.tl.annotate import annotate
from genept.tl.by_chat import annotate_by_chat, estimate_by_chat
from genept.tl.cell_sentences import cell_sentences
from genept.tl.cluster_markers import marker_genes
from genept.tl.embed_cells import embed_cells
from genept.tl.enrichment import enrichment
from genept.tl.finetune import finetune
from genept.tl.gene_programs import gene_programs
from genept.tl.held_out_scores import held_out_scores
from genept.tl.highly_variable import highly_variable_names
from genept.tl.predict import predict
from genept.tl.program_expression import program_expression

__all__ = [
    "annotate",
    "annotate_by_chat",
    "cell_sentences",
    "embed_cells",
    "enrichment",
    "estimate_by_chat",
    "finetune",
    "gene_programs",
    "held_out_scores",
    "highly_variable_names",
    "marker_genes",
    "predict",
    "program_expression",
]
