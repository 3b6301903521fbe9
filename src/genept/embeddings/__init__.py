"""Vectors of genes: the value object, its file, and how texts become vectors."""

from genept.embeddings.embed import embed_genes
from genept.embeddings.file import read_embeddings, to_anndata, write_embeddings
from genept.embeddings.gene_embeddings import GeneEmbeddings
from genept.embeddings.own_encoder import encoder_of

__all__ = ["GeneEmbeddings", "embed_genes", "encoder_of", "read_embeddings", "to_anndata", "write_embeddings"]
