"""The file of gene embeddings: an AnnData ``.h5ad`` that scanpy opens."""

from pathlib import Path

from genept.embeddings.anndata_form import from_anndata
from genept.embeddings.gene_embeddings import GeneEmbeddings
from genept.h5ad import read_h5ad, write_h5ad


def write_embeddings(genes: GeneEmbeddings, path: str | Path) -> None:
    """Write gene embeddings to ``path``, whole or not at all.

    Parameters
    ----------
    genes
        What to write.
    path
        An ``.h5ad`` file; replaced if it is there.

    Raises
    ------
    OutputError
        If the file can't be written.

    Examples
    --------
    >>> import tempfile, genept
    >>> path = Path(tempfile.mkdtemp()) / "genes.h5ad"
    >>> write_embeddings(genept.embed_genes(texts="starter", encoder="random"), path)
    >>> read_embeddings(path).dimensions
    384
    """
    write_h5ad(genes.to_anndata(), path)


def read_embeddings(path: str | Path) -> GeneEmbeddings:
    """Read gene embeddings that genept wrote.

    Parameters
    ----------
    path
        An ``.h5ad`` file of gene embeddings.

    Returns
    -------
    GeneEmbeddings
        Vectors, names and provenance as they were written.

    Raises
    ------
    InputFileError
        If the file is missing, is no ``.h5ad``, or holds no gene embeddings.
    """
    return from_anndata(read_h5ad(path), origin=str(path))
