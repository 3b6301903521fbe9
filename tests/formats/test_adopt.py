"""What becomes of foreign names: who each row is, what is left out, and what is refused."""

import gzip
import logging
from pathlib import Path

import numpy as np
import pytest
from anndata import AnnData

import genept
from genept.embeddings import NamedVectors, adopt
from genept.embeddings.formats.genept_pickle import GenePTPickle
from genept.errors import EmbeddingsError, GeneNamesError
from genept.genes import match_resolved, species_resolver
from tests.test_identity import GENE_INFO, put


@pytest.fixture
def lists(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENEPT_CACHE", str(tmp_path / "cache"))
    put(tmp_path / "cache", "ncbi_gene_info_human", gzip.compress(GENE_INFO.encode()))


def named(
    *names: str, aliases: tuple[tuple[str, ...], ...] = (), vectors: object = None, shared: bool = True
) -> NamedVectors:
    made = np.eye(len(names), 4) + 1 if vectors is None else np.asarray(vectors, dtype=np.float64)
    return NamedVectors(names, made, files=(), aliases=aliases, names_share_vectors=shared and bool(aliases))


ORIGIN = GenePTPickle()


def test_without_lists_the_first_name_is_the_symbol() -> None:
    genes = adopt(named("AARS", "LYZ", aliases=(("AARS1",), ())), ORIGIN)
    assert genes.genes.symbols == ("AARS", "LYZ")
    assert genes.genes.aliases == (("AARS1",), ())
    assert genes.genes.entrez_ids == ("", "")


@pytest.mark.usefixtures("lists")
def test_names_of_one_vector_get_the_approved_symbol() -> None:
    genes = adopt(named("H2AFY", "LZM", aliases=(("mH2A1", "MACROH2A1"), ("LYZ",))), ORIGIN)
    assert genes.genes.symbols == ("MACROH2A1", "LYZ")
    assert genes.genes.aliases == (("H2AFY", "mH2A1"), ("LZM",))
    assert genes.genes.entrez_ids == ("9555", "4069")
    assert genes.genes.full_names == ("macroH2A.1 histone", "lysozyme")


@pytest.mark.usefixtures("lists")
def test_a_row_with_aliases_of_its_own_keeps_its_name() -> None:
    genes = adopt(named("H2AFY", aliases=(("MACROH2A1",),), shared=False), ORIGIN)
    assert genes.genes.symbols == ("H2AFY",)
    assert "ncbi_gene_info_human" in genes.provenance["gene_list"]


def test_all_names_of_a_row_of_zeros_are_reported() -> None:
    genes = adopt(named("a", "LYZ", aliases=(("b", "c"), ("x|y",)), vectors=[[0, 0], [0, 1]]), ORIGIN)
    assert genes.provenance["left_out"] == (
        "a (a vector of zeros), b (a vector of zeros), c (a vector of zeros), "
        "x|y (a bar in an alias can't be kept)"
    )
    assert genes.provenance["gene_list"] == "none: names as in the file"


@pytest.mark.usefixtures("lists")
def test_of_several_rows_of_one_gene_the_one_so_named_is_met() -> None:
    genes = adopt(named("ENSG00000198851", "CD3E"), ORIGIN)
    resolution = species_resolver().resolve(["CD3E", "ENSG00000198851"])
    assert match_resolved(resolution, genes.genes).rows.tolist() == [1, 0]


def test_white_space_around_names_goes() -> None:
    genes = adopt(named("LYZ ", "\u00a0CD3E"), ORIGIN)
    assert genes.genes.symbols == ("LYZ", "CD3E")


@pytest.mark.usefixtures("lists")
def test_ids_get_a_symbol_and_symbols_stay_as_they_are() -> None:
    genes = adopt(named("ENSG00000198851.4", "ENSG00000000009", "H2AFY", "transgene"), ORIGIN)
    assert genes.genes.symbols == ("CD3E", "ENSG00000000009", "H2AFY", "transgene")
    assert genes.genes.aliases == (("ENSG00000198851.4",), (), (), ())
    assert genes.genes.entrez_ids == ("916", "", "9555", "")


@pytest.mark.usefixtures("lists")
def test_different_genes_that_share_a_vector_stay_apart() -> None:
    genes = adopt(named("LYZ", aliases=(("CD3E", "what", "LZM"),)), ORIGIN)
    assert genes.genes.symbols == ("LYZ", "CD3E")
    assert genes.genes.aliases == (("what", "LZM"), ())
    np.testing.assert_array_equal(genes.vectors[0], genes.vectors[1])


@pytest.mark.usefixtures("lists")
def test_of_two_rows_of_one_gene_the_one_so_named_has_the_symbol() -> None:
    genes = adopt(named("ENSG00000198851", "CD3E", "4069", "LZM", aliases=((), (), (), ("x",))), ORIGIN)
    assert genes.genes.symbols == ("ENSG00000198851", "CD3E", "4069", "LZM")


def test_rows_of_zeros_are_left_out_and_reported(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, logger="genept"):
        genes = adopt(named("ctrl", "LYZ", vectors=[[0, 0], [0, 1]]), ORIGIN)
    assert genes.genes.symbols == ("LYZ",)
    assert genes.provenance["left_out"] == "ctrl (a vector of zeros)"
    assert "ctrl (a vector of zeros)" in caplog.text


@pytest.mark.parametrize(
    ("names", "vectors", "error", "message"),
    [
        (("LYZ", ""), [[1, 1], [1, 1]], GeneNamesError, "empty gene name at row 1"),
        (("LYZ", "LYZ"), [[1, 1], [2, 1]], GeneNamesError, "more than one vector: LYZ"),
        (("LYZ", "LYZ "), [[1, 1], [2, 1]], GeneNamesError, "more than one vector: LYZ"),
        (("ENSG00000198851.9", "ENSG00000198851.10"), [[1], [2]], GeneNamesError, "ENSG00000198851"),
        (("LYZ", "\ud800x"), [[1, 1], [2, 1]], GeneNamesError, "can't be seen"),
        (("LYZ",), [[np.nan, 1]], EmbeddingsError, "isn't finite: LYZ"),
        (("LYZ",), [[np.inf, 1]], EmbeddingsError, "isn't finite: LYZ"),
        (("LYZ",), [[1e300, 1]], EmbeddingsError, "isn't finite: LYZ"),
        (("LYZ",), [[0, 0]], EmbeddingsError, "no vector that isn't all zero"),
    ],
)
def test_what_can_not_be_gene_embeddings(
    names: tuple[str, ...], vectors: object, error: type, message: str
) -> None:
    with pytest.raises(error, match=message):
        adopt(named(*names, vectors=vectors), ORIGIN)


def test_a_list_that_does_not_belong_to_the_vectors() -> None:
    with pytest.raises(EmbeddingsError, match=r"1 names for vectors of shape \(2, 2\)"):
        named("LYZ", vectors=[[1, 1], [1, 1]])


def test_an_alias_that_is_another_rows_name_is_refused() -> None:
    with pytest.raises(GeneNamesError, match="more than one vector: CD3E"):
        adopt(named("LYZ", "CD3E", aliases=(("CD3E",), ())), ORIGIN)


@pytest.mark.usefixtures("lists")
def test_adopted_vectors_embed_cells(counts: AnnData) -> None:
    genes = adopt(named("ENSG00000198851", "H2AFY"), ORIGIN)
    genept.tl.embed_cells(counts, genes)
    coverage = counts.uns["genept"]["X_genept_w"]["coverage"]
    assert coverage["n_genes_covered"] == 2


@pytest.mark.usefixtures("lists")
def test_a_file_with_identifiers_is_taken_at_its_word(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(
        "Gene,Entrez_ID,ensembl_id,0,1\nH2AFY,9555.0,ENSG00000113648.17,1,2\nLYZ,NA,unknown,3,4\n"
    )
    genes = genept.read_embeddings(path)
    assert genes.genes.symbols == ("H2AFY", "LYZ")
    assert genes.genes.entrez_ids == ("9555", "")
    assert genes.genes.ensembl_ids == (("ENSG00000113648",), ())
    assert "as in the file" in genes.provenance["gene_list"]


@pytest.mark.usefixtures("lists")
def test_what_the_file_calls_an_alias_makes_no_second_gene() -> None:
    genes = adopt(named("H2AFY", "AARS", aliases=(("LYZ",), ()), shared=False), ORIGIN)
    assert genes.genes.symbols == ("H2AFY", "AARS")
    assert genes.genes.aliases == (("LYZ",), ())


@pytest.mark.usefixtures("lists")
def test_rows_of_one_gene_are_told(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        adopt(named("H2AFY", "MACROH2A1", "LYZ"), ORIGIN)
    assert "2 rows are of genes that have several" in caplog.text
    assert "H2AFY, MACROH2A1" in caplog.text
