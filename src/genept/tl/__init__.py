"""The scanpy face: AnnData in, AnnData out."""

from genept.tl.cell_sentences import cell_sentences
from genept.tl.embed_cells import embed_cells

__all__ = ["cell_sentences", "embed_cells"]
