"""The steps of ``genept demo``, each timed."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from anndata import AnnData
from sklearn.cluster import KMeans
from sklearn.feature_extraction.text import TfidfVectorizer

from genept import GeneEmbeddings, datasets, embed_genes, pl, tl, write_embeddings
from genept.benchmark import score_representation
from genept.cli.output import say
from genept.embeddings import to_anndata
from genept.encoders import CorpusEncoder, TextEncoder
from genept.h5ad import write_h5ad
from genept.texts import get_texts

LABEL_KEY = "bulk_labels"
# What each representation is, in words for the figures; X_pca came with the data.
FIGURES = {"X_genept_w": "GenePT-w", "X_genept_s": "GenePT-s"}
REPRESENTATIONS = (*FIGURES, "X_pca")
N_GENE_CLUSTERS = 12
WORDS = r"(?u)\b[a-zA-Z][a-z-]{3,}\b"


class _Clock:
    """Says each step as it begins, and keeps how long it took."""

    def __init__(self, n_steps: int) -> None:
        self.n_steps = n_steps
        self.seconds: dict[str, float] = {}

    @contextmanager
    def step(self, name: str, text: str) -> Iterator[None]:
        say(f"[{len(self.seconds) + 1}/{self.n_steps}] {text}")
        start = time.perf_counter()
        yield
        self.seconds[name] = round(time.perf_counter() - start, 2)


def run(folder: Path, *, encoder: TextEncoder | CorpusEncoder) -> dict[str, Any]:
    """Do all steps, write the results but the summary to ``folder``, and return the summary.

    Parameters
    ----------
    folder
        An existing folder.
    encoder
        A text encoder; one that needs a corpus is fitted on the starter texts.

    Returns
    -------
    dict
        What goes to ``summary.json``.
    """
    clock = _Clock(n_steps=6)
    with clock.step("genes", f"Embedding the starter texts of genes with {encoder.name}"):
        genes = embed_genes(texts="starter", encoder=encoder)
    with clock.step("genept_w", "GenePT-w: averaging gene vectors by expression"):
        adata = datasets.pbmc68k_reduced()
        tl.embed_cells(adata, genes, method="w")
    with clock.step("genept_s", "GenePT-s: embedding each cell's sentence of ranked genes"):
        tl.embed_cells(adata, genes, method="s")
    with clock.step("scores", f"Scoring against obs[{LABEL_KEY!r}]: k-means, silhouette, 10 neighbours"):
        scores = {
            key: {
                name: round(value, 4)
                for name, value in asdict(score_representation(adata.obsm[key], adata.obs[LABEL_KEY])).items()
            }
            for key in REPRESENTATIONS
        }
    with clock.step("figures", "Drawing UMAPs of cells and genes"):
        _draw(folder, adata, genes)
    with clock.step("files", "Writing genes.h5ad and cells.h5ad"):
        write_embeddings(genes, folder / "genes.h5ad")
        write_h5ad(adata, folder / "cells.h5ad")
    coverage = adata.uns["genept"]["X_genept_w"]["coverage"]
    return {
        "n_cells": adata.n_obs,
        "n_genes": adata.n_vars,
        "encoder": encoder.name,
        "n_gene_embeddings": len(genes.genes),
        "n_truncated_sentences": adata.uns["genept"]["X_genept_s"]["n_truncated"],
        "coverage": {name: coverage[name] for name in ("genes", "counts")},
        "representations": scores,
        "seconds": clock.seconds,
    }


def _draw(folder: Path, adata: AnnData, genes: GeneEmbeddings) -> None:
    for key, title in FIGURES.items():
        path = folder / f"umap_{key.removeprefix('X_')}.png"
        pl.umap(adata, key, color=LABEL_KEY, title=f"{title} of {adata.n_obs} cells", save=path)
    table = to_anndata(genes)
    table.obs["common words"] = _name_clusters(genes)
    title = f"{table.n_obs:,} genes by text"
    pl.umap(table, "X", color="common words", title=title, save=folder / "umap_genes.png")


def _name_clusters(genes: GeneEmbeddings) -> pd.Categorical:
    """Cluster genes by k-means, and name each cluster by the words that set its texts apart."""
    texts = get_texts("starter").texts
    clusters = KMeans(N_GENE_CLUSTERS, n_init=10, random_state=0).fit_predict(genes.vectors)
    vectorizer = TfidfVectorizer(stop_words="english", token_pattern=WORDS, min_df=10)
    weights = vectorizer.fit_transform(texts)
    words = vectorizer.get_feature_names_out()
    names = []
    for cluster in range(N_GENE_CLUSTERS):
        inside = np.asarray(weights[clusters == cluster].mean(axis=0)).ravel()
        outside = np.asarray(weights[clusters != cluster].mean(axis=0)).ravel()
        names.append(", ".join(words[np.argsort(outside - inside, kind="stable")[:3]]))
    return pd.Categorical([names[cluster] for cluster in clusters])
