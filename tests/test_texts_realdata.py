"""Texts from NCBI's real files, against the authors' own, and real cells embedded with them."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import anndata
import numpy as np
import pytest

import genept
from genept import GeneEmbeddings, GeneTexts
from genept.genes import species_resolver
from genept.texts import StarterTexts, build_texts, get_texts
from tests.conftest import RunGenept
from tests.mirror import real_mirror

pytestmark = [pytest.mark.realdata, pytest.mark.slow]


@pytest.fixture(scope="module", autouse=True)
def mirror(realdata: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with real_mirror(realdata, tmp_path_factory.mktemp("cache")) as url:
        yield url


@pytest.fixture(scope="module")
def texts() -> GeneTexts:
    return get_texts("ncbi")


def test_about_16_400_genes_with_files_dates_and_hashes(texts: GeneTexts, mirror: str) -> None:
    assert 16_300 <= len(texts.texts) <= 16_470
    assert len(set(texts.genes.entrez_ids)) == len(texts.texts)
    for name in ("ncbi_gene_summary", "ncbi_gene_info_human", "hgnc_complete_set"):
        assert texts.provenance[f"{name}.origin"].startswith(mirror)
        assert re.fullmatch(r"[0-9a-f]{64}", texts.provenance[f"{name}.sha256"])
        assert re.match(r"20\d\d-\d\d-\d\dT", texts.provenance[f"{name}.date"])
    # The paper counts 73 words on average, of its own list of genes.
    assert 65 <= np.mean([len(text.split()) - 3 for text in texts.texts]) <= 80


def test_alliance_and_refseq_part_the_texts(texts: GeneTexts) -> None:
    refseq, alliance = (len(get_texts(f"ncbi:{writer}").texts) for writer in ("refseq", "alliance"))
    assert (refseq + alliance, alliance) == (len(texts.texts), 1_190)


def plain(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.lower())


def test_ours_equal_the_authors(realdata: Path) -> None:
    """Where both have a RefSeq text: at least 97 %, white space, case and punctuation aside."""
    authors = json.loads((realdata / "embeddings/genept_subset/GeneSummary.json").read_text())
    refseq = build_texts("ncbi:refseq", template="summary")
    ours = dict(zip(refseq.genes.entrez_ids, refseq.texts, strict=True))
    equal = []
    for text in authors.values():
        said = re.fullmatch(r"Gene Symbol (\S+)\s*(.*?)\s*(?:Protein summary:.*)?", text, re.DOTALL)
        assert said is not None
        gene = species_resolver().resolve([said[1]]).table["entrez_id"].item()
        # Theirs has none where it goes on with the protein at once.
        if gene in ours and said[2]:
            equal.append(plain(ours[gene]) == plain(said[2]))
    assert len(authors) == 1_915
    assert len(equal) > 1_300
    assert np.mean(equal) >= 0.97


def test_the_authors_file_is_a_source(realdata: Path) -> None:
    path = realdata / "embeddings/genept_subset/GeneSummary.json"
    theirs = get_texts(str(path))
    # Every key names a row, and outdated keys name that of the symbol in their text.
    assert (theirs.genes.locate(list(json.loads(path.read_text()))) >= 0).all()
    assert len(theirs.genes) == 1_915
    assert theirs.genes.locate(["QARS"]) == theirs.genes.locate(["QARS1"]) >= 0


@pytest.fixture(scope="module")
def vectors(texts: GeneTexts) -> GeneEmbeddings:
    """Vectors without meaning: coverage doesn't depend on them."""
    return genept.embed_genes(texts, "random")


@pytest.mark.parametrize(
    ("name", "exact", "resolved"),
    [
        ("pbmc3k_clustifyrdata", 0.873, 0.892),
        ("zheng_facs_pbmc_fastTopics", 0.868, 0.890),
        ("melanoma_response_scFeatures", 0.752, 0.780),
        ("kang_ifnb_muscat", 0.868, 0.920),
        ("onek1k_40donors_scDesignPop", 0.0, 0.960),
        ("gbm_panobinostat_lemur", 0.0, 0.930),
    ],
)
def test_what_resolving_brings(
    realdata: Path, vectors: GeneEmbeddings, name: str, exact: float, resolved: float
) -> None:
    adata = anndata.read_h5ad(realdata / "cells" / f"{name}.h5ad")
    genept.tl.embed_cells(adata, vectors)
    coverage = adata.uns["genept"]["X_genept_w"]["coverage"]
    assert coverage["counts"] >= resolved
    assert sum(rule["counts"] for rule in coverage["by_rule"].values()) == pytest.approx(coverage["counts"])
    if exact:
        genept.tl.embed_cells(adata, vectors, resolve=False, key_added="exact")
        without = adata.uns["genept"]["exact"]["coverage"]["counts"]
        assert exact <= without < coverage["counts"]
    else:
        adata.var = adata.var[[]]
        with pytest.raises(genept.errors.GeneNamesError, match="Ensembl ids"):
            genept.tl.embed_cells(adata, vectors, resolve=False)


@pytest.mark.slow
def test_one_command_from_the_mirror_to_minilm_vectors(
    run_genept: RunGenept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mirror: str
) -> None:
    monkeypatch.setenv("GENEPT_CACHE", str(tmp_path / "cache"))
    # A tenth of the genes: all 16,361 of them take minutes, and twenty where something else is running.
    symbols = StarterTexts().load().genes.symbols
    (tmp_path / "symbols.txt").write_text("\n".join(symbols), encoding="utf-8")
    said = ["--texts", "ncbi", "--only", "symbols.txt", "--encoder", "minilm", "-o", "genes.h5ad"]
    done = run_genept("genes", "embed", *said)
    assert done.returncode == 0, done.stderr
    genes = genept.read_embeddings(tmp_path / "genes.h5ad")
    assert 0.7 * len(symbols) <= len(genes.genes) <= len(symbols)
    assert len(genes.provenance["texts"]["ncbi_gene_summary.sha256"]) == 64
    assert genes.provenance["texts"]["ncbi_gene_info_human.origin"].startswith(mirror)
    (near,) = np.argsort(-(genes.vectors @ genes.vectors[genes.genes.locate(["CD3E"])[0]]))[[1]]
    assert genes.genes.symbols[near] in {"CD3D", "CD3G", "CD247"}
