"""Cells embedded by who their genes are: names of every kind, on both sides."""

import gzip
import json
from pathlib import Path

import anndata
import numpy as np
import pandas as pd
import pytest
from anndata import AnnData

import genept
from genept import GeneEmbeddings, GeneTable
from genept.datasets import DATASETS
from genept.errors import CoverageError, GeneNamesError, UnknownNameError
from tests.conftest import RunGenept

NAMES = ["LYZ", "H2AFY", "ENSG00000198851.4", "4069", "NONE", "both", "what"]
GENE_INFO = (
    "#tax_id\tGeneID\tSymbol\tSynonyms\tdbXrefs\tdescription\ttype_of_gene\n"
    "9606\t4069\tLYZ\tLZM\tEnsembl:ENSG00000090382\tlysozyme\tprotein-coding\n"
    "9606\t916\tCD3E\tT3E\tEnsembl:ENSG00000198851\tCD3 epsilon\tprotein-coding\n"
    "9606\t9555\tMACROH2A1\tH2AFY\t-\tmacroH2A.1 histone\tprotein-coding\n"
    "9606\t1\tNONE\tboth\t-\ta gene without a text\tprotein-coding\n"
    "9606\t2\tNKG7\tboth\t-\tnatural killer cell granule protein 7\tprotein-coding\n"
)
MOUSE = (
    "#tax_id\tGeneID\tSymbol\tSynonyms\tdbXrefs\tdescription\ttype_of_gene\n"
    "10090\t17105\tLyz2\tLysm\tEnsembl:ENSMUSG00000069516\tlysozyme 2\tprotein-coding\n"
)


def put(folder: Path, name: str, content: bytes) -> None:
    path = folder / "data" / DATASETS[name].path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


@pytest.fixture
def lists(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache that holds NCBI's lists of six genes."""
    monkeypatch.setenv("GENEPT_CACHE", str(tmp_path / "cache"))
    put(tmp_path / "cache", "ncbi_gene_info_human", gzip.compress(GENE_INFO.encode()))
    put(tmp_path / "cache", "ncbi_gene_info_mouse", gzip.compress(MOUSE.encode()))
    return tmp_path / "cache"


@pytest.fixture
def named(counts: AnnData) -> AnnData:
    counts.X = np.tile(np.array([1.0, 2, 3, 4, 5, 6, 7]), (6, 1))
    counts.var_names = NAMES
    return counts


def test_every_kind_of_name_meets_its_vector(lists: Path, named: AnnData, genes: GeneEmbeddings) -> None:
    genept.tl.embed_cells(named, genes)
    weights = np.log1p(named.X[0] / 28 * 1e4)
    vector = dict(zip(genes.genes.symbols, genes.vectors, strict=True))
    # Two columns of LYZ, by symbol and by Entrez id, both count.
    sums = (weights[0] + weights[3]) * vector["LYZ"] + weights[1] * vector["MACROH2A1"]
    sums += weights[2] * vector["CD3E"]
    np.testing.assert_allclose(named.obsm["X_genept_w"][0], sums / np.linalg.norm(sums), atol=2e-6)
    coverage = named.uns["genept"]["X_genept_w"]["coverage"]
    assert {rule: found["genes"] for rule, found in coverage["by_rule"].items()} == {
        "symbol": 1,
        "ensembl": 1,
        "entrez": 1,
        "alias": 1,
    }
    assert coverage["by_rule"]["entrez"]["counts"] == pytest.approx(4 / 28)
    assert sum(found["counts"] for found in coverage["by_rule"].values()) == pytest.approx(coverage["counts"])
    assert coverage["largest_losses"] == ["what", "both", "NONE"]
    assert coverage["largest_losses_reason"] == ["unknown name", "ambiguous name", "no text"]


def test_without_resolving_only_exact_symbols_count(
    lists: Path, named: AnnData, genes: GeneEmbeddings
) -> None:
    genept.tl.embed_cells(named, genes, resolve=False, min_coverage=0)
    assert named.uns["genept"]["X_genept_w"]["coverage"]["n_genes_covered"] == 1
    assert named.uns["genept"]["X_genept_w"]["resolved_by"] == "nothing: as they stand"
    with pytest.raises(CoverageError, match=r"what, both, NONE"):
        genept.tl.embed_cells(named, genes, resolve=False)


def test_without_lists_the_names_that_the_embeddings_keep_are_used(
    named: AnnData, caplog: pytest.LogCaptureFixture
) -> None:
    table = GeneTable(
        ("LYZ", "CD3E", "MACROH2A1"),
        entrez_ids=("4069", "", ""),
        ensembl_ids=((), ("ENSG00000198851",), ()),
        previous=((), (), ("H2AFY",)),
    )
    with caplog.at_level("INFO", logger="genept"):
        genept.tl.embed_cells(named, GeneEmbeddings(table, np.eye(3, dtype=np.float32)))
    assert named.uns["genept"]["X_genept_w"]["coverage"]["n_genes_covered"] == 4
    assert "genept data fetch ncbi_gene_info_human" in caplog.text


def test_the_record_names_the_lists_and_survives_a_file(
    lists: Path, named: AnnData, genes: GeneEmbeddings, tmp_path: Path
) -> None:
    genept.tl.embed_cells(named, genes)
    named.write_h5ad(tmp_path / "out.h5ad")
    record = anndata.read_h5ad(tmp_path / "out.h5ad").uns["genept"]["X_genept_w"]
    assert record["resolved_by"] == "taxon 9606: ncbi_gene_info_human (date unknown)"
    assert record["names_from"] == "var_names"
    assert record["coverage"]["by_rule"]["alias"]["genes"] == 1


def test_the_column_that_names_most_genes_is_found(
    lists: Path, counts: AnnData, genes: GeneEmbeddings
) -> None:
    counts.var["gene_ids"] = ["ENSG00000090382", "x1", "ENSG00000198851", "x2", "x3", "9555", "x4"]
    counts.var["strand"] = ["+", "-"] * 3 + ["+"]
    counts.var["old"] = pd.Categorical(["LYZ", "a", "b", "c", "d", "e", "f"])
    counts.var_names = [f"gene{i}" for i in range(7)]
    genept.tl.embed_cells(counts, genes)
    assert counts.uns["genept"]["X_genept_w"]["names_from"] == "gene_ids"
    genept.tl.embed_cells(counts, genes, gene_column="old", key_added="said", min_coverage=0)
    assert counts.uns["genept"]["said"]["names_from"] == "old"
    assert counts.uns["genept"]["said"]["coverage"]["n_genes_covered"] == 1
    for column, error in (("nothing", UnknownNameError), ("strand", GeneNamesError)):
        with pytest.raises(error, match=r"\+|nothing"):
            genept.tl.embed_cells(counts, genes, gene_column=column)


def test_a_column_with_missing_names_can_be_used(lists: Path, counts: AnnData, genes: GeneEmbeddings) -> None:
    counts.var["symbol"] = ["LYZ", None, "CD3E", "NKG7", None, None, "NONE"]
    genept.tl.embed_cells(counts, genes, gene_column="symbol")
    assert counts.uns["genept"]["X_genept_w"]["coverage"]["n_genes_covered"] == 3


def test_repeated_names_are_no_obstacle_where_a_column_tells_genes_apart(
    lists: Path, counts: AnnData, genes: GeneEmbeddings
) -> None:
    counts.var["gene_ids"] = ["ENSG00000090382", "ENSG00000198851", "4069", "9555", "2", "1", "0"]
    counts.var_names = ["LYZ", "CD3E", "LYZ", "x", "y", "z", "z"]
    genept.tl.embed_cells(counts, genes)
    assert counts.uns["genept"]["X_genept_w"]["names_from"] == "gene_ids"


@pytest.mark.parametrize("method", ["w", "s"])
def test_row_numbers_are_no_entrez_ids(
    lists: Path, counts: AnnData, lsa_genes: GeneEmbeddings, method: str
) -> None:
    counts.var_names = [str(i) for i in range(7)]
    with pytest.raises(GeneNamesError, match="only count rows: 0, 1, 2"):
        genept.tl.embed_cells(counts, lsa_genes, method=method)  # type: ignore[arg-type]
    counts.var["gene_symbols"] = ["LYZ", "CD3E", "NKG7", "MACROH2A1", "x", "x", "y"]
    with pytest.raises(GeneNamesError, match=r"more than once: x, in var\['gene_symbols'\]"):
        genept.tl.embed_cells(counts, lsa_genes, method=method)  # type: ignore[arg-type]
    counts.var["gene_symbols"] = ["LYZ", "CD3E", "NKG7", "MACROH2A1", "x", "z", "y"]
    genept.tl.embed_cells(counts, lsa_genes, method=method)  # type: ignore[arg-type]
    assert counts.uns["genept"][f"X_genept_{method}"]["names_from"] == "gene_symbols"


def test_numbers_are_ids_only_where_the_column_says_so(
    lists: Path, counts: AnnData, genes: GeneEmbeddings
) -> None:
    counts.var_names = list("abcdefg")
    counts.var["length"] = [4069, 916, 9555, 1, 2, 3, 4]
    with pytest.raises(GeneNamesError, match="none of the 7"):
        genept.tl.embed_cells(counts, genes)
    counts.var["entrez_id"] = [4069, 916, np.nan, 9555, 2, 3, 4]
    genept.tl.embed_cells(counts, genes)
    coverage = counts.uns["genept"]["X_genept_w"]["coverage"]
    assert coverage["n_genes_covered"] == 4
    # A gene without an id is reported by its var_name.
    assert "c" in coverage["largest_losses"]


def test_any_frame_may_stand_in_var(lists: Path, counts: AnnData, genes: GeneEmbeddings) -> None:
    counts.var = pd.concat(
        [
            pd.DataFrame({0: list("abcdefg"), 1: [[1]] * 7, 2: [b"x"] * 7}, index=counts.var_names),
            pd.DataFrame({"twice": list("hijklmn")}, index=counts.var_names),
            pd.DataFrame({"twice": pd.Categorical(list("opqrstu"))}, index=counts.var_names),
        ],
        axis=1,
    )
    genept.tl.embed_cells(counts, genes)
    assert counts.uns["genept"]["X_genept_w"]["names_from"] == "var_names"
    genept.tl.embed_cells(counts, genes, gene_column="var_names")
    with pytest.raises(GeneNamesError, match="such as a, b, c"):
        genept.tl.embed_cells(counts, genes, gene_column="0")


def test_a_column_that_means_more_genes_is_no_better_if_fewer_have_a_vector(
    lists: Path, counts: AnnData, genes: GeneEmbeddings
) -> None:
    counts.var["other"] = ["LYZ", "NONE", "LZM", "4069", "1", "ENSG00000090382", "x"]
    counts.var_names = ["LYZ", "CD3E", "NKG7", "a", "b", "c", "d"]
    genept.tl.embed_cells(counts, genes, min_coverage=0)
    assert counts.uns["genept"]["X_genept_w"]["names_from"] == "other"
    counts.var["other"] = ["LYZ", "NONE", "x", "y", "1", "z", "NKG7"]
    genept.tl.embed_cells(counts, genes)
    assert counts.uns["genept"]["X_genept_w"]["names_from"] == "var_names"


def test_a_species_without_lists_has_the_names_of_its_embeddings(counts: AnnData) -> None:
    genes = GeneEmbeddings(
        GeneTable(("lyz",), aliases=(("zgc:111",),)),
        np.ones((1, 4), dtype=np.float32),
        provenance={"texts": {"taxon": "7955"}},
    )
    counts.var_names = ["zgc:111", *"abcdef"]
    genept.tl.embed_cells(counts, genes, min_coverage=0)
    assert counts.uns["genept"]["X_genept_w"]["coverage"]["by_rule"]["alias"]["genes"] == 1


@pytest.mark.parametrize("method", ["w", "s"])
def test_mouse_symbols_are_not_taken_for_human_ones(
    lists: Path, counts: AnnData, lsa_genes: GeneEmbeddings, method: str
) -> None:
    counts.var_names = ["Lyz", "Cd3e", "Nkg7", "a", "b", "c", "LYZ"]
    with pytest.raises(GeneNamesError, match=r"letter case.*--taxon 10090"):
        genept.tl.embed_cells(counts, lsa_genes, method=method)  # type: ignore[arg-type]


def test_mouse_data_meets_mouse_embeddings(lists: Path, counts: AnnData) -> None:
    genes = GeneEmbeddings(
        GeneTable(("Lyz2",), entrez_ids=("17105",)),
        np.ones((1, 4), dtype=np.float32),
        provenance={"texts": {"taxon": "10090"}},
    )
    counts.var_names = ["ENSMUSG00000069516.11", "Lysm", "a", "b", "c", "d", "e"]
    genept.tl.embed_cells(counts, genes)
    assert counts.uns["genept"]["X_genept_w"]["coverage"]["n_genes_covered"] == 2


def test_sentences_are_of_current_symbols(lists: Path, named: AnnData, lsa_genes: GeneEmbeddings) -> None:
    sentence = genept.tl.cell_sentences(named, prefix="").iloc[0]
    # 4069 is LYZ, which is written once; both and what stay as they are.
    assert sentence == "what both NONE LYZ CD3E MACROH2A1"
    plain = genept.tl.cell_sentences(named, prefix="", resolve=False).iloc[0]
    assert plain == "what both NONE H2AFY LYZ"
    genept.tl.embed_cells(named, lsa_genes, method="s")
    coverage = named.uns["genept"]["X_genept_s"]["coverage"]
    assert (coverage["n_genes_covered"], coverage["counts"]) == (7, 1)
    assert coverage["by_rule"]["unknown"] == {"genes": 1, "counts": pytest.approx(7 / 28)}


def test_on_the_command_line(
    lists: Path, named: AnnData, genes: GeneEmbeddings, call_genept: RunGenept
) -> None:
    named.write_h5ad("data.h5ad")
    genept.write_embeddings(genes, "genes.h5ad")
    embed = ("cells", "embed", "data.h5ad", "--genes", "genes.h5ad", "-o", "out.h5ad")
    done = call_genept(*embed, "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["coverage"]["by_rule"]["alias"] == {"genes": 1, "counts": 2 / 28}
    assert "found by symbol 1 (3.6%), ensembl 1 (10.7%)" in done.stderr
    done = call_genept(*embed, "--no-resolve", "--min-coverage", "0", "--json")
    assert json.loads(done.stdout)["coverage"]["n_genes_covered"] == 1
    failed = call_genept(*embed, "--gene-column", "nothing")
    assert (failed.returncode, "no column 'nothing' in var" in failed.stderr) == (1, True)
