"""Gene embeddings as an AnnData, the form in which they are kept."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from anndata import AnnData
from numpy.typing import NDArray

from genept.embeddings.gene_embeddings import GeneEmbeddings
from genept.errors import InputFileError
from genept.genes import GeneTable

SCHEMA_VERSION = 1
_KIND = "gene embeddings"


def to_anndata(genes: GeneEmbeddings) -> AnnData:
    """Gene embeddings to AnnData; see :meth:`GeneEmbeddings.to_anndata`."""
    obs = pd.DataFrame(
        {"aliases": ["|".join(names) for names in genes.genes.aliases]},
        index=pd.Index(genes.genes.symbols, name="symbol"),
    )
    if genes.text_sha256 is not None:
        obs["text_sha256"] = list(genes.text_sha256)
    uns: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "kind": _KIND,
        "provenance": _as_dict(genes.provenance),
    }
    if genes.encoder_state is not None:
        uns["encoder_state"] = dict(genes.encoder_state)
    return AnnData(X=np.array(genes.vectors), obs=obs, uns={"genept": uns})


def from_anndata(adata: AnnData, *, origin: str) -> GeneEmbeddings:
    """AnnData in the form of :func:`to_anndata` back to gene embeddings.

    Raises
    ------
    InputFileError
        If ``uns["genept"]`` is missing, or of a schema that this version doesn't know.
    """
    kept = adata.uns.get("genept")
    if not isinstance(kept, Mapping) or kept.get("kind") != _KIND:
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
    aliases = [tuple(a for a in str(names).split("|") if a) for names in obs["aliases"]]
    state: Mapping[str, NDArray[Any]] | None = kept.get("encoder_state")
    return GeneEmbeddings(
        genes=GeneTable(tuple(map(str, adata.obs_names)), aliases=tuple(aliases)),
        vectors=np.asarray(adata.X, dtype=np.float32),
        provenance=_as_dict(kept["provenance"]),
        text_sha256=tuple(map(str, obs["text_sha256"])) if "text_sha256" in obs else None,
        encoder_state=None if state is None else dict(state),
    )


def _as_dict(nested: Mapping[str, Any]) -> dict[str, Any]:
    return {k: _as_dict(v) if isinstance(v, Mapping) else v for k, v in nested.items()}
