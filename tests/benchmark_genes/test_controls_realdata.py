"""Controls and leakage on NCBI's real texts, labels and cells."""

from collections.abc import Iterator
from pathlib import Path

import anndata
import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

import genept
from genept import GeneEmbeddings
from genept.benchmark.controls import make_controls
from genept.benchmark.leakage import PARTNER, NamedGenes, leakage, masked
from genept.benchmark.representations import Representation
from genept.benchmark.texts_behind import TextsBehind, texts_behind
from genept.encoders import get_encoder
from genept.genes import match_resolved, species_resolver
from tests.mirror import real_mirror

pytestmark = [pytest.mark.realdata, pytest.mark.slow]


@pytest.fixture(scope="module", autouse=True)
def mirror(realdata: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with real_mirror(realdata, tmp_path_factory.mktemp("cache")) as url:
        yield url


@pytest.fixture(scope="module")
def genes() -> GeneEmbeddings:
    """Vectors without meaning: controls and leakage are about the texts."""
    return genept.embed_genes("ncbi", get_encoder("random", dimensions=16))


@pytest.fixture(scope="module")
def behind(genes: GeneEmbeddings) -> TextsBehind:
    return texts_behind(genes)


def rows_of(behind: TextsBehind, names: list[str]) -> NDArray[np.intp]:
    """Rows of genes among the texts, -1 where there is none."""
    match = match_resolved(species_resolver().resolve(names), behind.known().genes)
    rows = np.full(len(names), -1)
    rows[match.columns] = match.rows
    return rows


def test_texts_are_built_again_to_the_letter(genes: GeneEmbeddings, behind: TextsBehind) -> None:
    assert behind.known().genes == genes.genes
    assert f"{len(genes.genes):,} of {len(genes.genes):,} genes have exactly the text" in behind.said


def test_every_control(realdata: Path, genes: GeneEmbeddings, behind: TextsBehind) -> None:
    cells = anndata.read_h5ad(realdata / "cells/pbmc3k_clustifyrdata.h5ad")
    controls = {c.name: c for c in make_controls({"m": genes}, {"m": behind}, expression=cells)}
    assert len(controls) == 6
    assert all(isinstance(control, Representation) for control in controls.values())
    n = len(genes.genes)
    tfidf, words, pca = (
        controls[name] for name in ("TF-IDF of the texts", "number of words in the text", "PCA of expression")
    )
    assert isinstance(tfidf, Representation)
    assert isinstance(words, Representation)
    assert isinstance(pca, Representation)
    assert tfidf.vectors.shape[0] == words.vectors.shape[0] == n
    assert 35_000 < tfidf.vectors.shape[1] < 50_000
    assert 60 < np.expm1(np.asarray(words.vectors)).mean() < 90
    # Genes in no cell are left out; nearly all others are known to NCBI.
    assert pca.vectors.shape == (len(pca.genes), 50)
    assert 13_000 < len(pca.genes) < cells.n_vars
    assert np.mean([entrez != "" for entrez in pca.genes.entrez_ids]) > 0.9


def test_every_micro_rna_says_so_and_no_dosage_sensitive_factor(realdata: Path, behind: TextsBehind) -> None:
    table = pd.read_csv(realdata / "tasks/gene_class/gene_info_table.csv", keep_default_na=False)
    rows = rows_of(behind, table["ensembl_id"].tolist())
    by_class = {kind: np.unique(rows[table["gene_type"] == kind]) for kind in ("miRNA", "protein_coding")}
    mirna, coding = leakage(behind.known(), by_class, ["microRNA*", "miRNA*"])
    assert mirna.n > 1_800
    assert mirna.share == 1.0
    texts = [behind.known().texts[row].lower() for row in by_class["protein_coding"] if row >= 0]
    assert coding.n_with_words <= sum("microrna" in text or "mirna" in text for text in texts) < 60
    dosage = pd.read_csv(realdata / "tasks/gene_property/dosage_sens_tf_labels.csv")
    sensitive = {"sensitive": rows_of(behind, dosage["dosage_sensitive"].dropna().tolist())}
    (leak,) = leakage(behind.known(), sensitive, ["haploinsufficien*", "dosage"])
    assert (leak.n > 100, leak.n_with_words) == (True, 0)


def test_partners_are_named_by_positives(realdata: Path, behind: TextsBehind) -> None:
    pairs = pd.read_csv(realdata / "tasks/ppi/Lit-BM.tsv", sep="\t", header=None)
    positives = np.stack([rows_of(behind, pairs[column].tolist()) for column in (0, 1)], axis=1)
    negatives = np.random.default_rng(0).permuted(positives, axis=0)
    named = NamedGenes(behind.known())
    leaks = leakage(behind.known(), {"positive": positives, "negative": negatives}, [], named=named)
    assert {leak.words for leak in leaks} == {PARTNER}
    assert leaks[0].share > 20 * leaks[1].share
    assert leaks[0].n_with_words > 400


def test_masked_texts_name_no_partner(realdata: Path, genes: GeneEmbeddings, behind: TextsBehind) -> None:
    pairs = pd.read_csv(realdata / "tasks/ppi/Lit-BM.tsv", sep="\t", header=None)
    positives = np.stack([rows_of(behind, pairs[column].tolist()) for column in (0, 1)], axis=1)
    made = masked("m", genes, behind, pairs=positives)
    assert isinstance(made, Representation)
    changed = (np.asarray(made.vectors) != genes.vectors).any(axis=1)
    known = positives[(positives >= 0).all(axis=1) & (positives[:, 0] != positives[:, 1])]
    both = np.concatenate([known, known[:, ::-1]])
    naming = both[NamedGenes(behind.known()).named(both[:, 0], both[:, 1]), 0]
    assert set(np.flatnonzero(changed).tolist()) == set(naming.tolist())
    assert len(set(naming.tolist())) > 300
