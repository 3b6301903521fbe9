"""The file of gene embeddings: an AnnData ``.h5ad`` that scanpy opens."""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from anndata import AnnData
from numpy.typing import NDArray

from genept.embeddings.formats.bounded import unreadable
from genept.embeddings.formats.h5_parts import check_whole
from genept.embeddings.gene_embeddings import GeneEmbeddings
from genept.errors import GeneptError, InputFileError
from genept.genes import from_frame, to_frame
from genept.genes.frame import JOINED, PLAIN
from genept.h5ad import read_h5ad, write_h5ad

log = logging.getLogger(__name__)

# What uns["genept"] of a file of gene embeddings says of itself.
SCHEMA_VERSION = 2
KIND = "gene embeddings"
_COLUMNS = [column for column in (*PLAIN, *JOINED) if column != "symbol"]


def to_anndata(genes: GeneEmbeddings) -> AnnData:
    """Gene embeddings as an AnnData, the form in which they are kept.

    Parameters
    ----------
    genes
        Gene embeddings.

    Returns
    -------
    AnnData
        obs = genes (index symbol; ``full_name``, ``entrez_id``, ``ensembl_id``, ``previous`` and
        ``aliases``, where a gene has several joined by ``|``; ``text_sha256``), X = vectors,
        ``uns["genept"]`` = schema version, provenance and what a fitted encoder learned.

    Examples
    --------
    >>> import genept
    >>> to_anndata(genept.embed_genes(texts="starter", encoder="random")).obs_names.name
    'symbol'
    """
    obs = to_frame(genes.genes).set_index("symbol")
    if genes.text_sha256 is not None:
        obs["text_sha256"] = list(genes.text_sha256)
    uns: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "kind": KIND,
        "provenance": dict(genes.provenance),
    }
    if genes.encoder_state is not None:
        uns["encoder_state"] = dict(genes.encoder_state)
    return AnnData(X=np.array(genes.vectors), obs=obs, uns={"genept": uns})


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
    >>> read_own(path).dimensions
    384
    """
    write_h5ad(to_anndata(genes), path)


def read_own(path: str | Path) -> GeneEmbeddings:
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
    try:
        check_whole(Path(path))
    except OSError:
        # No HDF5 file, or none at all: the reader says it best.
        log.debug("%s isn't HDF5", path)
    except GeneptError:
        raise
    except Exception as error:  # h5py raises many kinds for a broken file
        raise unreadable(Path(path), error) from error
    adata = read_h5ad(path)
    try:
        return _from_anndata(adata, origin=str(path))
    except GeneptError:
        raise
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputFileError(
            f"{path} lacks part of what gene embeddings need ({type(error).__name__}: {error})",
            expected="a whole file that `genept genes embed` wrote",
            do="make it again, or get an undamaged copy",
        ) from error


def _from_anndata(adata: AnnData, *, origin: str) -> GeneEmbeddings:
    """Make gene embeddings again from the AnnData that they were kept as.

    Raises
    ------
    InputFileError
        If ``uns["genept"]`` is missing, or of a schema that this version doesn't know.
    """
    kept = adata.uns.get("genept")
    if not isinstance(kept, Mapping) or kept.get("kind") != KIND:
        raise InputFileError(
            f"{origin} holds no gene embeddings of genept (uns['genept'] says nothing of them)",
            expected="a file that `genept genes embed` wrote",
            do="make one with: genept genes embed --texts starter --encoder minilm -o genes.h5ad",
        )
    version = int(kept.get("schema_version", 0))
    if version != SCHEMA_VERSION:
        raise InputFileError(
            f"{origin} has schema version {version}",
            expected=f"schema version {SCHEMA_VERSION}, which this version of genept reads",
            do="install the version of genept that wrote it, or make the file again",
        )
    obs = adata.obs
    state: Mapping[str, NDArray[Any]] | None = kept.get("encoder_state")
    return GeneEmbeddings(
        genes=from_frame(obs[_COLUMNS].assign(symbol=adata.obs_names)),
        vectors=np.asarray(adata.X, dtype=np.float32),
        provenance=_as_dict(kept["provenance"]),
        text_sha256=tuple(map(str, obs["text_sha256"])) if "text_sha256" in obs else None,
        encoder_state=None if state is None else dict(state),
    )


def _as_dict(nested: Mapping[str, Any]) -> dict[str, Any]:
    return {k: _as_dict(v) if isinstance(v, Mapping) else str(v) for k, v in nested.items()}
